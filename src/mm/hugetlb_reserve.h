// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_HUGETLB_RESERVE_H_
#define PTERON_SRC_MM_HUGETLB_RESERVE_H_

// mm/hugetlb.c: the pool, reservations, allocation. Offsets are huge pages of the file.

#include <optional>

#include "src/mm/fault.h"

namespace pteron {

inline constexpr uint64_t kHugePagePages = kPmdSize / kPageSize;

// vma_hugecache_offset().
inline uint64_t vma_hugecache_offset(const vm_area_struct& vma, uint64_t address) {
  return linear_page_index(vma, address) / kHugePagePages;
}

// alloc_huge_page(): a zeroed page of the pool with refcount 1, from the VMA's reservation unless `avoid_reserve`. Empty: none is left
// (-ENOSPC, which a fault turns into SIGBUS).
std::optional<Pfn> alloc_huge_page(MachineState& m, vm_area_struct& vma, uint64_t address, bool avoid_reserve);
// restore_reserve_on_error(): the page, allocated for this address, will not be used after all; to be called before its last put.
void restore_reserve_on_error(MachineState& m, vm_area_struct& vma, uint64_t address, Pfn page);
// hugetlb_unreserve_pages(): pages [start, end) of the file are gone, `freed` of them had been allocated.
void hugetlb_unreserve_pages(MachineState& m, FileId file, uint64_t start, uint64_t end, uint64_t freed);
// reset_vma_resv_huge_pages(): a forked private VMA has no reservation.
void reset_vma_resv_huge_pages(MachineState& m, vm_area_struct& vma);
// clear_vma_resv_huge_pages(): mremap has moved the reservation to the new VMA.
void clear_vma_resv_huge_pages(MachineState& m, vm_area_struct& vma);

}  // namespace pteron

#endif  // PTERON_SRC_MM_HUGETLB_RESERVE_H_
