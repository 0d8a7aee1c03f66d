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

struct MigrateRules {
  RestoredYoungDirty restored_young_dirty = RestoredYoungDirty::old_and_clean;
  // Migration entries tell an exclusive page from a shared one, and it is exclusive again afterwards.
  bool remembers_exclusive = false;
  bool operator==(const MigrateRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_MIGRATE_RULES_H_
