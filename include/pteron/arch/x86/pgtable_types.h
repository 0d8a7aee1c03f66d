// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_PGTABLE_TYPES_H_
#define PTERON_ARCH_X86_PGTABLE_TYPES_H_

// The words of x86-64 page tables as distinct types, the sizes that each level covers, and the bits that the processor or every
// kernel fixes. Kernel: arch/x86/include/asm/pgtable_types.h and pgtable_64_types.h. Bits that depend on the kernel are fields of
// Encoding (encoding.h).

#include <cstdint>

namespace pteron {

// Any 64-bit word at that level: nothing is checked, nothing is converted. decode.h has the types that know what they hold.
struct pte_t {
  uint64_t pte = 0;
  bool operator==(const pte_t&) const = default;
};
struct pmd_t {
  uint64_t pmd = 0;
  bool operator==(const pmd_t&) const = default;
};
struct pud_t {
  uint64_t pud = 0;
  bool operator==(const pud_t&) const = default;
};
struct p4d_t {
  uint64_t p4d = 0;
  bool operator==(const p4d_t&) const = default;
};
struct pgd_t {
  uint64_t pgd = 0;
  bool operator==(const pgd_t&) const = default;
};
// The flags of a word without its frame number.
struct pgprot_t {
  uint64_t pgprot = 0;
  bool operator==(const pgprot_t&) const = default;
};
// A swap type and offset in the kernel's generic form (type in bits 58..63, offset in bits 0..57), never the form in a table.
struct swp_entry_t {
  uint64_t val = 0;
  bool operator==(const swp_entry_t&) const = default;
};

inline constexpr unsigned kPageShift = 12;  // PAGE_SHIFT
inline constexpr unsigned kPmdShift = 21;   // PMD_SHIFT
inline constexpr unsigned kPudShift = 30;   // PUD_SHIFT
inline constexpr unsigned kP4dShift = 39;   // P4D_SHIFT; also PGDIR_SHIFT with 4 levels
inline constexpr unsigned kPgdirShift5 = 48;  // PGDIR_SHIFT with 5 levels

inline constexpr uint64_t kPageSize = uint64_t{1} << kPageShift;
inline constexpr uint64_t kPmdSize = uint64_t{1} << kPmdShift;
inline constexpr uint64_t kPudSize = uint64_t{1} << kPudShift;
inline constexpr uint64_t kP4dSize = uint64_t{1} << kP4dShift;
inline constexpr uint64_t kPageMask = ~(kPageSize - 1);  // PAGE_MASK
inline constexpr uint64_t kPmdMask = ~(kPmdSize - 1);    // PMD_MASK
inline constexpr uint64_t kPudMask = ~(kPudSize - 1);    // PUD_MASK

inline constexpr unsigned kPtrsPerTable = 512;  // entries of a table at any level
inline constexpr unsigned kPtesPerPmd = 512;    // HPAGE_PMD_NR: small pages of a 2 MiB page
inline constexpr unsigned kHpagePmdOrder = 9;   // HPAGE_PMD_ORDER

// Bit numbers.
inline constexpr unsigned kPageBitPresent = 0;
inline constexpr unsigned kPageBitRw = 1;
inline constexpr unsigned kPageBitUser = 2;
inline constexpr unsigned kPageBitPwt = 3;
inline constexpr unsigned kPageBitPcd = 4;
inline constexpr unsigned kPageBitAccessed = 5;
inline constexpr unsigned kPageBitDirty = 6;
inline constexpr unsigned kPageBitPse = 7;
inline constexpr unsigned kPageBitGlobal = 8;
inline constexpr unsigned kPageBitSoftw1 = 9;
inline constexpr unsigned kPageBitSoftw2 = 10;
inline constexpr unsigned kPageBitSoftw3 = 11;
inline constexpr unsigned kPageBitPatLarge = 12;
inline constexpr unsigned kPageBitPkeyBit0 = 59;
inline constexpr unsigned kPageBitNx = 63;

// The processor uses the word: it walks on or finishes the access.
inline constexpr uint64_t kPagePresent = uint64_t{1} << kPageBitPresent;  // _PAGE_PRESENT
// Writes are allowed. (In a word that is not present, this bit is free for software.)
inline constexpr uint64_t kPageRw = uint64_t{1} << kPageBitRw;  // _PAGE_RW
// User mode may use the word.
inline constexpr uint64_t kPageUser = uint64_t{1} << kPageBitUser;  // _PAGE_USER
// Page write-through, the low bit of the index of the memory type.
inline constexpr uint64_t kPagePwt = uint64_t{1} << kPageBitPwt;  // _PAGE_PWT
// Page cache disabled, the middle bit of that index.
inline constexpr uint64_t kPagePcd = uint64_t{1} << kPageBitPcd;  // _PAGE_PCD
// The processor sets it when it uses the word.
inline constexpr uint64_t kPageAccessed = uint64_t{1} << kPageBitAccessed;  // _PAGE_ACCESSED
// The processor sets it when it writes through a leaf.
inline constexpr uint64_t kPageDirty = uint64_t{1} << kPageBitDirty;  // _PAGE_DIRTY
// In a PMD or PUD: a leaf, a page of 2 MiB or 1 GiB. It stays set while a huge PMD is made not present to be split.
inline constexpr uint64_t kPagePse = uint64_t{1} << kPageBitPse;  // _PAGE_PSE
// The same bit in a PTE: the high bit of the memory type's index.
inline constexpr uint64_t kPagePat = kPagePse;  // _PAGE_PAT
// The translation outlives a change of address space.
inline constexpr uint64_t kPageGlobal = uint64_t{1} << kPageBitGlobal;  // _PAGE_GLOBAL
// The same bit in a word whose present bit is clear: PROT_NONE, "present" for the kernel, not for the processor.
inline constexpr uint64_t kPageProtnone = kPageGlobal;  // _PAGE_PROTNONE
// Software: no struct page is behind the mapping or it must not be counted (zero page, device memory).
inline constexpr uint64_t kPageSpecial = uint64_t{1} << kPageBitSoftw1;  // _PAGE_SPECIAL
// The high bit of the memory type's index in a leaf of 2 MiB or 1 GiB; there it is the lowest bit above the flags.
inline constexpr uint64_t kPagePatLarge = uint64_t{1} << kPageBitPatLarge;  // _PAGE_PAT_LARGE
// Instructions may not be fetched.
inline constexpr uint64_t kPageNx = uint64_t{1} << kPageBitNx;  // _PAGE_NX

// Accessed and dirty, which the processor of an erratum (Knights Landing) may set in a word that is not present: the tests for
// "none" overlook them.
inline constexpr uint64_t kPageKnlErratumMask = kPageAccessed | kPageDirty;  // _PAGE_KNL_ERRATUM_MASK

// Format of a swap entry in a table: type in bits 59..63, offset inverted in bits 9..58.
inline constexpr unsigned kSwpTypeBits = 5;         // SWP_TYPE_BITS
inline constexpr unsigned kSwpOffsetFirstBit = 9;   // SWP_OFFSET_FIRST_BIT
inline constexpr unsigned kSwpOffsetShift = 14;     // SWP_OFFSET_SHIFT
inline constexpr unsigned kSwpOffsetBits = 50;      // what is left: 64 - SWP_OFFSET_SHIFT
// Generic format: SWP_TYPE_SHIFT and SWP_OFFSET_MASK of include/linux/swapops.h.
inline constexpr unsigned kSwpTypeShift = 58;
inline constexpr uint64_t kSwpOffsetMask = (uint64_t{1} << kSwpTypeShift) - 1;
inline constexpr unsigned kMaxSwapfilesShift = 5;  // MAX_SWAPFILES_SHIFT

}  // namespace pteron

#endif  // PTERON_ARCH_X86_PGTABLE_TYPES_H_
