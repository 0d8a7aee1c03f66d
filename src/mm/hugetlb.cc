// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/hugetlb.h"

#include <algorithm>
#include <cerrno>

#include "pteron/arch/x86/classify.h"
#include "pteron/arch/x86/hugetlb.h"
#include "src/fs/userfaultfd.h"
#include "src/mm/fault_plan.h"
#include "src/mm/hugetlb_entry.h"
#include "src/mm/hugetlb_reserve.h"
#include "src/mm/rmap.h"
#include "src/mm/zap_plan.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// include/linux/hugetlb.h:hugetlb_count_add(), in huge pages; hugetlb_count_sub() with a negative count.
void hugetlb_count_add(MachineState& m, MmId mm, int64_t huge_pages) {
  m.mm(mm).hugetlb_usage += huge_pages * static_cast<int64_t>(kHugePagePages);
}

Pfn CachedPage(const MachineState& m, FileId file, uint64_t index) {
  const std::vector<CacheSlot>& cache = m.file(file).cache;
  return index < cache.size() ? cache[index].page : kNoPfn;
}

// huge_add_to_page_cache(): the cache takes a reference; the page counts as dirty and its reservation as used.
void huge_add_to_page_cache(MachineState& m, FileId file, uint64_t index, Pfn page) {
  std::vector<CacheSlot>& cache = m.file(file).cache;
  if (index >= cache.size()) cache.resize(index + 1);
  cache[index].page = page;
  get_page(m, page);
  m.frames.SetMapping(page, file.value, index);
  m.frames.mutable_cold(page).hugetlb_restore_reserve = false;
  set_page_dirty(m, page);
}

// mm/hugetlb.c:make_huge_pte(): young, and dirty where it is writable.
pte_t make_huge_pte(const MachineState& m, const vm_area_struct& vma, Pfn page, bool writable) {
  const Encoding& e = m.encoding();
  const pte_t base = mk_pte(m, page, vma.vm_page_prot);
  const pte_t entry = writable ? huge_pte_mkwrite(e, huge_pte_mkdirty(e, base)) : huge_pte_wrprotect(e, base);
  return pte_mkhuge(e, pte_mkyoung(e, entry));
}

// mm/hugetlb.c:set_huge_ptep_writable().
void set_huge_ptep_writable(MachineState& m, MmId mm, uint64_t address, EntryRef ptep) {
  const Encoding& e = m.encoding();
  set_huge_pte_at(m, mm, address, ptep, huge_pte_mkwrite(e, huge_pte_mkdirty(e, huge_ptep_get(m, ptep))));
}

// One fault, as hugetlb_fault() carries it to its parts.
struct HugeFault {
  MmId mm;
  vm_area_struct& vma;
  uint64_t address;  // of the huge page
  uint32_t flags;
  EntryRef ptep;
  uint64_t index;    // huge-page offset in the file
  bool write() const { return flags & FAULT_FLAG_WRITE; }
};

// mm/hugetlb.c:hugetlb_handle_userfault(): the address is that of the huge page.
vm_fault_t hugetlb_handle_userfault(MachineState& m, const HugeFault& fault, UffdReason reason) {
  vm_fault vmf{.mm = fault.mm, .vma = &fault.vma, .flags = fault.flags, .address = fault.address, .pgoff = 0};
  return handle_userfault(m, vmf, reason);
}

// unmap_ref_private(): takes the page from the children's private mappings, so that the owner of the reservation can have one.
void unmap_ref_private(MachineState& m, const HugeFault& fault, Pfn page);

// hugetlb_wp() (5.19; hugetlb_cow() before): a write to a write-protected entry.
vm_fault_t hugetlb_wp(MachineState& m, const HugeFault& fault, Pfn pagecache_page) {
  KernelFunction function(m.journal, "hugetlb_wp");
  const Encoding& e = m.encoding();
  const pte_t pte = huge_ptep_get(m, fault.ptep);
  if (m.rules().hugetlb.shared_write_never_copies) {
    if (huge_pte_uffd_wp(e, pte)) return VM_FAULT_NONE;
    if (fault.vma.vm_flags & VM_MAYSHARE) {
      set_huge_ptep_writable(m, fault.mm, fault.address, fault.ptep);
      return VM_FAULT_NONE;
    }
  }
  const Pfn old_page{static_cast<uint32_t>(pte_pfn(e, pte))};
  if (page_mapcount(m, old_page) == 1 && PageAnon(m, old_page)) {
    if (!PageAnonExclusive(m, old_page)) page_move_anon_rmap(m, old_page, fault.vma);
    set_huge_ptep_writable(m, fault.mm, fault.address, fault.ptep);
    return VM_FAULT_NONE;
  }
  const bool outside_reserve = fault.vma.resv_owner && old_page != pagecache_page;
  get_page(m, old_page);
  const std::optional<Pfn> new_page = alloc_huge_page(m, fault.vma, fault.address, outside_reserve);
  if (!new_page) {
    put_page(m, old_page);
    if (!outside_reserve) return VM_FAULT_SIGBUS;
    unmap_ref_private(m, fault, old_page);
    return hugetlb_wp(m, fault, pagecache_page);
  }
  if (anon_vma_prepare(m, fault.mm, fault.vma)) {
    restore_reserve_on_error(m, fault.vma, fault.address, *new_page);
    put_page(m, *new_page);
    put_page(m, old_page);
    return VM_FAULT_OOM;
  }
  for (uint32_t i = 0; i < kHugePagePages; ++i) m.frames.SetValue(*new_page + i, m.frames.cold(old_page + i).value);
  m.frames.mutable_cold(*new_page).hugetlb_restore_reserve = false;
  page_remove_rmap(m, old_page, true);
  page_add_new_anon_rmap(m, *new_page, fault.vma, fault.address, true);
  set_huge_pte_at(m, fault.mm, fault.address, fault.ptep, make_huge_pte(m, fault.vma, *new_page, true));
  put_page(m, old_page);  // the entry's
  put_page(m, old_page);
  return VM_FAULT_NONE;
}

