// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/kernel/changes.h"

namespace pteron {

// Fixes that make sense alone, over any kernel. v6.1 is folded over these too.
std::span<const Change> FixChanges() {
  static const std::vector<Change> rows = {
      // The part of the commit that gave copy_page_range() its vma_needs_copy(). What it makes of markers is "shmem-wp-fork".
      {"vma_needs_copy", "mm/shmem: handle uffd-wp during fork()", "5.19", "c56d1b62cce8", {}, ChangeKind::behaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.fork.copies_uffd_wp_vmas = true; }},
  };
  return rows;
}

}  // namespace pteron
