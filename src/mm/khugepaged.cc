// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// mm/khugepaged.c: anonymous memory, and madvise(). Files are in khugepaged_file.cc.
#include "src/mm/khugepaged.h"

#include <cerrno>

#include "src/mm/do_swap_page.h"
#include "src/mm/khugepaged_file.h"
#include "src/mm/rmap.h"
#include "src/mm/swap.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr uint32_t kPages = kPtesPerPmd;

// What the scan of one page table has to know.
struct CollapsePlace {
  MmId mm;
  const vm_area_struct& vma;
  EntryRef pmd;
  uint64_t address;  // bytes, of the 2 MiB
};

// is_refcount_suitable(): entries and the swap cache are all that hold the page.
bool is_refcount_suitable(const MachineState& m, Pfn page) {
  const Pfn head = compound_head(m, page);
  const uint32_t cached = PageSwapCache(m, head) ? m.frames.nr(head) : 0;
  return page_count(m, head) == total_mapcount(m, head) + cached;
}

bool IsNoneOrZero(const MachineState& m, pte_t pte) {
  const Encoding& e = m.encoding();
  return pte_none(e, pte) || (pte_present(e, pte) && vm_normal_page(m, pte) == kNoPfn);
}

// A present entry with a page: whether that can be collapsed. Memory that failed is on no LRU list.
ScanResult ScanPage(const MachineState& m, pte_t pte) {
  if (pte_uffd_wp(m.encoding(), pte)) return ScanResult::pte_uffd_wp;
  const Pfn page = vm_normal_page(m, pte);
  if (!PageLRU(m, page) || PageHWPoison(m, page)) return ScanResult::page_lru;
  if (!PageAnon(m, page)) return ScanResult::page_anon;
  return is_refcount_suitable(m, page) ? ScanResult::succeed : ScanResult::page_count;
}

// The scan of hpage_collapse_scan_pmd(). Counts entries that are to be brought back first.
ScanResult ScanTable(const MachineState& m, const CollapsePlace& place, uint32_t* unmapped) {
  const Encoding& e = m.encoding();
  bool writable = false;
  for (uint32_t i = 0; i < kPages; ++i) {
    const pte_t pte = ptep_get(m, pte_offset_map(m, place.pmd, place.address) + i);
    if (is_swap_pte(e, pte)) {
      ++*unmapped;
      if (pte_swp_uffd_wp(e, pte)) return ScanResult::pte_uffd_wp;
      continue;
    }
    if (IsNoneOrZero(m, pte)) {
      if (userfaultfd_armed(place.vma)) return ScanResult::exceed_none_pte;
      continue;
    }
    writable |= pte_write(e, pte);
    if (const ScanResult result = ScanPage(m, pte); result != ScanResult::succeed) return result;
  }
  return writable ? ScanResult::succeed : ScanResult::page_ro;
}

// mm/khugepaged.c:__collapse_huge_page_isolate(), v6.1: the same questions once more, now that everything has been brought back.
ScanResult __collapse_huge_page_isolate(const MachineState& m, const CollapsePlace& place) {
  const Encoding& e = m.encoding();
  bool writable = false;
  for (uint32_t i = 0; i < kPages; ++i) {
    const pte_t pte = ptep_get(m, pte_offset_map(m, place.pmd, place.address) + i);
    if (IsNoneOrZero(m, pte)) {
      if (userfaultfd_armed(place.vma)) return ScanResult::exceed_none_pte;
      continue;
    }
    if (!pte_present(e, pte)) return ScanResult::pte_non_present;
    if (pte_uffd_wp(e, pte)) return ScanResult::pte_uffd_wp;
    const Pfn page = vm_normal_page(m, pte);
    if (!is_refcount_suitable(m, page)) return ScanResult::page_count;
    if (!PageLRU(m, page)) return ScanResult::del_page_lru;
    writable |= pte_write(e, pte);
  }
  return writable ? ScanResult::succeed : ScanResult::page_ro;
}

