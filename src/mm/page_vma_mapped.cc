// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// From a page to the entries that name it: the walks of mm/rmap.c and mm/page_vma_mapped.c.

#include <algorithm>

#include "pteron/arch/x86/swapops.h"
#include "src/mm/hugetlb.h"
#include "src/mm/rmap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// page_to_pgoff() of a head and its length, both in 4 KiB pages.
struct PageRange {
  uint64_t first;
  uint64_t pages;
};

PageRange RangeOf(const MachineState& m, Pfn page) {
  const Pfn head = compound_head(m, page);
  const ColdPage cold = m.frames.cold(head);
  if (cold.hugetlb) return {cold.index << (kPmdShift - kPageShift), kPtesPerPmd};
  if (page != head) return {cold.index + (page.value - head.value), 1};
  return {cold.index, m.frames.nr(head)};
}

// Whether the reverse map of the page leads to this VMA.
bool LeadsTo(const MachineState& m, Pfn head, const vm_area_struct& vma) {
  const int32_t mapping = m.frames.cold(head).mapping;
  if (mapping < 0) return false;
  if (!PageAnon(m, head)) return vma.vm_file == FileId{mapping};
  return std::find(vma.anon_vma_chain.begin(), vma.anon_vma_chain.end(), AnonVmaId{mapping}) !=
         vma.anon_vma_chain.end();
}

// The frame that a word of the kind looked for names, kNoPfn for other words: check_pte() without its last comparison.
Pfn NamedFrame(const MachineState& m, pte_t pte, bool migration) {
  const Encoding& e = m.encoding();
  if (!migration) return pte_present(e, pte) ? Pfn{static_cast<uint32_t>(pte_pfn(e, pte))} : kNoPfn;
  if (!is_swap_pte(e, pte)) return kNoPfn;
  const swp_entry_t entry = pte_to_swp_entry(e, pte);
  return is_migration_entry(e, entry) ? Pfn{static_cast<uint32_t>(swp_offset_pfn(e, entry))} : kNoPfn;
}

// True where the huge entry names the whole of `page`.
bool HugeEntryMatches(const MachineState& m, Pfn page, pmd_t pmd, bool migration) {
  const Encoding& e = m.encoding();
  if (pmd_trans_huge(e, pmd)) return !migration && pmd_pfn(e, pmd) == page.value;
  return migration && NamedFrame(m, pte_t{pmd.pmd}, true) == page;
}

}  // namespace

// mm/rmap.c:rmap_walk_anon(), rmap_walk_file() with mm/internal.h:vma_address(), v5.14.
void rmap_walk(MachineState& m, Pfn page, const std::function<bool(const RmapPlace&)>& visit) {
  const Pfn head = compound_head(m, page);
  const PageRange range = RangeOf(m, page);
  for (uint32_t k = 0; k < m.mms.size(); ++k) {
    const MmId mm{k};
    for (size_t i = 0; i < m.mm(mm).vmas.size(); ++i) {
      const vm_area_struct& vma = m.mm(mm).vmas[i];
      const uint64_t vma_end = vma.vm_pgoff + ((vma.vm_end - vma.vm_start) >> kPageShift);
      const uint64_t first = std::max(range.first, vma.vm_pgoff);
      const uint64_t end = std::min(range.first + range.pages, vma_end);
      if (first >= end || !LeadsTo(m, head, vma)) continue;
      const uint64_t address = vma.vm_start + ((first - vma.vm_pgoff) << kPageShift);
      if (!visit(RmapPlace{mm, i, address, address + ((end - first) << kPageShift)})) return;
    }
  }
}

// mm/page_vma_mapped.c, v5.14. Device memory does not exist here. A huge entry of another page ends the walk, as in the
// kernel.
void page_vma_mapped_walk(MachineState& m, Pfn page, const RmapPlace& place, bool migration,
                          const std::function<bool(const MappedEntry&)>& visit) {
  if (PageHuge(m, page)) {
    const std::optional<EntryRef> entry = huge_pte_offset(m, place.mm, place.address);
    if (entry && NamedFrame(m, ptep_get(m, *entry), migration) == page)
      visit({Level::pmd, *entry, place.address, page});
    return;
  }
  const uint32_t pages = compound_head(m, page) == page ? m.frames.nr(page) : 1;
  for (uint64_t address = place.address; address < place.end;) {
    const std::optional<EntryRef> pmd = find_pmd(m, place.mm, address);
    const uint64_t next = pmd_addr_end(address, place.end);
    if (!pmd) {
      address = next;
      continue;
    }
    const pmd_t pmde = pmdp_get(m, *pmd);
    if (pmd_trans_huge(m.encoding(), pmde) || (!pmd_none(m.encoding(), pmde) && !pmd_present(m.encoding(), pmde))) {
      if (HugeEntryMatches(m, page, pmde, migration)) visit({Level::pmd, *pmd, address, page});
      return;
    }
    if (pmd_none(m.encoding(), pmde)) {
      address = next;
      continue;
    }
    for (; address < next; address += kPageSize) {
      const EntryRef entry = pte_offset_map(m, *pmd, address);
      const Pfn named = NamedFrame(m, ptep_get(m, entry), migration);
      if (named < page || named >= page + pages) continue;
      if (!visit({Level::pte, entry, address, named})) return;
    }
  }
}

}  // namespace pteron
