// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_PGPROT_H_
#define PTERON_ARCH_X86_PGPROT_H_

// Protections, the inversion of frame numbers, and the move of the dirty bit. Total functions of any 64-bit word.

#include <cstdint>

#include "pteron/arch/x86/encoding.h"

namespace pteron {

// ---- Inversion (arch/x86/include/asm/pgtable-invert.h): a word that is not present, other than 0, holds its frame number
// inverted, so that a processor with the L1TF bug finds no cached memory there.
constexpr bool pte_needs_invert(uint64_t val) { return val != 0 && !(val & kPagePresent); }  // __pte_needs_invert()
constexpr uint64_t protnone_mask(uint64_t val) { return pte_needs_invert(val) ? ~uint64_t{0} : 0; }
// `val` with the bits of `mask` inverted where `val` and `oldval` differ in pte_needs_invert().
constexpr uint64_t flip_protnone_guard(uint64_t oldval, uint64_t val, uint64_t mask) {
  return pte_needs_invert(oldval) != pte_needs_invert(val) ? val ^ mask : val;
}

// ---- The dirty bit of write-protected words (6.6 on; before, `val` comes back unchanged).
// Moves dirty (bit 6) to saved-dirty (bit 58) if `val` is write-protected.
constexpr uint64_t mksaveddirty_shift(const Encoding& e, uint64_t val) {
  if (e.page_saved_dirty == 0 || (val & kPageRw)) return val;
  return (val & ~kPageDirty) | (val & kPageDirty ? e.page_saved_dirty : 0);
}
// Moves saved-dirty back to dirty if `val` is writable.
constexpr uint64_t clear_saveddirty_shift(const Encoding& e, uint64_t val) {
  if (!(val & kPageRw)) return val;
  return (val & ~e.page_saved_dirty) | (val & e.page_saved_dirty ? kPageDirty : 0);
}

// ---- Protections (arch/x86/include/asm/pgtable.h, pgtable_types.h).
// Takes off the bits that the processor does not support, if `pgprot` is present.
constexpr uint64_t massage_pgprot(const Encoding& e, pgprot_t pgprot) {
  return pgprot.pgprot & kPagePresent ? pgprot.pgprot & e.supported_pte_mask : pgprot.pgprot;
}
constexpr pgprot_t canon_pgprot(const Encoding& e, pgprot_t pgprot) { return pgprot_t{massage_pgprot(e, pgprot)}; }
constexpr uint64_t check_pgprot(const Encoding& e, pgprot_t pgprot) { return massage_pgprot(e, pgprot); }

// `newprot`, keeping of `oldprot` what changes of protection keep.
constexpr pgprot_t pgprot_modify(const Encoding& e, pgprot_t oldprot, pgprot_t newprot) {
  return pgprot_t{(oldprot.pgprot & e.page_chg_mask) | (newprot.pgprot & ~e.page_chg_mask)};
}
constexpr pgprot_t pgprot_nx(pgprot_t prot) { return pgprot_t{prot.pgprot | kPageNx}; }

// PAT is bit 7 in a PTE and bit 12 in a larger leaf, where bit 7 is PSE.
constexpr pgprot_t pgprot_4k_2_large(pgprot_t prot) {
  const uint64_t moved = (prot.pgprot & kPagePat) << (kPageBitPatLarge - kPageBitPse);
  return pgprot_t{(prot.pgprot & ~(kPagePat | kPagePatLarge)) | moved};
}
constexpr pgprot_t pgprot_large_2_4k(pgprot_t prot) {
  const uint64_t moved = (prot.pgprot & kPagePatLarge) >> (kPageBitPatLarge - kPageBitPse);
  return pgprot_t{(prot.pgprot & ~(kPagePat | kPagePatLarge)) | moved};
}

// The protection key of a word's flags.
constexpr uint16_t pte_flags_pkey(const Encoding& e, uint64_t flags) {
  return static_cast<uint16_t>((flags & e.page_pkey_mask) >> kPageBitPkeyBit0);
}

// mm/mmap.c, later arch/x86/mm/pgprot.c: the flags for a VMA's access bits (READ 1, WRITE 2, EXEC 4, SHARED 8) and protection key
// (vm_flags bits 32..35). Other bits of `vm_flags` do not matter.
constexpr pgprot_t vm_get_page_prot(const Encoding& e, uint64_t vm_flags) {
  uint64_t val = e.protection_map[vm_flags & 0xf].pgprot;
  val |= ((vm_flags >> 32 & 0xf) << kPageBitPkeyBit0) & e.page_pkey_mask;
  val |= e.page_enc;
  return canon_pgprot(e, pgprot_t{val});
}

}  // namespace pteron

#endif  // PTERON_ARCH_X86_PGPROT_H_
