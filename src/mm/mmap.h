// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MMAP_H_
#define PTERON_SRC_MM_MMAP_H_

// mm/mmap.c: the list of VMAs of an address space; and kernel/fork.c:dup_mmap().

#include <optional>

#include "pteron/system_calls.h"
#include "src/mm/fault.h"

namespace pteron {

inline constexpr uint64_t kTaskSize = 0x7ffffffff000;  // TASK_SIZE with 4 levels: first byte that user space cannot have

// include/linux/mman.h:calc_vm_prot_bits(), without protection keys.
constexpr uint64_t calc_vm_prot_bits(Protection protection) {
  switch (protection) {
    case Protection::none: return 0;
    case Protection::read: return VM_READ;
    case Protection::read_write: return VM_READ | VM_WRITE;
  }
  return 0;
}

// do_mmap() and mmap_region(). 0 or a negative errno (-EEXIST, -ENOMEM, -EINVAL, -EOVERFLOW, -EBADF for a file that is not open).
int do_mmap(MachineState& m, MmId mm, const MmapRequest& request);
// do_munmap(). 0 or a negative errno (-EINVAL; -ENOMEM never).
int do_munmap(MachineState& m, MmId mm, uint64_t start, uint64_t length);
// exit_mmap() and mmdrop(): tears the whole address space down, its top table too; mm_struct::alive turns false.
void exit_mmap(MachineState& m, MmId mm);
// dup_mmap(): fills the empty `child`, which is alive and has a top table, from `parent`. 0 or -ENOMEM (then the child is torn down
// again). `event_fork_uffds` gets (parent's context, child's new context) pairs: dup_userfaultfd().
int dup_mmap(MachineState& m, MmId child, MmId parent, std::vector<ForkedUffd>* event_fork_uffds);

// vm_ops->may_split(): 0, or -EINVAL where the VMA cannot have a border at `address` (hugetlb: inside a huge page).
int vma_may_split(const vm_area_struct& vma, uint64_t address);
// Index in mm.vmas of the VMA that starts the part [start, ...): split_vma() at `address`, which lies inside mm.vmas[index].
// Returns the index of the VMA that now starts at `address`. Indices and references behind it move. Precondition: vma_may_split().
size_t split_vma(MachineState& m, MmId mm, size_t index, uint64_t address);
// vma_merge() as mprotect, madvise and userfaultfd use it: the part [start, end) of mm.vmas gets these flags and context; splits
// where the range cuts a VMA and merges with neighbours as the kernel would. Returns the index of the VMA that holds `start` now; all
// of it has the flags and context then. vm_page_prot is not touched. Precondition: [start, end) lies in one VMA; vma_may_split() both.
size_t vma_modify(MachineState& m, MmId mm, uint64_t start, uint64_t end, uint64_t new_flags, UffdId new_ctx);
// Index in mm.vmas of the first VMA that ends behind `address`; mm.vmas.size() where none: find_vma() for those who need indices.
size_t find_vma_index(const MachineState& m, MmId mm, uint64_t address);
// vma_set_page_prot(): vm_page_prot from vm_flags, without write permission where writes must be noticed.
void vma_set_page_prot(MachineState& m, vm_area_struct& vma);
// vma_wants_writenotify() as that asks it, with vm_page_prot for the flags as they are.
bool vma_wants_writenotify(const MachineState& m, const vm_area_struct& vma, pgprot_t vm_page_prot);
// copy_vma() for mremap: a VMA like `mm.vmas[index]` at `address` of `length` bytes with offset `pgoff`; merges where the kernel would.
// Returns its index; indices behind it move, and mm.vmas[index] may have become part of it.
std::optional<size_t> copy_vma(MachineState& m, MmId mm, size_t index, uint64_t address, uint64_t length, uint64_t pgoff);

// get_file(), fput(): one more, one less VMA maps the VMA's file, which goes with the last one unless a descriptor holds it.
void vma_get_file(MachineState& m, const vm_area_struct& vma);
void vma_put_file(MachineState& m, const vm_area_struct& vma);
// remove_vma(): what hangs on a VMA that is gone: close operation, file.
void vma_close(MachineState& m, vm_area_struct& vma);

}  // namespace pteron

#endif  // PTERON_SRC_MM_MMAP_H_
