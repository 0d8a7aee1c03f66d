// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// mm/khugepaged.c: pages of shmem files.

#include <algorithm>
#include <vector>

#include "pteron/check.h"
#include "src/mm/filemap.h"
#include "src/mm/hooks.h"
#include "src/mm/huge_memory.h"
#include "src/mm/khugepaged_file.h"
#include "src/mm/memory.h"
#include "src/mm/rmap.h"
#include "src/mm/shmem.h"
#include "src/mm/swap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr uint32_t kPages = kPtesPerPmd;
constexpr uint32_t kMaxPtesSwap = kPages / 8;  // khugepaged_max_ptes_swap

// Whether the 2 MiB from `start` on are one huge page of the file already.
bool IsHugePageAt(const MachineState& m, Pfn page, uint64_t start) {
  const Pfn head = compound_head(m, page);
  return PageCompound(m, page) && m.frames.cold(head).index == start;
}

// The result for a part that has a huge page already.
ScanResult ResultForHugePage(const MachineState& m, Pfn page, uint64_t start) {
  const bool maps = m.rules().thp.collapse_maps_huge_page && IsHugePageAt(m, page, start);
  return maps ? ScanResult::pte_mapped_hugepage : ScanResult::page_compound;
}

// The first pass: whether it is worth while. `present`: small pages in the cache.
ScanResult ScanCache(const MachineState& m, FileId file, uint64_t start, bool is_khugepaged, uint32_t* present) {
  uint32_t swap = 0;
  for (uint64_t index = start; index < start + kPages; ++index) {
    const CacheSlot slot = page_cache_slot(m, file, index);
    if (slot.swap_slot >= 0 && ++swap > kMaxPtesSwap && is_khugepaged) return ScanResult::exceed_swap_pte;
    if (slot.page == kNoPfn) continue;
    if (PageCompound(m, slot.page)) return ResultForHugePage(m, slot.page, start);
    if (!PageLRU(m, slot.page) || PageHWPoison(m, slot.page)) return ScanResult::page_lru;
    if (page_count(m, slot.page) != 1 + page_mapcount(m, slot.page)) return ScanResult::page_count;
    ++*present;
  }
  return ScanResult::succeed;
}

// A small page that gives way, held by one more reference.
struct OldPage {
  uint64_t index;
  Pfn page;
};

// One index of the range: its page, unmapped. Nothing is added for a hole.
ScanResult TakePage(MachineState& m, FileId file, uint64_t index, std::vector<OldPage>* old_pages) {
  const CacheSlot slot = page_cache_slot(m, file, index);
  if (slot.empty()) return ScanResult::succeed;
  int error = 0;
  const Pfn page = shmem_getpage(m, file, index, ShmemGet::read, &error);
  if (page == kNoPfn) return ScanResult::fail;
  // A page that has just come from swap still waits for its place on the list that it would be taken from.
  ScanResult result = PageLRU(m, page) ? ScanResult::succeed : ScanResult::del_page_lru;
  if (result == ScanResult::succeed) {
    if (page_mapped(m, page)) unmap_mapping_pages(m, file, index, 1, false);
    if (page_count(m, page) != 2) result = ScanResult::page_count;
  }
  if (result == ScanResult::succeed) {
    old_pages->push_back({index, page});
  } else {
    put_page(m, page);
  }
  return result;
}

// The huge page takes all slots of the range, with what the old pages held; they are freed.
void ReplacePages(MachineState& m, FileId file, uint64_t start, Pfn huge, const std::vector<OldPage>& old_pages) {
  set_page_flag(m, huge, PG_swapbacked);
  for (const OldPage& old : old_pages) {
    m.frames.SetValue(huge + static_cast<uint32_t>(old.index - start), m.frames.cold(old.page).value);
    delete_from_page_cache(m, old.page);
    put_page(m, old.page);
  }
  add_to_page_cache(m, huge, file, start);
  set_page_dirty(m, huge);
  lru_cache_add(m, huge);
  put_page(m, huge);
}

// mm/khugepaged.c:collapse_and_free_pmd(), v6.1.
void collapse_and_free_pmd(MachineState& m, MmId mm, EntryRef pmd, uint64_t address) {
  KernelFunction function(m.journal, "collapse_and_free_pmd");
  m.journal.why = "the page table of small entries gives way";
  free_pte_table(m, mm, pmd, address);
  m.journal.why = nullptr;
}

// mm/khugepaged.c:set_huge_pmd(), v6.1.
ScanResult set_huge_pmd(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t address, EntryRef pmd, Pfn huge) {
  vm_fault vmf{.mm = mm, .vma = &vma, .address = address, .pgoff = linear_page_index(vma, address), .pmd = pmd};
  if (do_set_pmd(m, vmf, huge) != VM_FAULT_NONE) return ScanResult::fail;
  get_page(m, huge);
  return ScanResult::succeed;
}

