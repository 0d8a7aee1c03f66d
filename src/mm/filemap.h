// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_FILEMAP_H_
#define PTERON_SRC_MM_FILEMAP_H_

// mm/filemap.c: the page cache as a table of slots. Indices in pages of the file: 4 KiB, hugetlb 2 MiB.

#include "src/mm/fault.h"

namespace pteron {

// What the page cache holds at `index`; an empty slot behind the last occupied one.
CacheSlot page_cache_slot(const MachineState& m, FileId file, uint64_t index);
// Writes a slot; the table is as long as its last occupied slot needs. References are the caller's.
void store_page_cache_slot(MachineState& m, FileId file, uint64_t index, CacheSlot slot);

// shmem_add_to_page_cache(), huge_add_to_page_cache(): `page` (a head) takes its slots from `index` on, with a
// reference for each (hugetlb: one), and belongs to the file. Precondition: the slots are empty, or one holds a swap
// slot that the page replaces.
void add_to_page_cache(MachineState& m, Pfn page, FileId file, uint64_t index);
// delete_from_page_cache() / filemap_remove_folio(): takes the page (a head) out of its file and drops the cache's
// references. The page is freed where nobody else holds it. Does nothing for a page of no file.
void delete_from_page_cache(MachineState& m, Pfn page);

// filemap_map_pages(): vm_ops->map_pages, for pages start_pgoff to end_pgoff (inclusive) around vmf: maps what of the
// window is cached, within the file, healthy and has an empty entry. VM_FAULT_NOPAGE where the faulting address is
// served, else 0. vmf.pte is left as it was.
vm_fault_t filemap_map_pages(MachineState& m, vm_fault& vmf, uint64_t start_pgoff, uint64_t end_pgoff);

}  // namespace pteron

#endif  // PTERON_SRC_MM_FILEMAP_H_
