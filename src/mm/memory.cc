// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// mm/memory.c: page faults.
#include "src/mm/memory.h"

#include <algorithm>

#include "pteron/arch/x86/classify.h"
#include "src/fs/userfaultfd.h"
#include "src/mm/do_swap_page.h"
#include "src/mm/fault_plan.h"
#include "src/mm/hooks.h"
#include "src/mm/huge_memory.h"
#include "src/mm/hugetlb.h"
#include "src/mm/rmap.h"
#include "src/mm/shmem.h"
#include "src/mm/swap.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr uint64_t kFaultAroundPages = 16;  // fault_around_bytes, 64 KiB

// do_anonymous_page(): a private page, or the zero page for a read.
vm_fault_t do_anonymous_page(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "do_anonymous_page");
  const Encoding& e = m.encoding();
  vm_area_struct& vma = *vmf.vma;
  if (!pte_alloc(m, vmf.mm, vmf.pmd, vmf.address)) return VM_FAULT_OOM;
  vmf.pte = pte_offset_map(m, vmf.pmd, vmf.address);
  if (!vmf.write()) {
    Point(m, "fault.before-recheck");
    if (!pte_none(e, ptep_get(m, vmf.pte))) return VM_FAULT_NONE;
    if (userfaultfd_missing(vma)) return handle_userfault(m, vmf, UffdReason::missing);
    const pte_t zero = pte_mkspecial(e, pfn_pte(e, kZeroPagePfn.value, vma.vm_page_prot));
    set_pte_at(m, vmf.mm, vmf.address, vmf.pte, zero);
    return VM_FAULT_NONE;
  }
  if (anon_vma_prepare(m, vmf.mm, vma)) return VM_FAULT_OOM;
  const std::optional<Pfn> page = alloc_page(m);
  if (!page) return VM_FAULT_OOM;
  Point(m, "fault.before-recheck");
  if (!pte_none(e, ptep_get(m, vmf.pte))) {
    put_page(m, *page);
    return VM_FAULT_NONE;
  }
  if (userfaultfd_missing(vma)) {
    put_page(m, *page);
    return handle_userfault(m, vmf, UffdReason::missing);
  }
  pte_t entry = mk_pte(m, *page, vma.vm_page_prot);
  if (vma.vm_flags & VM_WRITE) entry = pte_mkwrite(e, pte_mkdirty(e, entry));
  add_mm_counter(m, vmf.mm, MM_ANONPAGES, 1);
  page_add_new_anon_rmap(m, *page, vma, vmf.address, false);
  lru_cache_add(m, *page);
  set_pte_at(m, vmf.mm, vmf.address, vmf.pte, entry);
  return VM_FAULT_NONE;
}

// wp_page_reuse(): the entry becomes writable; the page stays.
void wp_page_reuse(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "wp_page_reuse");
  const pte_t entry = pte_mkdirty(m.encoding(), pte_mkyoung(m.encoding(), vmf.orig_pte));
  set_pte_at(m, vmf.mm, vmf.address, vmf.pte, maybe_mkwrite(m, entry, *vmf.vma));
}

// free_swap_cache(): an unmapped page leaves the swap cache where it can.
void free_swap_cache(MachineState& m, Pfn page) {
  if (PageSwapCache(m, page) && !page_mapped(m, page)) try_to_free_swap(m, page);
}

// wp_page_copy(): a private copy of vmf.page, on which the caller holds a reference, or of the zero page.
vm_fault_t wp_page_copy(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "wp_page_copy");
  const Encoding& e = m.encoding();
  vm_area_struct& vma = *vmf.vma;
  const Pfn old_page = vmf.page;
  const std::optional<Pfn> new_page = anon_vma_prepare(m, vmf.mm, vma) ? std::nullopt : alloc_page(m);
  if (!new_page) {
    if (old_page != kNoPfn) put_page(m, old_page);
    return VM_FAULT_OOM;
  }
  if (old_page != kNoPfn) m.frames.SetValue(*new_page, m.frames.cold(old_page).value);
  Point(m, "cow.before-recheck");
  if (!pte_same(ptep_get(m, vmf.pte), vmf.orig_pte)) {
    put_page(m, *new_page);
    if (old_page != kNoPfn) put_page(m, old_page);
    return VM_FAULT_NONE;
  }
  if (old_page == kNoPfn) {
    add_mm_counter(m, vmf.mm, MM_ANONPAGES, 1);
  } else if (!PageAnon(m, old_page)) {
    add_mm_counter(m, vmf.mm, mm_counter_file(m, old_page), -1);
    add_mm_counter(m, vmf.mm, MM_ANONPAGES, 1);
  }
  const pte_t entry = pte_mkdirty(e, mk_pte(m, *new_page, vma.vm_page_prot));
  page_add_new_anon_rmap(m, *new_page, vma, vmf.address, false);
  lru_cache_add(m, *new_page);
  set_pte_at(m, vmf.mm, vmf.address, vmf.pte, maybe_mkwrite(m, entry, vma));
  if (old_page != kNoPfn) {
    page_remove_rmap(m, old_page, false);
    put_page(m, old_page);
    free_swap_cache(m, old_page);
    put_page(m, old_page);
  }
  return VM_FAULT_WRITE;
}

