// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_PMD_H_
#define PTERON_ARCH_X86_PMD_H_

// Helpers for words of the second level, which name a table or map 2 MiB: arch/x86/include/asm/pgtable.h. Total, pure and
// bit-exact, as in pte.h. (A huge page of hugetlb in a PMD is handled with the pte_ helpers, as in the kernel: hugetlb.h.)

#include <cstdint>

#include "pteron/arch/x86/pgprot.h"

namespace pteron {

// ---- Parts.
constexpr pmd_t pmd_set_flags(pmd_t pmd, uint64_t set) { return pmd_t{pmd.pmd | set}; }
constexpr pmd_t pmd_clear_flags(pmd_t pmd, uint64_t clear) { return pmd_t{pmd.pmd & ~clear}; }
// Where the frame number lies: from bit 21 up in a leaf, else from bit 12.
constexpr uint64_t pmd_pfn_mask(const Encoding& e, pmd_t pmd) {
  return pmd.pmd & kPagePse ? e.physical_pmd_page_mask : e.pte_pfn_mask;
}
constexpr uint64_t pmd_flags(const Encoding& e, pmd_t pmd) { return pmd.pmd & ~pmd_pfn_mask(e, pmd); }
constexpr pgprot_t pmd_pgprot(const Encoding& e, pmd_t pmd) { return pgprot_t{pmd_flags(e, pmd)}; }
// The number of the first frame (of 4 KiB) of the page or of the table.
constexpr uint64_t pmd_pfn(const Encoding& e, pmd_t pmd) {
  return ((pmd.pmd ^ protnone_mask(pmd.pmd)) & pmd_pfn_mask(e, pmd)) >> kPageShift;
}
// The word that maps 2 MiB from frame `page_nr` on; `pgprot` brings PSE itself (pmd_mkhuge()).
constexpr pmd_t pfn_pmd(const Encoding& e, uint64_t page_nr, pgprot_t pgprot) {
  const uint64_t pfn = ((page_nr << kPageShift) ^ protnone_mask(pgprot.pgprot)) & e.physical_pmd_page_mask;
  return pmd_t{pfn | check_pgprot(e, pgprot)};
}
// arch/x86/include/asm/pgalloc.h:pmd_populate(): the word that names the table in frame `pfn`.
constexpr pmd_t pmd_populate_value(const Encoding& e, uint64_t pfn) { return pmd_t{(pfn << kPageShift) | e.page_table}; }

// ---- Kinds.
constexpr bool pmd_none(const Encoding&, pmd_t pmd) { return (pmd.pmd & ~kPageKnlErratumMask) == 0; }
// Also while a huge PMD has been made invalid to be split: PSE stays set.
constexpr bool pmd_present(const Encoding&, pmd_t pmd) { return pmd.pmd & (kPagePresent | kPageProtnone | kPagePse); }
constexpr bool pmd_protnone(const Encoding& e, pmd_t pmd) {
  return e.numa_balancing && (pmd.pmd & (kPageProtnone | kPagePresent)) == kPageProtnone;
}
constexpr bool pmd_same(pmd_t a, pmd_t b) { return a.pmd == b.pmd; }
// Maps memory itself; pmd_large() to 6.8.
constexpr bool pmd_leaf(const Encoding&, pmd_t pmd) { return pmd.pmd & kPagePse; }
constexpr bool pmd_large(const Encoding& e, pmd_t pmd) { return pmd_leaf(e, pmd); }
constexpr bool pmd_trans_huge(const Encoding& e, pmd_t pmd) {
  return e.transparent_hugepage && (pmd.pmd & (kPagePse | e.page_devmap)) == kPagePse;
}
constexpr bool pmd_devmap(const Encoding& e, pmd_t pmd) { return e.transparent_hugepage && (pmd.pmd & e.page_devmap); }
// Neither user nor kernel table: what a walk must not follow. Accessed counts to 6.0.
constexpr bool pmd_bad(const Encoding& e, pmd_t pmd) {
  const uint64_t ignored = kPageUser | (e.pmd_bad_ignores_accessed ? kPageAccessed : 0);
  return (pmd_flags(e, pmd) & ~ignored) != (e.kernpg_table & ~ignored);
}

// ---- Tests of leaves.
constexpr bool pmd_dirty(const Encoding& e, pmd_t pmd) { return pmd.pmd & e.page_dirty_bits; }
constexpr bool pmd_young(const Encoding&, pmd_t pmd) { return pmd.pmd & kPageAccessed; }
constexpr bool pmd_exec(const Encoding&, pmd_t pmd) { return !(pmd.pmd & kPageNx); }
constexpr bool pmd_special(const Encoding&, pmd_t pmd) { return pmd.pmd & kPageSpecial; }  // 6.12
constexpr bool pmd_uffd_wp(const Encoding& e, pmd_t pmd) { return pmd.pmd & e.page_uffd_wp; }
constexpr bool pmd_soft_dirty(const Encoding& e, pmd_t pmd) { return pmd.pmd & e.page_soft_dirty; }
constexpr bool pmd_shstk(const Encoding& e, pmd_t pmd) {
  return e.shadow_stacks && (pmd.pmd & (kPageRw | kPageDirty | kPagePse)) == (kPageDirty | kPagePse);
}
constexpr bool pmd_write(const Encoding& e, pmd_t pmd) { return (pmd.pmd & kPageRw) || pmd_shstk(e, pmd); }

// ---- Changes of leaves.
constexpr pmd_t pmd_mksaveddirty(const Encoding& e, pmd_t pmd) { return pmd_t{mksaveddirty_shift(e, pmd.pmd)}; }
constexpr pmd_t pmd_clear_saveddirty(const Encoding& e, pmd_t pmd) { return pmd_t{clear_saveddirty_shift(e, pmd.pmd)}; }
constexpr pmd_t pmd_wrprotect(const Encoding& e, pmd_t pmd) { return pmd_mksaveddirty(e, pmd_clear_flags(pmd, kPageRw)); }
constexpr pmd_t pmd_mkwrite_novma(const Encoding&, pmd_t pmd) { return pmd_set_flags(pmd, kPageRw); }
constexpr pmd_t pmd_mkwrite(const Encoding& e, pmd_t pmd) { return pmd_clear_saveddirty(e, pmd_mkwrite_novma(e, pmd)); }
constexpr pmd_t pmd_mkdirty(const Encoding& e, pmd_t pmd) {
  return pmd_mksaveddirty(e, pmd_set_flags(pmd, kPageDirty | e.page_soft_dirty));
}
constexpr pmd_t pmd_mkclean(const Encoding& e, pmd_t pmd) { return pmd_clear_flags(pmd, e.page_dirty_bits); }
constexpr pmd_t pmd_mkyoung(const Encoding&, pmd_t pmd) { return pmd_set_flags(pmd, kPageAccessed); }
constexpr pmd_t pmd_mkold(const Encoding&, pmd_t pmd) { return pmd_clear_flags(pmd, kPageAccessed); }
constexpr pmd_t pmd_mkhuge(const Encoding&, pmd_t pmd) { return pmd_set_flags(pmd, kPagePse); }
constexpr pmd_t pmd_mkspecial(const Encoding&, pmd_t pmd) { return pmd_set_flags(pmd, kPageSpecial); }  // 6.12
constexpr pmd_t pmd_mkdevmap(const Encoding& e, pmd_t pmd) { return pmd_set_flags(pmd, e.page_devmap); }  // to 6.16
constexpr pmd_t pmd_mksoft_dirty(const Encoding& e, pmd_t pmd) { return pmd_set_flags(pmd, e.page_soft_dirty); }
constexpr pmd_t pmd_clear_soft_dirty(const Encoding& e, pmd_t pmd) { return pmd_clear_flags(pmd, e.page_soft_dirty); }
constexpr pmd_t pmd_mkuffd_wp(const Encoding& e, pmd_t pmd) {
  const pmd_t marked = pmd_set_flags(pmd, e.page_uffd_wp);
  return e.page_uffd_wp != 0 && e.pmd_mkuffd_wp_wrprotects ? pmd_wrprotect(e, marked) : marked;
}
constexpr pmd_t pmd_clear_uffd_wp(const Encoding& e, pmd_t pmd) { return pmd_clear_flags(pmd, e.page_uffd_wp); }
// The processor no longer sees it, pmd_present() still does; the frame number is inverted.
constexpr pmd_t pmd_mkinvalid(const Encoding& e, pmd_t pmd) {
  return pfn_pmd(e, pmd_pfn(e, pmd), pgprot_t{pmd_flags(e, pmd) & ~(kPagePresent | kPageProtnone)});
}
// As pte_modify(), but for the dirty bit, which was lost here from 6.6 until a fix of 2026 (Encoding::pmd_modify_keeps).
constexpr pmd_t pmd_modify(const Encoding& e, pmd_t pmd, pgprot_t newprot) {
  uint64_t val = (pmd.pmd & e.pmd_modify_keeps) | (check_pgprot(e, newprot) & ~e.hpage_chg_mask);
  val = flip_protnone_guard(pmd.pmd, val, e.physical_pmd_page_mask);
  return pmd_t{pmd.pmd & kPageRw ? mksaveddirty_shift(e, val) : clear_saveddirty_shift(e, val)};
}

// ---- The bits of swap entries (migration of huge pages).
constexpr bool pmd_swp_soft_dirty(const Encoding& e, pmd_t pmd) { return pmd.pmd & e.swp_soft_dirty; }
constexpr pmd_t pmd_swp_mksoft_dirty(const Encoding& e, pmd_t pmd) { return pmd_set_flags(pmd, e.swp_soft_dirty); }
constexpr pmd_t pmd_swp_clear_soft_dirty(const Encoding& e, pmd_t pmd) { return pmd_clear_flags(pmd, e.swp_soft_dirty); }
constexpr bool pmd_swp_uffd_wp(const Encoding& e, pmd_t pmd) { return pmd.pmd & e.swp_uffd_wp; }
constexpr pmd_t pmd_swp_mkuffd_wp(const Encoding& e, pmd_t pmd) { return pmd_set_flags(pmd, e.swp_uffd_wp); }
constexpr pmd_t pmd_swp_clear_uffd_wp(const Encoding& e, pmd_t pmd) { return pmd_clear_flags(pmd, e.swp_uffd_wp); }

}  // namespace pteron

#endif  // PTERON_ARCH_X86_PMD_H_
