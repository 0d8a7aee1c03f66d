// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_SHMEM_RULES_H_
#define PTERON_KERNEL_RULES_SHMEM_RULES_H_

// Decisions of shared memory, truncation and fault-around (mm/shmem.c, mm/truncate.c, mm/filemap.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

struct ShmemRules {
  bool operator==(const ShmemRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_SHMEM_RULES_H_
