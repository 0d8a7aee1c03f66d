// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/huge_memory.h"

#include <cerrno>

#include "src/fs/userfaultfd.h"
#include "src/mm/migrate.h"
#include "src/mm/mprotect.h"
#include "src/mm/mremap.h"
#include "src/mm/rmap.h"
#include "src/mm/swap.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr uint32_t kPages = kPtesPerPmd;

uint64_t HugeAddress(uint64_t address) { return address & ~(kPmdSize - 1); }

// mm/huge_memory.c:mk_huge_pmd(), a macro.
pmd_t mk_huge_pmd(const MachineState& m, Pfn page, pgprot_t prot) { return pmd_mkhuge(m.encoding(), mk_pmd(m, page, prot)); }

// mm/huge_memory.c:maybe_pmd_mkwrite(): writable where the VMA is.
pmd_t maybe_pmd_mkwrite(const MachineState& m, pmd_t pmd, const vm_area_struct& vma) {
  return (vma.vm_flags & VM_WRITE) ? pmd_mkwrite(m.encoding(), pmd) : pmd;
}

// include/linux/huge_mm.h:is_huge_zero_pmd().
bool is_huge_zero_pmd(const MachineState& m, pmd_t pmd) {
  return pmd_present(m.encoding(), pmd) && is_huge_zero_pfn(Pfn{static_cast<uint32_t>(pmd_pfn(m.encoding(), pmd))});
}

// A read fault: the huge zero page.
vm_fault_t MapHugeZeroPage(MachineState& m, vm_fault& vmf) {
  if (userfaultfd_missing(*vmf.vma)) return handle_userfault(m, vmf, UffdReason::missing);
  if (!pgtable_trans_huge_deposit(m, vmf.mm)) return VM_FAULT_OOM;
  m.huge_zero_page_allocated = true;
  set_pmd_at(m, vmf.mm, vmf.address, vmf.pmd, mk_huge_pmd(m, kHugeZeroPagePfn, vmf.vma->vm_page_prot));
  return VM_FAULT_NONE;
}

// Whether a write may keep the whole page of a write-protected huge entry.
bool CanReuseHugePage(MachineState& m, const vm_area_struct& vma, Pfn page) {
  if (m.rules().thp.cow_reuse == HugeCowReuse::reuse_swap_page) return reuse_swap_page(m, page);
  if (PageAnonExclusive(m, page)) return true;
  if (page_count(m, page) > 1 + (PageSwapCache(m, page) ? kPages : 0)) return false;
  if (PageSwapCache(m, page)) try_to_free_swap(m, page);
  if (page_count(m, page) != 1) return false;
  page_move_anon_rmap(m, page, vma);
  set_page_flag(m, page, PG_anon_exclusive);
  return true;
}

// A huge migration entry at fork: readable from now on, in parent and child.
pmd_t ShareHugeMigrationEntry(MachineState& m, MmId src_mm, EntryRef src_pmd, uint64_t address) {
  const Encoding& e = m.encoding();
  const pmd_t old = pmdp_get(m, src_pmd);
  const swp_entry_t entry = pmd_to_swp_entry(e, old);
  if (is_readable_migration_entry(e, entry)) return old;
  pmd_t pmd = swp_entry_to_pmd(e, make_readable_migration_entry(e, swp_offset(entry)));
  if (pmd_swp_soft_dirty(e, old)) pmd = pmd_swp_mksoft_dirty(e, pmd);
  if (pmd_swp_uffd_wp(e, old)) pmd = pmd_swp_mkuffd_wp(e, pmd);
  set_pmd_at(m, src_mm, address, src_pmd, pmd);
  return pmd;
}

