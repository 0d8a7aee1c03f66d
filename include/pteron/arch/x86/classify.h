// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_CLASSIFY_H_
#define PTERON_ARCH_X86_CLASSIFY_H_

// The class of a word. One total order of tests: present, none, special, then the swap type. Disjoint and complete by
// construction.

#include <cstdint>

#include "pteron/arch/x86/entry_class.h"
#include "pteron/arch/x86/swapops.h"
#include "pteron/arch/x86/upper_levels.h"

namespace pteron {

// What a marker with these bits is, in the order in which a page fault looks at them: poison, guard, write protection. Bits that
// the kernel does not know do not count.
constexpr EntryClass ClassifyMarker(const Encoding& e, uint64_t marker) {
  marker &= e.pte_marker_mask;
  if (marker & kPteMarkerPoisoned) return EntryClass::poison;
  if (marker & kPteMarkerGuard) return EntryClass::guard;
  return marker & kPteMarkerUffdWp ? EntryClass::marker : EntryClass::invalid;
}

// What a swap entry is, wherever it is kept.
constexpr EntryClass classify(const Encoding& e, swp_entry_t entry) {
  const uint32_t type = swp_type(entry);
  if (type >= e.class_of_type.size()) return EntryClass::invalid;  // no table can hold it
  const EntryClass entry_class = e.class_of_type[type];
  return entry_class == EntryClass::marker ? ClassifyMarker(e, swp_offset(entry)) : entry_class;
}

// A word of the lowest level, and of hugetlb at any level. Never `table`.
constexpr EntryClass classify(const Encoding& e, pte_t pte) {
  if (pte_present(e, pte)) return EntryClass::present;
  if (pte_none(e, pte)) return EntryClass::none;
  if (pte_swp_uffd_wp_special(e, pte)) return EntryClass::special;
  const swp_entry_t arch_entry{pte.pte};
  const EntryClass entry_class = e.class_of_type[arch_swp_type(arch_entry)];
  return entry_class == EntryClass::marker ? ClassifyMarker(e, arch_swp_offset(arch_entry)) : entry_class;
}

// A word of the second level that is not hugetlb's: none, present (a huge page), table, migration, device (6.19 on) or invalid.
constexpr EntryClass classify(const Encoding& e, pmd_t pmd) {
  if (pmd_none(e, pmd)) return EntryClass::none;
  if (pmd_present(e, pmd)) {
    if (pmd_leaf(e, pmd)) return EntryClass::present;
    return pmd_bad(e, pmd) ? EntryClass::invalid : EntryClass::table;
  }
  const EntryClass entry_class = e.class_of_type[arch_swp_type(swp_entry_t{pmd.pmd})];
  const bool possible = entry_class == EntryClass::migration || (entry_class == EntryClass::device && e.pmd_device_entries);
  return possible ? entry_class : EntryClass::invalid;
}

// A word of the third level that is not hugetlb's: none, present (1 GiB), table or invalid.
constexpr EntryClass classify(const Encoding& e, pud_t pud) {
  if (pud_none(e, pud)) return EntryClass::none;
  if (!pud_present(e, pud)) return EntryClass::invalid;
  if (pud_leaf(e, pud)) return EntryClass::present;
  return pud_bad(e, pud) ? EntryClass::invalid : EntryClass::table;
}

// A word of the fourth level: none, table or invalid.
constexpr EntryClass classify(const Encoding& e, p4d_t p4d) {
  if (p4d_none(e, p4d)) return EntryClass::none;
  return p4d_present(e, p4d) && !p4d_bad(e, p4d) ? EntryClass::table : EntryClass::invalid;
}

// A word of the fifth level, as such: pgd_none() and its like say "present" to everything with 4 levels.
constexpr EntryClass classify(const Encoding& e, pgd_t pgd) { return classify(e, p4d_t{pgd.pgd}); }

}  // namespace pteron

#endif  // PTERON_ARCH_X86_CLASSIFY_H_
