// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// mm/memory.c: do_swap_page().
#include "src/mm/do_swap_page.h"

#include "src/mm/rmap.h"
#include "src/mm/swap.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// The page for a slot, with a reference for the entry. kNoPfn: no memory.
struct Swapin {
  Pfn page = kNoPfn;
  bool from_cache = false;
  vm_fault_t major = VM_FAULT_NONE;
};

// A synchronous device whose slot has one user is read without the swap cache.
Swapin GetSwappedPage(MachineState& m, int32_t slot) {
  Swapin in{.page = lookup_swap_cache(m, slot), .from_cache = true};
  if (in.page != kNoPfn) {
    get_page(m, in.page);
    return in;
  }
  in.major = VM_FAULT_MAJOR;
  if (swap_count(m, slot) != 1) {
    in.page = read_swap_cache_async(m, slot);
    return in;
  }
  const std::optional<Pfn> page = alloc_page(m);
  if (!page) return in;
  in.page = *page;
  in.from_cache = false;
  set_page_flag(m, *page, PG_swapbacked);
  lru_cache_add(m, *page);
  m.frames.SetValue(*page, swap_readpage(m, slot));
  return in;
}

// Soft-dirty and uffd-wp travel in the swap entry and come back.
pte_t RestoreSwapBits(const MachineState& m, pte_t pte, pte_t swap_pte) {
  const Encoding& e = m.encoding();
  if (pte_swp_soft_dirty(e, swap_pte)) pte = pte_mksoft_dirty(e, pte);
  if (pte_swp_uffd_wp(e, swap_pte)) pte = pte_wrprotect(e, pte_mkuffd_wp(e, pte));
  return pte;
}

// The write that the fault was about is done with: the entry is writable and dirty.
pte_t TakeWrite(const MachineState& m, vm_fault& vmf, pte_t pte, vm_fault_t& ret) {
  vmf.flags &= ~uint32_t{FAULT_FLAG_WRITE};
  ret |= VM_FAULT_WRITE;
  return maybe_mkwrite(m, pte_mkdirty(m.encoding(), pte), *vmf.vma);
}

// should_try_to_free_swap(): a write that would otherwise have to copy, and nobody but this entry and the cache holds the page.
bool should_try_to_free_swap(const MachineState& m, const vm_fault& vmf, Pfn page) {
  return PageSwapCache(m, page) && vmf.write() && page_count(m, page) == 2;
}

// The slot is counted on while reuse_swap_page() looks, and given back afterwards.
vm_fault_t MapByReuseSwapPage(MachineState& m, vm_fault& vmf, const Swapin& in, int32_t slot) {
  vm_fault_t ret = in.major;
  pte_t pte = mk_pte(m, in.page, vmf.vma->vm_page_prot);
  bool exclusive = false;
  if (vmf.write() && reuse_swap_page(m, in.page)) {
    pte = TakeWrite(m, vmf, pte, ret);
    exclusive = true;
  }
  vmf.orig_pte = RestoreSwapBits(m, pte, vmf.orig_pte);
  set_pte_at(m, vmf.mm, vmf.address, vmf.pte, vmf.orig_pte);
  page_add_anon_rmap(m, in.page, *vmf.vma, vmf.address, false, exclusive);
  swap_free(m, slot);
  return ret;
}

// The slot is given back first; whether the page is this process's alone is known from the entry.
vm_fault_t MapByExclusive(MachineState& m, vm_fault& vmf, const Swapin& in, int32_t slot) {
  vm_fault_t ret = in.major;
  if (in.from_cache && vmf.write() && !PageLRU(m, in.page)) lru_add_drain(m);
  const bool entry_exclusive = !in.from_cache || pte_swp_exclusive(m.encoding(), vmf.orig_pte);
  swap_free(m, slot);
  if (should_try_to_free_swap(m, vmf, in.page)) try_to_free_swap(m, in.page);
  pte_t pte = mk_pte(m, in.page, vmf.vma->vm_page_prot);
  const bool exclusive = entry_exclusive || page_count(m, in.page) == 1;
  if (exclusive && vmf.write()) pte = TakeWrite(m, vmf, pte, ret);
  vmf.orig_pte = RestoreSwapBits(m, pte, vmf.orig_pte);
  page_add_anon_rmap(m, in.page, *vmf.vma, vmf.address, false, exclusive);
  set_pte_at(m, vmf.mm, vmf.address, vmf.pte, vmf.orig_pte);
  return ret;
}

}  // namespace

// Models mm/memory.c:do_swap_page() of 5.14 and of 5.19 on (SwapinReuse). Leaves out migration, device and marker entries, which
// handle_pte_fault() sends elsewhere, and all that only concurrency brings. VM_FAULT_OOM, VM_FAULT_HWPOISON.
vm_fault_t do_swap_page(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "do_swap_page");
  const int32_t slot = static_cast<int32_t>(swp_offset(pte_to_swp_entry(m.encoding(), vmf.orig_pte)));
  const Swapin in = GetSwappedPage(m, slot);
  if (in.page == kNoPfn) return VM_FAULT_OOM;
  if (in.from_cache && PageHWPoison(m, in.page)) {
    put_page(m, in.page);
    return VM_FAULT_HWPOISON;
  }
  add_mm_counter(m, vmf.mm, MM_ANONPAGES, 1);
  add_mm_counter(m, vmf.mm, MM_SWAPENTS, -1);
  vm_fault_t ret = m.rules().fault.swapin_reuse == SwapinReuse::reuse_swap_page ? MapByReuseSwapPage(m, vmf, in, slot)
                                                                                : MapByExclusive(m, vmf, in, slot);
  if (!vmf.write()) return ret;
  ret |= do_wp_page(m, vmf);
  return ret & kVmFaultError ? ret & kVmFaultError : ret;
}

}  // namespace pteron
