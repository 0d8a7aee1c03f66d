// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_SWAPFILE_H_
#define PTERON_SRC_MM_SWAPFILE_H_

// mm/swapfile.c, mm/swap_state.c: slots, the swap cache, swapoff.

#include <optional>

#include "src/mm/fault.h"

namespace pteron {

// get_swap_page() and add_to_swap_cache(): the page (a head, not in the swap cache yet) gets a slot with count 0 and is
// its cache, with a reference for each slot. For a huge page 512 consecutive slots. False where none is free (or swap
// is off).
bool alloc_swap_and_cache(MachineState& m, Pfn page);
// add_to_swap(): the same for an anonymous page, which becomes dirty, so that it will be written out.
bool add_to_swap(MachineState& m, Pfn page);
// delete_from_swap_cache(): drops the cache's references; frees the slots that nobody counts. The caller holds a
// reference.
void delete_from_swap_cache(MachineState& m, Pfn page);
// mm/page_io.c:swap_writepage(): writes a page of the swap cache, which has just been made clean, to its slot; one
// whose slot nobody counts leaves the swap cache instead and is dirty again.
void swap_writepage(MachineState& m, Pfn page);
// swap_duplicate(), swap_free(): one more, one less user of a slot. free_swap_and_cache(): swap_free(), and the cached
// page goes when nobody else needs it.
void swap_duplicate(MachineState& m, int32_t slot);
void swap_free(MachineState& m, int32_t slot);
void free_swap_and_cache(MachineState& m, int32_t slot);
// mm/swap_state.c:free_page_and_swap_cache(): drops a reference to a page whose entry is gone; unmapped, it leaves the
// swap cache where no slot needs it.
void free_page_and_swap_cache(MachineState& m, Pfn page);
// lookup_swap_cache(): kNoPfn where the slot has no page.
inline Pfn lookup_swap_cache(const MachineState& m, int32_t slot) {
  return m.swap.slots[static_cast<size_t>(slot)].cache;
}
// __swap_count().
inline uint32_t swap_count(const MachineState& m, int32_t slot) {
  return m.swap.slots[static_cast<size_t>(slot)].count;
}
// reuse_swap_page() (to 5.17): whether a write may use the page as it is, since one entry or slot alone names it; then
// it leaves the swap cache, dirty. try_to_free_swap(): a page of the swap cache whose slots nobody counts leaves it,
// dirty. The caller of either holds a reference.
bool reuse_swap_page(MachineState& m, Pfn page);
bool try_to_free_swap(MachineState& m, Pfn page);
// swap_readpage() into a fresh page: its value.
inline uint64_t swap_readpage(const MachineState& m, int32_t slot) {
  return m.swap.slots[static_cast<size_t>(slot)].value;
}
// mm/swap_state.c:read_swap_cache_async(): reads a slot that is not cached into a new page of the swap cache. The
// caller gets a reference of its own. kNoPfn: no memory.
Pfn read_swap_cache_async(MachineState& m, int32_t slot);
// page_swapcount() of the page in the swap cache.
uint32_t page_swapcount(const MachineState& m, Pfn page);

// swapoff(): brings everything back (try_to_unuse()). 0, -EINVAL (not on), -ENOMEM.
int swapoff(MachineState& m);
// swapon(). 0 or -EINVAL / -EBUSY.
int swapon(MachineState& m);

}  // namespace pteron

#endif  // PTERON_SRC_MM_SWAPFILE_H_