// Whether a write may keep the anonymous page vmf.page, as do_wp_page() decides it.
bool CanReuseAnonPage(MachineState& m, const vm_fault& vmf) {
  const Pfn page = vmf.page;
  if (m.rules().fault.cow_reuse == CowReuse::sole_reference) return page_count(m, page) == 1 && page_mapcount(m, page) == 1;
  if (PageAnonExclusive(m, page)) return true;
  if (!PageLRU(m, page)) lru_add_drain(m);
  if (page_count(m, page) > 1u + (PageSwapCache(m, page) ? 1 : 0)) return false;
  if (PageSwapCache(m, page)) try_to_free_swap(m, page);
  if (page_count(m, page) != 1) return false;
  page_move_anon_rmap(m, page, *vmf.vma);
  set_page_flag(m, page, PG_anon_exclusive);
  return true;
}

// Hands an access to the descriptor in whose queue it waits; an access that is broken off leaves the entry as it is.
bool userfaultfd_pte_wp(const MachineState& m, const vm_area_struct& vma, pte_t pte) {
  return userfaultfd_wp(vma) && pte_uffd_wp(m.encoding(), pte);
}

// The fault of __do_fault(): vm_ops->fault, and what a page whose memory failed makes of it. A reference on vmf.page is held afterwards.
vm_fault_t __do_fault(MachineState& m, vm_fault& vmf) {
  const vm_fault_t ret = shmem_fault(m, vmf);
  if (ret & (kVmFaultError | VM_FAULT_NOPAGE | VM_FAULT_RETRY | VM_FAULT_DONE_COW)) return ret;
  if (!PageHWPoison(m, vmf.page)) return ret;
  put_page(m, vmf.page);
  vmf.page = kNoPfn;
  return VM_FAULT_HWPOISON;
}

// do_fault_around(): maps what the page cache has around the address. Nonzero where that served the fault.
vm_fault_t do_fault_around(MachineState& m, vm_fault& vmf) {
  const vm_area_struct& vma = *vmf.vma;
  const uint64_t window = std::max(vmf.address & ~(kFaultAroundPages * kPageSize - 1), vma.vm_start);
  const uint64_t start_pgoff = vmf.pgoff - ((vmf.address - window) >> kPageShift);
  const uint64_t table_end = start_pgoff + kPtrsPerTable - 1 - (window >> kPageShift & (kPtrsPerTable - 1));
  const uint64_t vma_end = vma.vm_pgoff + ((vma.vm_end - vma.vm_start) >> kPageShift) - 1;
  return filemap_map_pages(m, vmf, start_pgoff, std::min({table_end, vma_end, start_pgoff + kFaultAroundPages - 1}));
}

// mm/memory.c:should_fault_around() (5.19), and the test in do_read_fault() before it.
bool should_fault_around(const MachineState& m, const vm_area_struct& vma) {
  if (userfaultfd_minor(vma)) return false;
  return m.rules().fault.fault_around_if_wp_registered || !userfaultfd_wp(vma);
}

constexpr uint32_t kNoPageInstalled = kVmFaultError | VM_FAULT_NOPAGE | VM_FAULT_RETRY;

// mm/memory.c:do_read_fault(): fault-around, else the one page.
vm_fault_t do_read_fault(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "do_read_fault");
  if (should_fault_around(m, *vmf.vma)) {
    if (const vm_fault_t ret = do_fault_around(m, vmf)) return ret;
  }
  vm_fault_t ret = __do_fault(m, vmf);
  if (ret & kNoPageInstalled) return ret;
  ret |= finish_fault(m, vmf);
  if (ret & kNoPageInstalled) put_page(m, vmf.page);
  return ret;
}

// mm/memory.c:do_cow_fault(): a write to a private mapping of a file copies at once.
vm_fault_t do_cow_fault(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "do_cow_fault");
  if (anon_vma_prepare(m, vmf.mm, *vmf.vma)) return VM_FAULT_OOM;
  const std::optional<Pfn> cow_page = alloc_page(m);
  if (!cow_page) return VM_FAULT_OOM;
  vmf.cow_page = *cow_page;
  vm_fault_t ret = __do_fault(m, vmf);
  if (ret & kNoPageInstalled) {
    put_page(m, *cow_page);
    return ret;
  }
  m.frames.SetValue(*cow_page, m.frames.cold(vmf.page).value);
  ret |= finish_fault(m, vmf);
  put_page(m, vmf.page);
  if (ret & kNoPageInstalled) put_page(m, *cow_page);
  return ret;
}

