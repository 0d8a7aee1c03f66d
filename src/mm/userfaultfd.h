// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_USERFAULTFD_H_
#define PTERON_SRC_MM_USERFAULTFD_H_

// mm/userfaultfd.c: what the ioctls do to page tables. Addresses and lengths in bytes.

#include "src/mm/fault.h"

namespace pteron {

// mcopy_atomic(), mfill_zeropage(), mcontinue_atomic(). Returns bytes done, or a negative errno when nothing was done.
int64_t mcopy_atomic(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length, uint64_t value, bool wp);
int64_t mfill_zeropage(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length);
int64_t mcontinue_atomic(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length, bool wp);
int64_t mfill_atomic_poison(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length);
// mwriteprotect_range(). 0 or a negative errno.
int mwriteprotect_range(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, bool enable_wp);
// uffd_wp_range(): (un)protects a part of one VMA. 0 or -ENOMEM.
long uffd_wp_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t length, bool enable_wp);

}  // namespace pteron

#endif  // PTERON_SRC_MM_USERFAULTFD_H_
