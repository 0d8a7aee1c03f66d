// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/madvise_pages.h"

#include <functional>
#include <vector>

#include "pteron/arch/x86/classify.h"
#include "src/mm/huge_memory.h"
#include "src/mm/swap.h"
#include "src/mm/swapfile.h"
#include "src/mm/vmscan.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// mm/pagewalk.c:walk_page_range() with a pmd_entry alone: calls visit for every pmd entry of the range that is not none, with the
// part of the range that it covers. visit may split the entry.
void WalkPmds(MachineState& m, MmId mm, uint64_t start, uint64_t end,
              const std::function<void(EntryRef pmd, uint64_t address, uint64_t next)>& visit) {
  for (uint64_t address = start; address < end;) {
    const uint64_t next = pmd_addr_end(address, end);
    const std::optional<EntryRef> pmd = find_pmd(m, mm, address);
    if (pmd && !pmd_none(m.encoding(), pmdp_get(m, *pmd))) visit(*pmd, address, next);
    address = next;
  }
}

bool IsTable(const MachineState& m, EntryRef pmd) { return classify(m.encoding(), pmdp_get(m, pmd)) == EntryClass::table; }

// split_huge_page() with the reference that its caller must hold.
bool SplitHugePage(MachineState& m, Pfn page) {
  get_page(m, page);
  const bool split = split_huge_page(m, page);
  put_page(m, page);
  return split;
}

// Makes an entry old, and clean where asked, by taking it out and putting it back.
void SetPte(MachineState& m, MmId mm, uint64_t address, EntryRef ptep, pte_t pte, const char* why) {
  m.journal.why = why;
  set_pte_at(m, mm, address, ptep, pte);
}

// madvise_cold_or_pageout_pte_range() for a range. Pages to reclaim are held until their pmd entry is done.
class ColdOrPageout {
 public:
  ColdOrPageout(MachineState& m, MmId mm, bool pageout) : m_(m), mm_(mm), pageout_(pageout) {}

  void PmdEntry(EntryRef pmd, uint64_t address, uint64_t next) {
    KernelFunction function(m_.journal, "madvise_cold_or_pageout_pte_range");
    bool small_entries = true;
    if (pmd_trans_huge(m_.encoding(), pmdp_get(m_, pmd))) small_entries = HugePmd(pmd, address, next);
    if (small_entries && IsTable(m_, pmd)) PteRange(pmd, address, next);
    if (pageout_) reclaim_pages(m_, isolated_);
    isolated_.clear();
  }

 private:
  // A huge entry. True where the walk goes on with small entries: the page has been split.
  bool HugePmd(EntryRef pmdp, uint64_t address, uint64_t next) {
    const pmd_t pmd = pmdp_get(m_, pmdp);
    const Pfn page = vm_normal_page_pmd(m_, pmd);
    if (page == kNoPfn || page_mapcount(m_, page) != 1) return false;
    if (next - address != kPmdSize) return SplitHugePage(m_, page);
    if (pmd_young(m_.encoding(), pmd)) {
      m_.journal.why = "advised cold: not accessed any more";
      set_pmd_at(m_, mm_, address, pmdp, pmd_mkold(m_.encoding(), pmd));
    }
    Deactivate(page);
    return false;
  }

  void PteRange(EntryRef pmd, uint64_t address, uint64_t end) {
    const Encoding& e = m_.encoding();
    for (EntryRef ptep = pte_offset_map(m_, pmd, address); address < end;) {
      const pte_t pte = ptep_get(m_, ptep);
      const Pfn page = pte_present(e, pte) ? vm_normal_page(m_, pte) : kNoPfn;
      if (page != kNoPfn && PageTransHuge(m_, page)) {
        if (page_mapcount(m_, page) != 1 || !SplitHugePage(m_, page)) return;
        if (!IsTable(m_, pmd)) return;
        continue;  // the same entry again: it names a small page now
      }
      if (page != kNoPfn && page_mapcount(m_, page) == 1) {
        if (pte_young(e, pte)) SetPte(m_, mm_, address, ptep, pte_mkold(e, pte), "advised cold: not accessed any more");
        Deactivate(page);
      }
      address += kPageSize;
      ++ptep.index;
    }
  }

