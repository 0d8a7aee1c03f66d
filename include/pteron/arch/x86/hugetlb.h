// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_HUGETLB_H_
#define PTERON_ARCH_X86_HUGETLB_H_

// Huge pages of hugetlb: their words lie in a PMD or PUD but are handled as pte_t. include/asm-generic/hugetlb.h,
// include/linux/hugetlb.h. On x86-64 almost all is as for a PTE; what is not, says so.

#include <cstdint>

#include "pteron/arch/x86/pte_marker.h"

namespace pteron {

// The word that maps the huge page from frame `page_nr` on, before pte_mkhuge(): mk_huge_pte().
constexpr pte_t mk_huge_pte(const Encoding& e, uint64_t page_nr, pgprot_t pgprot) { return pfn_pte(e, page_nr, pgprot); }
constexpr bool huge_pte_none(const Encoding& e, pte_t pte) { return pte_none(e, pte); }
constexpr bool huge_pte_none_mostly(const Encoding& e, pte_t pte) { return pte_none_mostly(e, pte); }
constexpr bool huge_pte_write(const Encoding& e, pte_t pte) { return pte_write(e, pte); }
constexpr bool huge_pte_dirty(const Encoding& e, pte_t pte) { return pte_dirty(e, pte); }
// From 6.6 on this is pte_mkwrite_novma(): saved-dirty stays in bit 58.
constexpr pte_t huge_pte_mkwrite(const Encoding& e, pte_t pte) { return pte_mkwrite_novma(e, pte); }
constexpr pte_t huge_pte_mkdirty(const Encoding& e, pte_t pte) { return pte_mkdirty(e, pte); }
constexpr pte_t huge_pte_wrprotect(const Encoding& e, pte_t pte) { return pte_wrprotect(e, pte); }
constexpr pte_t huge_pte_modify(const Encoding& e, pte_t pte, pgprot_t newprot) { return pte_modify(e, pte, newprot); }
constexpr bool huge_pte_uffd_wp(const Encoding& e, pte_t pte) { return pte_uffd_wp(e, pte); }
// From 6.3 on this takes the write permission even without the bit.
constexpr pte_t huge_pte_mkuffd_wp(const Encoding& e, pte_t pte) {
  const pte_t marked = pte_mkuffd_wp(e, pte);
  return e.pte_mkuffd_wp_wrprotects ? huge_pte_wrprotect(e, marked) : marked;
}
constexpr pte_t huge_pte_clear_uffd_wp(const Encoding& e, pte_t pte) { return pte_clear_uffd_wp(e, pte); }
// The uffd-wp series, version 5, mm/hugetlb.c: a swap entry that names something.
constexpr bool huge_pte_has_swap_entry(const Encoding& e, pte_t pte) { return pte_has_swap_entry(e, pte); }
// mm/hugetlb.c: neither none nor present, and of the type.
constexpr bool is_hugetlb_entry_migration(const Encoding& e, pte_t pte) {
  return huge_pte_has_swap_entry(e, pte) && is_migration_entry(e, pte_to_swp_entry(e, pte));
}
constexpr bool is_hugetlb_entry_hwpoisoned(const Encoding& e, pte_t pte) {
  return huge_pte_has_swap_entry(e, pte) && is_hwpoison_entry(e, pte_to_swp_entry(e, pte));
}

}  // namespace pteron

#endif  // PTERON_ARCH_X86_HUGETLB_H_
