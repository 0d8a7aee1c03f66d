// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MIGRATE_H_
#define PTERON_SRC_MM_MIGRATE_H_

// mm/migrate.c, mm/rmap.c: migration entries, put in place of a page's entries and taken out again; and moving pages.

#include "src/mm/fault.h"

namespace pteron {

enum class HugeEntries : uint8_t {
  split,  // TTU_SPLIT_HUGE_PMD: become 512 small migration entries; those of a file go
  kept,   // become huge migration entries
};

// try_to_migrate(): every entry that names a part of the page (a head) becomes a migration entry. The caller holds a
// reference. Migration entries count in rss, but not in mapcount and refcount.
void try_to_migrate(MachineState& m, Pfn page, HugeEntries huge = HugeEntries::split);
// remove_migration_ptes(): every migration entry that names a part of old_page names new_page again (which may be the same).
void remove_migration_ptes(MachineState& m, Pfn old_page, Pfn new_page);
// The migration entry for a present word that names `frame` (5.14: no young, dirty, exclusive; see MigrateRules and Encoding).
swp_entry_t make_migration_entry(const MachineState& m, Pfn frame, bool write, bool exclusive, bool young, bool dirty);
// migrate_pages() for one page (a head) of a process, a file or the hugetlb pool: moves it to a new frame. 0, -ENOMEM, -EAGAIN where something
// else holds it, -EBUSY where it is on no LRU list.
int migrate_page(MachineState& m, Pfn page);

}  // namespace pteron

#endif  // PTERON_SRC_MM_MIGRATE_H_