// The page for an entry that is none, with a reference for the entry.
struct NewHugePage {
  Pfn page = kNoPfn;
  bool fresh = false;  // a private page that no file knows
  vm_fault_t error = VM_FAULT_NONE;
};

NewHugePage FindOrAllocate(MachineState& m, const HugeFault& fault) {
  NewHugePage result{.page = CachedPage(m, fault.vma.vm_file, fault.index)};
  if (result.page != kNoPfn) {
    if (PageHWPoison(m, result.page)) {
      result.error = VM_FAULT_HWPOISON;
    } else if (userfaultfd_minor(fault.vma)) {
      result.error = hugetlb_handle_userfault(m, fault, UffdReason::minor);
    } else {
      get_page(m, result.page);
    }
    return result;
  }
  if (userfaultfd_missing(fault.vma)) {
    result.error = hugetlb_handle_userfault(m, fault, UffdReason::missing);
    return result;
  }
  const std::optional<Pfn> page = alloc_huge_page(m, fault.vma, fault.address, false);
  if (!page) {
    result.error = VM_FAULT_SIGBUS;
    return result;
  }
  result.page = *page;
  if (fault.vma.vm_flags & VM_MAYSHARE) {
    huge_add_to_page_cache(m, fault.vma.vm_file, fault.index, *page);
  } else if (anon_vma_prepare(m, fault.mm, fault.vma)) {
    restore_reserve_on_error(m, fault.vma, fault.address, *page);
    put_page(m, *page);
    result.error = VM_FAULT_OOM;
  } else {
    result.fresh = true;
  }
  return result;
}

// hugetlb_no_page(): the entry is `old_pte`: none or "no page, write-protected".
vm_fault_t hugetlb_no_page(MachineState& m, const HugeFault& fault, pte_t old_pte) {
  KernelFunction function(m.journal, "hugetlb_no_page");
  const Encoding& e = m.encoding();
  if (fault.vma.resv_unmapped) return VM_FAULT_SIGBUS;
  if (fault.index >= m.file(fault.vma.vm_file).size / kPmdSize) return VM_FAULT_SIGBUS;
  const NewHugePage got = FindOrAllocate(m, fault);
  if (got.error || got.page == kNoPfn) return got.error;
  if (got.fresh) {
    m.frames.mutable_cold(got.page).hugetlb_restore_reserve = false;
    page_add_new_anon_rmap(m, got.page, fault.vma, fault.address, true);
  } else {
    page_dup_rmap(m, got.page, true);
  }
  const bool writable = (fault.vma.vm_flags & VM_WRITE) && (fault.vma.vm_flags & VM_SHARED);
  pte_t new_pte = make_huge_pte(m, fault.vma, got.page, writable);
  if (!huge_pte_none(e, old_pte)) {
    m.journal.why = "the entry remembered write-protection";
    new_pte = huge_pte_mkuffd_wp(e, huge_pte_wrprotect(e, new_pte));
  }
  set_huge_pte_at(m, fault.mm, fault.address, fault.ptep, new_pte);
  m.journal.why = nullptr;
  hugetlb_count_add(m, fault.mm, 1);
  if (fault.write() && !(fault.vma.vm_flags & VM_SHARED)) {
    return hugetlb_wp(m, fault, got.fresh ? kNoPfn : got.page);
  }
  return VM_FAULT_NONE;
}

