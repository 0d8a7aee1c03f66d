// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_FS_PROC_TASK_MMU_H_
#define PTERON_SRC_FS_PROC_TASK_MMU_H_

// fs/proc/task_mmu.c and fs/proc/page.c: what /proc shows of page tables.

#include "pteron/system_calls.h"
#include "src/mm/fault.h"

namespace pteron {

// clear_refs_write(). 0.
int clear_refs_write(MachineState& m, MmId mm, ClearRefsType type);

// One entry of /proc/PID/pagemap, as the flags of the raw format.
struct PagemapEntry {
  bool present = false, swap = false, file = false, exclusive = false, uffd_wp = false, soft_dirty = false, guard = false;
  bool operator==(const PagemapEntry&) const = default;
};
PagemapEntry pagemap_read(const MachineState& m, MmId mm, uint64_t address);

// /proc/PID/smaps of one VMA, in 4 KiB pages. `dirty` is shared and private together.
struct Smaps {
  uint64_t rss = 0, anonymous = 0, swap = 0, dirty = 0;
  bool operator==(const Smaps&) const = default;
};
Smaps show_smap(const MachineState& m, MmId mm, const vm_area_struct& vma);

// /proc/kpageflags of a frame, in the order that the raw format prints them.
struct KpageFlags {
  bool anon = false, dirty = false, swapcache = false, swapbacked = false, thp = false, huge = false, hwpoison = false;
  bool operator==(const KpageFlags&) const = default;
};
KpageFlags stable_page_flags(const MachineState& m, Pfn page);

}  // namespace pteron

#endif  // PTERON_SRC_FS_PROC_TASK_MMU_H_
