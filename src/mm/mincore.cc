// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/mincore.h"

#include <cerrno>

#include "pteron/arch/x86/classify.h"
#include "src/mm/huge_memory.h"
#include "src/mm/hugetlb.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// mm/mincore.c:mincore_page(), mm/swap_state.c:find_get_incore_page(): the file's page is in its cache, or in the swap cache.
bool mincore_page(const MachineState& m, const File& file, uint64_t index) {
  if (index >= file.cache.size()) return false;
  const CacheSlot& slot = file.cache[index];
  if (slot.page != kNoPfn) return true;
  return slot.swap_slot >= 0 && lookup_swap_cache(m, slot.swap_slot) != kNoPfn;
}

// mm/mincore.c:__mincore_unmapped_range(). Of hugetlb too the offset in small pages is looked up, although its cache counts huge ones.
bool mincore_unmapped(const MachineState& m, const vm_area_struct& vma, uint64_t address) {
  return vma.vm_file && mincore_page(m, m.file(vma.vm_file), linear_page_index(vma, address));
}

// mm/mincore.c:mincore_hugetlb().
bool mincore_hugetlb(const MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t address) {
  const std::optional<EntryRef> pte = huge_pte_offset(m, mm, address & kPmdMask);
  return pte ? !pte_none_mostly(m.encoding(), ptep_get(m, *pte)) : mincore_unmapped(m, vma, address);
}

// mm/mincore.c:mincore_pte_range().
bool mincore_pte(const MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t address) {
  const Encoding& e = m.encoding();
  const std::optional<EntryRef> pmd = find_pmd(m, mm, address);
  if (pmd && is_huge_pmd(m, pmdp_get(m, *pmd))) return true;
  const std::optional<EntryRef> ptep = find_pte(m, mm, address);
  if (!ptep) return mincore_unmapped(m, vma, address);
  const pte_t pte = ptep_get(m, *ptep);
  switch (classify(e, pte)) {
    case EntryClass::none:
    case EntryClass::special:
    case EntryClass::marker:
    case EntryClass::poison:
    case EntryClass::guard:
      return mincore_unmapped(m, vma, address);
    case EntryClass::swap:
      return lookup_swap_cache(m, static_cast<int32_t>(swp_offset(pte_to_swp_entry(e, pte)))) != kNoPfn;
    default:
      return true;
  }
}

}  // namespace

// mm/mincore.c, v5.14. Every file here may be written by who asks, so that the truth is told.
int do_mincore(const MachineState& m, MmId mm, uint64_t address, bool* resident) {
  if (address & ~kPageMask) return -EINVAL;
  const vm_area_struct* vma = vma_lookup(const_cast<MachineState&>(m), mm, address);
  if (!vma) return -ENOMEM;
  *resident = is_vm_hugetlb_page(*vma) ? mincore_hugetlb(m, mm, *vma, address) : mincore_pte(m, mm, *vma, address);
  return 0;
}

}  // namespace pteron
