// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_PLAN_OVERRIDE_H_
#define PTERON_KERNEL_RULES_PLAN_OVERRIDE_H_

// What no rule foresaw: one entry of one plan decided otherwise. No modelled kernel has one; a change of the user's own may.

#include <cstdint>

namespace pteron {

struct PlanOverride {
  enum class Plan : uint8_t { none, zap, fork, protect, fault };
  Plan plan = Plan::none;
  // In which calls, for what kind of entry, and what is done: numbers that src/mm/plan_override.h makes of a plan's own terms.
  uint8_t entry = 0;
  uint8_t action = 0;
  uint32_t situation = 0;
  bool operator==(const PlanOverride&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_PLAN_OVERRIDE_H_
