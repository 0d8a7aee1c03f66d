// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_HUGETLB_H_
#define PTERON_SRC_MM_HUGETLB_H_

// mm/hugetlb.c: pages of 2 MiB from a pool.

#include "pteron/mm/zap_details.h"
#include "src/mm/mmap.h"

namespace pteron {

// hugetlb_reserve_pages() and the rest of hugetlbfs_file_mmap(): reserves for a new mapping and extends the file to its end where it is
// writable. 0 or -ENOMEM. `vma` has its range and offset already.
int hugetlb_reserve_pages(MachineState& m, vm_area_struct& vma);
// hugetlb_vm_op_open(), hugetlb_vm_op_close(): after a copy of a VMA (fork: `forked`, which loses the reservation), and when one goes.
void hugetlb_vm_op_open(MachineState& m, vm_area_struct& vma, bool forked);
void hugetlb_vm_op_close(MachineState& m, vm_area_struct& vma);
// clear_vma_resv_huge_pages(): a VMA that mremap() has copied lets go of its private reservation, which the copy holds now.
void clear_vma_resv_huge_pages(MachineState& m, vm_area_struct& vma);

vm_fault_t hugetlb_fault(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t address, uint32_t flags);
int copy_hugetlb_page_range(MachineState& m, MmId dst_mm, MmId src_mm, vm_area_struct& dst_vma, vm_area_struct& src_vma);
// __unmap_hugepage_range(): zaps [start, end). Which uffd-wp information stays is decided by details (null: as madvise).
void unmap_hugepage_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end, const zap_details& details);
// Returns small pages changed, or -ENOMEM.
long hugetlb_change_protection(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end, pgprot_t newprot, uint32_t cp_flags);
uint64_t move_hugetlb_page_tables(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t old_address, vm_area_struct& new_vma, uint64_t new_address, uint64_t length);
// UFFDIO_COPY and UFFDIO_CONTINUE of one huge page: hugetlb_mcopy_atomic_pte(). 0 or a negative errno.
int hugetlb_mcopy_atomic_pte(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t address, bool is_continue, bool wp_copy, uint64_t value);
// hugetlb_vmdelete_list(): zaps huge pages [first, end) of the file in all its VMAs; `drop_wp_none`: ZAP_FLAG_DROP_*. With `only_page`, only where
// that page is mapped.
void hugetlb_vmdelete_list(MachineState& m, FileId file, uint64_t first, uint64_t end, bool drop_wp_none, Pfn only_page);
// The entry of a huge page: the pmd entry, empty where no table exists: huge_pte_offset().
std::optional<EntryRef> huge_pte_offset(const MachineState& m, MmId mm, uint64_t address);

}  // namespace pteron

#endif  // PTERON_SRC_MM_HUGETLB_H_
