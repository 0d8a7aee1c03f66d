// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/machine_state.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace pteron {

void MachineState::Warn(const char* function, const char* reason) {
  const Splat splat{function, reason, false};
  if (std::find(splats.begin(), splats.end(), splat) == splats.end()) splats.push_back(splat);
}

void MachineState::Bug(const char* function, const char* reason) {
  splats.push_back(Splat{function, reason, true});
  dead = true;
}

void MachineState::ReportMisuse(const char* function, const char* helper, uint64_t word) {
  for (const Misuse& known : journal.misuses) {
    if (std::string_view(known.function) == function && std::string_view(known.helper) == helper) return;
  }
  journal.misuses.push_back({helper, function, word});
}

bool MachineState::operator==(const MachineState& other) const {
  const auto parts = [](const MachineState& m) {
    return std::tie(m.frames, m.tables, m.mms, m.files, m.anon_vmas, m.userfaultfds, m.swap, m.lru_batch, m.hugetlb, m.huge_zero_page_allocated,
                    m.zero_pages_hwpoison,
                    m.fail, m.pending_userfault, m.frozen_pages, m.splats, m.dead);
  };
  return kernel->name() == other.kernel->name() && parts(*this) == parts(other);
}

}  // namespace pteron