// A huge migration entry under change_huge_pmd().
pmd_t ProtectHugeMigrationEntry(const MachineState& m, pmd_t old, uint32_t cp_flags) {
  const Encoding& e = m.encoding();
  const bool all = m.rules().thp.protect_all_migration_entries;
  const swp_entry_t entry = pmd_to_swp_entry(e, old);
  pmd_t pmd = old;
  if (is_writable_migration_entry(e, entry)) {
    const bool anon = PageAnon(m, Pfn{static_cast<uint32_t>(swp_offset_pfn(e, entry))});
    pmd = swp_entry_to_pmd(e, all && anon ? make_readable_exclusive_migration_entry(e, swp_offset(entry))
                                          : make_readable_migration_entry(e, swp_offset(entry)));
    if (pmd_swp_soft_dirty(e, old)) pmd = pmd_swp_mksoft_dirty(e, pmd);
    if (pmd_swp_uffd_wp(e, old)) pmd = pmd_swp_mkuffd_wp(e, pmd);
  }
  if (!all) return pmd;
  if (cp_flags & MM_CP_UFFD_WP) return pmd_swp_mkuffd_wp(e, pmd);
  if (cp_flags & MM_CP_UFFD_WP_RESOLVE) return pmd_swp_clear_uffd_wp(e, pmd);
  return pmd;
}

}  // namespace

bool is_huge_pmd(const MachineState& m, pmd_t pmd) {
  const Encoding& e = m.encoding();
  return is_swap_pmd(e, pmd) || pmd_trans_huge(e, pmd);
}

bool transhuge_vma_suitable(const vm_area_struct& vma, uint64_t haddr) {
  if (!vma_is_anonymous(vma) && ((vma.vm_start >> kPageShift) - vma.vm_pgoff) % kPages != 0) return false;
  return haddr >= vma.vm_start && haddr + kPmdSize <= vma.vm_end;
}

bool transparent_hugepage_enabled(const MachineState&, const vm_area_struct& vma) {
  return (vma.vm_flags & VM_HUGEPAGE) && !(vma.vm_flags & VM_NOHUGEPAGE);
}

// mm/huge_memory.c:do_huge_pmd_anonymous_page(). VM_FAULT_FALLBACK: small pages, please.
vm_fault_t do_huge_pmd_anonymous_page(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "do_huge_pmd_anonymous_page");
  vm_area_struct& vma = *vmf.vma;
  const uint64_t haddr = HugeAddress(vmf.address);
  if (!transhuge_vma_suitable(vma, haddr)) return VM_FAULT_FALLBACK;
  if (anon_vma_prepare(m, vmf.mm, vma)) return VM_FAULT_OOM;
  if (!vmf.write()) return MapHugeZeroPage(m, vmf);
  const std::optional<Pfn> page = alloc_page(m, 9);
  if (!page) return VM_FAULT_FALLBACK;
  if (userfaultfd_missing(vma)) {
    put_page(m, *page);
    return handle_userfault(m, vmf, UffdReason::missing);
  }
  if (!pgtable_trans_huge_deposit(m, vmf.mm)) {
    put_page(m, *page);
    return VM_FAULT_OOM;
  }
  const pmd_t entry = pmd_mkdirty(m.encoding(), mk_huge_pmd(m, *page, vma.vm_page_prot));
  page_add_new_anon_rmap(m, *page, vma, haddr, true);
  lru_cache_add(m, *page);
  set_pmd_at(m, vmf.mm, haddr, vmf.pmd, maybe_pmd_mkwrite(m, entry, vma));
  add_mm_counter(m, vmf.mm, MM_ANONPAGES, kPages);
  return VM_FAULT_NONE;
}

// mm/memory.c:do_set_pmd().
vm_fault_t do_set_pmd(MachineState& m, vm_fault& vmf, Pfn page) {
  KernelFunction function(m.journal, "do_set_pmd");
  const vm_area_struct& vma = *vmf.vma;
  const uint64_t haddr = HugeAddress(vmf.address);
  if (!transhuge_vma_suitable(vma, haddr)) return VM_FAULT_FALLBACK;
  const Pfn head = compound_head(m, page);
  for (uint32_t i = 0; !m.rules().thp.maps_poisoned_page_whole && i < kPages; ++i) {
    if (PageHWPoison(m, head + i)) return VM_FAULT_FALLBACK;
  }
  pmd_t entry = mk_huge_pmd(m, head, vma.vm_page_prot);
  if (vmf.write()) entry = maybe_pmd_mkwrite(m, pmd_mkdirty(m.encoding(), entry), vma);
  add_mm_counter(m, vmf.mm, mm_counter_file(m, head), kPages);
  page_add_file_rmap(m, head, true);
  set_pmd_at(m, vmf.mm, haddr, vmf.pmd, entry);
  return VM_FAULT_NONE;
}