// Zaps one huge entry. ref_page: only where it maps this page, and then the VMA may not refault it (unmap_ref_private()).
void ZapHugeEntry(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t address, EntryRef ptep, bool drop_wp_none, Pfn ref_page) {
  const Encoding& e = m.encoding();
  const HugetlbZapLeaves leaves = drop_wp_none ? HugetlbZapLeaves::nothing : m.rules().hugetlb.zap_leaves;
  const pte_t pte = huge_ptep_get(m, ptep);
  if (huge_pte_none(e, pte)) return;
  if (!pte_present(e, pte)) {
    const bool was_wp_none = IsWpNone(e, pte);
    if (was_wp_none && leaves == HugetlbZapLeaves::old_wp_none) return;
    const bool leave = leaves == HugetlbZapLeaves::wp_none_for_uffd_wp && pte_swp_uffd_wp_any(e, pte);
    set_huge_pte_at(m, mm, address, ptep, leave ? WpNone(e) : pte_t{0});
    return;
  }
  const Pfn page{static_cast<uint32_t>(pte_pfn(e, pte))};
  if (ref_page != kNoPfn) {
    if (page != ref_page) return;
    vma.resv_unmapped = true;
  }
  const bool leave = leaves == HugetlbZapLeaves::wp_none_for_uffd_wp && huge_pte_uffd_wp(e, pte);
  if (leave) m.journal.why = "the entry was write-protected";
  set_huge_pte_at(m, mm, address, ptep, leave ? WpNone(e) : pte_t{0});
  m.journal.why = nullptr;
  if (pte_dirty(e, pte)) set_page_dirty(m, page);
  hugetlb_count_add(m, mm, -1);
  page_remove_rmap(m, page, true);
  put_page(m, page);
}

// mm/hugetlb.c:__unmap_hugepage_range(). Addresses are multiples of 2 MiB.
void __unmap_hugepage_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end, bool drop_wp_none, Pfn ref_page) {
  KernelFunction function(m.journal, "__unmap_hugepage_range");
  for (uint64_t address = start; address < end; address += kPmdSize) {
    if (const std::optional<EntryRef> ptep = huge_pte_offset(m, mm, address)) {
      ZapHugeEntry(m, mm, vma, address, *ptep, drop_wp_none, ref_page);
    }
  }
}

// The address in `vma` where huge page `index` of its file lies; empty where it does not.
std::optional<uint64_t> AddressOf(const vm_area_struct& vma, uint64_t index) {
  const uint64_t first = vma.vm_pgoff / kHugePagePages;
  if (index < first || index >= first + (vma.vm_end - vma.vm_start) / kPmdSize) return std::nullopt;
  return vma.vm_start + (index - first) * kPmdSize;
}

// mm/hugetlb.c:unmap_ref_private().
void unmap_ref_private(MachineState& m, const HugeFault& fault, Pfn page) {
  KernelFunction function(m.journal, "unmap_ref_private");
  for (uint32_t i = 0; i < m.mms.size(); ++i) {
    for (vm_area_struct& vma : m.mms[i].vmas) {
      if (&vma == &fault.vma || vma.vm_file != fault.vma.vm_file || (vma.vm_flags & VM_MAYSHARE) || vma.resv_owner) continue;
      if (const std::optional<uint64_t> address = AddressOf(vma, fault.index)) {
        __unmap_hugepage_range(m, MmId{i}, vma, *address, *address + kPmdSize, false, page);
      }
    }
  }
}

}  // namespace

std::optional<EntryRef> huge_pte_offset(const MachineState& m, MmId mm, uint64_t address) { return find_pmd(m, mm, address); }

// mm/hugetlb.c:hugetlb_fault(). PMD sharing does not exist: no mapping is 1 GiB long.
vm_fault_t hugetlb_fault(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t address, uint32_t flags) {
  KernelFunction function(m.journal, "hugetlb_fault");
  const Encoding& e = m.encoding();
  const FaultPlan plan = plan_fault(m.rules(), vma, flags & FAULT_FLAG_WRITE);
  address &= ~(kPmdSize - 1);
  if (const std::optional<EntryRef> ptep = huge_pte_offset(m, mm, address)) {
    const FaultAction action = plan.on(ClassifyForFault(e, huge_ptep_get(m, *ptep)));
    if (action == FaultAction::wait) return VM_FAULT_NONE;
    if (action == FaultAction::hwpoison) return VM_FAULT_HWPOISON;
  }
  const std::optional<EntryRef> ptep = pmd_alloc(m, mm, address);
  if (!ptep) return VM_FAULT_OOM;
  const HugeFault fault{mm, vma, address, flags, *ptep, vma_hugecache_offset(vma, address)};
  const pte_t entry = huge_ptep_get(m, *ptep);
  switch (plan.on(ClassifyForFault(e, entry))) {
    case FaultAction::from_file:
    case FaultAction::from_file_wp: return hugetlb_no_page(m, fault, entry);
    case FaultAction::report_wp: return hugetlb_handle_userfault(m, fault, UffdReason::wp);
    case FaultAction::write_or_copy:
      return hugetlb_wp(m, fault, (vma.vm_flags & VM_MAYSHARE) ? kNoPfn : CachedPage(m, vma.vm_file, fault.index));
    case FaultAction::mark_young:
      if (fault.write()) set_huge_pte_at(m, mm, address, *ptep, pte_mkyoung(e, huge_pte_mkdirty(e, entry)));
      return VM_FAULT_NONE;
    default: return VM_FAULT_NONE;  // nothing that a huge page's entry can be: the access comes again
  }
}

