// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/fs/proc/task_mmu.h"

#include <algorithm>

#include "pteron/arch/x86/hugetlb.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/pte_marker.h"
#include "pteron/arch/x86/swapops.h"
#include "src/mm/hugetlb.h"
#include "src/mm/mmap.h"
#include "src/mm/shmem.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// What include/linux/mm.h:pmd_trans_huge_lock() takes: a word that is a whole huge page, present or being moved.
bool IsHugePmd(const Encoding& e, pmd_t pmd) { return is_swap_pmd(e, pmd) || pmd_trans_huge(e, pmd) || pmd_devmap(e, pmd); }

Pfn pfn_swap_entry_to_page(const Encoding& e, swp_entry_t entry) {
  return Pfn{static_cast<uint32_t>(swp_offset_pfn(e, entry))};
}

const vm_area_struct* FindVma(const MachineState& m, MmId mm, uint64_t address) {
  const std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  const auto at = std::upper_bound(vmas.begin(), vmas.end(), address, [](uint64_t a, const vm_area_struct& vma) { return a < vma.vm_end; });
  return at == vmas.end() || at->vm_start > address ? nullptr : &*at;
}

// ---- clear_refs

// clear_soft_dirty(): the entry forgets that it was written, and loses write permission so that the next write is seen.
void clear_soft_dirty(MachineState& m, MmId mm, uint64_t address, EntryRef ptep) {
  const Encoding& e = m.encoding();
  const pte_t pte = ptep_get(m, ptep);
  if (pte_present(e, pte)) {
    set_pte_at(m, mm, address, ptep, pte_clear_soft_dirty(e, pte_wrprotect(e, pte)));
  } else if (pte_has_swap_entry(e, pte)) {
    set_pte_at(m, mm, address, ptep, pte_swp_clear_soft_dirty(e, pte));
  }
}

// clear_soft_dirty_pmd().
void clear_soft_dirty_pmd(MachineState& m, MmId mm, uint64_t address, EntryRef pmdp) {
  const Encoding& e = m.encoding();
  const pmd_t pmd = pmdp_get(m, pmdp);
  if (pmd_present(e, pmd)) {
    set_pmd_at(m, mm, address, pmdp, pmd_clear_soft_dirty(e, pmd_wrprotect(e, pmd)));
  } else if (is_pmd_migration_entry(e, pmd)) {
    set_pmd_at(m, mm, address, pmdp, pmd_swp_clear_soft_dirty(e, pmd));
  }
}

// ptep_test_and_clear_young() of clear_refs_pte_range().
void clear_young(MachineState& m, MmId mm, uint64_t address, EntryRef ptep) {
  const Encoding& e = m.encoding();
  const pte_t pte = ptep_get(m, ptep);
  if (!pte_present(e, pte)) return;
  if (vm_normal_page(m, pte) == kNoPfn) return;
  set_pte_at(m, mm, address, ptep, pte_mkold(e, pte));
}

// pmdp_test_and_clear_young() of clear_refs_pte_range().
void clear_young_pmd(MachineState& m, MmId mm, uint64_t address, EntryRef pmdp) {
  const Encoding& e = m.encoding();
  const pmd_t pmd = pmdp_get(m, pmdp);
  if (!pmd_present(e, pmd)) return;
  set_pmd_at(m, mm, address, pmdp, pmd_mkold(e, pmd));
}

// clear_refs_pte_range(): the part [address, end) of one VMA under one PMD.
void clear_refs_pte_range(MachineState& m, MmId mm, EntryRef pmdp, uint64_t address, uint64_t end, ClearRefsType type) {
  KernelFunction function(m.journal, "clear_refs_pte_range");
  const Encoding& e = m.encoding();
  const bool soft_dirty = type == ClearRefsType::soft_dirty;
  if (soft_dirty && !m.kernel->facts().soft_dirty) return;
  const pmd_t pmd = pmdp_get(m, pmdp);
  if (IsHugePmd(e, pmd)) return soft_dirty ? clear_soft_dirty_pmd(m, mm, address, pmdp) : clear_young_pmd(m, mm, address, pmdp);
  if (pmd_none(e, pmd)) return;
  for (EntryRef ptep = pte_offset_map(m, pmdp, address); address != end; address += kPageSize, ++ptep.index) {
    soft_dirty ? clear_soft_dirty(m, mm, address, ptep) : clear_young(m, mm, address, ptep);
  }
}

