// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_VMSCAN_H_
#define PTERON_SRC_MM_VMSCAN_H_

// mm/vmscan.c: reclaim of given pages.

#include <span>

#include "src/mm/fault.h"

namespace pteron {

// reclaim_pages() (shrink_page_list() without references counting): writes out and frees each page that nothing else holds.
// The caller has isolated the pages: it holds one reference each, which this drops.
void reclaim_pages(MachineState& m, std::span<const Pfn> pages);
// Reclaims one page through the reverse map, as shrink_page_list() would. True where it was freed.
bool reclaim_page(MachineState& m, Pfn page);

}  // namespace pteron

#endif  // PTERON_SRC_MM_VMSCAN_H_