void unmap_hugepage_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end, const zap_details& details) {
  __unmap_hugepage_range(m, mm, vma, start, end, zap_drop_file_uffd_wp(details), kNoPfn);
}

void hugetlb_vmdelete_list(MachineState& m, FileId file, uint64_t first, uint64_t end, bool drop_wp_none, Pfn only_page) {
  for (uint32_t i = 0; i < m.mms.size(); ++i) {
    for (vm_area_struct& vma : m.mms[i].vmas) {
      if (vma.vm_file != file) continue;
      const uint64_t vma_first = vma.vm_pgoff / kHugePagePages;
      const uint64_t vma_end = vma_first + (vma.vm_end - vma.vm_start) / kPmdSize;
      for (uint64_t index = std::max(first, vma_first); index < std::min(end, vma_end); ++index) {
        const uint64_t address = *AddressOf(vma, index);
        const std::optional<EntryRef> ptep = huge_pte_offset(m, MmId{i}, address);
        if (only_page != kNoPfn &&
            (!ptep || !pte_present(m.encoding(), huge_ptep_get(m, *ptep)) ||
             pte_pfn(m.encoding(), huge_ptep_get(m, *ptep)) != only_page.value)) {
          continue;
        }
        __unmap_hugepage_range(m, MmId{i}, vma, address, address + kPmdSize, drop_wp_none, kNoPfn);
      }
    }
  }
}

// mm/hugetlb.c:hugetlb_mcopy_atomic_pte(). 0, -EEXIST, -EFAULT, -ENOMEM.
int hugetlb_mcopy_atomic_pte(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t address, bool is_continue, bool wp_copy,
                             uint64_t value) {
  KernelFunction function(m.journal, "hugetlb_mcopy_atomic_pte");
  const Encoding& e = m.encoding();
  const HugetlbRules& rules = m.rules().hugetlb;
  const bool vm_shared = vma.vm_flags & VM_SHARED;
  const uint64_t index = vma_hugecache_offset(vma, address);
  const std::optional<EntryRef> ptep = pmd_alloc(m, mm, address);
  if (!ptep) return -ENOMEM;
  const bool beyond_end = index >= m.file(vma.vm_file).size / kPmdSize;
  Pfn page = CachedPage(m, vma.vm_file, index);
  if (is_continue) {
    if (page == kNoPfn) return -EFAULT;
    get_page(m, page);
  } else {
    if (vm_shared && page != kNoPfn) return -EEXIST;
    const std::optional<Pfn> fresh = alloc_huge_page(m, vma, address, false);
    if (!fresh) return -ENOMEM;
    page = *fresh;
    m.frames.SetValue(page, value);
  }
  const auto give_up = [&](int error) {
    const bool in_cache = m.frames.cold(page).mapping >= 0 || is_continue;
    if (!in_cache) restore_reserve_on_error(m, vma, address, page);
    put_page(m, page);
    return error;
  };
  if (vm_shared && !is_continue) {
    if (beyond_end) return give_up(-EFAULT);
    huge_add_to_page_cache(m, vma.vm_file, index, page);
  }
  if (rules.copy_private_checks_size && beyond_end) return give_up(-EFAULT);
  const pte_t old_pte = huge_ptep_get(m, *ptep);
  if (!huge_pte_none(e, old_pte) && !(rules.wp_none_is_none && IsWpNone(e, old_pte))) return give_up(-EEXIST);
  if (vm_shared || is_continue) {
    page_dup_rmap(m, page, true);
  } else {
    m.frames.mutable_cold(page).hugetlb_restore_reserve = false;
    page_add_new_anon_rmap(m, page, vma, address, true);
  }
  const bool protect = wp_copy && rules.copy_mode_wp;
  const bool writable = !protect && !(is_continue && !vm_shared) && (vma.vm_flags & VM_WRITE);
  pte_t pte = make_huge_pte(m, vma, page, writable);
  if (writable || rules.copy_mode_wp) pte = huge_pte_mkdirty(e, pte);
  if (protect) pte = huge_pte_mkuffd_wp(e, pte);
  set_huge_pte_at(m, mm, address, *ptep, pte_mkyoung(e, pte));
  hugetlb_count_add(m, mm, 1);
  return 0;
}

}  // namespace pteron
