// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// mm/hugetlb.c: what fork, mprotect, userfaultfd and mremap do to huge entries.
#include <cerrno>

#include "pteron/arch/x86/classify.h"
#include "pteron/arch/x86/hugetlb.h"
#include "src/mm/hugetlb.h"
#include "src/mm/hugetlb_entry.h"
#include "src/mm/hugetlb_reserve.h"
#include "src/mm/mprotect.h"
#include "src/mm/mremap.h"
#include "src/mm/rmap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// The part of copy_hugetlb_page_range() for an entry that is neither none nor present.
void CopyNonpresentHugeEntry(MachineState& m, MmId dst_mm, MmId src_mm, const vm_area_struct& dst_vma, const vm_area_struct& src_vma,
                             uint64_t address, EntryRef dst_pte, EntryRef src_pte) {
  const Encoding& e = m.encoding();
  pte_t entry = huge_ptep_get(m, src_pte);
  const swp_entry_t swp = pte_to_swp_entry(e, entry);
  if (IsWpNone(e, entry)) {
    if (m.rules().hugetlb.fork_wp_none == HugetlbForkWpNone::taken_for_present) {
      m.ReportMisuse("copy_hugetlb_page_range", "pte_pfn", entry.pte);
      m.Bug("copy_hugetlb_page_range", "a special PTE is taken for a present entry");
    } else if (userfaultfd_wp(dst_vma)) {
      set_huge_pte_at(m, dst_mm, address, dst_pte, entry);
    }
    return;
  }
  if (is_migration_entry(e, swp)) {
    if (!is_readable_migration_entry(e, swp) && is_cow_mapping(src_vma.vm_flags)) {
      const bool uffd_wp = userfaultfd_wp(src_vma) && pte_swp_uffd_wp(e, entry);
      entry = swp_entry_to_pte(e, make_readable_migration_entry(e, swp_offset(swp)));
      if (uffd_wp) entry = pte_swp_mkuffd_wp(e, entry);
      set_huge_pte_at(m, src_mm, address, src_pte, entry);
    }
    if (!userfaultfd_wp(dst_vma)) entry = pte_swp_clear_uffd_wp(e, entry);
  }
  set_huge_pte_at(m, dst_mm, address, dst_pte, entry);
}

void CopyPresentHugeEntry(MachineState& m, MmId dst_mm, MmId src_mm, const vm_area_struct& src_vma, uint64_t address, EntryRef dst_pte,
                          EntryRef src_pte) {
  const Encoding& e = m.encoding();
  pte_t entry = huge_ptep_get(m, src_pte);
  const Pfn page{static_cast<uint32_t>(pte_pfn(e, entry))};
  get_page(m, page);
  page_dup_rmap(m, page, true);
  if (PageAnon(m, page)) clear_page_flag(m, page, PG_anon_exclusive);
  if (is_cow_mapping(src_vma.vm_flags)) {
    m.journal.why = "copy-on-write mapping: read-only in parent and child";
    entry = huge_pte_wrprotect(e, entry);
    set_huge_pte_at(m, src_mm, address, src_pte, entry);
  }
  set_huge_pte_at(m, dst_mm, address, dst_pte, entry);
  m.journal.why = nullptr;
  m.mm(dst_mm).hugetlb_usage += static_cast<int64_t>(kHugePagePages);
}

// A migration entry under hugetlb_change_protection().
pte_t ProtectMigrationEntry(const MachineState& m, pte_t pte, uint32_t cp_flags) {
  const Encoding& e = m.encoding();
  const HugetlbRules& rules = m.rules().hugetlb;
  const swp_entry_t entry = pte_to_swp_entry(e, pte);
  const bool writable = is_writable_migration_entry(e, entry);
  if (writable) {
    const bool anon = PageAnon(m, Pfn{static_cast<uint32_t>(swp_offset_pfn(e, entry))});
    const bool exclusive = rules.protect_all_migration_entries && anon;
    pte = swp_entry_to_pte(e, exclusive ? make_readable_exclusive_migration_entry(e, swp_offset(entry))
                                        : make_readable_migration_entry(e, swp_offset(entry)));
  }
  if (rules.protect == HugetlbProtect::ignores_uffd_wp || !(writable || rules.protect_all_migration_entries)) return pte;
  if (cp_flags & MM_CP_UFFD_WP) return pte_swp_mkuffd_wp(e, pte);
  if (cp_flags & MM_CP_UFFD_WP_RESOLVE) return pte_swp_clear_uffd_wp(e, pte);
  return pte;
}

// huge_pte_modify() with the bit of userfaultfd on top.
pte_t ProtectPresentEntry(const MachineState& m, pte_t old_pte, pgprot_t newprot, uint32_t cp_flags) {
  const Encoding& e = m.encoding();
  const pte_t pte = pte_mkhuge(e, huge_pte_modify(e, old_pte, newprot));
  if (m.rules().hugetlb.protect == HugetlbProtect::ignores_uffd_wp) return pte;
  if (cp_flags & MM_CP_UFFD_WP) return huge_pte_mkuffd_wp(e, huge_pte_wrprotect(e, pte));
  if (cp_flags & MM_CP_UFFD_WP_RESOLVE) return huge_pte_clear_uffd_wp(e, pte);
  return pte;
}

