// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_VMA_MERGE_H_
#define PTERON_SRC_MM_VMA_MERGE_H_

// mm/mmap.c: when VMAs become one, and where the borders of VMAs move.

#include <optional>

#include "src/mm/fault.h"

namespace pteron {

// What a VMA over a range would be like: the arguments of vma_merge().
struct VmaMergeRequest {
  std::optional<size_t> prev;  // index of the VMA that the range lies in or behind; none: nothing is in front
  uint64_t start = 0;          // bytes
  uint64_t end = 0;
  uint64_t vm_flags = 0;
  AnonVmaId anon_vma;
  FileId vm_file;
  uint64_t vm_pgoff = 0;       // of `start`
  UffdId vm_userfaultfd_ctx;
};

// Makes the range part of a neighbour, or neighbours one across it, where they are alike but for VM_SOFTDIRTY; flags stay those of
// the VMA that grew. Returns the index of the VMA that covers the range now; none: nothing could be merged and nothing changed.
std::optional<size_t> vma_merge(MachineState& m, MmId mm, const VmaMergeRequest& request);

// The same for a mapping that is about to be made, in the order that the kernel's mmap_region() asks its neighbours.
std::optional<size_t> vma_merge_new(MachineState& m, MmId mm, const VmaMergeRequest& request);

// vma_adjust_trans_huge() for one border: splits a huge entry that `address` cuts, if mm.vmas[index] holds all of it.
void split_huge_pmd_if_needed(MachineState& m, MmId mm, size_t index, uint64_t address);

}  // namespace pteron

#endif  // PTERON_SRC_MM_VMA_MERGE_H_
