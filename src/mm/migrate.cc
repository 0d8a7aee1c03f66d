// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/migrate.h"

#include <cerrno>

#include "src/mm/huge_memory.h"
#include "src/mm/rmap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// try_to_migrate_one() for one small entry.
void FreezeEntry(MachineState& m, MmId mm, const MappedEntry& mapped) {
  KernelFunction function(m.journal, "try_to_migrate_one");
  const Encoding& e = m.encoding();
  const pte_t old = ptep_get(m, mapped.entry);
  if (pte_dirty(e, old)) set_page_dirty(m, mapped.page);
  const bool exclusive = m.rules().migrate.remembers_exclusive && PageAnon(m, mapped.page) && PageAnonExclusive(m, mapped.page);
  if (exclusive) page_try_share_anon_rmap(m, mapped.page);
  const swp_entry_t entry =
      make_migration_entry(m, mapped.page, pte_write(e, old), exclusive, pte_young(e, old), pte_dirty(e, old));
  pte_t pte = swp_entry_to_pte(e, entry);
  if (pte_soft_dirty(e, old)) pte = pte_swp_mksoft_dirty(e, pte);
  if (pte_uffd_wp(e, old)) pte = pte_swp_mkuffd_wp(e, pte);
  set_pte_at(m, mm, mapped.address, mapped.entry, pte);
  page_remove_rmap(m, mapped.page, false);
  put_page(m, mapped.page);
}

// remove_migration_pte() for one small entry; it comes to name `page`.
void ThawEntry(MachineState& m, MmId mm, const vm_area_struct& vma, const MappedEntry& mapped, Pfn page) {
  KernelFunction function(m.journal, "remove_migration_pte");
  const Encoding& e = m.encoding();
  const pte_t old = ptep_get(m, mapped.entry);
  const swp_entry_t entry = pte_to_swp_entry(e, old);
  const bool keeps = m.rules().migrate.restored_young_dirty == RestoredYoungDirty::from_migration_entry;
  pte_t pte = mk_pte(m, page, vma.vm_page_prot);
  if (pte_swp_soft_dirty(e, old)) pte = pte_mksoft_dirty(e, pte);
  if (!keeps || !is_migration_entry_young(e, entry)) pte = pte_mkold(e, pte);
  if (keeps && PageDirty(m, page) && is_migration_entry_dirty(e, entry)) pte = pte_mkdirty(e, pte);
  if (is_writable_migration_entry(e, entry)) {
    pte = maybe_mkwrite(m, pte, vma);
  } else if (pte_swp_uffd_wp(e, old)) {
    pte = pte_mkuffd_wp(e, pte);
  }
  get_page(m, page);
  if (PageAnon(m, page)) {
    const bool exclusive = m.rules().migrate.remembers_exclusive && !is_readable_migration_entry(e, entry);
    page_add_anon_rmap(m, page, vma, mapped.address, false, exclusive);
  } else {
    page_add_file_rmap(m, page, false);
  }
  set_pte_at(m, mm, mapped.address, mapped.entry, pte);
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

void try_to_migrate(MachineState& m, Pfn page) {
  rmap_walk(m, page, [&](const RmapPlace& place) {
    const std::optional<EntryRef> pmd = find_pmd(m, place.mm, place.address);
    if (pmd && pmd_trans_huge(m.encoding(), pmdp_get(m, *pmd)) &&
        pmd_pfn(m.encoding(), pmdp_get(m, *pmd)) == compound_head(m, page).value) {
      split_huge_pmd_freeze(m, place.mm, m.mm(place.mm).vmas[place.vma_index], *pmd, place.address);
    }
    page_vma_mapped_walk(m, page, place, false, [&](const MappedEntry& mapped) {
      FreezeEntry(m, place.mm, mapped);
      return true;
    });
    return true;
  });
}

void remove_migration_ptes(MachineState& m, Pfn old_page, Pfn new_page) {
  rmap_walk(m, new_page, [&](const RmapPlace& place) {
    page_vma_mapped_walk(m, old_page, place, true, [&](const MappedEntry& mapped) {
      const Pfn page = new_page + (mapped.page.value - old_page.value);
      ThawEntry(m, place.mm, m.mm(place.mm).vmas[place.vma_index], mapped, page);
      return true;
    });
    return true;
  });
}

}  // namespace pteron
