// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/kernel/changes.h"

namespace pteron {

std::span<const Change> FixChanges() {
  static const std::vector<Change> rows = {
      {"vma_needs_copy", "mm: do not skip copying page tables of a VMA that stays write-protected by userfaultfd", "5.19", "", {},
       ChangeKind::behaviour, Evidence::mail,
       [](Rules& rules, EncodingFacts&) { rules.fork.copies_uffd_wp_vmas = true; }},
  };
  return rows;
}

}  // namespace pteron