// ---- smaps

// smaps_account() of a page or (compound) of a whole huge page. What it counts of sharing falls out of the sums.
void smaps_account(const MachineState& m, Pfn page, bool compound, bool dirty, Smaps& smaps) {
  const uint64_t pages = compound ? kPtesPerPmd : 1;
  if (PageAnon(m, page)) smaps.anonymous += pages;
  smaps.rss += pages;
  if (dirty || PageDirty(m, page)) smaps.dirty += pages;
}

// What smaps needs to know of a VMA before it walks.
struct SmapsWalk {
  const vm_area_struct& vma;
  bool look_up_holes;  // private writable shmem whose file has something in swap: each hole asks the page cache
};

// smaps_pte_hole(): no table covers [address, end).
void smaps_pte_hole(const MachineState& m, const SmapsWalk& walk, uint64_t address, uint64_t end, Smaps& smaps) {
  if (!walk.look_up_holes || m.rules().proc.smaps_hole_lookup == SmapsHoleLookup::address_as_index) return;
  smaps.swap += shmem_partial_swap_usage(m, walk.vma.vm_file, linear_page_index(walk.vma, address), linear_page_index(walk.vma, end));
}

// smaps_pte_entry(). The special PTE counts as none; a marker has a swap entry's form and is passed over.
void smaps_pte_entry(const MachineState& m, const SmapsWalk& walk, uint64_t address, pte_t pte, Smaps& smaps) {
  const Encoding& e = m.encoding();
  if (pte_present(e, pte)) {
    const Pfn page = vm_normal_page(m, pte);
    if (page != kNoPfn) smaps_account(m, page, false, pte_dirty(e, pte), smaps);
    return;
  }
  if (pte_has_swap_entry(e, pte)) {
    const swp_entry_t entry = pte_to_swp_entry(e, pte);
    if (!non_swap_entry(e, entry)) {
      ++smaps.swap;
    } else if (is_pfn_swap_entry(e, entry)) {
      smaps_account(m, pfn_swap_entry_to_page(e, entry), false, false, smaps);
    }
    return;
  }
  if (!walk.look_up_holes) return;
  const uint64_t index = linear_page_index(walk.vma, address);
  smaps.swap += shmem_partial_swap_usage(m, walk.vma.vm_file, index, index + 1);
}

// smaps_pmd_entry().
void smaps_pmd_entry(const MachineState& m, pmd_t pmd, Smaps& smaps) {
  const Encoding& e = m.encoding();
  if (pmd_present(e, pmd)) {
    if (m.rules().proc.smaps_passes_over_protnone_pmd && pmd_protnone(e, pmd)) return;
    const Pfn page = vm_normal_page_pmd(m, pmd);
    if (page != kNoPfn) smaps_account(m, page, true, pmd_dirty(e, pmd), smaps);
  } else if (is_pmd_migration_entry(e, pmd)) {
    smaps_account(m, pfn_swap_entry_to_page(e, pmd_to_swp_entry(e, pmd)), true, false, smaps);
  }
}

// ---- pagemap

