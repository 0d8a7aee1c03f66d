// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_RMAP_H_
#define PTERON_SRC_MM_RMAP_H_

// mm/rmap.c: anon_vma, counting of entries, and finding them from a page.

#include <functional>

#include "pteron/journal.h"
#include "src/mm/fault.h"

namespace pteron {

// ---- anon_vma. Return 0 or -ENOMEM (never so far: only tables, pages and slots can run out).
// __anon_vma_prepare(): does nothing where the VMA has one; else takes that of a compatible neighbour or a new one.
int anon_vma_prepare(MachineState& m, MmId mm, vm_area_struct& vma);
// find_mergeable_anon_vma() (mm/mmap.c): the anon_vma of a neighbour that could merge, none where there is no such.
AnonVmaId find_mergeable_anon_vma(const MachineState& m, MmId mm, const vm_area_struct& vma);
// anon_vma_clone(): dst gets src's chain; what dst.anon_vma_chain held is forgotten (it was copied with the VMA).
// dst.anon_vma is set by the caller: src's for an exact copy, none to let a forked VMA take an old one.
int anon_vma_clone(MachineState& m, vm_area_struct& dst, const vm_area_struct& src);
// anon_vma_fork(): the parent's chain, and an anon_vma of the child's own in front. Nothing where the parent has none:
// then child.anon_vma and chain are empty.
int anon_vma_fork(MachineState& m, vm_area_struct& child, const vm_area_struct& parent);
// unlink_anon_vmas(): the VMA lets go of its chain and anon_vma. anon_vma_merge(vma, next) is this for `next`.
void unlink_anon_vmas(MachineState& m, vm_area_struct& vma);

// ---- Counting. These move mapcounts and page flags only; rss counters are the caller's.
// page_add_new_anon_rmap(), hugepage_add_new_anon_rmap(): a fresh page (compound: by a huge entry) becomes anonymous,
// exclusive and, unless of hugetlb, swap-backed.
void page_add_new_anon_rmap(MachineState& m, Pfn page, const vm_area_struct& vma, uint64_t address, bool compound);
// page_add_anon_rmap() / do_page_add_anon_rmap(), hugepage_add_anon_rmap(). `exclusive` as RMAP_EXCLUSIVE.
void page_add_anon_rmap(MachineState& m, Pfn page, const vm_area_struct& vma, uint64_t address, bool compound,
                        bool exclusive);
// page_add_file_rmap().
void page_add_file_rmap(MachineState& m, Pfn page, bool compound);
// page_dup_rmap() and its like: one more entry names a page that is mapped already. Kernels with anon-exclusive pages
// go through page_try_dup_anon_rmap() for anonymous pages: see there.
void page_dup_rmap(MachineState& m, Pfn page, bool compound);
// page_try_dup_anon_rmap() (5.19 on): the page stops being exclusive and one more entry names it. No page is pinned
// here, so that it cannot fail.
void page_try_dup_anon_rmap(MachineState& m, Pfn page, bool compound);
// page_try_share_anon_rmap() (5.19 on): the page stops being exclusive. Cannot fail here.
void page_try_share_anon_rmap(MachineState& m, Pfn page);
// page_remove_rmap(): one entry less.
void page_remove_rmap(MachineState& m, Pfn page, bool compound);
// page_move_anon_rmap(): the page belongs to this VMA's anon_vma alone now.
void page_move_anon_rmap(MachineState& m, Pfn page, const vm_area_struct& vma);

// ---- From a page to its entries.
// rmap_walk(): calls visit for every VMA where `page` (the head: any part of the block) lies by the reverse map,
// whether an entry names it or not. visit returns false to stop. `address` is of the page, or of the first part of it
// that the VMA holds; `end` is behind the last one. Order: address spaces in order, VMAs by address. visit must not
// change VMA lists.
struct RmapPlace {
  MmId mm;
  size_t vma_index;
  uint64_t address;
  uint64_t end;
};
void rmap_walk(MachineState& m, Pfn page, const std::function<bool(const RmapPlace&)>& visit);

// page_vma_mapped_walk() (mm/page_vma_mapped.c): the entries of one place that name `page` (the head: any part of the
// block), in address order: present ones, or (migration: PVMW_MIGRATION) migration entries. visit may change the entry
// and split a huge one; false stops.
struct MappedEntry {
  Level level;
  EntryRef entry;
  uint64_t address;
  Pfn page;
};
void page_vma_mapped_walk(MachineState& m, Pfn page, const RmapPlace& place, bool migration,
                          const std::function<bool(const MappedEntry&)>& visit);

// try_to_unmap(): replaces all entries of the page by swap entries (anonymous; the page is in the swap cache), removes
// them (file), drops lazily freed pages. True where no entry is left. `ignore_mlock` and the like do not exist here.
// `split_huge_pmd`: TTU_SPLIT_HUGE_PMD. `hwpoison`: entries of a page whose memory failed become hwpoison entries.
// Reasons other than reclaim are separate functions (try_to_migrate, try_to_unmap for hwpoison). The caller holds a
// reference.
bool try_to_unmap(MachineState& m, Pfn page, bool split_huge_pmd, bool hwpoison);

}  // namespace pteron

#endif  // PTERON_SRC_MM_RMAP_H_