// mm/memory.c:do_shared_fault(): a write to a shared mapping. No file here has page_mkwrite.
vm_fault_t do_shared_fault(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "do_shared_fault");
  vm_fault_t ret = __do_fault(m, vmf);
  if (ret & kNoPageInstalled) return ret;
  ret |= finish_fault(m, vmf);
  if (ret & kNoPageInstalled) {
    put_page(m, vmf.page);
    return ret;
  }
  set_page_dirty(m, vmf.page);  // fault_dirty_shared_page()
  return ret;
}

bool FinishFaultMayInstall(const MachineState& m, const vm_fault& vmf) {
  const pte_t now = ptep_get(m, vmf.pte);
  if (m.rules().fault.finish_fault_test == FinishFaultTest::none || !vmf.orig_pte_valid) return pte_none(m.encoding(), now);
  return pte_same(now, vmf.orig_pte);
}

// A fault on an entry that allows the access by now: accessed bits are the hardware's.
vm_fault_t MarkYoung(MachineState& m, vm_fault& vmf) {
  const Encoding& e = m.encoding();
  if (vmf.write()) set_pte_at(m, vmf.mm, vmf.address, vmf.pte, pte_mkyoung(e, pte_mkdirty(e, vmf.orig_pte)));
  return VM_FAULT_NONE;
}

// pte_marker_clear(): "no page, write-protected" of a VMA that is not registered for write-protection.
vm_fault_t pte_marker_clear(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "pte_marker_clear");
  m.journal.why = "the VMA is not registered for write-protection";
  pte_clear(m, vmf.mm, vmf.address, vmf.pte);
  return VM_FAULT_NONE;
}

// handle_pte_fault().
vm_fault_t handle_pte_fault(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "handle_pte_fault");
  const Encoding& e = m.encoding();
  if (!pmd_none(e, pmdp_get(m, vmf.pmd))) {
    vmf.pte = pte_offset_map(m, vmf.pmd, vmf.address);
    vmf.orig_pte = ptep_get(m, vmf.pte);
    vmf.orig_pte_valid = true;
  }
  const FaultEntry entry = vmf.orig_pte_valid ? ClassifyForFault(e, vmf.orig_pte) : FaultEntry::none;
  switch (plan_fault(m.rules(), *vmf.vma, vmf.write()).on(entry)) {
    case FaultAction::new_page: return do_anonymous_page(m, vmf);
    case FaultAction::from_file:
    case FaultAction::from_file_wp: return do_fault(m, vmf);
    case FaultAction::from_swap: return do_swap_page(m, vmf);
    case FaultAction::mark_young: return MarkYoung(m, vmf);
    case FaultAction::write_or_copy:
    case FaultAction::report_wp: return do_wp_page(m, vmf);  // which tells userfaultfd first
    case FaultAction::wait: return VM_FAULT_NONE;  // migration_entry_wait(): the access comes again
    case FaultAction::clear: return pte_marker_clear(m, vmf);
    case FaultAction::hwpoison: return VM_FAULT_HWPOISON;
    case FaultAction::sigbus: return VM_FAULT_SIGBUS;
    case FaultAction::repeat_for_ever: break;
  }
  m.ReportMisuse("do_swap_page", "pte_to_swp_entry", vmf.orig_pte.pte);
  m.Warn("do_swap_page", "a special PTE reaches the code for swap entries");
  return VM_FAULT_NONE;
}

// The part of __handle_mm_fault() that deals with huge entries. VM_FAULT_FALLBACK: go on with small ones.
vm_fault_t FaultOnHugeEntry(MachineState& m, vm_fault& vmf) {
  const Encoding& e = m.encoding();
  vmf.orig_pmd = pmdp_get(m, vmf.pmd);
  if (pmd_none(e, vmf.orig_pmd)) {
    if (!vma_is_anonymous(*vmf.vma) || !transparent_hugepage_enabled(m, *vmf.vma)) return VM_FAULT_FALLBACK;
    return do_huge_pmd_anonymous_page(m, vmf);
  }
  if (!is_huge_pmd(m, vmf.orig_pmd)) return VM_FAULT_FALLBACK;
  if (is_swap_pmd(e, vmf.orig_pmd)) return VM_FAULT_NONE;  // pmd_migration_entry_wait()
  if (vmf.write() && !pmd_write(e, vmf.orig_pmd)) return wp_huge_pmd(m, vmf);
  huge_pmd_set_accessed(m, vmf);
  return VM_FAULT_NONE;
}

}  // namespace

