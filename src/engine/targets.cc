// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/engine/targets.h"

// As the loops have it.
#define HWY_DISABLED_TARGETS HWY_SSSE3
#include "hwy/highway.h"

namespace pteron::engine {

std::vector<Target> Targets() {
  hwy::SetSupportedTargetsForTest(0);
  std::vector<Target> targets;
  for (int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
    const int64_t id = rest & -rest;
    targets.push_back({id, hwy::TargetName(id)});
  }
  return targets;
}

void UseTarget(const Target& target) {
  hwy::SetSupportedTargetsForTest(target.id);
  hwy::GetChosenTarget().Update(target.id);
}

}  // namespace pteron::engine
