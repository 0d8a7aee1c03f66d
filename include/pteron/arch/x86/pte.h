// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_PTE_H_
#define PTERON_ARCH_X86_PTE_H_

// Helpers for words of the lowest level: arch/x86/include/asm/pgtable.h. Each is total, pure and bit-exact for every 64-bit word,
// also where the kernel says "only if present": handing over the wrong kind of word gives what the kernel would get. The classes
// that a helper is meant for are in word_helpers.h.

#include <cstdint>

#include "pteron/arch/x86/pgprot.h"

namespace pteron {

// ---- Parts.
constexpr pte_t pte_set_flags(pte_t pte, uint64_t set) { return pte_t{pte.pte | set}; }
constexpr pte_t pte_clear_flags(pte_t pte, uint64_t clear) { return pte_t{pte.pte & ~clear}; }
// Everything but the frame number.
constexpr uint64_t pte_flags(const Encoding& e, pte_t pte) { return pte.pte & ~e.pte_pfn_mask; }
constexpr pgprot_t pte_pgprot(const Encoding& e, pte_t pte) { return pgprot_t{pte_flags(e, pte)}; }
// The frame number, inverted back where the word is not present.
constexpr uint64_t pte_pfn(const Encoding& e, pte_t pte) {
  return ((pte.pte ^ protnone_mask(pte.pte)) & e.pte_pfn_mask) >> kPageShift;
}
// The word that maps frame `page_nr` with `pgprot`.
constexpr pte_t pfn_pte(const Encoding& e, uint64_t page_nr, pgprot_t pgprot) {
  const uint64_t pfn = ((page_nr << kPageShift) ^ protnone_mask(pgprot.pgprot)) & e.pte_pfn_mask;
  return pte_t{pfn | check_pgprot(e, pgprot)};
}
// The word of the frame `nr` further on (6.7).
constexpr pte_t pte_advance_pfn(pte_t pte, uint64_t nr) {
  const uint64_t distance = nr << kPageShift;
  return pte_t{pte_needs_invert(pte.pte) ? pte.pte - distance : pte.pte + distance};
}

// ---- Kinds.
// Nothing there. Accessed and dirty may be set and do not count.
constexpr bool pte_none(const Encoding&, pte_t pte) { return (pte.pte & ~kPageKnlErratumMask) == 0; }
// Maps a page, also with PROT_NONE.
constexpr bool pte_present(const Encoding&, pte_t pte) { return pte.pte & (kPagePresent | kPageProtnone); }
// Maps a page that the processor must not see: PROT_NONE, or a NUMA hint. Always false without CONFIG_NUMA_BALANCING.
constexpr bool pte_protnone(const Encoding& e, pte_t pte) {
  return e.numa_balancing && (pte.pte & (kPageProtnone | kPagePresent)) == kPageProtnone;
}
// All 64 bits are equal.
constexpr bool pte_same(pte_t a, pte_t b) { return a.pte == b.pte; }

// ---- Tests of present words.
constexpr bool pte_dirty(const Encoding& e, pte_t pte) { return pte.pte & e.page_dirty_bits; }
constexpr bool pte_young(const Encoding&, pte_t pte) { return pte.pte & kPageAccessed; }
constexpr bool pte_exec(const Encoding&, pte_t pte) { return !(pte.pte & kPageNx); }
constexpr bool pte_huge(const Encoding&, pte_t pte) { return pte.pte & kPagePse; }
constexpr bool pte_global(const Encoding&, pte_t pte) { return pte.pte & kPageGlobal; }
constexpr bool pte_special(const Encoding&, pte_t pte) { return pte.pte & kPageSpecial; }
constexpr bool pte_devmap(const Encoding& e, pte_t pte) { return pte.pte & e.page_devmap; }
constexpr bool pte_uffd_wp(const Encoding& e, pte_t pte) { return pte.pte & e.page_uffd_wp; }
constexpr bool pte_soft_dirty(const Encoding& e, pte_t pte) { return pte.pte & e.page_soft_dirty; }
// Shadow stack memory: write-protected and dirty, on a processor that has shadow stacks (6.6).
constexpr bool pte_shstk(const Encoding& e, pte_t pte) {
  return e.shadow_stacks && (pte.pte & (kPageRw | kPageDirty)) == kPageDirty;
}
constexpr bool pte_write(const Encoding& e, pte_t pte) { return (pte.pte & kPageRw) || pte_shstk(e, pte); }

// ---- Changes of present words. From 6.6 on dirty lies in bit 58 while the word is write-protected: mksaveddirty_shift().
constexpr pte_t pte_mksaveddirty(const Encoding& e, pte_t pte) { return pte_t{mksaveddirty_shift(e, pte.pte)}; }
constexpr pte_t pte_clear_saveddirty(const Encoding& e, pte_t pte) { return pte_t{clear_saveddirty_shift(e, pte.pte)}; }
constexpr pte_t pte_wrprotect(const Encoding& e, pte_t pte) { return pte_mksaveddirty(e, pte_clear_flags(pte, kPageRw)); }
constexpr pte_t pte_mkwrite_novma(const Encoding&, pte_t pte) { return pte_set_flags(pte, kPageRw); }
// For a VMA that is not a shadow stack: with write permission, the dirty bit comes back from bit 58.
constexpr pte_t pte_mkwrite(const Encoding& e, pte_t pte) { return pte_clear_saveddirty(e, pte_mkwrite_novma(e, pte)); }
// Also sets soft-dirty.
constexpr pte_t pte_mkdirty(const Encoding& e, pte_t pte) {
  return pte_mksaveddirty(e, pte_set_flags(pte, kPageDirty | e.page_soft_dirty));
}
// Leaves soft-dirty alone.
constexpr pte_t pte_mkclean(const Encoding& e, pte_t pte) { return pte_clear_flags(pte, e.page_dirty_bits); }
constexpr pte_t pte_mkyoung(const Encoding&, pte_t pte) { return pte_set_flags(pte, kPageAccessed); }
constexpr pte_t pte_mkold(const Encoding&, pte_t pte) { return pte_clear_flags(pte, kPageAccessed); }
constexpr pte_t pte_mkexec(const Encoding&, pte_t pte) { return pte_clear_flags(pte, kPageNx); }
constexpr pte_t pte_mkhuge(const Encoding&, pte_t pte) { return pte_set_flags(pte, kPagePse); }
constexpr pte_t pte_clrhuge(const Encoding&, pte_t pte) { return pte_clear_flags(pte, kPagePse); }
constexpr pte_t pte_mkglobal(const Encoding&, pte_t pte) { return pte_set_flags(pte, kPageGlobal); }
constexpr pte_t pte_clrglobal(const Encoding&, pte_t pte) { return pte_clear_flags(pte, kPageGlobal); }
constexpr pte_t pte_mkspecial(const Encoding&, pte_t pte) { return pte_set_flags(pte, kPageSpecial); }
// To 6.16.
constexpr pte_t pte_mkdevmap(const Encoding& e, pte_t pte) { return pte_set_flags(pte, kPageSpecial | e.page_devmap); }
constexpr pte_t pte_mksoft_dirty(const Encoding& e, pte_t pte) { return pte_set_flags(pte, e.page_soft_dirty); }
constexpr pte_t pte_clear_soft_dirty(const Encoding& e, pte_t pte) { return pte_clear_flags(pte, e.page_soft_dirty); }
// From 6.3 on the word loses its write permission with it. Without the bit the word stays as it is.
constexpr pte_t pte_mkuffd_wp(const Encoding& e, pte_t pte) {
  const pte_t marked = pte_set_flags(pte, e.page_uffd_wp);
  return e.page_uffd_wp != 0 && e.pte_mkuffd_wp_wrprotects ? pte_wrprotect(e, marked) : marked;
}
// Does not give write permission back.
constexpr pte_t pte_clear_uffd_wp(const Encoding& e, pte_t pte) { return pte_clear_flags(pte, e.page_uffd_wp); }

// The word with the protection `newprot`: it keeps frame, accessed, dirty, soft-dirty, uffd-wp, special, devmap and memory type
// (Encoding::page_chg_mask) and takes all else, protection key included. The frame number is inverted or back where present-ness
// changes. What dirty does depends on whether the old word was writable (6.6).
constexpr pte_t pte_modify(const Encoding& e, pte_t pte, pgprot_t newprot) {
  uint64_t val = (pte.pte & e.page_chg_mask) | (check_pgprot(e, newprot) & ~e.page_chg_mask);
  val = flip_protnone_guard(pte.pte, val, e.pte_pfn_mask);
  return pte_t{pte.pte & kPageRw ? mksaveddirty_shift(e, val) : clear_saveddirty_shift(e, val)};
}

// ---- The bits of swap entries. On a present word they hit other bits, as in the kernel.
constexpr bool pte_swp_exclusive(const Encoding& e, pte_t pte) { return pte.pte & e.swp_exclusive; }
constexpr pte_t pte_swp_mkexclusive(const Encoding& e, pte_t pte) { return pte_set_flags(pte, e.swp_exclusive); }
constexpr pte_t pte_swp_clear_exclusive(const Encoding& e, pte_t pte) { return pte_clear_flags(pte, e.swp_exclusive); }
constexpr bool pte_swp_soft_dirty(const Encoding& e, pte_t pte) { return pte.pte & e.swp_soft_dirty; }
constexpr pte_t pte_swp_mksoft_dirty(const Encoding& e, pte_t pte) { return pte_set_flags(pte, e.swp_soft_dirty); }
constexpr pte_t pte_swp_clear_soft_dirty(const Encoding& e, pte_t pte) { return pte_clear_flags(pte, e.swp_soft_dirty); }
constexpr bool pte_swp_uffd_wp(const Encoding& e, pte_t pte) { return pte.pte & e.swp_uffd_wp; }
constexpr pte_t pte_swp_mkuffd_wp(const Encoding& e, pte_t pte) { return pte_set_flags(pte, e.swp_uffd_wp); }
constexpr pte_t pte_swp_clear_uffd_wp(const Encoding& e, pte_t pte) { return pte_clear_flags(pte, e.swp_uffd_wp); }
// include/linux/swapops.h: takes off all of them.
constexpr pte_t pte_swp_clear_flags(const Encoding& e, pte_t pte) {
  return pte_clear_flags(pte, e.swp_exclusive | e.swp_soft_dirty | e.swp_uffd_wp);
}

}  // namespace pteron

#endif  // PTERON_ARCH_X86_PTE_H_
