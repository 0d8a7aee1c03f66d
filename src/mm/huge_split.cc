// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// mm/huge_memory.c: splitting huge entries and huge pages.
#include "pteron/check.h"
#include "src/mm/huge_memory.h"
#include "src/mm/migrate.h"
#include "src/mm/rmap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr uint32_t kPages = kPtesPerPmd;

// What the small entries inherit from a huge one.
struct HugeEntryFacts {
  Pfn page;
  bool present = false;
  bool write = false;
  bool young = false;
  bool dirty = false;
  bool soft_dirty = false;
  bool uffd_wp = false;
  bool exclusive = false;
};

HugeEntryFacts FactsOfPresent(const MachineState& m, pmd_t pmd) {
  const Encoding& e = m.encoding();
  HugeEntryFacts facts{.page = Pfn{static_cast<uint32_t>(pmd_pfn(e, pmd))}, .present = true};
  facts.write = pmd_write(e, pmd);
  facts.young = pmd_young(e, pmd);
  facts.dirty = pmd_dirty(e, pmd);
  facts.soft_dirty = pmd_soft_dirty(e, pmd);
  facts.uffd_wp = pmd_uffd_wp(e, pmd);
  facts.exclusive = m.rules().thp.split_keeps_exclusive && PageAnon(m, facts.page) && PageAnonExclusive(m, facts.page);
  return facts;
}

HugeEntryFacts FactsOfMigration(const MachineState& m, pmd_t pmd) {
  const Encoding& e = m.encoding();
  const swp_entry_t entry = pmd_to_swp_entry(e, pmd);
  HugeEntryFacts facts{.page = Pfn{static_cast<uint32_t>(swp_offset_pfn(e, entry))}};
  facts.write = is_writable_migration_entry(e, entry);
  facts.young = is_migration_entry_young(e, entry);
  facts.dirty = is_migration_entry_dirty(e, entry);
  facts.soft_dirty = pmd_swp_soft_dirty(e, pmd);
  facts.uffd_wp = pmd_swp_uffd_wp(e, pmd);
  facts.exclusive = is_readable_exclusive_migration_entry(e, entry);
  return facts;
}

pte_t SmallMigrationEntry(const MachineState& m, const HugeEntryFacts& facts, uint32_t i) {
  const Encoding& e = m.encoding();
  pte_t pte = swp_entry_to_pte(e, make_migration_entry(m, facts.page + i, facts.write, facts.exclusive, facts.young, facts.dirty));
  if (facts.soft_dirty) pte = pte_swp_mksoft_dirty(e, pte);
  if (facts.uffd_wp) pte = pte_swp_mkuffd_wp(e, pte);
  return pte;
}

// The hardware's dirty bit is not handed down: the page itself is marked dirty.
pte_t SmallPresentEntry(const MachineState& m, const vm_area_struct& vma, const HugeEntryFacts& facts, uint32_t i) {
  const Encoding& e = m.encoding();
  pte_t pte = maybe_mkwrite(m, mk_pte(m, facts.page + i, vma.vm_page_prot), vma);
  if (!facts.write) pte = pte_wrprotect(e, pte);
  if (!facts.young) pte = pte_mkold(e, pte);
  if (facts.soft_dirty) pte = pte_mksoft_dirty(e, pte);
  if (facts.uffd_wp) pte = pte_mkuffd_wp(e, pte);
  return pte;
}

// A file's huge entry goes: small entries come by faults.
void DropFileHugeEntry(MachineState& m, MmId mm, EntryRef pmdp, uint64_t haddr) {
  const Encoding& e = m.encoding();
  const pmd_t old = pmdp_huge_get_and_clear(m, mm, haddr, pmdp);
  const HugeEntryFacts facts = pmd_present(e, old) ? FactsOfPresent(m, old) : FactsOfMigration(m, old);
  add_mm_counter(m, mm, mm_counter_file(m, facts.page), -int64_t{kPages});
  if (!facts.present) return;
  if (facts.dirty) set_page_dirty(m, facts.page);
  page_remove_rmap(m, facts.page, true);
  put_page(m, facts.page);
}

void SplitHugeZeroEntry(MachineState& m, MmId mm, const vm_area_struct& vma, EntryRef pmdp, uint64_t haddr) {
  const Encoding& e = m.encoding();
  const bool uffd_wp = m.rules().thp.zero_page_split_keeps_uffd_wp && pmd_uffd_wp(e, pmdp_get(m, pmdp));
  pgtable_trans_huge_withdraw_to(m, mm, pmdp, haddr);
  pte_t pte = pte_mkspecial(e, pfn_pte(e, kZeroPagePfn.value, vma.vm_page_prot));
  if (uffd_wp) pte = pte_mkuffd_wp(e, pte);
  for (uint32_t i = 0; i < kPages; ++i) {
    const uint64_t address = haddr + i * kPageSize;
    set_pte_at(m, mm, address, pte_offset_map(m, pmdp, address), pte);
  }
}

// Moves the count of the huge entry to the 512 small ones.
void CountSmallEntries(MachineState& m, Pfn page) {
  m.frames.hot(page).refcount += kPages - 1;
  for (uint32_t i = 0; i < kPages; ++i) m.frames.hot(page + i).mapcount += 1;
  --m.frames.mutable_cold(page).entire_mapcount;
}

