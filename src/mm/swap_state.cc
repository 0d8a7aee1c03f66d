// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// mm/swap_state.c.
#include "pteron/check.h"
#include "src/mm/swap.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {

// mm/swap_state.c, v5.14, with swap_readpage() and, to v5.17, swap_slot_free_notify(). Reads no other slots around this one.
Pfn read_swap_cache_async(MachineState& m, int32_t slot) {
  SwapSlot& swap_slot = m.swap.slots[static_cast<size_t>(slot)];
  PTERON_CHECK(swap_slot.count > 0 && swap_slot.cache == kNoPfn, "a slot that is read in has users and no page");
  const std::optional<Pfn> page = alloc_page(m);
  if (!page) return kNoPfn;
  get_page(m, *page);  // the swap cache's
  set_page_flag(m, *page, PG_swapbacked);
  set_page_flag(m, *page, PG_swapcache);
  m.frames.mutable_cold(*page).swap_slot = slot;
  m.frames.SetValue(*page, swap_slot.value);
  swap_slot.cache = *page;
  lru_cache_add(m, *page);
  if (m.rules().swap.read_dirties_page_of_one_user && swap_slot.count == 1) set_page_dirty(m, *page);
  return *page;
}

}  // namespace pteron