// mm/khugepaged.c:__collapse_huge_page_swapin(), v6.1: one entry that is not present.
ScanResult SwapIn(MachineState& m, const CollapsePlace& place, EntryRef ptep, uint64_t address) {
  const Encoding& e = m.encoding();
  const pte_t pte = ptep_get(m, ptep);
  const swp_entry_t entry = pte_to_swp_entry(e, pte);
  if (is_migration_entry(e, entry)) return ScanResult::waits;
  if (swp_type(entry) != 0) return ScanResult::fail;  // hwpoison, an unreadable page
  vm_fault vmf{.mm = place.mm,
               .vma = vma_lookup(m, place.mm, address),
               .flags = FAULT_FLAG_ALLOW_RETRY,
               .address = address,
               .pmd = place.pmd,
               .pte = ptep,
               .orig_pte = pte,
               .orig_pte_valid = true};
  return do_swap_page(m, vmf) & kVmFaultError ? ScanResult::fail : ScanResult::succeed;
}

// mm/khugepaged.c:__collapse_huge_page_swapin().
ScanResult __collapse_huge_page_swapin(MachineState& m, const CollapsePlace& place) {
  KernelFunction function(m.journal, "__collapse_huge_page_swapin");
  for (uint32_t i = 0; i < kPages; ++i) {
    const EntryRef ptep = pte_offset_map(m, place.pmd, place.address) + i;
    if (!is_swap_pte(m.encoding(), ptep_get(m, ptep))) continue;
    if (const ScanResult result = SwapIn(m, place, ptep, place.address + i * kPageSize); result != ScanResult::succeed) return result;
  }
  lru_add_drain(m);
  return ScanResult::succeed;
}

// mm/khugepaged.c:__collapse_huge_page_copy(), v6.1: the huge page gets every page's content, and the entries go.
void __collapse_huge_page_copy(MachineState& m, const CollapsePlace& place, Pfn huge) {
  KernelFunction function(m.journal, "__collapse_huge_page_copy");
  for (uint32_t i = 0; i < kPages; ++i) {
    const EntryRef ptep = pte_offset_map(m, place.pmd, place.address) + i;
    const pte_t pte = ptep_get(m, ptep);
    pte_clear(m, place.mm, place.address + i * kPageSize, ptep);
    if (IsNoneOrZero(m, pte)) {
      add_mm_counter(m, place.mm, MM_ANONPAGES, 1);
      continue;
    }
    const Pfn page = vm_normal_page(m, pte);
    m.frames.SetValue(huge + i, m.frames.cold(page).value);
    page_remove_rmap(m, page, false);
    free_page_and_swap_cache(m, page);
  }
}

// The empty page table is kept for the day on which the huge entry is split.
void DepositTable(MachineState& m, const CollapsePlace& place) {
  free_pte_table(m, place.mm, place.pmd, place.address);
  ++m.mm(place.mm).tables;
  ++m.mm(place.mm).deposited_tables;
}

// mm/khugepaged.c:collapse_huge_page(), v6.1. Nothing can change while the kernel lets go of mmap_lock: the VMA stays what it is.
ScanResult collapse_huge_page(MachineState& m, const CollapsePlace& place, bool unmapped) {
  KernelFunction function(m.journal, "collapse_huge_page");
  const Encoding& e = m.encoding();
  const std::optional<Pfn> huge = alloc_page(m, kHpagePmdOrder);
  if (!huge) return ScanResult::alloc_huge_page_fail;
  ScanResult result = unmapped ? __collapse_huge_page_swapin(m, place) : ScanResult::succeed;
  if (result == ScanResult::succeed) result = __collapse_huge_page_isolate(m, place);
  if (result != ScanResult::succeed) {
    put_page(m, *huge);
    return result;
  }
  __collapse_huge_page_copy(m, place, *huge);
  DepositTable(m, place);
  pmd_t pmd = pmd_mkdirty(e, pmd_mkhuge(e, mk_pmd(m, *huge, place.vma.vm_page_prot)));
  if (place.vma.vm_flags & VM_WRITE) pmd = pmd_mkwrite(e, pmd);
  page_add_new_anon_rmap(m, *huge, place.vma, place.address, true);
  lru_cache_add(m, *huge);
  m.journal.why = "512 small entries become one";
  set_pmd_at(m, place.mm, place.address, place.pmd, pmd);
  m.journal.why = nullptr;
  return ScanResult::succeed;
}