// The series's hugetlb_change_protection() goes on with the word that it read after it has cleared a special PTE, and with a special PTE
// that it has not cleared, as if a page were mapped: the frame number that comes out names no page.
void ProtectStaleWpNone(MachineState& m, MmId mm, uint64_t address, EntryRef ptep, pgprot_t newprot, uint32_t cp_flags) {
  if (cp_flags & MM_CP_UFFD_WP_RESOLVE) set_huge_pte_at(m, mm, address, ptep, pte_t{0});
  m.ReportMisuse("hugetlb_change_protection", "pte_modify", huge_ptep_get(m, ptep).pte);
  m.journal.why = "a special PTE is changed as if it were present";
  set_huge_pte_at(m, mm, address, ptep, ProtectPresentEntry(m, huge_ptep_get(m, ptep), newprot, cp_flags));
  m.Bug("hugetlb_change_protection", "a special PTE is changed as if it were present: the entry names a frame that is no page");
}

// One entry. Returns whether it counts as changed.
bool ProtectHugeEntry(MachineState& m, MmId mm, uint64_t address, EntryRef ptep, pgprot_t newprot, uint32_t cp_flags) {
  const Encoding& e = m.encoding();
  const HugetlbProtectWpNone wp_none_rule = m.rules().hugetlb.protect_wp_none;
  const pte_t pte = huge_ptep_get(m, ptep);
  if (IsWpNone(e, pte)) {
    if (wp_none_rule == HugetlbProtectWpNone::handled_alone) {
      if (cp_flags & MM_CP_UFFD_WP_RESOLVE) set_huge_pte_at(m, mm, address, ptep, pte_t{0});
      return false;
    }
    ProtectStaleWpNone(m, mm, address, ptep, newprot, cp_flags);
    return true;
  }
  switch (classify(e, pte)) {
    case EntryClass::none:
      if ((cp_flags & MM_CP_UFFD_WP) && wp_none_rule != HugetlbProtectWpNone::untouched) {
        m.journal.why = "no page: the protection is remembered";
        set_huge_pte_at(m, mm, address, ptep, WpNone(e));
      }
      return false;
    case EntryClass::hwpoison: return false;
    case EntryClass::migration: {
      const bool writable = is_writable_migration_entry(e, pte_to_swp_entry(e, pte));
      set_huge_pte_at(m, mm, address, ptep, ProtectMigrationEntry(m, pte, cp_flags));
      return writable;
    }
    default: set_huge_pte_at(m, mm, address, ptep, ProtectPresentEntry(m, pte, newprot, cp_flags)); return true;
  }
}

}  // namespace

// mm/hugetlb.c:copy_hugetlb_page_range(). Accessed stays in the child, unlike with small pages.
int copy_hugetlb_page_range(MachineState& m, MmId dst_mm, MmId src_mm, vm_area_struct& dst_vma, vm_area_struct& src_vma) {
  KernelFunction function(m.journal, "copy_hugetlb_page_range");
  for (uint64_t address = src_vma.vm_start; address < src_vma.vm_end; address += kPmdSize) {
    const std::optional<EntryRef> src_pte = huge_pte_offset(m, src_mm, address);
    if (!src_pte) continue;
    const std::optional<EntryRef> dst_pte = pmd_alloc(m, dst_mm, address);
    if (!dst_pte) return -ENOMEM;
    const pte_t entry = huge_ptep_get(m, *src_pte);
    if (huge_pte_none(m.encoding(), entry)) continue;
    if (pte_present(m.encoding(), entry)) {
      CopyPresentHugeEntry(m, dst_mm, src_mm, src_vma, address, *dst_pte, *src_pte);
    } else {
      CopyNonpresentHugeEntry(m, dst_mm, src_mm, dst_vma, src_vma, address, *dst_pte, *src_pte);
    }
  }
  return 0;
}

// mm/hugetlb.c:hugetlb_change_protection(). Small pages changed.
long hugetlb_change_protection(MachineState& m, MmId mm, vm_area_struct&, uint64_t start, uint64_t end, pgprot_t newprot,
                               uint32_t cp_flags) {
  KernelFunction function(m.journal, "hugetlb_change_protection");
  const bool allocates = m.rules().hugetlb.protect_makes_tables && (cp_flags & MM_CP_UFFD_WP);
  long pages = 0;
  for (uint64_t address = start; address < end; address += kPmdSize) {
    std::optional<EntryRef> ptep = huge_pte_offset(m, mm, address);
    if (!ptep && allocates) {
      ptep = pmd_alloc(m, mm, address);
      if (!ptep) break;
    }
    if (ptep && ProtectHugeEntry(m, mm, address, *ptep, newprot, cp_flags)) pages += static_cast<long>(kHugePagePages);
  }
  m.journal.why = nullptr;
  return pages;
}

// mm/hugetlb.c:move_hugetlb_page_tables() (5.16). Returns the bytes moved.
uint64_t move_hugetlb_page_tables(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t old_address, vm_area_struct&,
                                  uint64_t new_address, uint64_t length) {
  KernelFunction function(m.journal, "move_huge_pte");
  const Encoding& e = m.encoding();
  const bool clears_uffd_wp = move_clears_uffd_wp(m, vma);
  for (uint64_t offset = 0; offset < length; offset += kPmdSize) {
    const std::optional<EntryRef> src = huge_pte_offset(m, mm, old_address + offset);
    if (!src || huge_pte_none(e, huge_ptep_get(m, *src))) continue;
    const std::optional<EntryRef> dst = pmd_alloc(m, mm, new_address + offset);
    if (!dst) return offset;
    pte_t pte = huge_ptep_get(m, *src);
    set_huge_pte_at(m, mm, old_address + offset, *src, pte_t{0});
    if (clears_uffd_wp && IsWpNone(e, pte)) pte = pte_t{0};
    if (clears_uffd_wp && pte_present(e, pte)) pte = huge_pte_clear_uffd_wp(e, pte);
    if (clears_uffd_wp && is_swap_pte(e, pte)) pte = pte_swp_clear_uffd_wp(e, pte);
    set_huge_pte_at(m, mm, new_address + offset, *dst, pte);
  }
  return length;
}

}  // namespace pteron
