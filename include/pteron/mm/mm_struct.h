// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_MM_STRUCT_H_
#define PTERON_MM_MM_STRUCT_H_

// An address space: mm_struct of include/linux/mm_types.h.

#include <array>
#include <cstdint>
#include <vector>

#include "pteron/mm/types.h"
#include "pteron/mm/vma.h"

namespace pteron {

// The kernel's rss counters, in 4 KiB pages (swap: slots that entries name).
enum RssCounter : uint8_t { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, kRssCounters };

struct mm_struct {
  bool alive = false;
  uint32_t pgd = 0;                    // number of the top table
  std::vector<vm_area_struct> vmas;    // by address, disjoint
  std::array<int64_t, kRssCounters> rss{};
  int64_t hugetlb_usage = 0;           // in 4 KiB pages: what mm->hugetlb_usage counts
  uint64_t tables = 0;                 // page tables below the top one, deposited ones included
  uint64_t deposited_tables = 0;       // PTE tables kept for the split of anonymous huge entries

  bool operator==(const mm_struct&) const = default;
};

}  // namespace pteron

#endif  // PTERON_MM_MM_STRUCT_H_
