// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MADVISE_PAGES_H_
#define PTERON_SRC_MM_MADVISE_PAGES_H_

// mm/madvise.c: advice that looks at the pages of one VMA, through its page table. Ranges in bytes, within the VMA.

#include "src/mm/fault.h"

namespace pteron {

// MADV_COLD and MADV_PAGEOUT: madvise_cold_or_pageout_pte_range() over the range.
void madvise_cold_page_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end);
void madvise_pageout_page_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end);
// MADV_FREE: madvise_free_single_vma(), for an anonymous VMA.
void madvise_free_page_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end);
// MADV_WILLNEED: reads swapped pages into the swap cache; those of the VMA's entries, or (shared memory) of its file's cache.
void madvise_willneed_range(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t start, uint64_t end);

}  // namespace pteron

#endif  // PTERON_SRC_MM_MADVISE_PAGES_H_
