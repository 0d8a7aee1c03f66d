// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_ANON_VMA_H_
#define PTERON_MM_ANON_VMA_H_

// anon_vma of include/linux/rmap.h: the reverse map of anonymous pages. A page's mapping names one; the VMAs whose
// chain holds it may map the page. Its presence in a VMA decides whether fork copies page tables at all.

#include <cstdint>

#include "pteron/mm/types.h"

namespace pteron {

// Invariants of a used one: chains >= 1, or refcount >= 1 because children pin it as their root; root and parent are
// used ones or itself; num_active_vmas <= chains.
struct anon_vma {
  AnonVmaId root;    // itself for a root
  AnonVmaId parent;  // itself for a root
  uint32_t refcount =
      0;  // 1 while a chain holds it, and 1 for each other anon_vma whose root it is; 0: free, all else zero
  uint32_t chains = 0;        // anon_vma_chains that hold it: the size of the kernel's rb_root
  uint32_t num_children = 0;  // anon_vmas that name it as their parent, itself included for a root
  uint32_t num_active_vmas =
      0;  // VMAs whose vm_area_struct::anon_vma is this one. Kernels before 6.0 know the sum (degree) alone
  bool operator==(const anon_vma&) const = default;
};

}  // namespace pteron

#endif  // PTERON_MM_ANON_VMA_H_
