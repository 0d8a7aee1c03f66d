// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Migration entries. Moving pages is in migrate_page.cc.
#include "src/mm/migrate.h"

#include "pteron/arch/x86/hugetlb.h"
#include "src/mm/huge_memory.h"
#include "src/mm/rmap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

bool RestoresYoungDirty(const MachineState& m) {
  return m.rules().migrate.restored_young_dirty == RestoredYoungDirty::from_migration_entry;
}

// Whether the page is this process's alone; it is no longer marked so afterwards: the entry remembers it.
bool TakeExclusive(MachineState& m, Pfn page) {
  if (!m.rules().migrate.remembers_exclusive || !PageAnon(m, page) || !PageAnonExclusive(m, page)) return false;
  page_try_share_anon_rmap(m, page);
  return true;
}

bool IsExclusive(const MachineState& m, swp_entry_t entry) {
  return m.rules().migrate.remembers_exclusive && !is_readable_migration_entry(m.encoding(), entry);
}

// try_to_migrate_one() with PG_hwpoison: the failed frame is never mapped again.
pte_t HwpoisonPte(MachineState& m, MmId mm, Pfn page) {
  if (PageHuge(m, page)) {
    m.mm(mm).hugetlb_usage -= kPtesPerPmd;
  } else {
    add_mm_counter(m, mm, mm_counter(m, page), -1);
  }
  return swp_entry_to_pte(m.encoding(), make_hwpoison_entry(m.encoding(), page.value));
}

// try_to_migrate_one() for one small entry, or one of hugetlb, which lies in a pmd table and reads like a small one.
void FreezeEntry(MachineState& m, MmId mm, const MappedEntry& mapped) {
  KernelFunction function(m.journal, "try_to_migrate_one");
  const Encoding& e = m.encoding();
  const pte_t old = ptep_get(m, mapped.entry);
  if (pte_dirty(e, old)) set_page_dirty(m, mapped.page);
  pte_t pte;
  if (PageHWPoison(m, mapped.page)) {
    pte = HwpoisonPte(m, mm, mapped.page);
  } else {
    const bool exclusive = TakeExclusive(m, mapped.page);
    pte = swp_entry_to_pte(e, make_migration_entry(m, mapped.page, pte_write(e, old), exclusive, pte_young(e, old), pte_dirty(e, old)));
    if (pte_soft_dirty(e, old)) pte = pte_swp_mksoft_dirty(e, pte);
    if (pte_uffd_wp(e, old)) pte = pte_swp_mkuffd_wp(e, pte);
  }
  if (mapped.level == Level::pmd) {
    set_pmd_at(m, mm, mapped.address, mapped.entry, pmd_t{pte.pte});
  } else {
    set_pte_at(m, mm, mapped.address, mapped.entry, pte);
  }
  page_remove_rmap(m, mapped.page, PageHuge(m, mapped.page));
  put_page(m, mapped.page);
}

// mm/huge_memory.c:set_pmd_migration_entry(), v5.14 and v6.1.
void set_pmd_migration_entry(MachineState& m, MmId mm, const MappedEntry& mapped) {
  KernelFunction function(m.journal, "set_pmd_migration_entry");
  const Encoding& e = m.encoding();
  const pmd_t old = pmdp_get(m, mapped.entry);
  const bool exclusive = TakeExclusive(m, mapped.page);
  if (pmd_dirty(e, old)) set_page_dirty(m, mapped.page);
  pmd_t pmd =
      swp_entry_to_pmd(e, make_migration_entry(m, mapped.page, pmd_write(e, old), exclusive, pmd_young(e, old), pmd_dirty(e, old)));
  if (pmd_soft_dirty(e, old)) pmd = pmd_swp_mksoft_dirty(e, pmd);
  if (m.rules().thp.migration_entry_keeps_uffd_wp && pmd_uffd_wp(e, old)) pmd = pmd_swp_mkuffd_wp(e, pmd);
  set_pmd_at(m, mm, mapped.address, mapped.entry, pmd);
  page_remove_rmap(m, mapped.page, true);
  put_page(m, mapped.page);
}

// The word that comes in place of a migration entry, before hugetlb has its say: remove_migration_pte().
pte_t RestoredPte(const MachineState& m, const vm_area_struct& vma, pte_t old, Pfn page) {
  const Encoding& e = m.encoding();
  const swp_entry_t entry = pte_to_swp_entry(e, old);
  const bool keeps = RestoresYoungDirty(m);
  pte_t pte = mk_pte(m, page, vma.vm_page_prot);
  if (pte_swp_soft_dirty(e, old)) pte = pte_mksoft_dirty(e, pte);
  if (!keeps || !is_migration_entry_young(e, entry)) pte = pte_mkold(e, pte);
  if (keeps && PageDirty(m, page) && is_migration_entry_dirty(e, entry)) pte = pte_mkdirty(e, pte);
  if (is_writable_migration_entry(e, entry)) return maybe_mkwrite(m, pte, vma);
  if (pte_swp_uffd_wp(e, old)) return pte_mkuffd_wp(e, pte);
  return m.rules().migrate.readable_entry_restores_read_only ? pte_wrprotect(e, pte) : pte;
}

