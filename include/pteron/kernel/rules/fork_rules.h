// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_FORK_RULES_H_
#define PTERON_KERNEL_RULES_FORK_RULES_H_

// Decisions of copy_page_range() and what it calls (mm/memory.c), and of dup_mmap() (kernel/fork.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// What fork makes of "no page, write-protected" (special PTE or uffd-wp marker).
enum class ForkWpNone : uint8_t {
  read_as_swap,          // nobody tests for it: it is taken for a swap entry
  copied_if_registered,  // copied where the child's VMA has VM_UFFD_WP, else the child gets none
};

struct ForkRules {
  // Page tables of a VMA are copied, though it has no anon_vma, if the child's VMA has VM_UFFD_WP.
  bool copies_uffd_wp_vmas = false;
  // Page tables of a hugetlb VMA are always copied.
  bool copies_hugetlb_vmas = true;
  ForkWpNone wp_none = ForkWpNone::read_as_swap;
  // Swap entries lose "exclusive" in parent and child, and a page loses PG_anon_exclusive when a second process maps it.
  bool unshares_exclusive_pages = false;
  bool operator==(const ForkRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_FORK_RULES_H_