// One VMA of retract_page_tables(). What the page table holds is not looked at: "no page, write-protected" goes with it.
ScanResult RetractPageTable(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, Pfn huge, const CollapseTarget& target) {
  if (vma.anon_vma) return ScanResult::page_anon;
  const uint64_t address = vma.vm_start + ((start - vma.vm_pgoff) << kPageShift);
  if ((address & ~kPmdMask) || vma.vm_end < address + kPmdSize) return ScanResult::vma_check;
  EntryRef pmd;
  if (const ScanResult result = find_pmd_or_thp_or_none(m, mm, address, &pmd); result != ScanResult::succeed) return result;
  const bool is_target = !target.is_khugepaged && target.mm == mm && target.address == address;
  if (!target.is_khugepaged && !is_target) return ScanResult::pte_mapped_hugepage;
  if (m.rules().thp.collapse_spares_uffd_wp_tables && userfaultfd_wp(vma)) return ScanResult::pte_uffd_wp;
  collapse_and_free_pmd(m, mm, pmd, address);
  return is_target ? set_huge_pmd(m, mm, vma, address, pmd, huge) : ScanResult::succeed;
}

// mm/khugepaged.c:retract_page_tables(), v5.14 and v6.1. The result is that for the target's place.
ScanResult retract_page_tables(MachineState& m, FileId file, uint64_t start, Pfn huge, const CollapseTarget& target) {
  KernelFunction function(m.journal, "retract_page_tables");
  ScanResult target_result = ScanResult::fail;
  for (uint32_t i = 0; i < m.mms.size(); ++i) {
    for (vm_area_struct& vma : m.mms[i].vmas) {
      const uint64_t vma_pages = (vma.vm_end - vma.vm_start) >> kPageShift;
      if (vma.vm_file != file || start < vma.vm_pgoff || start >= vma.vm_pgoff + vma_pages) continue;
      const uint64_t address = vma.vm_start + ((start - vma.vm_pgoff) << kPageShift);
      const ScanResult result = RetractPageTable(m, MmId{i}, vma, start, huge, target);
      if (!target.is_khugepaged && target.mm == MmId{i} && target.address == address) target_result = result;
    }
  }
  return target.is_khugepaged ? ScanResult::succeed : target_result;
}

// mm/khugepaged.c:collapse_file(), v5.14 and v6.1, for shmem. Where it fails, pages that were unmapped on the way stay so.
ScanResult collapse_file(MachineState& m, FileId file, uint64_t start, const CollapseTarget& target) {
  KernelFunction function(m.journal, "collapse_file");
  const std::optional<Pfn> huge = alloc_page(m, kHpagePmdOrder);
  if (!huge) return ScanResult::alloc_huge_page_fail;
  std::vector<OldPage> old_pages;
  bool any = false;
  ScanResult result = ScanResult::succeed;
  for (uint64_t index = start; index < start + kPages && result == ScanResult::succeed; ++index) {
    any |= !page_cache_slot(m, file, index).empty();
    result = TakePage(m, file, index, &old_pages);
  }
  if (!any) result = ScanResult::truncated;
  if (result != ScanResult::succeed) {
    for (const OldPage& old : old_pages) put_page(m, old.page);
    put_page(m, *huge);
    return result;
  }
  ReplacePages(m, file, start, *huge, old_pages);
  Point(m, "collapse.before-retract", {.page = *huge});
  return retract_page_tables(m, file, start, *huge, target);
}

// Whether every small entry of the table is none or names its part of the huge page; counts the latter.
ScanResult CheckSmallEntries(const MachineState& m, EntryRef pmd, uint64_t address, Pfn huge, uint32_t* count) {
  const Encoding& e = m.encoding();
  for (uint32_t i = 0; i < kPages; ++i) {
    const pte_t pte = ptep_get(m, pte_offset_map(m, pmd, address) + i);
    if (pte_none(e, pte)) continue;
    if (!pte_present(e, pte)) return ScanResult::pte_non_present;
    if (vm_normal_page(m, pte) != huge + i) return ScanResult::fail;
    ++*count;
  }
  return ScanResult::succeed;
}

void DropSmallEntries(MachineState& m, MmId mm, EntryRef pmd, uint64_t address, Pfn huge, uint32_t count) {
  for (uint32_t i = 0; i < kPages; ++i) {
    const EntryRef ptep = pte_offset_map(m, pmd, address) + i;
    if (pte_none(m.encoding(), ptep_get(m, ptep))) continue;
    page_remove_rmap(m, huge + i, false);
    put_page(m, huge);
  }
  add_mm_counter(m, mm, mm_counter_file(m, huge), -int64_t{count});
}

}  // namespace