// __split_huge_pmd_locked().
void __split_huge_pmd_locked(MachineState& m, MmId mm, vm_area_struct& vma, EntryRef pmdp, uint64_t haddr, bool freeze) {
  KernelFunction function(m.journal, "__split_huge_pmd_locked");
  const Encoding& e = m.encoding();
  const pmd_t old = pmdp_get(m, pmdp);
  if (!vma_is_anonymous(vma)) return DropFileHugeEntry(m, mm, pmdp, haddr);
  if (pmd_present(e, old) && is_huge_zero_pfn(Pfn{static_cast<uint32_t>(pmd_pfn(e, old))})) {
    return SplitHugeZeroEntry(m, mm, vma, pmdp, haddr);
  }
  const HugeEntryFacts facts = pmd_present(e, old) ? FactsOfPresent(m, old) : FactsOfMigration(m, old);
  if (facts.present) {
    if (facts.dirty) set_page_dirty(m, facts.page);
    CountSmallEntries(m, facts.page);
    if (freeze && facts.exclusive) page_try_share_anon_rmap(m, facts.page);
  }
  pgtable_trans_huge_withdraw_to(m, mm, pmdp, haddr);
  const bool migration = freeze || !facts.present;
  for (uint32_t i = 0; i < kPages; ++i) {
    const uint64_t address = haddr + i * kPageSize;
    if (!migration && facts.exclusive) set_page_flag(m, facts.page + i, PG_anon_exclusive);
    set_pte_at(m, mm, address, pte_offset_map(m, pmdp, address),
               migration ? SmallMigrationEntry(m, facts, i) : SmallPresentEntry(m, vma, facts, i));
  }
  if (!freeze || !facts.present) return;
  for (uint32_t i = 0; i < kPages; ++i) {
    page_remove_rmap(m, facts.page + i, false);
    put_page(m, facts.page + i);
  }
}

// __split_huge_page_tail() for every tail, and what the head keeps. References: one each for the split itself (of which the caller's
// subpage keeps its), one where page cache or swap cache hold the page.
void BreakUpPage(MachineState& m, Pfn head) {
  const HotPage hot = m.frames.hot(head);
  const ColdPage cold = m.frames.cold(head);
  const bool cached = !PageAnon(m, head) || PageSwapCache(m, head);
  const uint8_t handed_down = hot.flags & (PG_dirty | PG_swapbacked | PG_swapcache | PG_anon);
  m.frames.SplitBlock(head, cached ? 2 : 1);
  for (uint32_t i = 1; i < kPages; ++i) {
    const Pfn tail = head + i;
    m.frames.hot(tail).flags |= handed_down;
    m.frames.SetMapping(tail, cold.mapping, cold.index + i);
    if (hot.flags & PG_swapcache) {
      m.frames.mutable_cold(tail).swap_slot = cold.swap_slot + static_cast<int32_t>(i);
      m.swap.slots[static_cast<size_t>(cold.swap_slot) + i].cache = tail;
    }
  }
}

// Pages of a file that lie beyond its end leave the cache when they come out of a huge page.
void DropPagesBeyondEnd(MachineState& m, Pfn head) {
  if (PageAnon(m, head)) return;
  File& file = m.file(FileId{m.frames.cold(head).mapping});
  const uint64_t end = (file.size + kPageSize - 1) >> kPageShift;
  for (uint32_t i = 1; i < kPages; ++i) {
    const uint64_t index = m.frames.cold(head + i).index;
    if (index < end) continue;
    clear_page_flag(m, head + i, PG_dirty);
    file.cache[index] = CacheSlot{};
    m.frames.mutable_cold(head + i).mapping = -1;
    put_page(m, head + i);
  }
  while (!file.cache.empty() && file.cache.back().empty()) file.cache.pop_back();
}

}  // namespace

void split_huge_pmd(MachineState& m, MmId mm, vm_area_struct& vma, EntryRef pmd, uint64_t address) {
  __split_huge_pmd_locked(m, mm, vma, pmd, address & ~(kPmdSize - 1), false);
}

void split_huge_pmd_freeze(MachineState& m, MmId mm, vm_area_struct& vma, EntryRef pmd, uint64_t address) {
  __split_huge_pmd_locked(m, mm, vma, pmd, address & ~(kPmdSize - 1), true);
}

bool can_split_huge_page(const MachineState& m, Pfn head) {
  const uint32_t cached = PageAnon(m, head) && !PageSwapCache(m, head) ? 0 : m.frames.nr(head);
  return total_mapcount(m, head) + cached + 1 == page_count(m, head);
}

// mm/huge_memory.c:split_huge_page_to_list(). The caller holds one reference, which stays with the small page `page`.
bool split_huge_page(MachineState& m, Pfn page) {
  KernelFunction function(m.journal, "split_huge_page_to_list");
  const Pfn head = compound_head(m, page);
  if (!can_split_huge_page(m, head)) return false;
  const bool anon = PageAnon(m, head);
  if (anon) {
    try_to_migrate(m, head);
  } else {
    try_to_unmap(m, head, true, false);
  }
  PTERON_CHECK(can_split_huge_page(m, head), "an unmapped huge page is held by its caller and its cache alone");
  BreakUpPage(m, head);
  DropPagesBeyondEnd(m, head);
  if (anon) {
    for (uint32_t i = 0; i < kPages; ++i) remove_migration_ptes(m, head + i, head + i);
  }
  for (uint32_t i = 0; i < kPages; ++i) {
    if (head + i != page) put_page(m, head + i);
  }
  return true;
}

}  // namespace pteron
