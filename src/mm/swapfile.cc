// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// mm/swapfile.c, mm/swap_state.c, mm/page_io.c: slots and the swap cache. Swapoff is in swapoff.cc.

#include "src/mm/swapfile.h"

#include <algorithm>

#include "pteron/check.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

SwapSlot& SlotAt(MachineState& m, int32_t slot) { return m.swap.slots[static_cast<size_t>(slot)]; }

// get_swap_pages(): the lowest `count` free slots in a row, aligned to it; slot 0 is the device's header. -1: swap is
// off or the allocation fails.
int32_t AllocateSlots(MachineState& m, uint32_t count) {
  if (!m.swap.enabled) return -1;
  if (m.fail.slot != 0 && --m.fail.slot == 0) return -1;
  std::vector<SwapSlot>& slots = m.swap.slots;
  for (size_t first = count == 1 ? 1 : count;; first += count) {
    if (slots.size() < first + count) slots.resize(first + count);
    const auto begin = slots.begin() + static_cast<std::ptrdiff_t>(first);
    if (std::none_of(begin, begin + count, [](const SwapSlot& s) { return s.used(); }))
      return static_cast<int32_t>(first);
  }
}

// Where nobody uses the slot any more it is as if it never was.
void FreeIfUnused(MachineState& m, int32_t slot) {
  if (SlotAt(m, slot).used()) return;
  SlotAt(m, slot) = SwapSlot{};
  while (m.swap.slots.size() > 1 && !m.swap.slots.back().used()) m.swap.slots.pop_back();
}

// page_swapped(): whether an entry or a file's slot names any part of a page of the swap cache.
bool page_swapped(const MachineState& m, Pfn page) {
  const Pfn head = compound_head(m, page);
  for (uint32_t i = 0; i < m.frames.nr(head); ++i) {
    if (page_swapcount(m, head + i) != 0) return true;
  }
  return false;
}

// page_trans_huge_map_swapcount(): entries and slot users of the small page that has most of them, and slot users of
// the whole page.
uint32_t page_trans_huge_map_swapcount(const MachineState& m, Pfn page, uint32_t* total_swapcount) {
  *total_swapcount = 0;
  const bool cached = PageSwapCache(m, page);
  if (!PageCompound(m, page)) {
    *total_swapcount = cached ? page_swapcount(m, page) : 0;
    return page_mapcount(m, page) + *total_swapcount;
  }
  const Pfn head = compound_head(m, page);
  uint32_t most = 0;
  for (uint32_t i = 0; i < m.frames.nr(head); ++i) {
    const uint32_t swapcount = cached ? page_swapcount(m, head + i) : 0;
    *total_swapcount += swapcount;
    most = std::max(most, static_cast<uint32_t>(m.frames.hot(head + i).mapcount) + swapcount);
  }
  return most + m.frames.cold(head).entire_mapcount;
}

}  // namespace

// mm/swap_state.c:add_to_swap_cache(), v5.14.
bool alloc_swap_and_cache(MachineState& m, Pfn page) {
  PTERON_CHECK(compound_head(m, page) == page && !PageSwapCache(m, page),
               "a page enters the swap cache once and whole");
  const uint32_t nr = m.frames.nr(page);
  const int32_t slot = AllocateSlots(m, nr);
  if (slot < 0) return false;
  set_page_flag(m, page, PG_swapcache);
  m.frames.hot(page).refcount += nr;
  for (uint32_t i = 0; i < nr; ++i) {
    m.frames.mutable_cold(page + i).swap_slot = slot + static_cast<int32_t>(i);
    SlotAt(m, slot + static_cast<int32_t>(i)).cache = page + i;
  }
  return true;
}

// mm/swap_state.c, v5.14.
bool add_to_swap(MachineState& m, Pfn page) {
  if (!alloc_swap_and_cache(m, page)) return false;
  set_page_dirty(m, page);
  return true;
}

// mm/swap_state.c, v5.14; with put_swap_page().
void delete_from_swap_cache(MachineState& m, Pfn page) {
  const Pfn head = compound_head(m, page);
  const uint32_t nr = m.frames.nr(head);
  PTERON_CHECK(PageSwapCache(m, head) && m.frames.hot(head).refcount > nr,
               "a page that leaves the swap cache is held by the caller");
  clear_page_flag(m, head, PG_swapcache);
  m.frames.hot(head).refcount -= nr;
  for (uint32_t i = nr; i-- > 0;) {
    const int32_t slot = m.frames.cold(head + i).swap_slot;
    m.frames.mutable_cold(head + i).swap_slot = -1;
    SlotAt(m, slot).cache = kNoPfn;
    FreeIfUnused(m, slot);
  }
}

// mm/page_io.c, v5.14. The device is synchronous.
void swap_writepage(MachineState& m, Pfn page) {
  if (try_to_free_swap(m, page)) return;
  for (uint32_t i = 0; i < m.frames.nr(page); ++i)
    SlotAt(m, m.frames.cold(page + i).swap_slot).value = m.frames.cold(page + i).value;
}

void swap_duplicate(MachineState& m, int32_t slot) {
  PTERON_CHECK(SlotAt(m, slot).used(), "a slot that gets one more user has one");
  ++SlotAt(m, slot).count;
}

void swap_free(MachineState& m, int32_t slot) {
  PTERON_CHECK(SlotAt(m, slot).count > 0, "a slot that loses a user has one");
  --SlotAt(m, slot).count;
  FreeIfUnused(m, slot);
}

// mm/swapfile.c, v5.14, with __try_to_reclaim_swap(). The device is never half full, so that a mapped page stays in the
// swap cache.
void free_swap_and_cache(MachineState& m, int32_t slot) {
  const Pfn page = lookup_swap_cache(m, slot);
  swap_free(m, slot);
  if (page == kNoPfn || page_mapped(m, page)) return;
  get_page(m, page);
  try_to_free_swap(m, page);
  put_page(m, page);
}

void free_page_and_swap_cache(MachineState& m, Pfn page) {
  if (PageSwapCache(m, page) && !page_mapped(m, page)) try_to_free_swap(m, page);
  put_page(m, page);
}

uint32_t page_swapcount(const MachineState& m, Pfn page) { return swap_count(m, m.frames.cold(page).swap_slot); }

// mm/swapfile.c, v5.14. Writeback does not exist here.
bool reuse_swap_page(MachineState& m, Pfn page) {
  uint32_t total_swapcount = 0;
  const uint32_t count = page_trans_huge_map_swapcount(m, page, &total_swapcount);
  if (count == 1 && PageSwapCache(m, page) && (!PageCompound(m, page) || total_swapcount == page_swapcount(m, page))) {
    delete_from_swap_cache(m, page);
    set_page_dirty(m, page);
  }
  return count <= 1;
}

// mm/swapfile.c, v5.14.
bool try_to_free_swap(MachineState& m, Pfn page) {
  if (!PageSwapCache(m, page) || page_swapped(m, page)) return false;
  delete_from_swap_cache(m, page);
  set_page_dirty(m, page);
  return true;
}

}  // namespace pteron