// mm/memory.c:wp_huge_pmd() with mm/huge_memory.c:do_huge_pmd_wp_page(). VM_FAULT_FALLBACK: the entry has been split.
vm_fault_t wp_huge_pmd(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "do_huge_pmd_wp_page");
  const Encoding& e = m.encoding();
  vm_area_struct& vma = *vmf.vma;
  if (vma_is_anonymous(vma)) {
    if (userfaultfd_wp(vma) && pmd_uffd_wp(e, vmf.orig_pmd)) return handle_userfault(m, vmf, UffdReason::wp);
    if (!is_huge_zero_pmd(m, vmf.orig_pmd) &&
        CanReuseHugePage(m, vma, Pfn{static_cast<uint32_t>(pmd_pfn(e, vmf.orig_pmd))})) {
      const pmd_t entry = pmd_mkdirty(e, pmd_mkyoung(e, vmf.orig_pmd));
      set_pmd_at(m, vmf.mm, vmf.address, vmf.pmd, maybe_pmd_mkwrite(m, entry, vma));
      return VM_FAULT_WRITE;
    }
  }
  split_huge_pmd(m, vmf.mm, vma, vmf.pmd, vmf.address);
  return VM_FAULT_FALLBACK;
}

// mm/huge_memory.c:huge_pmd_set_accessed(). Accessed alone is left to the hardware, as in pmdp_set_access_flags().
void huge_pmd_set_accessed(MachineState& m, vm_fault& vmf) {
  const Encoding& e = m.encoding();
  if (vmf.write()) set_pmd_at(m, vmf.mm, vmf.address, vmf.pmd, pmd_mkdirty(e, pmd_mkyoung(e, vmf.orig_pmd)));
}

// mm/huge_memory.c:copy_huge_pmd(). A file's huge entry is not copied: the child refaults it.
int copy_huge_pmd(MachineState& m, MmId dst_mm, MmId src_mm, EntryRef dst_pmd, EntryRef src_pmd, uint64_t address,
                  vm_area_struct& dst_vma, vm_area_struct&) {
  KernelFunction function(m.journal, "copy_huge_pmd");
  const Encoding& e = m.encoding();
  if (!vma_is_anonymous(dst_vma)) return 0;
  if (!pgtable_trans_huge_deposit(m, dst_mm)) return -ENOMEM;
  if (is_swap_pmd(e, pmdp_get(m, src_pmd))) {
    pmd_t pmd = ShareHugeMigrationEntry(m, src_mm, src_pmd, address);
    add_mm_counter(m, dst_mm, MM_ANONPAGES, kPages);
    if (!userfaultfd_wp(dst_vma)) pmd = pmd_swp_clear_uffd_wp(e, pmd);
    set_pmd_at(m, dst_mm, address, dst_pmd, pmd);
    return 0;
  }
  pmd_t pmd = pmdp_get(m, src_pmd);
  if (!is_huge_zero_pmd(m, pmd)) {
    const Pfn page{static_cast<uint32_t>(pmd_pfn(e, pmd))};
    get_page(m, page);
    page_dup_rmap(m, page, true);
    if (m.rules().fork.unshares_exclusive_pages) clear_page_flag(m, page, PG_anon_exclusive);
    add_mm_counter(m, dst_mm, MM_ANONPAGES, kPages);
  }
  pmdp_set_wrprotect(m, src_mm, address, src_pmd);
  if (!userfaultfd_wp(dst_vma)) pmd = pmd_clear_uffd_wp(e, pmd);
  set_pmd_at(m, dst_mm, address, dst_pmd, pmd_mkold(e, pmd_wrprotect(e, pmd)));
  return 0;
}

