// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// mm/rmap.c: try_to_unmap().

#include "pteron/arch/x86/swapops.h"
#include "pteron/check.h"
#include "src/mm/huge_memory.h"
#include "src/mm/mm_inline.h"
#include "src/mm/rmap.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// What becomes of an entry of the page.
enum class Unmap : uint8_t {
  hwpoison_entry,  // names the frame whose memory failed
  swap_entry,      // names the page's swap slot
  discard,         // nothing: the content was given up by MADV_FREE
  put_back,        // as it was: the content was given up, but has been written to since
  remove,          // nothing, or the uffd-wp leftover: the file has the content
  broken,          // nothing, and the page is not counted down: the kernel warns and gives up
};

Unmap PlanUnmap(const MachineState& m, Pfn page, Pfn subpage, bool hwpoison) {
  if (hwpoison && PageHWPoison(m, subpage)) return Unmap::hwpoison_entry;
  if (!PageAnon(m, page)) return Unmap::remove;
  if (PageSwapBacked(m, page) != PageSwapCache(m, page)) return Unmap::broken;
  if (PageSwapBacked(m, page)) return Unmap::swap_entry;
  return PageDirty(m, page) ? Unmap::put_back : Unmap::discard;
}

struct Unmapping {
  MmId mm;
  const vm_area_struct& vma;
  uint64_t address;
  EntryRef ptep;
  pte_t old;
  Pfn subpage;
};

void InstallHwpoisonEntry(MachineState& m, const Unmapping& u) {
  const Encoding& e = m.encoding();
  if (PageHuge(m, u.subpage)) {
    m.mm(u.mm).hugetlb_usage -= kPtesPerPmd;
    set_pmd_at(m, u.mm, u.address, u.ptep, pmd_t{swp_entry_to_pte(e, make_hwpoison_entry(e, u.subpage.value)).pte});
    return;
  }
  add_mm_counter(m, u.mm, mm_counter(m, u.subpage), -1);
  set_pte_at(m, u.mm, u.address, u.ptep, swp_entry_to_pte(e, make_hwpoison_entry(e, u.subpage.value)));
}

void InstallSwapEntry(MachineState& m, const Unmapping& u) {
  const Encoding& e = m.encoding();
  const int32_t slot = m.frames.cold(u.subpage).swap_slot;
  swap_duplicate(m, slot);
  pte_t swp_pte = swp_entry_to_pte(e, swp_entry(0, static_cast<uint64_t>(slot)));
  if (PageAnonExclusive(m, u.subpage)) {
    page_try_share_anon_rmap(m, u.subpage);
    swp_pte = pte_swp_mkexclusive(e, swp_pte);
  }
  if (pte_soft_dirty(e, u.old)) swp_pte = pte_swp_mksoft_dirty(e, swp_pte);
  if (pte_uffd_wp(e, u.old)) swp_pte = pte_swp_mkuffd_wp(e, swp_pte);
  add_mm_counter(m, u.mm, MM_ANONPAGES, -1);
  add_mm_counter(m, u.mm, MM_SWAPENTS, 1);
  set_pte_at(m, u.mm, u.address, u.ptep, swp_pte);
}

// The entry is empty (or holds a leftover): makes of it what the plan says. False where the walk ends without success.
bool Replace(MachineState& m, Pfn page, const Unmapping& u, Unmap plan) {
  switch (plan) {
    case Unmap::hwpoison_entry:
      m.journal.why = "the memory of the page failed";
      InstallHwpoisonEntry(m, u);
      return true;
    case Unmap::swap_entry:
      m.journal.why = "an anonymous page goes to its swap slot";
      InstallSwapEntry(m, u);
      return true;
    case Unmap::discard:
      add_mm_counter(m, u.mm, MM_ANONPAGES, -1);
      return true;
    case Unmap::put_back:
      m.journal.why = "written to after MADV_FREE";
      set_pte_at(m, u.mm, u.address, u.ptep, u.old);
      set_page_flag(m, page, PG_swapbacked);
      return false;
    case Unmap::remove:
      if (PageHuge(m, page)) {
        m.mm(u.mm).hugetlb_usage -= kPtesPerPmd;
      } else {
        add_mm_counter(m, u.mm, mm_counter_file(m, page), -1);
      }
      return true;
    case Unmap::broken:
      m.Warn("try_to_unmap_one", "an anonymous page is swap-backed or in the swap cache, but not both");
      return false;
  }
  return false;
}

// One entry of try_to_unmap_one(). False: give up.
bool UnmapEntry(MachineState& m, Pfn page, const RmapPlace& place, const MappedEntry& entry, bool hwpoison) {
  const Encoding& e = m.encoding();
  const vm_area_struct& vma = m.mm(place.mm).vmas[place.vma_index];
  const bool huge = PageHuge(m, page);
  PTERON_CHECK(huge || entry.level == Level::pte, "huge entries were split before");
  const Unmapping u{place.mm, vma, entry.address, entry.entry, ptep_get(m, entry.entry), entry.page};
  m.journal.why = nullptr;
  if (huge) {
    pmd_clear(m, u.mm, u.address, u.ptep);
  } else {
    pte_clear(m, u.mm, u.address, u.ptep);
  }
  if (!huge) pte_install_uffd_wp_if_needed(m, u.mm, vma, u.address, u.ptep, u.old);
  if (pte_dirty(e, u.old)) set_page_dirty(m, page);
  if (!Replace(m, page, u, PlanUnmap(m, page, entry.page, hwpoison))) return false;
  page_remove_rmap(m, entry.page, huge);
  put_page(m, page);
  return true;
}

// split_huge_pmd_address(): a huge entry at `address` that names the page becomes small ones.
void SplitHugeEntry(MachineState& m, Pfn page, const RmapPlace& place) {
  const std::optional<EntryRef> pmd = find_pmd(m, place.mm, place.address);
  if (!pmd || !pmd_trans_huge(m.encoding(), pmdp_get(m, *pmd)) ||
      pmd_pfn(m.encoding(), pmdp_get(m, *pmd)) != page.value)
    return;
  split_huge_pmd(m, place.mm, m.mm(place.mm).vmas[place.vma_index], *pmd, place.address);
}

}  // namespace

// mm/rmap.c:try_to_unmap(), try_to_unmap_one(), v5.14. Leaves out mlock, unused entries and shared PMD tables, which do
// not exist here. hwpoison stands for !TTU_IGNORE_HWPOISON (TTU_HWPOISON from 6.1 on).
bool try_to_unmap(MachineState& m, Pfn page, bool split_huge_pmd, bool hwpoison) {
  KernelFunction function(m.journal, "try_to_unmap");
  PTERON_CHECK(compound_head(m, page) == page, "a page is unmapped whole");
  rmap_walk(m, page, [&](const RmapPlace& place) {
    KernelFunction one(m.journal, "try_to_unmap_one");
    if (split_huge_pmd) SplitHugeEntry(m, page, place);
    bool go_on = true;
    page_vma_mapped_walk(m, page, place, false, [&](const MappedEntry& entry) {
      go_on = UnmapEntry(m, page, place, entry, hwpoison);
      return go_on;
    });
    return go_on && page_mapped(m, page);
  });
  return !page_mapped(m, page);
}

}  // namespace pteron
