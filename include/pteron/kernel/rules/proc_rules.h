// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_PROC_RULES_H_
#define PTERON_KERNEL_RULES_PROC_RULES_H_

// Decisions of /proc: pagemap, smaps, clear_refs (fs/proc/task_mmu.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

struct ProcRules {
  bool operator==(const ProcRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_PROC_RULES_H_