  // isolate_lru_page() or deactivate_page().
  void Deactivate(Pfn page) {
    if (!pageout_) return;
    get_page(m_, page);
    isolated_.push_back(page);
  }

  MachineState& m_;
  MmId mm_;
  bool pageout_;
  std::vector<Pfn> isolated_;
};

// What MADV_FREE's loop is to do next.
enum class FreeStep : uint8_t { next_entry, same_entry, stop };

// A non-present entry under MADV_FREE: what could only be read back from swap is dropped.
void FreeNonPresent(MachineState& m, MmId mm, uint64_t address, EntryRef ptep, pte_t pte) {
  const Encoding& e = m.encoding();
  switch (classify(e, pte)) {
    case EntryClass::swap:
      m.journal.why = "advised free: swapped content is dropped";
      free_swap_and_cache(m, static_cast<int32_t>(swp_offset(pte_to_swp_entry(e, pte))));
      add_mm_counter(m, mm, MM_SWAPENTS, -1);
      pte_clear(m, mm, address, ptep);
      break;
    case EntryClass::hwpoison:
    case EntryClass::swapin_error:
      if (!m.rules().madvise.free_clears_poison) return;
      m.journal.why = "advised free: content that is lost is dropped";
      pte_clear(m, mm, address, ptep);
      break;
    default:
      break;
  }
}

// mark_page_lazyfree(): reclaim may drop the page as long as it stays clean.
void mark_page_lazyfree(MachineState& m, Pfn page) {
  const Pfn head = compound_head(m, page);
  if (!PageAnon(m, head) || !PageSwapBacked(m, head) || PageSwapCache(m, head)) return;
  clear_page_flag(m, head, PG_swapbacked);
}

// Takes a small page out of the swap cache and makes it clean; false where others hold it or need its slot.
bool MakePageClean(MachineState& m, Pfn page) {
  if (!PageSwapCache(m, page) && !PageDirty(m, page)) return true;
  if (page_mapcount(m, page) != 1) return false;
  if (PageSwapCache(m, page) && !try_to_free_swap(m, page)) return false;
  clear_page_flag(m, page, PG_dirty);
  return true;
}

FreeStep FreeEntry(MachineState& m, MmId mm, uint64_t address, EntryRef pmd, EntryRef ptep) {
  const Encoding& e = m.encoding();
  const pte_t pte = ptep_get(m, ptep);
  if (!pte_present(e, pte)) {
    FreeNonPresent(m, mm, address, ptep, pte);
    return FreeStep::next_entry;
  }
  const Pfn page = vm_normal_page(m, pte);
  if (page == kNoPfn) return FreeStep::next_entry;
  if (PageTransHuge(m, page)) {
    const Pfn asked = m.rules().madvise.free_asks_sharers == SharersOf::this_part ? page : compound_head(m, page);
    if (page_mapcount(m, asked) != 1 || !SplitHugePage(m, page) || !IsTable(m, pmd)) return FreeStep::stop;
    return FreeStep::same_entry;
  }
  if (!MakePageClean(m, page)) return FreeStep::next_entry;
  if (pte_young(e, pte) || pte_dirty(e, pte)) {
    SetPte(m, mm, address, ptep, pte_mkclean(e, pte_mkold(e, pte)), "advised free: clean until written again");
  }
  mark_page_lazyfree(m, page);
  return FreeStep::next_entry;
}

