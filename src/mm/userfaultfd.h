// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_USERFAULTFD_H_
#define PTERON_SRC_MM_USERFAULTFD_H_

// mm/userfaultfd.c: what the ioctls do to page tables. Addresses and lengths in bytes, page aligned, lengths not 0,
// ranges below kTaskSize; fs/userfaultfd.cc has checked them.

#include "src/mm/fault.h"

namespace pteron {

// Return bytes done, or a negative errno where nothing was done: -ENOENT (no single registered VMA holds the range),
// -EINVAL (kind of memory, alignment, `wp` without VM_UFFD_WP; CONTINUE beyond the file's end), -EEXIST, -EFAULT
// (beyond the file's end; CONTINUE: no page in the file), -EIO (CONTINUE: its memory has failed), -ENOMEM.
int64_t mcopy_atomic(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length, uint64_t value, bool wp);
int64_t mfill_zeropage(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length);
int64_t mcontinue_atomic(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length);
// mwriteprotect_range(). 0, -ENOENT (no single VMA that is registered for write-protection holds the range), -EINVAL
// (alignment).
int mwriteprotect_range(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, bool enable_wp);
// uffd_wp_range(): (un)protects a part of one VMA. 0.
long uffd_wp_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t length, bool enable_wp);

}  // namespace pteron

#endif  // PTERON_SRC_MM_USERFAULTFD_H_
