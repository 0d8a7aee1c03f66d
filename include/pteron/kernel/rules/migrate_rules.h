// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_MIGRATE_RULES_H_
#define PTERON_KERNEL_RULES_MIGRATE_RULES_H_

// Decisions of page migration (mm/migrate.c) and memory failure (mm/memory-failure.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// What an entry is after the page that it waited for has come.
enum class RestoredYoungDirty : uint8_t {
  old_and_clean,        // whatever it was; the page keeps that it is dirty
  from_migration_entry, // as the migration entry says, where the encoding has room for it
};

// What memory failure does with a page of a file once nothing maps it.
enum class FailedCachePage : uint8_t {
  leaves_cache,  // it is dropped: the file reads as a hole there
  stays,         // so that later accesses fail instead of reading zeroes
};

struct MigrateRules {
  RestoredYoungDirty restored_young_dirty = RestoredYoungDirty::old_and_clean;
  // Migration entries tell an exclusive page from a shared one, and it is exclusive again afterwards.
  bool remembers_exclusive = false;
  // A page that comes back to an entry that was not writable is mapped read-only, whatever the VMA would allow.
  bool readable_entry_restores_read_only = false;
  FailedCachePage failed_shmem_page = FailedCachePage::leaves_cache;
  FailedCachePage failed_hugetlb_page = FailedCachePage::leaves_cache;
  // Memory failure splits a huge page of a file, too.
  bool failure_splits_file_thp = false;
  bool operator==(const MigrateRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_MIGRATE_RULES_H_
