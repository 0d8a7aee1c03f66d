// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MEMORY_H_
#define PTERON_SRC_MM_MEMORY_H_

// mm/memory.c: faults, zap, fork's copying.

#include "pteron/mm/zap_details.h"
#include "src/mm/fault.h"

namespace pteron {

// handle_mm_fault(): makes the page table of `mm` serve an access. `address` in bytes; the VMA holds it and allows the access.
vm_fault_t handle_mm_fault(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t address, uint32_t flags);

// do_set_pte(): maps vmf.page (vmf.cow_page for a private write) at vmf.pte, with counters and reverse map.
// `prefault`: by fault-around, which makes the entry old unless it is the one that faulted.
void do_set_pte(MachineState& m, vm_fault& vmf, Pfn page, uint64_t address);
// finish_fault(): installs what vm_ops->fault brought, unless the entry has changed meanwhile.
vm_fault_t finish_fault(MachineState& m, vm_fault& vmf);

// unmap_vmas(): zaps [start, end) in all VMAs there. For munmap and exit.
void unmap_vmas(MachineState& m, MmId mm, uint64_t start, uint64_t end);
// zap_page_range() / zap_page_range_single(): zaps [start, start + size) of the VMAs there. Details may be null: see ZapRules.
void zap_page_range(MachineState& m, MmId mm, uint64_t start, uint64_t size, const zap_details* details);
// unmap_page_range() for one VMA, hugetlb excluded.
void unmap_page_range(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t start, uint64_t end, const zap_details& details);
// unmap_mapping_pages(): removes the entries of `nr` pages from `first` on (4 KiB pages; nr 0: to the end) from every VMA of the file;
// private copies only where even_cows. hugetlb files have hugetlb_vmdelete_list() instead.
void unmap_mapping_pages(MachineState& m, FileId file, uint64_t first, uint64_t nr, bool even_cows);
// unmap_mapping_page(): removes the entries of one page of the cache.
void unmap_mapping_page(MachineState& m, Pfn page);

// copy_page_range(): copies the entries of src_vma of src_mm to the same addresses of dst_mm, whose VMA dst_vma is new.
// 0 or -ENOMEM.
int copy_page_range(MachineState& m, MmId dst_mm, MmId src_mm, vm_area_struct& dst_vma, vm_area_struct& src_vma);

}  // namespace pteron

#endif  // PTERON_SRC_MM_MEMORY_H_
