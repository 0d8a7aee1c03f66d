// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_ENCODING_H_
#define PTERON_ARCH_X86_ENCODING_H_

// The masks, bits and type numbers that one kernel uses in page-table words. A plain value, made of facts by MakeEncoding().

#include <array>
#include <cstdint>

#include "pteron/arch/x86/encoding_facts.h"
#include "pteron/arch/x86/entry_class.h"
#include "pteron/arch/x86/pgtable_types.h"

namespace pteron {

// The number of a swap type that a kernel does not have. No word can hold it.
inline constexpr uint32_t kNoSwapType = 0xff;

struct Encoding {
  // ---- Software bits of present words; 0 where the kernel has no such bit.
  uint64_t page_uffd_wp = 0;      // _PAGE_UFFD_WP, bit 10: a write is reported to userfaultfd
  uint64_t page_soft_dirty = 0;   // _PAGE_SOFT_DIRTY, bit 11: written since clear_refs
  uint64_t page_devmap = 0;       // _PAGE_DEVMAP: device memory with struct pages
  uint64_t page_saved_dirty = 0;  // _PAGE_SAVED_DIRTY, bit 58: dirty, while the word is write-protected
  uint64_t page_dirty_bits = 0;   // _PAGE_DIRTY_BITS: either dirty bit
  uint64_t page_pkey_mask = 0;    // _PAGE_PKEY_MASK, bits 59..62: which protection key
  uint64_t page_enc = 0;          // _PAGE_ENC: the memory is encrypted
  uint64_t page_cc = 0;           // _PAGE_CC: the encryption bit that changes of protection keep

  // ---- Bits of swap entries, between present (0) and the offset (9 and up). Bits 5..8 stay 0.
  uint64_t swp_soft_dirty = 0;  // _PAGE_SWP_SOFT_DIRTY, bit 1
  uint64_t swp_uffd_wp = 0;     // _PAGE_SWP_UFFD_WP, bit 2
  uint64_t swp_exclusive = 0;   // _PAGE_SWP_EXCLUSIVE, bit 3: the anonymous page is exclusive to its process

  // ---- Fields.
  uint64_t physical_mask = 0;           // __PHYSICAL_MASK
  uint64_t pte_pfn_mask = 0;            // PTE_PFN_MASK: where the frame number lies, bits 12..51
  uint64_t physical_pmd_page_mask = 0;  // PHYSICAL_PMD_PAGE_MASK: the same in a leaf of 2 MiB
  uint64_t physical_pud_page_mask = 0;  // PHYSICAL_PUD_PAGE_MASK: the same in a leaf of 1 GiB
  uint64_t page_chg_mask = 0;           // _PAGE_CHG_MASK: what pte_modify() keeps
  uint64_t hpage_chg_mask = 0;          // _HPAGE_CHG_MASK: what pmd_modify() does not take from the new protection
  uint64_t pmd_modify_keeps = 0;        // what pmd_modify() keeps: the same, less dirty where that is lost
  uint64_t supported_pte_mask = 0;      // __supported_pte_mask
  uint64_t page_table = 0;              // _PAGE_TABLE: flags of an entry that names a user table
  uint64_t kernpg_table = 0;            // _KERNPG_TABLE: flags of an entry that names a kernel table
  uint64_t page_kernel_ro = 0;          // __PAGE_KERNEL_RO
  std::array<pgprot_t, 16> protection_map{};  // vm_flags & (READ 1, WRITE 2, EXEC 4, SHARED 8) to flags

  // ---- Swap types.
  uint32_t max_swapfiles = 0;  // MAX_SWAPFILES: types below are swap devices
  uint32_t swp_hwpoison = kNoSwapType;
  uint32_t swp_migration_read = kNoSwapType;
  uint32_t swp_migration_read_exclusive = kNoSwapType;
  uint32_t swp_migration_write = kNoSwapType;
  uint32_t swp_device_write = kNoSwapType;
  uint32_t swp_device_read = kNoSwapType;
  uint32_t swp_device_exclusive_write = kNoSwapType;  // with one exclusive type: that one
  uint32_t swp_device_exclusive_read = kNoSwapType;   // with one exclusive type: that one
  uint32_t swp_pte_marker = kNoSwapType;
  uint32_t swp_swapin_error = kNoSwapType;
  uint32_t swp_migration_num = 0;  // how many types each group takes
  uint32_t swp_device_num = 0;
  std::array<EntryClass, 32> class_of_type{};  // what an entry of that type is; markers still differ by their bits

  // ---- Offsets of swap entries.
  unsigned max_physmem_bits = 0;   // MAX_PHYSMEM_BITS: 46, or 52 with 5 levels
  unsigned swp_pfn_bits = 0;       // SWP_PFN_BITS: the low bits of the offset that are the frame number
  uint64_t swp_pfn_mask = 0;       // SWP_PFN_MASK
  bool swap_migration_ad_supported = false;  // migration entries keep accessed and dirty
  uint64_t swp_mig_young = 0;      // SWP_MIG_YOUNG: that offset bit, also where it is not used
  uint64_t swp_mig_dirty = 0;      // SWP_MIG_DIRTY
  uint64_t pte_marker_mask = 0;    // PTE_MARKER_MASK

  // ---- The special PTE of the uffd-wp series, version 5 (UFFD_WP_SWP_PTE_SPECIAL): compared as a whole; 0: there is none.
  uint64_t uffd_wp_special = 0;

  // ---- How helpers decide.
  bool pte_mkuffd_wp_wrprotects = false;
  bool pmd_mkuffd_wp_wrprotects = false;
  bool pmd_bad_ignores_accessed = false;
  bool pud_leaf_needs_present = false;
  bool pmd_device_entries = false;
  bool hwpoison_is_pfn_entry = false;
  bool numa_balancing = false;
  bool transparent_hugepage = false;
  bool page_table_isolation = false;
  bool shadow_stacks = false;
  bool five_levels = false;
  uint8_t vm_uffd_minor_bit = 0;

  bool operator==(const Encoding&) const = default;
};

// Bits of a PTE marker's offset.
inline constexpr uint64_t kPteMarkerUffdWp = 1;    // PTE_MARKER_UFFD_WP
inline constexpr uint64_t kPteMarkerPoisoned = 2;  // PTE_MARKER_POISONED; 6.2 to 6.5: PTE_MARKER_SWAPIN_ERROR
inline constexpr uint64_t kPteMarkerGuard = 4;     // PTE_MARKER_GUARD

// Every value of the result follows from `facts`; any combination of facts is accepted.
constexpr Encoding MakeEncoding(const EncodingFacts& facts);

}  // namespace pteron

#include "pteron/arch/x86/make_encoding.h"  // IWYU pragma: export

#endif  // PTERON_ARCH_X86_ENCODING_H_
