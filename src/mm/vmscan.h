// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_VMSCAN_H_
#define PTERON_SRC_MM_VMSCAN_H_

// mm/vmscan.c: reclaim of given pages.

#include <span>

#include "src/mm/fault.h"

namespace pteron {

// reclaim_pages(), shrink_page_list(): writes out and frees each page that nothing else holds and no entry has used
// lately (the accessed bits of its entries are cleared). Pages are heads. The caller has isolated them: it holds one
// reference each, which this drops. A huge page may come back split; its parts are then reclaimed one by one.
void reclaim_pages(MachineState& m, std::span<const Pfn> pages);
// Reclaims one page through the reverse map, as shrink_page_list() would a page that has not been used lately. True
// where it was freed. The caller holds no reference. Pages of the hugetlb pool are never reclaimed.
bool reclaim_page(MachineState& m, Pfn page);

}  // namespace pteron

#endif  // PTERON_SRC_MM_VMSCAN_H_
