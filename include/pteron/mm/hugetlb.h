// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_HUGETLB_H_
#define PTERON_MM_HUGETLB_H_

// The pool of 2 MiB pages: struct hstate and struct resv_map of include/linux/hugetlb.h.
//
// Invariant: 0 <= resv_huge_pages <= free_huge_pages <= nr_huge_pages.

#include <cstdint>
#include <vector>

namespace pteron {

// A set of huge-page offsets of a file. Of a shared mapping's file: where a reservation or a page stands. Of a private VMA: where the
// VMA has used up its reservation.
struct ResvMap {
  uint32_t refs = 0;          // VMAs of a private mapping that share it after a split; 0: free
  std::vector<bool> regions;  // by huge-page offset in the file
  bool operator==(const ResvMap&) const = default;
};

struct HugetlbPool {
  int64_t nr_huge_pages = 24;
  int64_t free_huge_pages = 24;
  int64_t resv_huge_pages = 0;
  // A mapped page has been under migration. Fork copies such entries and zap drops them without counting, in every kernel: from then on
  // mm_struct::hugetlb_usage need not be what the page tables hold.
  bool usage_astray = false;
  std::vector<ResvMap> private_maps;  // vm_area_struct::resv_map indexes it
  bool operator==(const HugetlbPool&) const = default;
};

}  // namespace pteron

#endif  // PTERON_MM_HUGETLB_H_