// mm/huge_memory.c:zap_huge_pmd(). uffd-wp is never left behind: a file's huge entry never carries it.
void zap_huge_pmd(MachineState& m, MmId mm, const vm_area_struct&, EntryRef pmdp, uint64_t address, const zap_details&) {
  KernelFunction function(m.journal, "zap_huge_pmd");
  const Encoding& e = m.encoding();
  const pmd_t old = pmdp_huge_get_and_clear(m, mm, address, pmdp);
  if (is_huge_zero_pmd(m, old)) {
    pgtable_trans_huge_withdraw_and_free(m, mm);
    return;
  }
  const bool present = pmd_present(e, old);
  const Pfn page{static_cast<uint32_t>(present ? pmd_pfn(e, old) : swp_offset_pfn(e, pmd_to_swp_entry(e, old)))};
  if (present) page_remove_rmap(m, page, true);
  if (PageAnon(m, page)) {
    pgtable_trans_huge_withdraw_and_free(m, mm);
    add_mm_counter(m, mm, MM_ANONPAGES, -int64_t{kPages});
  } else {
    add_mm_counter(m, mm, mm_counter_file(m, page), -int64_t{kPages});
    if (present && pmd_dirty(e, old) && m.rules().thp.zap_marks_file_page_dirty) set_page_dirty(m, page);
  }
  if (present) free_page_and_swap_cache(m, page);
}

// mm/huge_memory.c:change_huge_pmd(). NUMA hints do not exist.
int change_huge_pmd(MachineState& m, MmId mm, vm_area_struct&, EntryRef pmdp, uint64_t address, pgprot_t newprot, uint32_t cp_flags) {
  KernelFunction function(m.journal, "change_huge_pmd");
  const Encoding& e = m.encoding();
  const pmd_t old = pmdp_get(m, pmdp);
  if (is_swap_pmd(e, old)) {
    set_pmd_at(m, mm, address, pmdp, ProtectHugeMigrationEntry(m, old, cp_flags));
    return 1;
  }
  pmd_t pmd = pmd_modify(e, old, newprot);
  if (cp_flags & MM_CP_UFFD_WP) {
    pmd = pmd_mkuffd_wp(e, pmd_wrprotect(e, pmd));
  } else if (cp_flags & MM_CP_UFFD_WP_RESOLVE) {
    pmd = pmd_clear_uffd_wp(e, pmd);
  }
  set_pmd_at(m, mm, address, pmdp, pmd);
  return kPages;
}

// mm/huge_memory.c:move_huge_pmd().
bool move_huge_pmd(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t old_address, uint64_t new_address, EntryRef old_pmd,
                   EntryRef new_pmd) {
  KernelFunction function(m.journal, "move_huge_pmd");
  const Encoding& e = m.encoding();
  if (!pmd_none(e, pmdp_get(m, new_pmd))) {
    m.Warn("move_huge_pmd", "the new entry is not none");
    return false;
  }
  pmd_t pmd = pmdp_huge_get_and_clear(m, mm, old_address, old_pmd);
  const bool clears_uffd_wp = move_clears_uffd_wp(m, vma);
  if (is_swap_pmd(e, pmd)) {
    pmd = pmd_swp_mksoft_dirty(e, pmd);
    if (clears_uffd_wp) pmd = pmd_swp_clear_uffd_wp(e, pmd);
  } else {
    pmd = pmd_mksoft_dirty(e, pmd);
    if (clears_uffd_wp) pmd = pmd_clear_uffd_wp(e, pmd);
  }
  set_pmd_at(m, mm, new_address, new_pmd, pmd);
  return true;
}

// mm/huge_memory.c:madvise_free_huge_pmd().
bool madvise_free_huge_pmd(MachineState& m, MmId mm, vm_area_struct&, EntryRef pmdp, uint64_t address, uint64_t next) {
  KernelFunction function(m.journal, "madvise_free_huge_pmd");
  const Encoding& e = m.encoding();
  const pmd_t pmd = pmdp_get(m, pmdp);
  if (is_huge_zero_pmd(m, pmd) || !pmd_present(e, pmd)) return false;
  const Pfn page{static_cast<uint32_t>(pmd_pfn(e, pmd))};
  if (total_mapcount(m, page) != 1) return false;
  if (next - address != kPmdSize) {
    get_page(m, page);
    split_huge_page(m, page);
    put_page(m, page);
    return false;
  }
  clear_page_flag(m, page, PG_dirty);
  set_pmd_at(m, mm, address, pmdp, pmd_mkclean(e, pmd_mkold(e, pmd)));
  if (!PageSwapCache(m, page)) clear_page_flag(m, page, PG_swapbacked);  // mark_page_lazyfree()
  return true;
}

}  // namespace pteron
