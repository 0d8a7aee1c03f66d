// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/kernel/changes.h"

namespace pteron {

std::span<const Change> FixChanges() {
  static const std::vector<Change> rows = {
      // The part of the commit that gave copy_page_range() its vma_needs_copy(). What it makes of markers is "shmem-wp-fork".
      {"vma_needs_copy", "mm/shmem: handle uffd-wp during fork()", "5.19", "c56d1b62cce8", {}, ChangeKind::behaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.fork.copies_uffd_wp_vmas = true; }},
      {"uffd-merge-offset", "mm/uffd: allow vma to merge as much as possible", "6.4", "5543d3c43c41", {}, ChangeKind::behaviour,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.mmap.uffd_merge_offset = UffdMergeOffset::of_part; }},
  };
  return rows;
}

}  // namespace pteron