// remove_migration_pte() for one entry, small or of hugetlb; it comes to name `page`.
void ThawEntry(MachineState& m, MmId mm, const vm_area_struct& vma, const MappedEntry& mapped, Pfn page) {
  KernelFunction function(m.journal, "remove_migration_pte");
  const Encoding& e = m.encoding();
  const pte_t old = ptep_get(m, mapped.entry);
  const bool hugetlb = PageHuge(m, page);
  pte_t pte = RestoredPte(m, vma, old, page);
  if (hugetlb) pte = pte_mkhuge(e, pte);
  get_page(m, page);
  if (PageAnon(m, page)) {
    page_add_anon_rmap(m, page, vma, mapped.address, hugetlb, IsExclusive(m, pte_to_swp_entry(e, old)));
  } else {
    page_add_file_rmap(m, page, hugetlb);
  }
  m.journal.why = is_writable_migration_entry(e, pte_to_swp_entry(e, old)) ? "the entry was writable" : "the entry was not writable";
  if (hugetlb) {
    set_pmd_at(m, mm, mapped.address, mapped.entry, pmd_t{pte.pte});
  } else {
    set_pte_at(m, mm, mapped.address, mapped.entry, pte);
  }
  m.journal.why = nullptr;
}

// mm/huge_memory.c:remove_migration_pmd(), v5.14 and v6.1.
void remove_migration_pmd(MachineState& m, MmId mm, const vm_area_struct& vma, const MappedEntry& mapped, Pfn page) {
  KernelFunction function(m.journal, "remove_migration_pmd");
  const Encoding& e = m.encoding();
  const pmd_t old = pmdp_get(m, mapped.entry);
  const swp_entry_t entry = pmd_to_swp_entry(e, old);
  const bool keeps = RestoresYoungDirty(m);
  pmd_t pmd = pmd_mkhuge(e, mk_pmd(m, page, vma.vm_page_prot));
  if (pmd_swp_soft_dirty(e, old)) pmd = pmd_mksoft_dirty(e, pmd);
  if (pmd_swp_uffd_wp(e, old)) pmd = pmd_wrprotect(e, pmd_mkuffd_wp(e, pmd));
  if (!keeps || !is_migration_entry_young(e, entry)) pmd = pmd_mkold(e, pmd);
  if (keeps && PageDirty(m, page) && is_migration_entry_dirty(e, entry)) pmd = pmd_mkdirty(e, pmd);
  if (is_writable_migration_entry(e, entry)) {
    if (vma.vm_flags & VM_WRITE) pmd = pmd_mkwrite(e, pmd);
  } else if (m.rules().migrate.readable_entry_restores_read_only) {
    pmd = pmd_wrprotect(e, pmd);
  }
  get_page(m, page);
  if (PageAnon(m, page)) {
    page_add_anon_rmap(m, page, vma, mapped.address, true, IsExclusive(m, entry));
  } else {
    page_add_file_rmap(m, page, true);
  }
  set_pmd_at(m, mm, mapped.address, mapped.entry, pmd);
}

// split_huge_pmd_address() with freeze: the huge entry that names the page becomes small migration entries.
void SplitHugeEntry(MachineState& m, Pfn page, const RmapPlace& place) {
  const std::optional<EntryRef> pmd = find_pmd(m, place.mm, place.address);
  if (!pmd || !pmd_trans_huge(m.encoding(), pmdp_get(m, *pmd)) || pmd_pfn(m.encoding(), pmdp_get(m, *pmd)) != page.value) return;
  split_huge_pmd_freeze(m, place.mm, m.mm(place.mm).vmas[place.vma_index], *pmd, place.address);
}

}  // namespace

swp_entry_t make_migration_entry(const MachineState& m, Pfn frame, bool write, bool exclusive, bool young, bool dirty) {
  const Encoding& e = m.encoding();
  swp_entry_t entry = write       ? make_writable_migration_entry(e, frame.value)
                      : exclusive ? make_readable_exclusive_migration_entry(e, frame.value)
                                  : make_readable_migration_entry(e, frame.value);
  if (young) entry = make_migration_entry_young(e, entry);
  if (dirty) entry = make_migration_entry_dirty(e, entry);
  return entry;
}

// mm/rmap.c:try_to_migrate(), try_to_migrate_one(), v5.14 and v6.1. Leaves out memory of devices and shared PMD tables.
void try_to_migrate(MachineState& m, Pfn page, HugeEntries huge) {
  const Pfn head = compound_head(m, page);
  if (PageHuge(m, head)) m.hugetlb.usage_astray = true;
  rmap_walk(m, head, [&](const RmapPlace& place) {
    if (huge == HugeEntries::split && !PageHuge(m, head)) SplitHugeEntry(m, head, place);
    page_vma_mapped_walk(m, head, place, false, [&](const MappedEntry& mapped) {
      if (mapped.level == Level::pmd && !PageHuge(m, head)) {
        set_pmd_migration_entry(m, place.mm, mapped);
      } else {
        FreezeEntry(m, place.mm, mapped);
      }
      return true;
    });
    return true;
  });
}

// mm/migrate.c, v5.14 and v6.1.
void remove_migration_ptes(MachineState& m, Pfn old_page, Pfn new_page) {
  rmap_walk(m, new_page, [&](const RmapPlace& place) {
    page_vma_mapped_walk(m, old_page, place, true, [&](const MappedEntry& mapped) {
      const vm_area_struct& vma = m.mm(place.mm).vmas[place.vma_index];
      const Pfn page = new_page + (mapped.page.value - old_page.value);
      if (mapped.level == Level::pmd && !PageHuge(m, new_page)) {
        remove_migration_pmd(m, place.mm, vma, mapped, page);
      } else {
        ThawEntry(m, place.mm, vma, mapped, page);
      }
      return true;
    });
    return true;
  });
}

}  // namespace pteron
