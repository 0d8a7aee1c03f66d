// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_ENCODING_FACTS_H_
#define PTERON_ARCH_X86_ENCODING_FACTS_H_

// What decides how page-table words look: one field per fact, so that one commit changes one field. MakeEncoding() (encoding.h)
// turns facts into masks and numbers.

#include <cstdint>

namespace pteron {

// Limits of the swap offset, in pages of 4 KiB: `swapfile_maximum_size` of mm/swapfile.c.
inline constexpr uint64_t kSwapfileMaximumSize = uint64_t{1} << 50;      // all bits of the offset
inline constexpr uint64_t kSwapfileMaximumSizeL1tf = uint64_t{1} << 30;  // a processor with the L1TF bug (Nehalem), mitigated

inline constexpr uint8_t kNoBit = 0xff;

struct EncodingFacts {
  // ---- Configuration.
  // CONFIG_MEM_SOFT_DIRTY: bit 11 of present words and bit 1 of swap entries mean soft-dirty.
  bool soft_dirty = true;
  // CONFIG_HAVE_ARCH_USERFAULTFD_WP: bit 10 of present words and bit 2 of swap entries mean write-protected by userfaultfd.
  bool uffd_wp = true;
  // CONFIG_X86_INTEL_MEMORY_PROTECTION_KEYS: bits 59..62 of present words are a protection key.
  bool protection_keys = true;
  // CONFIG_MEMORY_FAILURE: one swap type is taken for frames whose memory failed.
  bool hwpoison = true;
  // CONFIG_MIGRATION: swap types are taken for pages that are being moved.
  bool migration = true;
  // CONFIG_DEVICE_PRIVATE: swap types are taken for pages that devices hold (`device_types` of them).
  bool device_private = false;
  // CONFIG_PTE_MARKER (5.19 to 6.1 only; later always): the marker type exists.
  bool pte_marker_configured = true;
  // CONFIG_NUMA_BALANCING: pte_protnone() and pmd_protnone() look at the word; without it they are always false.
  bool numa_balancing = true;
  // CONFIG_TRANSPARENT_HUGEPAGE: pmd_trans_huge() looks at the word; without it, it is always false.
  bool transparent_hugepage = true;
  // CONFIG_PAGE_TABLE_ISOLATION: the tests for bad top-level entries allow NX.
  bool page_table_isolation = true;

  // ---- Release: swap types, from the lowest special one up: hwpoison, migration, device, marker, swapin error. Real swap
  // devices have what is left of 32.
  // 2: read and write (to 5.18). 3: also read-exclusive, for an anonymous page that is exclusive to its process (5.19 on).
  uint8_t migration_types = 3;
  // With CONFIG_DEVICE_PRIVATE: 2 (write, read; to 5.13), 4 (also exclusive-write, exclusive-read; 5.14 on), 3 (one exclusive;
  // 6.15 on).
  uint8_t device_types = 4;
  // PTE markers: words without a page that carry information (5.19 on).
  bool pte_markers = true;
  // The bits that a marker may carry: 1 uffd-wp (5.19), 2 poison, first called swapin error (6.2), 4 guard (6.13).
  uint8_t marker_mask = 1;
  // A swap type of its own for a page that could not be read back (5.19 to 6.1).
  bool swapin_error_type = false;
  // is_pfn_swap_entry() counts hwpoison entries too (6.1).
  bool hwpoison_is_pfn_entry = true;
  // Entries with a frame number keep it in MAX_PHYSMEM_BITS - 12 bits of the offset and may use the rest (6.1). Before, the whole
  // offset is the frame number.
  bool pfn_in_low_offset_bits = true;
  // Migration entries keep accessed and dirty in the two offset bits above the frame number, where the offset has room (6.1).
  bool migration_young_dirty = true;
  // The uffd-wp series, version 5: the word with only bit 2 set is "no page, write-protected" and not a swap entry.
  bool special_pte = false;

