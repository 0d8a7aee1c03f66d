// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_UPPER_LEVELS_H_
#define PTERON_ARCH_X86_UPPER_LEVELS_H_

// Helpers for words of the third level and above, and address arithmetic: arch/x86/include/asm/pgtable.h and
// include/linux/pgtable.h. Total, pure and bit-exact, as in pte.h.

#include <cstdint>

#include "pteron/arch/x86/pgprot.h"

namespace pteron {

// ---- PUD: names a table or maps 1 GiB.
constexpr uint64_t pud_pfn_mask(const Encoding& e, pud_t pud) {
  return pud.pud & kPagePse ? e.physical_pud_page_mask : e.pte_pfn_mask;
}
constexpr uint64_t pud_flags(const Encoding& e, pud_t pud) { return pud.pud & ~pud_pfn_mask(e, pud); }
constexpr uint64_t pud_pfn(const Encoding& e, pud_t pud) {
  return ((pud.pud ^ protnone_mask(pud.pud)) & pud_pfn_mask(e, pud)) >> kPageShift;
}
constexpr pud_t pfn_pud(const Encoding& e, uint64_t page_nr, pgprot_t pgprot) {
  const uint64_t pfn = ((page_nr << kPageShift) ^ protnone_mask(pgprot.pgprot)) & e.physical_pud_page_mask;
  return pud_t{pfn | check_pgprot(e, pgprot)};
}
// pud_populate(): the word that names the table in frame `pfn`.
constexpr pud_t pud_populate_value(const Encoding& e, uint64_t pfn) { return pud_t{(pfn << kPageShift) | e.page_table}; }
constexpr bool pud_none(const Encoding&, pud_t pud) { return (pud.pud & ~kPageKnlErratumMask) == 0; }
constexpr bool pud_present(const Encoding&, pud_t pud) { return pud.pud & kPagePresent; }
constexpr bool pud_bad(const Encoding& e, pud_t pud) { return pud_flags(e, pud) & ~(e.kernpg_table | kPageUser); }
// pud_large() to 6.8, which wanted the present bit too.
constexpr bool pud_leaf(const Encoding& e, pud_t pud) {
  const uint64_t wanted = kPagePse | (e.pud_leaf_needs_present ? kPagePresent : 0);
  return (pud.pud & wanted) == wanted;
}
constexpr bool pud_large(const Encoding& e, pud_t pud) { return pud_leaf(e, pud); }
constexpr bool pud_trans_huge(const Encoding& e, pud_t pud) {
  return e.transparent_hugepage && (pud.pud & (kPagePse | e.page_devmap)) == kPagePse;
}
constexpr bool pud_devmap(const Encoding& e, pud_t pud) { return e.transparent_hugepage && (pud.pud & e.page_devmap); }
constexpr bool pud_dirty(const Encoding& e, pud_t pud) { return pud.pud & e.page_dirty_bits; }
constexpr bool pud_young(const Encoding&, pud_t pud) { return pud.pud & kPageAccessed; }
constexpr bool pud_write(const Encoding&, pud_t pud) { return pud.pud & kPageRw; }
constexpr bool pud_soft_dirty(const Encoding& e, pud_t pud) { return pud.pud & e.page_soft_dirty; }
constexpr pud_t pud_mkold(const Encoding&, pud_t pud) { return pud_t{pud.pud & ~kPageAccessed}; }
constexpr pud_t pud_mkyoung(const Encoding&, pud_t pud) { return pud_t{pud.pud | kPageAccessed}; }
constexpr pud_t pud_mkdirty(const Encoding& e, pud_t pud) {
  return pud_t{mksaveddirty_shift(e, pud.pud | kPageDirty | e.page_soft_dirty)};
}
constexpr pud_t pud_mkclean(const Encoding& e, pud_t pud) { return pud_t{pud.pud & ~e.page_dirty_bits}; }
constexpr pud_t pud_mkwrite(const Encoding& e, pud_t pud) { return pud_t{clear_saveddirty_shift(e, pud.pud | kPageRw)}; }
constexpr pud_t pud_wrprotect(const Encoding& e, pud_t pud) { return pud_t{mksaveddirty_shift(e, pud.pud & ~kPageRw)}; }
constexpr pud_t pud_mkhuge(const Encoding&, pud_t pud) { return pud_t{pud.pud | kPagePse}; }

// ---- P4D: names a table. With 4 levels it is the top level, and the PGD is folded into it.
constexpr uint64_t p4d_flags(const Encoding& e, p4d_t p4d) { return p4d.p4d & ~e.pte_pfn_mask; }
constexpr uint64_t p4d_pfn(const Encoding& e, p4d_t p4d) { return (p4d.p4d & e.pte_pfn_mask) >> kPageShift; }
// p4d_populate(): the word that names the table in frame `pfn`.
constexpr p4d_t p4d_populate_value(const Encoding& e, uint64_t pfn) { return p4d_t{(pfn << kPageShift) | e.page_table}; }
constexpr bool p4d_none(const Encoding&, p4d_t p4d) { return (p4d.p4d & ~kPageKnlErratumMask) == 0; }
constexpr bool p4d_present(const Encoding&, p4d_t p4d) { return p4d.p4d & kPagePresent; }
// NX is no fault with page table isolation, which sets it in the kernel's copy of user entries.
constexpr bool p4d_bad(const Encoding& e, p4d_t p4d) {
  const uint64_t ignored = e.kernpg_table | kPageUser | (e.page_table_isolation ? kPageNx : 0);
  return p4d_flags(e, p4d) & ~ignored;
}
constexpr bool p4d_leaf(const Encoding&, p4d_t) { return false; }  // no pages of 512 GiB

// ---- PGD: the top level with 5 levels; with 4 every word is present, neither none nor bad.
constexpr uint64_t pgd_flags(const Encoding& e, pgd_t pgd) { return pgd.pgd & ~e.pte_pfn_mask; }
constexpr uint64_t pgd_pfn(const Encoding& e, pgd_t pgd) { return (pgd.pgd & e.pte_pfn_mask) >> kPageShift; }
constexpr bool pgd_none(const Encoding& e, pgd_t pgd) { return e.five_levels && pgd.pgd == 0; }
constexpr bool pgd_present(const Encoding& e, pgd_t pgd) { return !e.five_levels || (pgd.pgd & kPagePresent); }
constexpr bool pgd_bad(const Encoding& e, pgd_t pgd) {
  const uint64_t ignored = kPageUser | (e.page_table_isolation ? kPageNx : 0);
  return e.five_levels && (pgd_flags(e, pgd) & ~ignored) != e.kernpg_table;
}
constexpr bool pgd_leaf(const Encoding&, pgd_t) { return false; }

// ---- Addresses: which entry of a table covers `address`.
constexpr unsigned pte_index(uint64_t address) { return address >> kPageShift & (kPtrsPerTable - 1); }
constexpr unsigned pmd_index(uint64_t address) { return address >> kPmdShift & (kPtrsPerTable - 1); }
constexpr unsigned pud_index(uint64_t address) { return address >> kPudShift & (kPtrsPerTable - 1); }
// PTRS_PER_P4D is 1 with 4 levels.
constexpr unsigned p4d_index(const Encoding& e, uint64_t address) {
  return e.five_levels ? address >> kP4dShift & (kPtrsPerTable - 1) : 0;
}
constexpr unsigned pgdir_shift(const Encoding& e) { return e.five_levels ? kPgdirShift5 : kP4dShift; }
constexpr unsigned pgd_index(const Encoding& e, uint64_t address) { return address >> pgdir_shift(e) & (kPtrsPerTable - 1); }

}  // namespace pteron

#endif  // PTERON_ARCH_X86_UPPER_LEVELS_H_
