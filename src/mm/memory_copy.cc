// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// mm/memory.c: copying page tables at fork.
#include <algorithm>
#include <cerrno>

#include "pteron/arch/x86/classify.h"
#include "pteron/check.h"
#include "pteron/engine/table_loops.h"
#include "src/mm/fork_plan.h"
#include "src/mm/hooks.h"
#include "src/mm/huge_memory.h"
#include "src/mm/hugetlb.h"
#include "src/mm/memory.h"
#include "src/mm/rmap.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

struct Copy {
  MmId dst_mm;
  MmId src_mm;
  vm_area_struct& dst_vma;
  vm_area_struct& src_vma;
  ForkPlan plan;
};

// copy_present_pte(). Pages pinned for DMA do not exist here.
void copy_present_pte(MachineState& m, const Copy& copy, EntryRef dst_pte, EntryRef src_pte, uint64_t address) {
  KernelFunction function(m.journal, "copy_present_pte");
  const Encoding& e = m.encoding();
  pte_t pte = ptep_get(m, src_pte);
  const Pfn page = vm_normal_page(m, pte);
  if (page != kNoPfn) {
    get_page(m, page);
    page_dup_rmap(m, page, false);
    if (m.rules().fork.unshares_exclusive_pages && PageAnon(m, page)) clear_page_flag(m, page, PG_anon_exclusive);
    add_mm_counter(m, copy.dst_mm, mm_counter(m, page), 1);
  }
  if (is_cow_mapping(copy.src_vma.vm_flags) && pte_write(e, pte)) {
    m.journal.why = "copy-on-write mapping: read-only in parent and child";
    ptep_set_wrprotect(m, copy.src_mm, address, src_pte);
    pte = pte_wrprotect(e, pte);
  }
  if (copy.src_vma.vm_flags & VM_SHARED) pte = pte_mkclean(e, pte);
  pte = pte_mkold(e, pte);
  if (!userfaultfd_wp(copy.dst_vma)) pte = pte_clear_uffd_wp(e, pte);
  m.journal.why = userfaultfd_wp(copy.dst_vma) ? "child is registered: uffd-wp kept" : "child is not registered: uffd-wp cleared";
  set_pte_at(m, copy.dst_mm, address, dst_pte, pte);
}

// A writable (or exclusive) migration entry of a private page becomes readable in the parent; returns what it is then.
pte_t ShareMigrationEntry(MachineState& m, const Copy& copy, EntryRef src_pte, uint64_t address) {
  const Encoding& e = m.encoding();
  const pte_t old = ptep_get(m, src_pte);
  const swp_entry_t entry = pte_to_swp_entry(e, old);
  if (is_readable_migration_entry(e, entry) || !is_cow_mapping(copy.src_vma.vm_flags)) return old;
  pte_t pte = swp_entry_to_pte(e, make_readable_migration_entry(e, swp_offset(entry)));
  if (pte_swp_soft_dirty(e, old)) pte = pte_swp_mksoft_dirty(e, pte);
  if (pte_swp_uffd_wp(e, old)) pte = pte_swp_mkuffd_wp(e, pte);
  set_pte_at(m, copy.src_mm, address, src_pte, pte);
  return pte;
}

