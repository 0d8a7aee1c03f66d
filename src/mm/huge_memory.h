// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_HUGE_MEMORY_H_
#define PTERON_SRC_MM_HUGE_MEMORY_H_

// mm/huge_memory.c: transparent huge pages.

#include "pteron/mm/zap_details.h"
#include "src/mm/fault.h"

namespace pteron {

// transhuge_vma_suitable(): whether the huge page at `haddr` lies in the VMA and at a fitting offset of its file.
bool transhuge_vma_suitable(const vm_area_struct& vma, uint64_t haddr);
// Whether faults of this VMA may bring huge pages: __transparent_hugepage_enabled() with "madvise".
bool transparent_hugepage_enabled(const MachineState& m, const vm_area_struct& vma);
vm_fault_t do_huge_pmd_anonymous_page(MachineState& m, vm_fault& vmf);
// do_set_pmd(): maps a huge page of the cache by one entry; VM_FAULT_FALLBACK where it cannot.
vm_fault_t do_set_pmd(MachineState& m, vm_fault& vmf, Pfn page);
// wp_huge_pmd() / do_huge_pmd_wp_page(): a write to a write-protected huge entry vmf.orig_pmd.
vm_fault_t wp_huge_pmd(MachineState& m, vm_fault& vmf);
// huge_pmd_set_accessed().
void huge_pmd_set_accessed(MachineState& m, vm_fault& vmf);
// copy_huge_pmd(): 0, -ENOMEM, or -EAGAIN where the caller must copy small entries (after a split).
int copy_huge_pmd(MachineState& m, MmId dst_mm, MmId src_mm, EntryRef dst_pmd, EntryRef src_pmd, uint64_t address, vm_area_struct& dst_vma, vm_area_struct& src_vma);
// zap_huge_pmd(): removes a huge entry. Precondition: the range covers it whole.
void zap_huge_pmd(MachineState& m, MmId mm, const vm_area_struct& vma, EntryRef pmd, uint64_t address, const zap_details& details);
// change_huge_pmd(): entries changed (0, 1 or 512 as the kernel counts).
int change_huge_pmd(MachineState& m, MmId mm, vm_area_struct& vma, EntryRef pmd, uint64_t address, pgprot_t newprot, uint32_t cp_flags);
// move_huge_pmd(): true where the entry moved.
bool move_huge_pmd(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t old_address, uint64_t new_address, EntryRef old_pmd, EntryRef new_pmd);
// madvise_free_huge_pmd(): true where the whole entry was handled; false: it has been split or the caller goes on with small entries.
bool madvise_free_huge_pmd(MachineState& m, MmId mm, vm_area_struct& vma, EntryRef pmd, uint64_t address, uint64_t next);
// __split_huge_pmd(): one huge entry becomes 512 small ones (a file's: none).
void split_huge_pmd(MachineState& m, MmId mm, vm_area_struct& vma, EntryRef pmd, uint64_t address);
// __split_huge_pmd() with freeze: the small entries are migration entries. Precondition: *pmd is a present huge entry; of a file: none remain.
void split_huge_pmd_freeze(MachineState& m, MmId mm, vm_area_struct& vma, EntryRef pmd, uint64_t address);
// can_split_huge_page(): entries, page cache or swap cache, and the caller are all that hold the page. Precondition: it is a head.
bool can_split_huge_page(const MachineState& m, Pfn head);
// split_huge_page(): the page itself becomes 512 pages. False where something else holds it.
bool split_huge_page(MachineState& m, Pfn page);
// True for a word that ends the walk at a pmd: huge, or a huge swap or migration entry.
bool is_huge_pmd(const MachineState& m, pmd_t pmd);

}  // namespace pteron

#endif  // PTERON_SRC_MM_HUGE_MEMORY_H_
