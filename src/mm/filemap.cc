// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/filemap.h"

#include <algorithm>
#include <optional>

#include "pteron/check.h"
#include "src/mm/hooks.h"
#include "src/mm/huge_memory.h"
#include "src/mm/memory.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

uint32_t SlotsOf(const MachineState& m, Pfn head) { return m.frames.cold(head).hugetlb ? 1 : m.frames.nr(head); }

// next_uptodate_page(): the first index of [index, end_pgoff] with a page inside the file that nobody has locked; empty where there is none.
std::optional<uint64_t> NextCachedIndex(const MachineState& m, FileId file, uint64_t index, uint64_t end_pgoff) {
  const File& f = m.file(file);
  const uint64_t pages = (f.size + kPageSize - 1) >> kPageShift;
  const uint64_t end = std::min({end_pgoff + 1, pages, uint64_t{f.cache.size()}});
  for (; index < end; ++index) {
    if (f.cache[index].page != kNoPfn && !IsLockedAtPoint(m, f.cache[index].page)) return index;
  }
  return std::nullopt;
}

// filemap_map_pmd(): true where nothing more is to do, since a huge entry serves the fault. Else a table is there;
// false in *ok: no memory.
bool filemap_map_pmd(MachineState& m, vm_fault& vmf, Pfn page, bool* ok) {
  const Encoding& e = m.encoding();
  *ok = true;
  if (is_huge_pmd(m, pmdp_get(m, vmf.pmd))) return true;
  if (pmd_none(e, pmdp_get(m, vmf.pmd)) && PageTransHuge(m, page)) {
    get_page(m, page);
    if (do_set_pmd(m, vmf, compound_head(m, page)) == VM_FAULT_NONE) return true;
    put_page(m, page);
  }
  *ok = pte_alloc(m, vmf.mm, vmf.pmd, vmf.address);
  return false;
}

}  // namespace

CacheSlot page_cache_slot(const MachineState& m, FileId file, uint64_t index) {
  const std::vector<CacheSlot>& cache = m.file(file).cache;
  return index < cache.size() ? cache[index] : CacheSlot{};
}

void store_page_cache_slot(MachineState& m, FileId file, uint64_t index, CacheSlot slot) {
  std::vector<CacheSlot>& cache = m.file(file).cache;
  if (index >= cache.size()) {
    if (slot.empty()) return;
    cache.resize(index + 1);
  }
  cache[index] = slot;
  while (!cache.empty() && cache.back().empty()) cache.pop_back();
}

// mm/shmem.c:shmem_add_to_page_cache(), mm/hugetlb.c:huge_add_to_page_cache(), v5.14.
void add_to_page_cache(MachineState& m, Pfn page, FileId file, uint64_t index) {
  PTERON_CHECK(compound_head(m, page) == page && m.frames.cold(page).mapping < 0,
               "a page that is of no file yet goes in whole");
  const uint32_t slots = SlotsOf(m, page);
  for (uint32_t i = 0; i < slots; ++i) {
    PTERON_CHECK(page_cache_slot(m, file, index + i).page == kNoPfn, "no page is replaced");
    store_page_cache_slot(m, file, index + i, CacheSlot{.page = page + i});
  }
  m.frames.hot(page).refcount += slots;
  m.frames.SetMapping(page, file.value, index);
}

// mm/filemap.c, v5.14. The index stays, as in the kernel.
void delete_from_page_cache(MachineState& m, Pfn page) {
  const ColdPage cold = m.frames.cold(page);
  if (PageAnon(m, page) || cold.mapping < 0) return;
  const FileId file{cold.mapping};
  const uint32_t slots = SlotsOf(m, page);
  for (uint32_t i = slots; i-- > 0;) store_page_cache_slot(m, file, cold.index + i, CacheSlot{});
  m.frames.mutable_cold(page).mapping = -1;
  m.frames.hot(page).refcount -= slots - 1;
  put_page(m, page);
}

// mm/filemap.c, v5.14. Pages are always up to date and unlocked here.
vm_fault_t filemap_map_pages(MachineState& m, vm_fault& vmf, uint64_t start_pgoff, uint64_t end_pgoff) {
  KernelFunction function(m.journal, "filemap_map_pages");
  const vm_area_struct& vma = *vmf.vma;
  std::optional<uint64_t> index = NextCachedIndex(m, vma.vm_file, start_pgoff, end_pgoff);
  if (!index) return VM_FAULT_NONE;
  bool have_table = false;
  if (filemap_map_pmd(m, vmf, page_cache_slot(m, vma.vm_file, *index).page, &have_table)) return VM_FAULT_NOPAGE;
  if (!have_table) return VM_FAULT_OOM;

  vm_fault_t ret = VM_FAULT_NONE;
  const EntryRef faulting = vmf.pte;
  for (; index; index = NextCachedIndex(m, vma.vm_file, *index + 1, end_pgoff)) {
    const Pfn page = page_cache_slot(m, vma.vm_file, *index).page;
    const uint64_t address = vma.vm_start + ((*index - vma.vm_pgoff) << kPageShift);
    vmf.pte = pte_offset_map(m, vmf.pmd, address);
    if (PageHWPoison(m, page) || !pte_none(m.encoding(), ptep_get(m, vmf.pte))) continue;
    if (address == vmf.address) ret = VM_FAULT_NOPAGE;
    get_page(m, page);
    do_set_pte(m, vmf, page, address);
  }
  vmf.pte = faulting;
  return ret;
}

}  // namespace pteron
