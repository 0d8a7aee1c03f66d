// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_SWAP_H_
#define PTERON_SRC_MM_SWAP_H_

// mm/swap.c: the batch in which new pages wait for their place on the LRU lists. Each page in it is referenced once more, which
// do_wp_page() notices: a page that came back from swap a moment ago is copied on a write.

#include "src/mm/fault.h"

namespace pteron {

// lru_cache_add(). A full batch (15 pages), and any huge page, sends all of it on its way.
void lru_cache_add(MachineState& m, Pfn page);
// lru_add_drain(): the batch is emptied.
void lru_add_drain(MachineState& m);
// PageLRU() of a page that is anonymous or in a file: false while it waits in the batch.
bool PageLRU(const MachineState& m, Pfn page);

}  // namespace pteron

#endif  // PTERON_SRC_MM_SWAP_H_
