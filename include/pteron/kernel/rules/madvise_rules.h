// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_MADVISE_RULES_H_
#define PTERON_KERNEL_RULES_MADVISE_RULES_H_

// Decisions of madvise (mm/madvise.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

struct MadviseRules {
  bool operator==(const MadviseRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_MADVISE_RULES_H_
