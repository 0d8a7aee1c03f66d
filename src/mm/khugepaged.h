// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_KHUGEPAGED_H_
#define PTERON_SRC_MM_KHUGEPAGED_H_

// mm/khugepaged.c: small pages become one huge page. khugepaged itself never runs; madvise() and a hook ask for its work.

#include "src/mm/fault.h"

namespace pteron {

// enum scan_result, as far as it can happen here.
enum class ScanResult : uint8_t {
  succeed,
  fail,
  pmd_null,
  pmd_none,
  pmd_mapped,
  exceed_none_pte,
  exceed_swap_pte,
  pte_non_present,
  pte_uffd_wp,
  pte_mapped_hugepage,
  page_ro,
  page_count,
  page_lru,
  page_compound,
  page_anon,
  page_null,
  del_page_lru,
  vma_check,
  address_range,
  truncated,
  alloc_huge_page_fail,
  waits,  // for a page that is being moved, which never ends here
};

// Whom collapsing a file is done for: khugepaged takes the page tables of every process, madvise() those of its own place, which it maps.
struct CollapseTarget {
  bool is_khugepaged = true;
  MmId mm{};
  uint64_t address = 0;  // bytes
};

// madvise_collapse(): MADV_COLLAPSE over [start, end) of one VMA. 0, -EINVAL, -EAGAIN, -ENOMEM (no huge page), or kRepeatsForEver.
int madvise_collapse(MachineState& m, MmId mm, uint64_t start, uint64_t end);
// madvise_collapse_errno().
int madvise_collapse_errno(ScanResult result);
// khugepaged_scan_file() / hpage_collapse_scan_file(), and collapse_file() where that succeeds: pages [start, start + 512) of a shmem file.
// Precondition: 512 divides start.
ScanResult collapse_scan_file(MachineState& m, FileId file, uint64_t start, const CollapseTarget& target);
// What khugepaged does with 2 MiB of a file, start as above: collapses them, or takes the page tables that map a huge page by small entries.
ScanResult khugepaged_file(MachineState& m, FileId file, uint64_t start);

}  // namespace pteron

#endif  // PTERON_SRC_MM_KHUGEPAGED_H_
