// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MPROTECT_H_
#define PTERON_SRC_MM_MPROTECT_H_

// mm/mprotect.c.

#include "src/mm/mmap.h"

namespace pteron {

enum ChangeProtectionFlag : uint32_t {
  MM_CP_DIRTY_ACCT = 1 << 0,
  MM_CP_TRY_CHANGE_WRITABLE = 1 << 0,  // what the same bit means in kernels that decide page by page
  MM_CP_PROT_NUMA = 1 << 1,
  MM_CP_UFFD_WP = 1 << 2,
  MM_CP_UFFD_WP_RESOLVE = 1 << 3,
};

// change_protection(): gives every entry of [start, end) of the VMA the protection newprot. Returns entries changed, or -ENOMEM.
long change_protection(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end, pgprot_t newprot, uint32_t cp_flags);
// do_mprotect_pkey(). 0 or a negative errno.
int do_mprotect(MachineState& m, MmId mm, uint64_t start, uint64_t length, Protection protection);

}  // namespace pteron

#endif  // PTERON_SRC_MM_MPROTECT_H_