// mm/memory.c:do_wp_page(). A write to a present, write-protected entry.
vm_fault_t do_wp_page(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "do_wp_page");
  const vm_area_struct& vma = *vmf.vma;
  if (userfaultfd_pte_wp(m, vma, ptep_get(m, vmf.pte))) return handle_userfault(m, vmf, UffdReason::wp);
  const bool shared_writable = (vma.vm_flags & (VM_WRITE | VM_SHARED)) == (VM_WRITE | VM_SHARED);
  vmf.page = vm_normal_page(m, vmf.orig_pte);
  if (vmf.page == kNoPfn && shared_writable) {  // wp_pfn_shared()
    wp_page_reuse(m, vmf);
    return VM_FAULT_WRITE;
  }
  if (vmf.page == kNoPfn) return wp_page_copy(m, vmf);
  if (PageAnon(m, vmf.page)) {
    if (CanReuseAnonPage(m, vmf)) {
      wp_page_reuse(m, vmf);
      return VM_FAULT_WRITE;
    }
  } else if (shared_writable) {  // wp_page_shared()
    wp_page_reuse(m, vmf);
    set_page_dirty(m, vmf.page);
    return VM_FAULT_WRITE;
  }
  get_page(m, vmf.page);
  return wp_page_copy(m, vmf);
}

// mm/memory.c:do_fault(): a page of the file, or a private copy of it.
vm_fault_t do_fault(MachineState& m, vm_fault& vmf) {
  if (!vmf.write()) return do_read_fault(m, vmf);
  return vmf.vma->vm_flags & VM_SHARED ? do_shared_fault(m, vmf) : do_cow_fault(m, vmf);
}

void do_set_pte(MachineState& m, vm_fault& vmf, Pfn page, uint64_t address) {
  KernelFunction function(m.journal, "do_set_pte");
  const Encoding& e = m.encoding();
  const vm_area_struct& vma = *vmf.vma;
  pte_t entry = mk_pte(m, page, vma.vm_page_prot);
  if (vmf.write()) entry = maybe_mkwrite(m, pte_mkdirty(e, entry), vma);
  const EntryClass was = classify(e, vmf.orig_pte);
  m.journal.why = nullptr;
  if (vmf.orig_pte_valid && (was == EntryClass::special || was == EntryClass::marker)) {
    m.journal.why = "the entry remembered write-protection";
    entry = pte_mkuffd_wp(e, pte_wrprotect(e, entry));
  }
  if (vmf.write() && !(vma.vm_flags & VM_SHARED)) {
    add_mm_counter(m, vmf.mm, MM_ANONPAGES, 1);
    page_add_new_anon_rmap(m, page, vma, address, false);
    lru_cache_add(m, page);
  } else {
    add_mm_counter(m, vmf.mm, mm_counter_file(m, page), 1);
    page_add_file_rmap(m, page, false);
  }
  set_pte_at(m, vmf.mm, address, vmf.pte, entry);
}

vm_fault_t finish_fault(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "finish_fault");
  const bool private_write = vmf.write() && !(vmf.vma->vm_flags & VM_SHARED);
  const Pfn page = private_write ? vmf.cow_page : vmf.page;
  Point(m, "fault.before-recheck", {.page = compound_head(m, vmf.page)});
  if (pmd_none(m.encoding(), pmdp_get(m, vmf.pmd))) {
    if (PageTransHuge(m, page)) {
      const vm_fault_t ret = do_set_pmd(m, vmf, page);
      if (ret != VM_FAULT_FALLBACK) return ret;
    }
    if (!pte_alloc(m, vmf.mm, vmf.pmd, vmf.address)) return VM_FAULT_OOM;
  }
  if (is_huge_pmd(m, pmdp_get(m, vmf.pmd))) return VM_FAULT_NOPAGE;
  vmf.pte = pte_offset_map(m, vmf.pmd, vmf.address);
  if (!FinishFaultMayInstall(m, vmf)) return VM_FAULT_NOPAGE;
  do_set_pte(m, vmf, page, vmf.address);
  return VM_FAULT_NONE;
}

vm_fault_t handle_mm_fault(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t address, uint32_t flags) {
  KernelFunction function(m.journal, "handle_mm_fault");
  if (is_vm_hugetlb_page(vma)) return hugetlb_fault(m, mm, vma, address, flags);
  vm_fault vmf{.mm = mm, .vma = &vma, .flags = flags, .address = address, .pgoff = linear_page_index(vma, address)};
  const std::optional<EntryRef> pmd = pmd_alloc(m, mm, address);
  if (!pmd) return VM_FAULT_OOM;
  vmf.pmd = *pmd;
  const vm_fault_t ret = FaultOnHugeEntry(m, vmf);
  if (!(ret & VM_FAULT_FALLBACK)) return ret;
  return handle_pte_fault(m, vmf);
}

}  // namespace pteron