// mm/huge_memory.c:hugepage_vma_check(), v6.1, with enforce_sysfs, in_pf and smaps false.
bool hugepage_vma_check(const MachineState& m, const vm_area_struct& vma) {
  if (!m.encoding().transparent_hugepage || (vma.vm_flags & (VM_NOHUGEPAGE | VM_HUGETLB | VM_PFNMAP | VM_MIXEDMAP))) return false;
  if (vma.vm_end - vma.vm_start < kPmdSize || !transhuge_vma_suitable(vma, (vma.vm_end - kPmdSize) & kPmdMask)) return false;
  return vma_is_shmem(vma) || static_cast<bool>(vma.anon_vma);
}

ScanResult find_pmd_or_thp_or_none(const MachineState& m, MmId mm, uint64_t address, EntryRef* pmd) {
  const Encoding& e = m.encoding();
  const std::optional<EntryRef> found = find_pmd(m, mm, address);
  if (!found) return ScanResult::pmd_null;
  *pmd = *found;
  const pmd_t value = pmdp_get(m, *found);
  if (pmd_none(e, value)) return ScanResult::pmd_none;
  if (!pmd_present(e, value)) return ScanResult::pmd_null;
  return pmd_trans_huge(e, value) ? ScanResult::pmd_mapped : ScanResult::succeed;
}

// mm/khugepaged.c, v6.1. The entries are not cleared one by one: their table goes.
ScanResult collapse_pte_mapped_thp(MachineState& m, MmId mm, uint64_t address, bool install_pmd) {
  KernelFunction function(m.journal, "collapse_pte_mapped_thp");
  EntryRef pmd;
  const ScanResult found = find_pmd_or_thp_or_none(m, mm, address, &pmd);
  if (found == ScanResult::pmd_mapped) return found;
  vm_area_struct* vma = vma_lookup(m, mm, address);
  if (!vma || !vma->vm_file || vma->vm_end < address + kPmdSize || !hugepage_vma_check(m, *vma)) return ScanResult::vma_check;
  if (userfaultfd_wp(*vma)) return ScanResult::pte_uffd_wp;
  const Pfn huge = page_cache_slot(m, vma->vm_file, linear_page_index(*vma, address)).page;
  if (huge == kNoPfn) return ScanResult::page_null;
  if (!PageCompound(m, huge) || compound_head(m, huge) != huge) return ScanResult::fail;
  if (found == ScanResult::succeed) {
    uint32_t count = 0;
    if (const ScanResult result = CheckSmallEntries(m, pmd, address, huge, &count); result != ScanResult::succeed) return result;
    DropSmallEntries(m, mm, pmd, address, huge, count);
    collapse_and_free_pmd(m, mm, pmd, address);
  } else if (found != ScanResult::pmd_none) {
    return found;
  }
  return install_pmd ? set_huge_pmd(m, mm, *vma, address, pmd, huge) : ScanResult::succeed;
}

ScanResult collapse_scan_file(MachineState& m, FileId file, uint64_t start, const CollapseTarget& target) {
  KernelFunction function(m.journal, "hpage_collapse_scan_file");
  PTERON_CHECK(start % kPages == 0, "2 MiB of a file start at a multiple of 2 MiB");
  uint32_t present = 0;
  if (const ScanResult result = ScanCache(m, file, start, target.is_khugepaged, &present); result != ScanResult::succeed) return result;
  if (target.is_khugepaged && present == 0) return ScanResult::exceed_none_pte;  // max_ptes_none is 511
  return collapse_file(m, file, start, target);
}

ScanResult khugepaged_file(MachineState& m, FileId file, uint64_t start) {
  const ScanResult result = collapse_scan_file(m, file, start, CollapseTarget{});
  if (result != ScanResult::pte_mapped_hugepage) return result;
  ScanResult last = ScanResult::succeed;
  for (uint32_t i = 0; i < m.mms.size(); ++i) {
    for (size_t k = 0; k < m.mms[i].vmas.size(); ++k) {
      const vm_area_struct& vma = m.mms[i].vmas[k];
      const uint64_t address = vma.vm_start + ((start - vma.vm_pgoff) << kPageShift);
      if (vma.vm_file != file || start < vma.vm_pgoff || address >= vma.vm_end || (address & ~kPmdMask)) continue;
      const ScanResult one = collapse_pte_mapped_thp(m, MmId{i}, address, false);
      if (one != ScanResult::succeed && one != ScanResult::pmd_mapped) last = one;
    }
  }
  return last;
}

}  // namespace pteron
