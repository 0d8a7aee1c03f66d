// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_PROC_RULES_H_
#define PTERON_KERNEL_RULES_PROC_RULES_H_

// Decisions of /proc: pagemap, smaps, clear_refs (fs/proc/task_mmu.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// How smaps of a private writable shmem mapping finds what a part without page tables has in swap.
enum class SmapsHoleLookup : uint8_t {
  address_as_index,  // takes the addresses for page indices of the file: finds nothing
  page_index,        // asks for the pages that the part maps
};

struct ProcRules {
  SmapsHoleLookup smaps_hole_lookup = SmapsHoleLookup::address_as_index;
  // smaps does not count a huge page behind a PROT_NONE PMD (where the kernel has NUMA balancing).
  bool smaps_passes_over_protnone_pmd = false;
  // pagemap says "file" for a huge PMD whose page is not anonymous (the huge zero page's too).
  bool pagemap_huge_pmd_shows_file = false;
  // pagemap says "exclusive" for a page that is being moved when it has one other entry.
  bool pagemap_migration_shows_exclusive = true;
  // pagemap says "uffd-wp" for the special PTE.
  bool pagemap_special_pte_shows_wp = false;
  // pagemap says "uffd-wp" for entries of hugetlb, present or not.
  bool pagemap_hugetlb_shows_wp = false;
  bool operator==(const ProcRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_PROC_RULES_H_
