// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_MREMAP_RULES_H_
#define PTERON_KERNEL_RULES_MREMAP_RULES_H_

// Decisions of move_page_tables() and mremap (mm/mremap.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// What uffd-wp information a move takes along when the VMA's userfaultfd has no UFFD_FEATURE_EVENT_REMAP and so loses the VMA.
enum class MovedUffdWp : uint8_t {
  kept,     // entries keep their bits; tables move whole where they can
  cleared,  // bits are taken off and markers become none; no table moves whole
};

struct MremapRules {
  // mremap() of hugetlb memory works; before, it is -EINVAL, after what lay at the new address has been unmapped.
  bool hugetlb_can_move = false;
  // An address where nothing is mapped is refused (-EFAULT) before anything else is looked at.
  bool looks_up_vma_first = false;
  MovedUffdWp uffd_wp_without_event = MovedUffdWp::kept;
  bool operator==(const MremapRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_MREMAP_RULES_H_
