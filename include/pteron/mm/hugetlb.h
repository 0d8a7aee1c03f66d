// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_HUGETLB_H_
#define PTERON_MM_HUGETLB_H_

// The pool of 2 MiB pages: struct hstate of include/linux/hugetlb.h.

#include <cstdint>
#include <vector>

namespace pteron {

struct HugetlbPool {
  int64_t nr_huge_pages = 24;
  int64_t free_huge_pages = 24;
  int64_t resv_huge_pages = 0;
  // Reservation maps of private VMAs (vm_area_struct::resv_map): a bit a huge page of the VMA that has used its reservation.
  struct ResvMap {
    uint32_t refs = 0;  // VMAs that share it after a split; 0: free
    uint64_t first = 0; // huge-page offset in the file of bit 0
    std::vector<bool> reserved;
    std::vector<bool> consumed;
    bool operator==(const ResvMap&) const = default;
  };
  std::vector<ResvMap> private_maps;
  bool operator==(const HugetlbPool&) const = default;
};

}  // namespace pteron

#endif  // PTERON_MM_HUGETLB_H_
