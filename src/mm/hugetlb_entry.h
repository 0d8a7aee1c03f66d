// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_HUGETLB_ENTRY_H_
#define PTERON_SRC_MM_HUGETLB_ENTRY_H_

// A huge page's entry is a pmd entry that hugetlb reads and writes as a pte_t.

#include "pteron/arch/x86/classify.h"
#include "src/mm/mm_inline.h"
#include "src/state/primitives.h"

namespace pteron {

inline pte_t huge_ptep_get(const MachineState& m, EntryRef ptep) { return pte_t{m.tables.word(ptep)}; }
inline void set_huge_pte_at(MachineState& m, MmId mm, uint64_t address, EntryRef ptep, pte_t pte) {
  set_pmd_at(m, mm, address, ptep, pmd_t{pte.pte});
}

// "No page, write-protected": the special PTE or the uffd-wp marker, whichever this kernel has.
inline bool IsWpNone(const Encoding& e, pte_t pte) { return is_swap_special_pte(e, pte) || pte_marker_uffd_wp(e, pte); }
inline pte_t WpNone(const Encoding& e) {
  return e.uffd_wp_special != 0 ? pte_swp_mkuffd_wp_special(e) : make_pte_marker(e, kPteMarkerUffdWp);
}

}  // namespace pteron

#endif  // PTERON_SRC_MM_HUGETLB_ENTRY_H_
