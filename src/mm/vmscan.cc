// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/vmscan.h"

#include "src/mm/filemap.h"
#include "src/mm/huge_memory.h"
#include "src/mm/rmap.h"
#include "src/mm/shmem.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// page_referenced(): entries that are young; they are old afterwards.
uint32_t page_referenced(MachineState& m, Pfn page) {
  KernelFunction function(m.journal, "page_referenced_one");
  const Encoding& e = m.encoding();
  uint32_t young = 0;
  rmap_walk(m, page, [&](const RmapPlace& place) {
    page_vma_mapped_walk(m, page, place, false, [&](const MappedEntry& entry) {
      const pte_t pte = ptep_get(m, entry.entry);
      if (!pte_young(e, pte)) return true;
      ++young;
      m.journal.why = "reclaim looks whether the page is in use";
      if (entry.level == Level::pmd) {
        set_pmd_at(m, place.mm, entry.address, entry.entry, pmd_t{pte_mkold(e, pte).pte});
      } else {
        set_pte_at(m, place.mm, entry.address, entry.entry, pte_mkold(e, pte));
      }
      return true;
    });
    return true;
  });
  return young;
}

enum class Prepared : uint8_t { ready, split, keep };

// An anonymous page gets a swap slot; a huge one that cannot have 512, or that no huge entry names, is split. Huge
// pages of files are split always.
Prepared Prepare(MachineState& m, Pfn page) {
  if (!PageAnon(m, page) || !PageSwapBacked(m, page)) {
    if (!PageTransHuge(m, page)) return Prepared::ready;
    return split_huge_page(m, page) ? Prepared::split : Prepared::keep;
  }
  if (PageSwapCache(m, page)) return Prepared::ready;
  if (PageTransHuge(m, page)) {
    if (!can_split_huge_page(m, page)) return Prepared::keep;
    if (m.frames.cold(page).entire_mapcount == 0) return split_huge_page(m, page) ? Prepared::split : Prepared::keep;
  }
  if (add_to_swap(m, page)) return Prepared::ready;
  if (!PageTransHuge(m, page)) return Prepared::keep;
  return split_huge_page(m, page) ? Prepared::split : Prepared::keep;
}

// pageout(): true where the page is clean and written now.
bool pageout(MachineState& m, Pfn page) {
  if (page_count(m, page) != 1 + m.frames.nr(page)) return false;  // is_page_cache_freeable()
  const bool in_swap_cache = PageSwapCache(m, page);
  if (!in_swap_cache && (PageAnon(m, page) || m.frames.cold(page).mapping < 0)) return false;
  clear_page_flag(m, page, PG_dirty);
  if (in_swap_cache) {
    swap_writepage(m, page);
  } else if (!shmem_writepage(m, page)) {
    return false;
  }
  return !PageDirty(m, page);
}

// __remove_mapping(): takes an unmapped clean page out of the cache that it is in. The caller's reference is the last
// one then.
bool __remove_mapping(MachineState& m, Pfn page) {
  if (page_count(m, page) != 1 + m.frames.nr(page) || PageDirty(m, page)) return false;
  if (PageSwapCache(m, page)) {
    delete_from_swap_cache(m, page);
    return true;
  }
  if (PageAnon(m, page) || m.frames.cold(page).mapping < 0) return false;
  delete_from_page_cache(m, page);
  return true;
}

// shrink_page_list() for one page behind Prepare(). True where the caller's reference is the last one.
bool UnmapAndWriteOut(MachineState& m, Pfn page) {
  if (page_mapped(m, page) && !try_to_unmap(m, page, PageTransHuge(m, page), false)) return false;
  if (PageDirty(m, page) && !pageout(m, page)) return false;
  if (PageAnon(m, page) && !PageSwapBacked(m, page)) return page_count(m, page) == 1;
  return __remove_mapping(m, page);
}

bool ShrinkOne(MachineState& m, Pfn page, bool ignore_references);

// The parts of a page that has just been split: the kernel adds the tails to the list that it works on.
void ShrinkParts(MachineState& m, Pfn first, bool ignore_references) {
  for (uint32_t i = 1; i < kPtesPerPmd; ++i) {
    const Pfn part = first + i;
    if (!m.frames.IsAllocated(part)) continue;
    get_page(m, part);
    ShrinkOne(m, part, ignore_references);
  }
}

// Drops the caller's reference. True where the page was freed.
bool ShrinkOne(MachineState& m, Pfn page, bool ignore_references) {
  const bool idle = ignore_references || page_referenced(m, page) == 0;
  Prepared prepared = idle ? Prepare(m, page) : Prepared::keep;
  const bool was_split = prepared == Prepared::split;
  if (was_split) prepared = Prepare(m, page);  // now small: its own slot
  const bool freed = prepared == Prepared::ready && UnmapAndWriteOut(m, page);
  put_page(m, page);
  if (was_split) ShrinkParts(m, page, ignore_references);
  return freed;
}

}  // namespace

// mm/vmscan.c, v5.14. Nobody but the caller takes part, writes are synchronous, memory cgroups and mlock do not exist.
void reclaim_pages(MachineState& m, std::span<const Pfn> pages) {
  KernelFunction function(m.journal, "shrink_page_list");
  for (const Pfn page : pages) ShrinkOne(m, page, false);
}

bool reclaim_page(MachineState& m, Pfn page) {
  KernelFunction function(m.journal, "shrink_page_list");
  const Pfn head = compound_head(m, page);
  if (PageHuge(m, head)) return false;
  get_page(m, head);
  return ShrinkOne(m, head, true);
}

}  // namespace pteron