  // ---- Release: bits.
  // Bit 3 of swap entries says that an anonymous page is exclusive to its process (5.19).
  bool swp_exclusive = true;
  // A write-protected dirty page keeps "dirty" in bit 58, since write-protected with the dirty bit means shadow stack (6.6).
  bool saved_dirty = false;
  // The bit that says "device memory with struct pages": 58 (to 6.5), 57 (6.6 to 6.16), none (6.17 on).
  uint8_t devmap_bit = 58;
  // pte_mkuffd_wp() takes the write permission too (6.3).
  bool pte_mkuffd_wp_wrprotects = false;
  // pmd_mkuffd_wp() does so (6.3).
  bool pmd_mkuffd_wp_wrprotects = false;
  // pte_modify() keeps the PAT bit, bit 7 (6.5, and stable kernels of September 2023 on). pmd_modify() always did, because it is PSE there.
  bool modify_keeps_pat = true;
  // pmd_modify() loses the dirty bit (6.6 until "x86/mm: Fix user-space data loss with MADV_FREE and THP", f7491d7c81db, in 7.3 and
  // later stable releases of 6.12, 6.18 and 7.2). pte_modify() never did.
  bool pmd_modify_drops_dirty = false;
  // pmd_bad() does not look at the accessed bit of a table entry (6.1).
  bool pmd_bad_ignores_accessed = true;
  // pud_leaf(), once pud_large(), is true only if the present bit is set too (to 6.8).
  bool pud_leaf_needs_present = true;
  // __PAGE_KERNEL_RO has the dirty bit (to 6.5).
  bool kernel_ro_dirty = true;
  // A PMD may be a device-private entry (6.19).
  bool pmd_device_entries = false;
  // Number of the VMA flag VM_UFFD_MINOR, for the table of constants only.
  uint8_t vm_uffd_minor_bit = 37;

  // ---- Run time.
  // 5-level paging is on: frame numbers have 40 bits, not 34, and the top table's entries are 256 TiB apart.
  bool five_levels = false;
  // The processor has user shadow stacks: write-protected with the dirty bit is then writable memory, of that kind (6.6).
  bool shadow_stacks = false;
  // physical_mask: the address bits of a word, before the low 12 are taken off. All 52 whatever the processor says, less the
  // encryption bit.
  uint64_t physical_mask = (uint64_t{1} << 52) - 1;
  // sme_me_mask: the bit that means "encrypted" in words that the kernel makes; 0 for none.
  uint64_t sme_me_mask = 0;
  // cc_mask: the encryption bit that changes of protection keep (up to 5.18: sme_me_mask).
  uint64_t cc_mask = 0;
  // __supported_pte_mask: the bits that a present word may have.
  uint64_t supported_pte_mask = ~uint64_t{0};
  // swapfile_maximum_size, in pages: 2^50, or less on a processor with the L1TF bug.
  uint64_t swapfile_maximum_size = kSwapfileMaximumSize;

  bool operator==(const EncodingFacts&) const = default;
};

// Releases that golden data is from, in its configuration (docs/kernels.md). Evidence: "headers" compiled and compared in
// tests/oracle, "source" read, "golden" words of a running kernel.

// 5.10.223 (source of 5.14 and the stable queue; golden: hwpoison is type 29, so no device types).
inline constexpr EncodingFacts kFactsV5_10 = [] {
  EncodingFacts f;
  f.migration_types = 2;
  f.device_types = 2;
  f.pte_markers = false;
  f.marker_mask = 0;
  f.hwpoison_is_pfn_entry = false;
  f.pfn_in_low_offset_bits = false;
  f.migration_young_dirty = false;
  f.swp_exclusive = false;
  f.pmd_bad_ignores_accessed = false;
  return f;
}();

// 5.14.2 (source; golden).
inline constexpr EncodingFacts kFactsV5_14 = [] {
  EncodingFacts f = kFactsV5_10;
  f.device_types = 4;
  f.modify_keeps_pat = false;
  return f;
}();

// 6.1.192 (headers; golden).
inline constexpr EncodingFacts kFactsV6_1 = [] {
  EncodingFacts f;
  f.swapin_error_type = true;
  return f;
}();

// 6.12.117, where pmd_modify() keeps the dirty bit again (headers; golden).
inline constexpr EncodingFacts kFactsV6_12 = [] {
  EncodingFacts f;
  f.marker_mask = 3;
  f.saved_dirty = true;
  f.devmap_bit = 57;
  f.pte_mkuffd_wp_wrprotects = true;
  f.pmd_mkuffd_wp_wrprotects = true;
  f.pud_leaf_needs_present = false;
  f.kernel_ro_dirty = false;
  f.vm_uffd_minor_bit = 38;
  return f;
}();

// 6.18 as released (source; words of a running kernel).
inline constexpr EncodingFacts kFactsV6_18 = [] {
  EncodingFacts f = kFactsV6_12;
  f.pmd_modify_drops_dirty = true;
  f.device_private = true;
  f.device_types = 3;
  f.marker_mask = 7;
  f.devmap_bit = kNoBit;
  f.vm_uffd_minor_bit = 41;
  return f;
}();

// 7.2.13 (golden: hwpoison is type 24, markers f...fc00, fa00, f600, a dirty huge page stays so under mprotect; source of its
// development).
inline constexpr EncodingFacts kFactsV7_2 = [] {
  EncodingFacts f = kFactsV6_18;
  f.pmd_modify_drops_dirty = false;
  f.pmd_device_entries = true;
  return f;
}();

}  // namespace pteron

#endif  // PTERON_ARCH_X86_ENCODING_FACTS_H_