// mm/khugepaged.c:hpage_collapse_scan_pmd(), v6.1, for madvise(), which minds neither how many entries are none, shared or swapped nor
// whether any was used lately.
ScanResult hpage_collapse_scan_pmd(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t address) {
  KernelFunction function(m.journal, "hpage_collapse_scan_pmd");
  EntryRef pmd;
  if (const ScanResult result = find_pmd_or_thp_or_none(m, mm, address, &pmd); result != ScanResult::succeed) return result;
  const CollapsePlace place{mm, vma, pmd, address};
  uint32_t unmapped = 0;
  const ScanResult result = ScanTable(m, place, &unmapped);
  return result == ScanResult::succeed ? collapse_huge_page(m, place, unmapped > 0) : result;
}

// Whether madvise_collapse() goes on to the next 2 MiB.
bool GoesOnAfter(ScanResult result) {
  switch (result) {
    case ScanResult::succeed:
    case ScanResult::pmd_mapped:
    case ScanResult::pmd_null:
    case ScanResult::pte_non_present:
    case ScanResult::pte_uffd_wp:
    case ScanResult::page_ro:
    case ScanResult::page_null:
    case ScanResult::page_count:
    case ScanResult::page_compound:
    case ScanResult::page_lru:
    case ScanResult::del_page_lru: return true;
    default: return false;
  }
}

// One 2 MiB of madvise_collapse().
ScanResult CollapseOne(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t address) {
  if (vma_is_anonymous(vma)) return hpage_collapse_scan_pmd(m, mm, vma, address);
  const CollapseTarget target{.is_khugepaged = false, .mm = mm, .address = address};
  const ScanResult result = collapse_scan_file(m, vma.vm_file, linear_page_index(vma, address), target);
  return result == ScanResult::pte_mapped_hugepage ? collapse_pte_mapped_thp(m, mm, address, true) : result;
}

}  // namespace

// mm/khugepaged.c, v6.1.
int madvise_collapse_errno(ScanResult result) {
  switch (result) {
    case ScanResult::succeed: return 0;
    case ScanResult::alloc_huge_page_fail: return -ENOMEM;
    case ScanResult::page_count:
    case ScanResult::page_lru:
    case ScanResult::del_page_lru: return -EAGAIN;
    case ScanResult::waits: return kRepeatsForEver;
    default: return -EINVAL;
  }
}

// mm/khugepaged.c, v6.1. A range without a whole 2 MiB is fine where it starts or ends at their border, and -EINVAL where it lies between.
int madvise_collapse(MachineState& m, MmId mm, uint64_t start, uint64_t end) {
  KernelFunction function(m.journal, "madvise_collapse");
  const vm_area_struct& vma = *vma_lookup(m, mm, start);
  if (!hugepage_vma_check(m, vma)) return -EINVAL;
  lru_add_drain(m);
  const uint64_t hstart = (start + kPmdSize - 1) & kPmdMask;
  const uint64_t hend = end & kPmdMask;
  uint64_t collapsed = 0;
  ScanResult last_fail = ScanResult::fail;
  for (uint64_t address = hstart; address < hend; address += kPmdSize) {
    const ScanResult result = CollapseOne(m, mm, vma, address);
    if (result == ScanResult::succeed || result == ScanResult::pmd_mapped) {
      ++collapsed;
      continue;
    }
    last_fail = result;
    if (!GoesOnAfter(result)) break;
  }
  return collapsed == (hend - hstart) >> kPmdShift ? 0 : madvise_collapse_errno(last_fail);
}

}  // namespace pteron
