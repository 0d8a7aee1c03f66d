// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_PROTECT_RULES_H_
#define PTERON_KERNEL_RULES_PROTECT_RULES_H_

// Decisions of change_protection() and mprotect (mm/mprotect.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

struct ProtectRules {
  bool operator==(const ProtectRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_PROTECT_RULES_H_
