// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// mm/swapfile.c: a device goes on and off. Going off brings everything back that lies on it.

#include <algorithm>
#include <cerrno>

#include "pteron/arch/x86/swapops.h"
#include "src/mm/rmap.h"
#include "src/mm/shmem.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

bool InUse(const MachineState& m) {
  return std::any_of(m.swap.slots.begin(), m.swap.slots.end(), [](const SwapSlot& slot) { return slot.used(); });
}

// unuse_pte(): the swap entry becomes an old, clean entry of `page`, with the protection of the VMA.
void unuse_pte(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t address, EntryRef ptep, int32_t slot,
               Pfn page) {
  KernelFunction function(m.journal, "unuse_pte");
  const Encoding& e = m.encoding();
  const pte_t old = ptep_get(m, ptep);
  add_mm_counter(m, mm, MM_SWAPENTS, -1);
  add_mm_counter(m, mm, MM_ANONPAGES, 1);
  get_page(m, page);
  page_add_anon_rmap(m, page, vma, address, false, pte_swp_exclusive(e, old));
  pte_t pte = pte_mkold(e, mk_pte(m, page, vma.vm_page_prot));
  m.journal.why = "swapoff forgets the bits of the swap entry";
  if (m.rules().swap.unuse_keeps_swap_bits) {
    m.journal.why = "swapoff keeps soft-dirty and uffd-wp of the swap entry";
    if (pte_swp_soft_dirty(e, old)) pte = pte_mksoft_dirty(e, pte);
    if (pte_swp_uffd_wp(e, old)) pte = pte_mkuffd_wp(e, pte);
  }
  set_pte_at(m, mm, address, ptep, pte);
  swap_free(m, slot);
}

// unuse_pte_range() for one entry. 0 or -ENOMEM.
int UnuseEntry(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t address, EntryRef ptep) {
  const Encoding& e = m.encoding();
  const pte_t pte = ptep_get(m, ptep);
  if (!pte_has_swap_entry(e, pte)) return 0;
  const swp_entry_t entry = pte_to_swp_entry(e, pte);
  if (swp_type(entry) != 0) return 0;
  const int32_t slot = static_cast<int32_t>(swp_offset(entry));
  Pfn page = lookup_swap_cache(m, slot);
  if (page != kNoPfn) {
    get_page(m, page);
  } else {
    page = read_swap_cache_async(m, slot);
    if (page == kNoPfn) return -ENOMEM;
  }
  unuse_pte(m, mm, vma, address, ptep, slot, page);
  try_to_free_swap(m, page);
  put_page(m, page);
  return 0;
}

// unuse_vma(): huge entries hold no swap slots.
int unuse_vma(MachineState& m, MmId mm, const vm_area_struct& vma) {
  for (uint64_t address = vma.vm_start; address < vma.vm_end;) {
    const uint64_t next = pmd_addr_end(address, vma.vm_end);
    if (const std::optional<EntryRef> first = find_pte(m, mm, address)) {
      for (uint32_t i = 0; address + i * kPageSize < next; ++i) {
        if (const int error = UnuseEntry(m, mm, vma, address + i * kPageSize, *first + i)) return error;
      }
    }
    address = next;
  }
  return 0;
}

// mm/swapfile.c:unuse_mm() with unuse_vma() and the ranges below it. 0 or -ENOMEM.
int unuse_mm(MachineState& m, MmId mm) {
  for (const vm_area_struct& vma : m.mm(mm).vmas) {
    if (!vma.anon_vma || is_vm_hugetlb_page(vma)) continue;
    if (const int error = unuse_vma(m, mm, vma)) return error;
  }
  return 0;
}

// What only the swap cache still holds.
void DropStaleCache(MachineState& m) {
  for (size_t i = 1; i < m.swap.slots.size(); ++i) {
    const Pfn page = m.swap.slots[i].cache;
    if (page == kNoPfn) continue;
    get_page(m, page);
    try_to_free_swap(m, page);
    put_page(m, page);
  }
}

// try_to_unuse(). Where entries remain that no VMA leads to, the kernel tries until a signal ends it.
int try_to_unuse(MachineState& m) {
  KernelFunction function(m.journal, "try_to_unuse");
  if (!InUse(m)) return 0;
  if (const int error = shmem_unuse(m)) return error;
  for (uint32_t i = 0; i < m.mms.size() && InUse(m); ++i) {
    if (const int error = unuse_mm(m, MmId{i})) return error;
  }
  DropStaleCache(m);
  return InUse(m) ? -EINTR : 0;
}

}  // namespace

// mm/swapfile.c, v5.14.
int swapoff(MachineState& m) {
  KernelFunction function(m.journal, "swapoff");
  if (!m.swap.enabled) return -EINVAL;
  m.swap.enabled = false;
  const int error = try_to_unuse(m);
  m.swap.enabled = error != 0;
  if (!error) m.swap.slots.clear();
  return error;
}

// mm/swapfile.c, v5.14.
int swapon(MachineState& m) {
  if (!m.swap.present) return -EINVAL;
  if (m.swap.enabled) return -EBUSY;
  m.swap.enabled = true;
  return 0;
}

}  // namespace pteron
