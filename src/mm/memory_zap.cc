// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// mm/memory.c: taking entries away.
#include <algorithm>

#include "pteron/arch/x86/classify.h"
#include "pteron/engine/table_loops.h"
#include "src/mm/huge_memory.h"
#include "src/mm/hugetlb.h"
#include "src/mm/memory.h"
#include "src/mm/mm_inline.h"
#include "src/mm/rmap.h"
#include "src/mm/swapfile.h"
#include "src/mm/zap_plan.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

ZapEntry ClassifyForZap(const MachineState& m, pte_t pte) {
  const Encoding& e = m.encoding();
  switch (classify(e, pte)) {
    case EntryClass::present: {
      const Pfn page = vm_normal_page(m, pte);
      if (page == kNoPfn) return ZapEntry::zero_page;
      return PageAnon(m, page) ? ZapEntry::anon_page : ZapEntry::file_page;
    }
    case EntryClass::migration: {
      const Pfn page{static_cast<uint32_t>(swp_offset_pfn(e, pte_to_swp_entry(e, pte)))};
      return PageAnon(m, page) ? ZapEntry::migration_anon : ZapEntry::migration_file;
    }
    case EntryClass::swap: return ZapEntry::swap;
    case EntryClass::hwpoison: return ZapEntry::hwpoison;
    case EntryClass::swapin_error: return ZapEntry::swapin_error;
    case EntryClass::device: return ZapEntry::device;
    case EntryClass::special:
    case EntryClass::marker: return ZapEntry::wp_none;
    default: return ZapEntry::none;
  }
}

// What hangs on a present entry that is gone: the page's dirty state, reverse map, counter and reference.
void DropPage(MachineState& m, MmId mm, pte_t old) {
  const Pfn page = vm_normal_page(m, old);
  if (page == kNoPfn) return;
  if (!PageAnon(m, page) && pte_dirty(m.encoding(), old)) set_page_dirty(m, page);
  add_mm_counter(m, mm, mm_counter(m, page), -1);
  page_remove_rmap(m, page, false);
  free_page_and_swap_cache(m, page);
}

// What hangs on an entry that is not present: a slot, or the count of a page that is being moved.
void DropEntry(MachineState& m, MmId mm, ZapEntry kind, pte_t old) {
  const swp_entry_t entry = pte_to_swp_entry(m.encoding(), old);
  if (kind == ZapEntry::swap) {
    add_mm_counter(m, mm, MM_SWAPENTS, -1);
    free_swap_and_cache(m, static_cast<int32_t>(swp_offset(entry)));
  } else if (kind == ZapEntry::migration_file || kind == ZapEntry::migration_anon) {
    const Pfn page{static_cast<uint32_t>(swp_offset_pfn(m.encoding(), entry))};
    add_mm_counter(m, mm, mm_counter(m, page), -1);
  } else if (kind == ZapEntry::wp_none && m.rules().zap.wp_none == ZapWpNone::read_as_swap) {
    m.ReportMisuse("zap_pte_range", "pte_to_swp_entry", old.pte);
    add_mm_counter(m, mm, MM_SWAPENTS, -1);
    m.Warn("print_bad_pte", "a special PTE is taken for a swap entry");
  }
}

// One entry of zap_pte_range().
void ZapEntryAt(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t address, EntryRef pte, const ZapPlan& plan) {
  const pte_t old = ptep_get(m, pte);
  if (old.pte == 0) return;
  const ZapEntry kind = ClassifyForZap(m, old);
  const ZapAction action = plan.on(kind);
  if (action == ZapAction::keep) return;
  m.journal.why = Name(kind);
  pte_clear(m, mm, address, pte);
  if (action == ZapAction::clear_leave_wp) pte_install_uffd_wp_if_needed(m, mm, vma, address, pte, old);
  if (pte_present(m.encoding(), old)) {
    DropPage(m, mm, old);
  } else {
    DropEntry(m, mm, kind, old);
  }
}

// The plan in the fast loop's terms; empty where that cannot say it.
std::optional<ZapLoopPlan> PlanForLoop(const MachineState& m, const ZapPlan& plan) {
  const ZapAction anon = plan.on(ZapEntry::anon_page), file = plan.on(ZapEntry::file_page), wp_none = plan.on(ZapEntry::wp_none);
  const bool both = anon != ZapAction::keep && file != ZapAction::keep;
  if (both && anon != file) return std::nullopt;
  if (wp_none == ZapAction::clear_leave_wp) return std::nullopt;
  ZapLoopPlan loop{.words = WordsForLoops(m.encoding()),
                   .clears_anon = anon != ZapAction::keep,
                   .clears_file = file != ZapAction::keep,
                   .clears_wp_none = wp_none == ZapAction::clear,
                   .leaves_wp_none = anon == ZapAction::clear_leave_wp || file == ZapAction::clear_leave_wp};
  // Then more comes of that word than that it goes.
  if (m.rules().zap.wp_none == ZapWpNone::read_as_swap) loop.words.wp_none = 0;
  if (loop.leaves_wp_none && loop.words.wp_none == 0) return std::nullopt;
  return loop;
}

