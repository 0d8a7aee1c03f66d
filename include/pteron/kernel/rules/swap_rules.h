// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_SWAP_RULES_H_
#define PTERON_KERNEL_RULES_SWAP_RULES_H_

// Decisions of the swap cache and swapoff (mm/swapfile.c, mm/swap_state.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

struct SwapRules {
  bool operator==(const SwapRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_SWAP_RULES_H_