// pte_to_pagemap_entry().
PagemapEntry pte_to_pagemap_entry(const MachineState& m, const vm_area_struct& vma, pte_t pte) {
  const Encoding& e = m.encoding();
  const ProcRules& rules = m.rules().proc;
  PagemapEntry out;
  Pfn page = kNoPfn;
  bool migration = false;
  if (pte_present(e, pte)) {
    out.present = true;
    page = vm_normal_page(m, pte);
    out.soft_dirty = pte_soft_dirty(e, pte);
    out.uffd_wp = pte_uffd_wp(e, pte);
  } else if (is_swap_special_pte(e, pte)) {
    out.uffd_wp = rules.pagemap_special_pte_shows_wp;
  } else if (is_swap_pte(e, pte)) {
    const swp_entry_t entry = pte_to_swp_entry(e, pte);
    out.swap = true;
    out.soft_dirty = pte_swp_soft_dirty(e, pte);
    out.uffd_wp = pte_swp_uffd_wp_any(e, pte);
    out.guard = is_guard_swp_entry(e, entry);
    migration = is_migration_entry(e, entry);
    if (is_pfn_swap_entry(e, entry)) page = pfn_swap_entry_to_page(e, entry);
  }
  if (page != kNoPfn) {
    out.file = !PageAnon(m, page);
    out.exclusive = (!migration || rules.pagemap_migration_shows_exclusive) && page_mapcount(m, page) == 1;
  }
  if (vma.vm_flags & VM_SOFTDIRTY) out.soft_dirty = true;
  return out;
}

// pagemap_pmd_range() for a huge entry.
PagemapEntry huge_pmd_to_pagemap_entry(const MachineState& m, const vm_area_struct& vma, pmd_t pmd) {
  const Encoding& e = m.encoding();
  const ProcRules& rules = m.rules().proc;
  PagemapEntry out;
  Pfn page = kNoPfn;
  bool zero_page = false;
  bool migration = false;
  if (pmd_present(e, pmd)) {
    out.present = true;
    page = vm_normal_page_pmd(m, pmd);
    zero_page = page == kNoPfn;
    out.soft_dirty = pmd_soft_dirty(e, pmd);
    out.uffd_wp = pmd_uffd_wp(e, pmd);
  } else {
    out.swap = true;
    out.soft_dirty = pmd_swp_soft_dirty(e, pmd);
    out.uffd_wp = pmd_swp_uffd_wp(e, pmd);
    migration = true;
    page = pfn_swap_entry_to_page(e, pmd_to_swp_entry(e, pmd));
  }
  if (rules.pagemap_huge_pmd_shows_file) out.file = zero_page || !PageAnon(m, page);
  if (!zero_page) out.exclusive = (!migration || rules.pagemap_migration_shows_exclusive) && page_mapcount(m, page) == 1;
  if (vma.vm_flags & VM_SOFTDIRTY) out.soft_dirty = true;
  return out;
}

// pagemap_hugetlb_range().
PagemapEntry hugetlb_to_pagemap_entry(const MachineState& m, const vm_area_struct& vma, pte_t pte) {
  const Encoding& e = m.encoding();
  PagemapEntry out;
  out.soft_dirty = vma.vm_flags & VM_SOFTDIRTY;
  if (pte_present(e, pte)) {
    const Pfn page{static_cast<uint32_t>(pte_pfn(e, pte))};
    out.present = true;
    out.file = !PageAnon(m, page);
    out.exclusive = page_mapcount(m, page) == 1;
    out.uffd_wp = m.rules().proc.pagemap_hugetlb_shows_wp && huge_pte_uffd_wp(e, pte);
  } else if (m.rules().proc.pagemap_hugetlb_shows_wp) {
    out.uffd_wp = is_swap_special_pte(e, pte) || pte_swp_uffd_wp_any(e, pte);
  }
  return out;
}

}  // namespace

// Kernel: fs/proc/task_mmu.c:clear_refs_write(), 5.14 to 6.1, with what is written being 1 or 4. No pages are pinned here. Hugetlb
// VMAs are passed over.
int clear_refs_write(MachineState& m, MmId mm, ClearRefsType type) {
  KernelFunction function(m.journal, "clear_refs_write");
  if (type == ClearRefsType::soft_dirty) {
    for (vm_area_struct& vma : m.mm(mm).vmas) {
      if (!(vma.vm_flags & VM_SOFTDIRTY)) continue;
      vma.vm_flags &= ~uint64_t{VM_SOFTDIRTY};
      vma_set_page_prot(m, vma);
    }
  }
  for (const vm_area_struct& vma : m.mm(mm).vmas) {
    if (is_vm_hugetlb_page(vma) || (vma.vm_flags & VM_PFNMAP)) continue;
    for (uint64_t address = vma.vm_start; address < vma.vm_end;) {
      const uint64_t next = pmd_addr_end(address, vma.vm_end);
      if (const std::optional<EntryRef> pmd = find_pmd(m, mm, address)) clear_refs_pte_range(m, mm, *pmd, address, next, type);
      address = next;
    }
  }
  return 0;
}