// zap_pte_range() by the fast loop. Entries that it leaves are done one by one.
void ZapByLoop(MachineState& m, MmId mm, const vm_area_struct& vma, EntryRef pte, uint64_t address, uint32_t entries, const ZapPlan& plan,
               const ZapLoopPlan& loop) {
  LoopOutput output;
  uint64_t* words = m.tables.mutable_words(pte.table, pte.index, pte.index + entries);
  const PageSums sums = ZapEntries(Engine::fast, loop, words, entries, m.frames.hot_pages(), &output);
  add_mm_counter(m, mm, MM_ANONPAGES, -sums.anon);
  add_mm_counter(m, mm, MM_SHMEMPAGES, -sums.shmem);
  add_mm_counter(m, mm, MM_FILEPAGES, -sums.file);
  for (uint32_t i = 0; i < output.freed_count; ++i) m.frames.FreeCleared(output.freed[i].first, output.freed[i].count);
  for (uint32_t i = 0; i < output.rest_count; ++i) {
    ZapEntryAt(m, mm, vma, address + output.rest[i] * kPageSize, pte + output.rest[i], plan);
  }
}

// zap_pte_range(): the entries of [address, end), which lie in one table.
void zap_pte_range(MachineState& m, MmId mm, const vm_area_struct& vma, EntryRef pmd, uint64_t address, uint64_t end,
                   const ZapPlan& plan) {
  KernelFunction function(m.journal, "zap_pte_range");
  EntryRef pte = pte_offset_map(m, pmd, address);
  const uint64_t entries = (end - address) >> kPageShift;
  if (m.UsesFastLoops(entries)) {
    if (const std::optional<ZapLoopPlan> loop = PlanForLoop(m, plan)) {
      return ZapByLoop(m, mm, vma, pte, address, static_cast<uint32_t>(entries), plan, *loop);
    }
  }
  for (; address != end; address += kPageSize, pte = pte + 1) ZapEntryAt(m, mm, vma, address, pte, plan);
  m.journal.why = nullptr;
}

// A VMA of hugetlb or of small pages.
void unmap_single_vma(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end, const zap_details& details) {
  start = std::max(start, vma.vm_start);
  end = std::min(end, vma.vm_end);
  if (start >= end) return;
  if (is_vm_hugetlb_page(vma)) {
    unmap_hugepage_range(m, mm, vma, start, end, details);
  } else {
    unmap_page_range(m, mm, vma, start, end, details);
  }
}

// unmap_mapping_range_tree(): pages [first, end) of the file in every VMA that maps them.
void unmap_mapping_range_tree(MachineState& m, FileId file, uint64_t first, uint64_t end, const zap_details& details) {
  for (uint32_t i = 0; i < m.mms.size(); ++i) {
    for (vm_area_struct& vma : m.mms[i].vmas) {
      if (vma.vm_file != file) continue;
      const uint64_t vma_pages = (vma.vm_end - vma.vm_start) >> kPageShift;
      const uint64_t from = std::max(first, vma.vm_pgoff);
      const uint64_t to = std::min(end, vma.vm_pgoff + vma_pages);
      if (from >= to) continue;
      unmap_single_vma(m, MmId{i}, vma, vma.vm_start + ((from - vma.vm_pgoff) << kPageShift),
                       vma.vm_start + ((to - vma.vm_pgoff) << kPageShift), details);
    }
  }
}

}  // namespace

// mm/memory.c:unmap_page_range() with zap_pud_range() and zap_pmd_range(). A huge entry that the range covers in part is split first.
void unmap_page_range(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t start, uint64_t end, const zap_details& details) {
  KernelFunction function(m.journal, "unmap_page_range");
  const ZapPlan plan = plan_zap(m.rules(), vma, details);
  for (uint64_t address = start; address < end;) {
    const uint64_t next = pmd_addr_end(address, end);
    const std::optional<EntryRef> pmd = find_pmd(m, mm, address);
    if (pmd && is_huge_pmd(m, pmdp_get(m, *pmd))) {
      if (next - address == kPmdSize) {
        zap_huge_pmd(m, mm, vma, *pmd, address, details);
      } else {
        split_huge_pmd(m, mm, const_cast<vm_area_struct&>(vma), *pmd, address);
      }
    }
    if (find_pte(m, mm, address)) zap_pte_range(m, mm, vma, *pmd, address, next, plan);
    address = next;
  }
}

void unmap_vmas(MachineState& m, MmId mm, uint64_t start, uint64_t end) {
  const zap_details details{.caller = ZapCaller::unmap_vmas};
  for (vm_area_struct& vma : m.mm(mm).vmas) unmap_single_vma(m, mm, vma, start, end, details);
}

void zap_page_range(MachineState& m, MmId mm, uint64_t start, uint64_t size, const zap_details* details) {
  for (vm_area_struct& vma : m.mm(mm).vmas) unmap_single_vma(m, mm, vma, start, start + size, details ? *details : kNoZapDetails);
}

void unmap_mapping_pages(MachineState& m, FileId file, uint64_t first, uint64_t nr, bool even_cows) {
  KernelFunction function(m.journal, "unmap_mapping_pages");
  const zap_details details{.caller = ZapCaller::unmap_mapping_pages, .even_cows = even_cows, .zap_mapping = file};
  uint64_t end = first + nr;
  if (nr == 0 || end < first) end = ~uint64_t{0};
  unmap_mapping_range_tree(m, file, first, end, details);
}

void unmap_mapping_page(MachineState& m, Pfn page) {
  KernelFunction function(m.journal, "unmap_mapping_page");
  const Pfn head = compound_head(m, page);
  const FileId file{m.frames.cold(head).mapping};
  const zap_details details{
      .caller = ZapCaller::unmap_mapping_page, .even_cows = false, .zap_mapping = file, .single_page = head};
  const uint64_t first = m.frames.cold(head).index;
  unmap_mapping_range_tree(m, file, first, first + m.frames.nr(head), details);
}

}  // namespace pteron
