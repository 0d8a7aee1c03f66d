// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_MIGRATE_RULES_H_
#define PTERON_KERNEL_RULES_MIGRATE_RULES_H_

// Decisions of page migration (mm/migrate.c) and memory failure (mm/memory-failure.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

struct MigrateRules {
  bool operator==(const MigrateRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_MIGRATE_RULES_H_
