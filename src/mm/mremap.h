// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MREMAP_H_
#define PTERON_SRC_MM_MREMAP_H_

// mm/mremap.c.

#include "src/mm/mmap.h"

namespace pteron {

// mremap(old, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, new). Addresses and length in bytes. 0 or a negative errno (-EINVAL,
// -EFAULT, -ENOMEM).
int mremap_to(MachineState& m, MmId mm, uint64_t old_address, uint64_t length, uint64_t new_address);
// move_page_tables(): moves the entries of [old_address, + length) of `vma` to new_address of `new_vma`. Returns bytes moved.
uint64_t move_page_tables(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t old_address, vm_area_struct& new_vma,
                          uint64_t new_address, uint64_t length);
// vma_has_uffd_without_event_remap(), where the kernel asks it: a move takes uffd-wp off the entries of this VMA.
bool move_clears_uffd_wp(const MachineState& m, const vm_area_struct& vma);

}  // namespace pteron

#endif  // PTERON_SRC_MM_MREMAP_H_
