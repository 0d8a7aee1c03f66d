// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_KHUGEPAGED_FILE_H_
#define PTERON_SRC_MM_KHUGEPAGED_FILE_H_

// mm/khugepaged.c: what the two halves of collapsing ask each other.

#include "src/mm/khugepaged.h"

namespace pteron {

// hugepage_vma_check() for a collapse that system settings do not bind: a VMA of 2 MiB that fits, of shmem or with anonymous pages.
bool hugepage_vma_check(const MachineState& m, const vm_area_struct& vma);
// find_pmd_or_thp_or_none(): succeed, and *pmd, where a page table stands; pmd_null, pmd_none, pmd_mapped.
ScanResult find_pmd_or_thp_or_none(const MachineState& m, MmId mm, uint64_t address, EntryRef* pmd);
// collapse_pte_mapped_thp(): small entries that name parts of the file's huge page at `address` (bytes, of the 2 MiB), and their table, go;
// `install_pmd`: one huge entry comes in their place.
ScanResult collapse_pte_mapped_thp(MachineState& m, MmId mm, uint64_t address, bool install_pmd);

}  // namespace pteron

#endif  // PTERON_SRC_MM_KHUGEPAGED_FILE_H_
