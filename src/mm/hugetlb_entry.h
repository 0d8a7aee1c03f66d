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

}  // namespace pteron

#endif  // PTERON_SRC_MM_HUGETLB_ENTRY_H_
