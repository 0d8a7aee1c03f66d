// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_SHMEM_H_
#define PTERON_SRC_MM_SHMEM_H_

// mm/shmem.c: the page cache of shared memory.

#include <optional>

#include "src/mm/fault.h"
#include "src/mm/filemap.h"  // IWYU pragma: export (filemap_map_pages() is shmem's vm_ops->map_pages)

namespace pteron {

enum class ShmemGet : uint8_t { read, cache, write, fallocate };  // enum sgp_type

// A new file of `size` bytes. `kernel_mount`: shared anonymous memory (shmem_zero_setup()), which no descriptor holds.
FileId shmem_file_setup(MachineState& m, uint64_t size, bool kernel_mount);
// shmem_fault(): vm_ops->fault. Sets vmf.page (a reference is held; VM_FAULT_LOCKED) or answers with an error,
// NOPAGE/RETRY after handing the fault to userfaultfd. Beyond the end of the file: VM_FAULT_SIGBUS.
vm_fault_t shmem_fault(MachineState& m, vm_fault& vmf);
// shmem_getpage() for system calls. The small page with a reference; kNoPfn for a hole (read) or an error. *error is 0,
// -EINVAL (read, cache: at or beyond the end of the file) or -ENOMEM.
Pfn shmem_getpage(MachineState& m, FileId file, uint64_t index, ShmemGet sgp, int* error);
// shmem_mfill_atomic_pte()'s part that fills the cache: a new page with this value at index. 0, -EEXIST, -EFAULT
// (beyond the end), -ENOMEM. The caller gets a reference for the entry to come; where it installs none, it calls
// delete_from_page_cache() and put_page().
int shmem_mfill_cache(MachineState& m, FileId file, uint64_t index, uint64_t value, Pfn* page);
// shmem_writepage(): moves an unmapped page of the cache, which has just been made clean, to swap; the cache slot then
// holds the swap slot and the page is in the swap cache alone. False where it cannot (AOP_WRITEPAGE_ACTIVATE): the page
// is dirty again. The caller holds a reference.
bool shmem_writepage(MachineState& m, Pfn page);
// shmem_partial_swap_usage(), shmem_swap_usage(): swap slots among pages [first, end) of the file.
uint64_t shmem_partial_swap_usage(const MachineState& m, FileId file, uint64_t first, uint64_t end);
// shmem_unuse(): brings every swapped page of every file back. 0 or -ENOMEM.
int shmem_unuse(MachineState& m);
// shmem_evict_inode(): the last user of the file is gone.
void shmem_evict_inode(MachineState& m, FileId file);
// shmem_huge_enabled() for this VMA's advice: whether a fault may bring a huge page ("advise" for every mount).
bool shmem_huge_enabled(const MachineState& m, const vm_area_struct& vma);

// The file system's calls. Offsets and sizes in bytes. 0 or a negative errno.
int shmem_file_write_word(MachineState& m, FileId file, uint64_t offset, uint64_t value);
// *eof true at or beyond the end.
int shmem_file_read_word(MachineState& m, FileId file, uint64_t offset, uint64_t* value, bool* eof);
int shmem_truncate(MachineState& m, FileId file, uint64_t size);  // shmem_setattr()
int shmem_punch_hole(MachineState& m, FileId file, uint64_t start,
                     uint64_t length);  // shmem_fallocate(PUNCH_HOLE | KEEP_SIZE)
// shmem_truncate_range(): pages and swap slots of the bytes [start, end] (inclusive; end ~0: to the end) are gone;
// entries that name them are the caller's.
void shmem_truncate_range(MachineState& m, FileId file, uint64_t start, uint64_t end);

}  // namespace pteron

#endif  // PTERON_SRC_MM_SHMEM_H_
