// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_SWAP_RULES_H_
#define PTERON_KERNEL_RULES_SWAP_RULES_H_

// Decisions of mm/swapfile.c and mm/vmscan.c. A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

struct SwapRules {
  // swapoff carries soft-dirty and uffd-wp of a swap entry over to the entry that it makes present.
  bool unuse_keeps_swap_bits = false;
  // A page that is read into the swap cache for the only user of its slot is dirty: a device in memory may have dropped
  // its copy.
  bool read_dirties_page_of_one_user = true;
  bool operator==(const SwapRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_SWAP_RULES_H_
