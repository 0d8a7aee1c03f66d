// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_FS_HUGETLBFS_INODE_H_
#define PTERON_SRC_FS_HUGETLBFS_INODE_H_

// fs/hugetlbfs/inode.c. Offsets, sizes and lengths in bytes. 0 or a negative errno.

#include "pteron/machine_state.h"

namespace pteron {

// hugetlb_file_setup() and ftruncate(): a new file of `size` bytes, a multiple of 2 MiB. Nothing is reserved until it is mapped.
FileId hugetlb_file_setup(MachineState& m, uint64_t size);
// hugetlbfs_setattr(): -EINVAL for a size that 2 MiB does not divide.
int hugetlb_truncate(MachineState& m, FileId file, uint64_t size);
// hugetlbfs_punch_hole(): whole huge pages inside the range.
int hugetlb_punch_hole(MachineState& m, FileId file, uint64_t start, uint64_t length);
// hugetlbfs_read_iter() of one word. A hole reads as 0. *eof true at or beyond the end.
int hugetlb_file_read_word(MachineState& m, FileId file, uint64_t offset, uint64_t* value, bool* eof);
// hugetlbfs_evict_inode(): the last user of the file is gone.
void hugetlbfs_evict_inode(MachineState& m, FileId file);

}  // namespace pteron

#endif  // PTERON_SRC_FS_HUGETLBFS_INODE_H_