// copy_nonpresent_pte(). 0, or kRepeatsForEver where an entry that is no swap entry is taken for one: its count cannot be raised, and
// copy_pte_range() tries again without end.
int copy_nonpresent_pte(MachineState& m, const Copy& copy, EntryRef dst_pte, EntryRef src_pte, uint64_t address) {
  KernelFunction function(m.journal, "copy_nonpresent_pte");
  const Encoding& e = m.encoding();
  pte_t pte = ptep_get(m, src_pte);
  const swp_entry_t entry = pte_to_swp_entry(e, pte);
  const ForkEntry kind = ClassifyForFork(classify(e, pte));
  m.journal.why = Name(kind);
  switch (copy.plan.on(kind)) {
    case ForkAction::skip: return 0;
    case ForkAction::repeat_for_ever:
      m.ReportMisuse("copy_nonpresent_pte", "pte_to_swp_entry", pte.pte);
      return kRepeatsForEver;
    case ForkAction::copy_word:
      set_pte_at(m, copy.dst_mm, address, dst_pte, pte);
      return 0;
    case ForkAction::copy: break;
  }
  if (kind == ForkEntry::swap) {
    swap_duplicate(m, static_cast<int32_t>(swp_offset(entry)));
    if (m.rules().fork.unshares_exclusive_pages && pte_swp_exclusive(e, pte)) {
      pte = pte_swp_clear_exclusive(e, pte);
      set_pte_at(m, copy.src_mm, address, src_pte, pte);
    }
    add_mm_counter(m, copy.dst_mm, MM_SWAPENTS, 1);
  } else if (kind == ForkEntry::migration) {
    const Pfn page{static_cast<uint32_t>(swp_offset_pfn(e, entry))};
    add_mm_counter(m, copy.dst_mm, mm_counter(m, page), 1);
    pte = ShareMigrationEntry(m, copy, src_pte, address);
  }
  if (!userfaultfd_wp(copy.dst_vma)) pte = pte_swp_clear_uffd_wp(e, pte);
  set_pte_at(m, copy.dst_mm, address, dst_pte, pte);
  return 0;
}

// One entry of copy_pte_range(): 0 or kRepeatsForEver.
int CopyEntryAt(MachineState& m, const Copy& copy, EntryRef dst_pte, EntryRef src_pte, uint64_t address) {
  const pte_t pte = ptep_get(m, src_pte);
  if (pte_none(m.encoding(), pte)) return 0;
  if (!pte_present(m.encoding(), pte)) return copy_nonpresent_pte(m, copy, dst_pte, src_pte, address);
  copy_present_pte(m, copy, dst_pte, src_pte, address);
  return 0;
}

// copy_pte_range() by the fast loop; what that leaves is copied entry by entry. Precondition: no entry of this kernel makes it repeat for ever.
void CopyByLoop(MachineState& m, const Copy& copy, EntryRef dst_pte, EntryRef src_pte, uint64_t address, uint32_t entries) {
  const ForkLoopPlan loop{.words = WordsForLoops(m.encoding()),
                          .write_protects = is_cow_mapping(copy.src_vma.vm_flags),
                          .cleans = (copy.src_vma.vm_flags & VM_SHARED) != 0,
                          .keeps_uffd_wp = userfaultfd_wp(copy.dst_vma),
                          .copies_wp_none = copy.plan.on(ForkEntry::wp_none) == ForkAction::copy_word,
                          .unshares_exclusive = m.rules().fork.unshares_exclusive_pages};
  uint64_t* parent = m.tables.mutable_words(src_pte.table, src_pte.index, src_pte.index + entries);
  uint64_t* child = m.tables.mutable_words(dst_pte.table, dst_pte.index, dst_pte.index + entries);
  LoopOutput output;
  const PageSums sums = ForkEntries(Engine::fast, loop, parent, child, entries, m.frames.hot_pages(), &output);
  add_mm_counter(m, copy.dst_mm, MM_ANONPAGES, sums.anon);
  add_mm_counter(m, copy.dst_mm, MM_SHMEMPAGES, sums.shmem);
  add_mm_counter(m, copy.dst_mm, MM_FILEPAGES, sums.file);
  for (uint32_t i = 0; i < output.rest_count; ++i) {
    const uint32_t entry = output.rest[i];
    const int error = CopyEntryAt(m, copy, dst_pte + entry, src_pte + entry, address + entry * kPageSize);
    PTERON_CHECK(error == 0, "an entry of a kernel that never repeats is copied");
  }
}

