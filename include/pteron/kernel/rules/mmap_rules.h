// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_MMAP_RULES_H_
#define PTERON_KERNEL_RULES_MMAP_RULES_H_

// Decisions about VMAs: merging, page protection, write notification (mm/mmap.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// Which neighbours a new mapping is merged with. The two differ where only one of the neighbours, or neither together with the
// other, may share an anon_vma with it.
enum class NewMappingMerge : uint8_t {
  as_vma_merge,  // the one in front; the one behind too, or it alone where the one in front cannot
  next_first,    // the one behind; the one in front too if it may join that one, or it alone where the one behind cannot
};

// In front of what offset userfaultfd expects the neighbour behind a part of a VMA when it looks for VMAs to merge with.
enum class UffdMergeOffset : uint8_t {
  of_whole_vma,  // as if the part began where its VMA begins: a split-off tail seldom merges, and may merge wrongly
  of_part,
};

struct MmapRules {
  NewMappingMerge new_mapping_merge = NewMappingMerge::as_vma_merge;
  UffdMergeOffset uffd_merge_offset = UffdMergeOffset::of_whole_vma;
  // A shared writable hugetlb VMA without VM_SOFTDIRTY maps its pages read-only, although hugetlb has no soft-dirty tracking.
  bool writenotify_for_soft_dirty_hugetlb = true;
  // A shared writable VMA that is registered for uffd-wp maps its pages read-only.
  bool writenotify_for_uffd_wp = false;
  bool operator==(const MmapRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_MMAP_RULES_H_