// Kernel: fs/proc/task_mmu.c:smap_gather_stats(), 5.14 to 6.1. Hugetlb's pages are counted apart by the kernel and not here.
Smaps show_smap(const MachineState& m, MmId mm, const vm_area_struct& vma) {
  Smaps smaps;
  if (is_vm_hugetlb_page(vma)) return smaps;
  SmapsWalk walk{vma, false};
  if (vma_is_shmem(vma)) {
    const uint64_t swapped =
        shmem_partial_swap_usage(m, vma.vm_file, linear_page_index(vma, vma.vm_start), linear_page_index(vma, vma.vm_end));
    // Where every page in swap belongs to the file, the file's own count is enough.
    walk.look_up_holes = swapped != 0 && !(vma.vm_flags & VM_SHARED) && (vma.vm_flags & VM_WRITE);
    if (!walk.look_up_holes) smaps.swap += swapped;
  }
  for (uint64_t address = vma.vm_start; address < vma.vm_end;) {
    const uint64_t next = pmd_addr_end(address, vma.vm_end);
    const std::optional<EntryRef> pmdp = find_pmd(m, mm, address);
    const pmd_t pmd = pmdp ? pmdp_get(m, *pmdp) : pmd_t{0};
    if (pmd_none(m.encoding(), pmd)) {
      smaps_pte_hole(m, walk, address, next, smaps);
    } else if (IsHugePmd(m.encoding(), pmd)) {
      smaps_pmd_entry(m, pmd, smaps);
    } else {
      for (EntryRef ptep = pte_offset_map(m, *pmdp, address); address != next; address += kPageSize, ++ptep.index) {
        smaps_pte_entry(m, walk, address, ptep_get(m, ptep), smaps);
      }
    }
    address = next;
  }
  return smaps;
}

// Kernel: fs/proc/task_mmu.c:pagemap_read() of one page, 5.14 to 6.1, for a reader with CAP_SYS_ADMIN; the frame is left out.
PagemapEntry pagemap_read(const MachineState& m, MmId mm, uint64_t address) {
  const vm_area_struct* const vma = FindVma(m, mm, address);
  if (vma == nullptr) return {};
  PagemapEntry hole;
  hole.soft_dirty = vma->vm_flags & VM_SOFTDIRTY;
  if (is_vm_hugetlb_page(*vma)) {
    const std::optional<EntryRef> entry = huge_pte_offset(m, mm, address);
    return entry ? hugetlb_to_pagemap_entry(m, *vma, ptep_get(m, *entry)) : hole;
  }
  const std::optional<EntryRef> pmdp = find_pmd(m, mm, address);
  const pmd_t pmd = pmdp ? pmdp_get(m, *pmdp) : pmd_t{0};
  if (pmd_none(m.encoding(), pmd)) return hole;
  if (IsHugePmd(m.encoding(), pmd)) return huge_pmd_to_pagemap_entry(m, *vma, pmd);
  return pte_to_pagemap_entry(m, *vma, ptep_get(m, pte_offset_map(m, *pmdp, address)));
}

// Kernel: fs/proc/page.c:stable_page_flags(), 5.14 to 6.1. Dirty and swap-backed are those of the very page, which in a part of a huge
// page are never set; anon and swap cache are the whole's.
KpageFlags stable_page_flags(const MachineState& m, Pfn page) {
  KpageFlags out;
  out.anon = PageAnon(m, page);
  out.dirty = page_flag(m, page, PG_dirty);
  out.swapcache = PageSwapBacked(m, page) && PageSwapCache(m, page);
  out.swapbacked = page_flag(m, page, PG_swapbacked);
  out.huge = PageHuge(m, page);
  out.thp = PageTransHuge(m, page);
  out.hwpoison = page_flag(m, page, PG_hwpoison);
  return out;
}

}  // namespace pteron