// mm/memory.c:copy_pte_range(). 0, -ENOMEM or kRepeatsForEver.
int copy_pte_range(MachineState& m, const Copy& copy, EntryRef dst_pmd, EntryRef src_pmd, uint64_t address, uint64_t end) {
  KernelFunction function(m.journal, "copy_pte_range");
  if (!pte_alloc(m, copy.dst_mm, dst_pmd, address)) return -ENOMEM;
  EntryRef dst_pte = pte_offset_map(m, dst_pmd, address);
  EntryRef src_pte = pte_offset_map(m, src_pmd, address);
  const uint64_t entries = (end - address) >> kPageShift;
  const ForkAction wp_none = copy.plan.on(ForkEntry::wp_none);
  if (m.UsesFastLoops(entries) && (wp_none == ForkAction::skip || wp_none == ForkAction::copy_word)) {
    CopyByLoop(m, copy, dst_pte, src_pte, address, static_cast<uint32_t>(entries));
    return 0;
  }
  for (; address != end; address += kPageSize, dst_pte = dst_pte + 1, src_pte = src_pte + 1) {
    if (const int error = CopyEntryAt(m, copy, dst_pte, src_pte, address)) return error;
  }
  m.journal.why = nullptr;
  return 0;
}

// copy_pmd_range() for one entry.
int CopyPmdEntry(MachineState& m, const Copy& copy, EntryRef dst_pmd, EntryRef src_pmd, uint64_t address, uint64_t end) {
  if (is_huge_pmd(m, pmdp_get(m, src_pmd))) {
    const int error =
        copy_huge_pmd(m, copy.dst_mm, copy.src_mm, dst_pmd, src_pmd, address, copy.dst_vma, copy.src_vma);
    if (error != -EAGAIN) return error;
  }
  if (pmd_none(m.encoding(), pmdp_get(m, src_pmd))) return 0;
  return copy_pte_range(m, copy, dst_pmd, src_pmd, address, end);
}

// Where the parent has a table the child gets one, whether or not anything of this VMA is in it.
int CopyTables(MachineState& m, const Copy& copy) {
  const uint64_t end = copy.src_vma.vm_end;
  for (uint64_t address = copy.src_vma.vm_start; address < end;) {
    const uint64_t next = pmd_addr_end(address, end);
    if (has_pud_table(m, copy.src_mm, address) && !pud_alloc(m, copy.dst_mm, address)) return -ENOMEM;
    if (const std::optional<EntryRef> src_pmd = find_pmd(m, copy.src_mm, address)) {
      const std::optional<EntryRef> dst_pmd = pmd_alloc(m, copy.dst_mm, address);
      if (!dst_pmd) return -ENOMEM;
      if (const int error = CopyPmdEntry(m, copy, *dst_pmd, *src_pmd, address, next)) return error;
      Point(m, "fork.between-tables", {.mmap_lock = true, .mm = copy.src_mm});
    }
    address = next;
  }
  return 0;
}

// vma_needs_copy() (5.19), and what stood in copy_page_range() before: entries that a fault can bring back are not copied.
bool vma_needs_copy(const ForkRules& rules, const vm_area_struct& dst_vma, const vm_area_struct& src_vma) {
  if (rules.copies_uffd_wp_vmas && userfaultfd_wp(dst_vma)) return true;
  if (rules.copies_hugetlb_vmas && is_vm_hugetlb_page(src_vma)) return true;
  if (src_vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) return true;
  return static_cast<bool>(src_vma.anon_vma);
}

}  // namespace

int copy_page_range(MachineState& m, MmId dst_mm, MmId src_mm, vm_area_struct& dst_vma, vm_area_struct& src_vma) {
  KernelFunction function(m.journal, "copy_page_range");
  if (!vma_needs_copy(m.rules().fork, dst_vma, src_vma)) return 0;
  if (is_vm_hugetlb_page(src_vma)) return copy_hugetlb_page_range(m, dst_mm, src_mm, dst_vma, src_vma);
  return CopyTables(m, Copy{dst_mm, src_mm, dst_vma, src_vma, plan_fork(m.rules(), dst_vma)});
}

}  // namespace pteron
