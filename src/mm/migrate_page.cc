// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// mm/migrate.c: a page moves to another frame.

#include <cerrno>

#include "src/mm/filemap.h"
#include "src/mm/migrate.h"
#include "src/mm/swap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// References that the page cache or the swap cache holds: the kernel's expected count but for the caller's own.
uint32_t CacheReferences(const MachineState& m, Pfn page) {
  if (PageSwapCache(m, page)) return m.frames.nr(page);
  if (PageAnon(m, page) || m.frames.cold(page).mapping < 0) return 0;
  return PageHuge(m, page) ? 1 : m.frames.nr(page);
}

// The new frame, or block, with one reference. A page of the pool comes out of the pool; the old one goes back to it in exchange, so that nothing
// is reserved and no pool is too small.
std::optional<Pfn> AllocateTarget(MachineState& m, Pfn page) {
  const std::optional<Pfn> target = alloc_page(m, m.frames.nr(page) == 1 ? 0 : kHpagePmdOrder);
  if (target && PageHuge(m, page)) {
    m.frames.mutable_cold(*target).hugetlb = true;
    --m.hugetlb.free_huge_pages;
  }
  return target;
}

// The page's place in the swap cache.
void MoveSwapCache(MachineState& m, Pfn from, Pfn to) {
  for (uint32_t i = 0; i < m.frames.nr(from); ++i) {
    const int32_t slot = m.frames.cold(from + i).swap_slot;
    m.frames.mutable_cold(from + i).swap_slot = -1;
    m.frames.mutable_cold(to + i).swap_slot = slot;
    m.swap.slots[static_cast<size_t>(slot)].cache = to + i;
  }
}

// The page's place in its file.
void MovePageCache(MachineState& m, Pfn from, Pfn to) {
  const FileId file{m.frames.cold(from).mapping};
  const uint64_t index = m.frames.cold(from).index;
  const uint32_t slots = PageHuge(m, from) ? 1 : m.frames.nr(from);
  for (uint32_t i = 0; i < slots; ++i) store_page_cache_slot(m, file, index + i, CacheSlot{.page = to + i});
}

// mm/migrate.c:migrate_page_move_mapping() and migrate_huge_page_move_mapping(), v5.14; folio_migrate_mapping(), v6.1. Nothing but the caches
// and the caller holds the page.
void MoveMapping(MachineState& m, Pfn from, Pfn to) {
  const uint32_t references = CacheReferences(m, from);
  const bool swap_cache = PageSwapCache(m, from);
  m.frames.SetMapping(to, m.frames.cold(from).mapping, m.frames.cold(from).index);
  if (swap_cache) {
    MoveSwapCache(m, from, to);
  } else if (references > 0) {
    MovePageCache(m, from, to);
    m.frames.mutable_cold(from).mapping = -1;
  }
  m.frames.hot(to).refcount += references;
  m.frames.hot(from).refcount -= references;
}

// mm/migrate.c:migrate_page_states() and copy_page(), v5.14: flags and content.
void MoveStates(MachineState& m, Pfn from, Pfn to) {
  constexpr uint8_t kMoved = PG_dirty | PG_anon | PG_anon_exclusive | PG_swapbacked | PG_swapcache;
  for (uint32_t i = 0; i < m.frames.nr(from); ++i) {
    m.frames.SetValue(to + i, m.frames.cold(from + i).value);
    m.frames.hot(to + i).flags |= m.frames.hot(from + i).flags & kMoved;
  }
  m.frames.mutable_cold(to).hugetlb_restore_reserve = m.frames.cold(from).hugetlb_restore_reserve;
  m.frames.mutable_cold(from).hugetlb_restore_reserve = false;
  clear_page_flag(m, from, PG_swapcache);
  clear_page_flag(m, from, PG_dirty);
}

// mm/migrate.c:unmap_and_move(), unmap_and_move_huge_page(), v5.14. The caller holds one reference.
int unmap_and_move(MachineState& m, Pfn page) {
  const std::optional<Pfn> target = AllocateTarget(m, page);
  if (!target) return -ENOMEM;
  try_to_migrate(m, page, HugeEntries::kept);
  const bool moves = !page_mapped(m, page) && page_count(m, page) == 1 + CacheReferences(m, page);
  if (moves) {
    MoveMapping(m, page, *target);
    MoveStates(m, page, *target);
  }
  remove_migration_ptes(m, page, moves ? *target : page);
  put_page(m, *target);
  return moves ? 0 : -EAGAIN;
}

}  // namespace

// mm/migrate.c, v5.14: isolate_lru_page() or isolate_huge_page(), and migrate_pages() for that one page.
int migrate_page(MachineState& m, Pfn page) {
  KernelFunction function(m.journal, "migrate_pages");
  const Pfn head = compound_head(m, page);
  if (!PageLRU(m, head) || PageHWPoison(m, page)) return -EBUSY;
  get_page(m, head);
  const int error = unmap_and_move(m, head);
  put_page(m, head);
  return error;
}

}  // namespace pteron