// mm/madvise.c:madvise_free_pte_range(), v5.14.
void madvise_free_pte_range(MachineState& m, MmId mm, vm_area_struct& vma, EntryRef pmd, uint64_t address, uint64_t end) {
  KernelFunction function(m.journal, "madvise_free_pte_range");
  if (pmd_trans_huge(m.encoding(), pmdp_get(m, pmd)) && madvise_free_huge_pmd(m, mm, vma, pmd, address, end)) return;
  if (!IsTable(m, pmd)) return;
  for (EntryRef ptep = pte_offset_map(m, pmd, address); address < end;) {
    const FreeStep step = FreeEntry(m, mm, address, pmd, ptep);
    if (step == FreeStep::stop) return;
    if (step == FreeStep::same_entry) continue;
    address += kPageSize;
    ++ptep.index;
  }
}

// Reads a slot into the swap cache, unless its page is there already, and lets go of the page again.
void ReadSwap(MachineState& m, int32_t slot) {
  if (lookup_swap_cache(m, slot) != kNoPfn) return;
  const Pfn page = read_swap_cache_async(m, slot);
  if (page != kNoPfn) put_page(m, page);
}

// mm/madvise.c:swapin_walk_pmd_entry(), v5.14. Entries that name no slot are passed over, special words too (the series, patch 05).
void swapin_walk_pmd_entry(MachineState& m, EntryRef pmd, uint64_t address, uint64_t end) {
  if (!IsTable(m, pmd)) return;
  const Encoding& e = m.encoding();
  for (EntryRef ptep = pte_offset_map(m, pmd, address); address < end; address += kPageSize, ++ptep.index) {
    const pte_t pte = ptep_get(m, ptep);
    if (classify(e, pte) == EntryClass::swap) ReadSwap(m, static_cast<int32_t>(swp_offset(pte_to_swp_entry(e, pte))));
  }
}

// mm/madvise.c:force_shm_swapin_readahead(), v5.14: also the page right behind the range, since its last index is counted in.
void force_shm_swapin_readahead(MachineState& m, const vm_area_struct& vma, uint64_t start, uint64_t end) {
  const uint64_t end_index = linear_page_index(vma, end + kPageSize - 1);
  for (uint64_t index = linear_page_index(vma, start); index <= end_index && index < m.file(vma.vm_file).cache.size(); ++index) {
    const int32_t slot = m.file(vma.vm_file).cache[index].swap_slot;
    if (slot >= 0) ReadSwap(m, slot);
  }
}

}  // namespace

// mm/madvise.c, v5.14: madvise_cold_or_pageout_pte_range() leaves alone what other processes map too.
void madvise_cold_page_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end) {
  lru_add_drain(m);
  ColdOrPageout walk(m, mm, /*pageout=*/false);
  WalkPmds(m, mm, start, end, [&](EntryRef pmd, uint64_t address, uint64_t next) { walk.PmdEntry(pmd, address, next); });
}

void madvise_pageout_page_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end) {
  lru_add_drain(m);
  ColdOrPageout walk(m, mm, /*pageout=*/true);
  WalkPmds(m, mm, start, end, [&](EntryRef pmd, uint64_t address, uint64_t next) { walk.PmdEntry(pmd, address, next); });
}

// mm/madvise.c:madvise_free_single_vma(), v5.14.
void madvise_free_page_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end) {
  lru_add_drain(m);
  WalkPmds(m, mm, start, end,
           [&](EntryRef pmd, uint64_t address, uint64_t next) { madvise_free_pte_range(m, mm, vma, pmd, address, next); });
}

// mm/madvise.c:madvise_willneed(), v5.14. hugetlb has nothing to read ahead.
void madvise_willneed_range(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t start, uint64_t end) {
  KernelFunction function(m.journal, "madvise_willneed");
  if (vma_is_anonymous(vma)) {
    WalkPmds(m, mm, start, end, [&](EntryRef pmd, uint64_t address, uint64_t next) { swapin_walk_pmd_entry(m, pmd, address, next); });
  } else if (vma_is_shmem(vma)) {
    force_shm_swapin_readahead(m, vma, start, end);
  }
  lru_add_drain(m);
}

}  // namespace pteron
