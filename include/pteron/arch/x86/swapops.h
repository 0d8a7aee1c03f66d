// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_SWAPOPS_H_
#define PTERON_ARCH_X86_SWAPOPS_H_

// Swap entries: words that are neither none nor present, and what they say. include/linux/swapops.h, arch/x86/include/asm/
// pgtable_64.h. Total, pure and bit-exact, as in pte.h. A type that the kernel does not have is never recognised, and making an
// entry of it gives the entry 0, as the kernel's stubs do. Markers and the special PTE are in pte_marker.h.

#include <cstdint>

#include "pteron/arch/x86/pmd.h"
#include "pteron/arch/x86/pte.h"

namespace pteron {

// ---- The format in tables; __swp_entry(), __swp_type(), __swp_offset() in the kernel. The offset is inverted, so that a small
// one is a frame number beyond all memory for a processor with the L1TF bug.
constexpr swp_entry_t arch_swp_entry(uint64_t type, uint64_t offset) {
  return swp_entry_t{(~offset << kSwpOffsetShift >> kSwpTypeBits) | (type << (64 - kSwpTypeBits))};
}
constexpr uint64_t arch_swp_type(swp_entry_t arch_entry) { return arch_entry.val >> (64 - kSwpTypeBits); }
constexpr uint64_t arch_swp_offset(swp_entry_t arch_entry) { return ~arch_entry.val << kSwpTypeBits >> kSwpOffsetShift; }

// ---- The generic format.
constexpr swp_entry_t swp_entry(uint64_t type, uint64_t offset) {
  return swp_entry_t{(type << kSwpTypeShift) | (offset & kSwpOffsetMask)};
}
constexpr uint32_t swp_type(swp_entry_t entry) { return static_cast<uint32_t>(entry.val >> kSwpTypeShift); }
constexpr uint64_t swp_offset(swp_entry_t entry) { return entry.val & kSwpOffsetMask; }
// The frame number of an entry that has one (is_pfn_swap_entry()); before 6.1 the whole offset.
constexpr uint64_t swp_offset_pfn(const Encoding& e, swp_entry_t entry) { return swp_offset(entry) & e.swp_pfn_mask; }

// ---- Between table and generic format. The flags of the word are lost.
constexpr swp_entry_t pte_to_swp_entry(const Encoding& e, pte_t pte) {
  const swp_entry_t arch_entry{pte_swp_clear_flags(e, pte).pte};
  return swp_entry(arch_swp_type(arch_entry), arch_swp_offset(arch_entry));
}
constexpr pte_t swp_entry_to_pte(const Encoding&, swp_entry_t entry) {
  return pte_t{arch_swp_entry(swp_type(entry), swp_offset(entry)).val};
}
constexpr swp_entry_t pmd_to_swp_entry(const Encoding& e, pmd_t pmd) {
  const swp_entry_t arch_entry{pmd_swp_clear_uffd_wp(e, pmd_swp_clear_soft_dirty(e, pmd)).pmd};
  return swp_entry(arch_swp_type(arch_entry), arch_swp_offset(arch_entry));
}
constexpr pmd_t swp_entry_to_pmd(const Encoding&, swp_entry_t entry) {
  return pmd_t{arch_swp_entry(swp_type(entry), swp_offset(entry)).val};
}

// ---- Kinds.
// Neither none nor present. True for a marker and for the special PTE.
constexpr bool is_swap_pte(const Encoding& e, pte_t pte) { return !pte_none(e, pte) && !pte_present(e, pte); }
constexpr bool is_swap_pmd(const Encoding& e, pmd_t pmd) { return !pmd_none(e, pmd) && !pmd_present(e, pmd); }
// Not on a swap device: one of the types below.
constexpr bool non_swap_entry(const Encoding& e, swp_entry_t entry) { return swp_type(entry) >= e.max_swapfiles; }

// ---- Migration: the page is being moved, `offset` is its frame number. Writable: the word was; read-exclusive (5.19): it was
// not, and the anonymous page is exclusive to its process.
constexpr bool is_writable_migration_entry(const Encoding& e, swp_entry_t entry) {
  return swp_type(entry) == e.swp_migration_write;
}
constexpr bool is_readable_migration_entry(const Encoding& e, swp_entry_t entry) {
  return swp_type(entry) == e.swp_migration_read;
}
constexpr bool is_readable_exclusive_migration_entry(const Encoding& e, swp_entry_t entry) {
  return swp_type(entry) == e.swp_migration_read_exclusive;
}
constexpr bool is_migration_entry(const Encoding& e, swp_entry_t entry) {
  return is_readable_migration_entry(e, entry) || is_readable_exclusive_migration_entry(e, entry) ||
         is_writable_migration_entry(e, entry);
}
constexpr bool is_pmd_migration_entry(const Encoding& e, pmd_t pmd) {
  return is_swap_pmd(e, pmd) && is_migration_entry(e, pmd_to_swp_entry(e, pmd));
}
// An entry of `type`, or 0 where the kernel does not have the type.
constexpr swp_entry_t make_entry_of_type(uint32_t type, uint64_t offset) {
  return type == kNoSwapType ? swp_entry_t{0} : swp_entry(type, offset);
}
constexpr swp_entry_t make_readable_migration_entry(const Encoding& e, uint64_t offset) {
  return make_entry_of_type(e.swp_migration_read, offset);
}
constexpr swp_entry_t make_readable_exclusive_migration_entry(const Encoding& e, uint64_t offset) {
  return make_entry_of_type(e.swp_migration_read_exclusive, offset);
}
constexpr swp_entry_t make_writable_migration_entry(const Encoding& e, uint64_t offset) {
  return make_entry_of_type(e.swp_migration_write, offset);
}
// Accessed and dirty of the moved word, in the two offset bits above the frame number (6.1; not on a processor with the L1TF bug).
// Where they are not kept: making changes nothing, testing says no.
constexpr bool migration_entry_supports_ad(const Encoding& e) { return e.swap_migration_ad_supported; }
constexpr swp_entry_t make_migration_entry_young(const Encoding& e, swp_entry_t entry) {
  return migration_entry_supports_ad(e) ? swp_entry(swp_type(entry), swp_offset(entry) | e.swp_mig_young) : entry;
}
constexpr swp_entry_t make_migration_entry_dirty(const Encoding& e, swp_entry_t entry) {
  return migration_entry_supports_ad(e) ? swp_entry(swp_type(entry), swp_offset(entry) | e.swp_mig_dirty) : entry;
}
constexpr bool is_migration_entry_young(const Encoding& e, swp_entry_t entry) {
  return migration_entry_supports_ad(e) && (swp_offset(entry) & e.swp_mig_young);
}
constexpr bool is_migration_entry_dirty(const Encoding& e, swp_entry_t entry) {
  return migration_entry_supports_ad(e) && (swp_offset(entry) & e.swp_mig_dirty);
}

// ---- The frame's memory failed; `offset` is the frame number.
constexpr swp_entry_t make_hwpoison_entry(const Encoding& e, uint64_t pfn) { return make_entry_of_type(e.swp_hwpoison, pfn); }
constexpr bool is_hwpoison_entry(const Encoding& e, swp_entry_t entry) { return swp_type(entry) == e.swp_hwpoison; }

// ---- Device memory: private (the page is there) and, from 5.14 on, exclusive (the processor must not use the page meanwhile).
// `offset` is the frame number. With one exclusive type (6.15) readable and writable are the same.
constexpr swp_entry_t make_readable_device_private_entry(const Encoding& e, uint64_t offset) {
  return make_entry_of_type(e.swp_device_read, offset);
}
constexpr swp_entry_t make_writable_device_private_entry(const Encoding& e, uint64_t offset) {
  return make_entry_of_type(e.swp_device_write, offset);
}
constexpr bool is_device_private_entry(const Encoding& e, swp_entry_t entry) {
  return swp_type(entry) == e.swp_device_read || swp_type(entry) == e.swp_device_write;
}
constexpr bool is_writable_device_private_entry(const Encoding& e, swp_entry_t entry) {
  return swp_type(entry) == e.swp_device_write;
}
constexpr swp_entry_t make_readable_device_exclusive_entry(const Encoding& e, uint64_t offset) {
  return make_entry_of_type(e.swp_device_exclusive_read, offset);
}
constexpr swp_entry_t make_writable_device_exclusive_entry(const Encoding& e, uint64_t offset) {
  return make_entry_of_type(e.swp_device_exclusive_write, offset);
}
constexpr bool is_device_exclusive_entry(const Encoding& e, swp_entry_t entry) {
  return swp_type(entry) == e.swp_device_exclusive_read || swp_type(entry) == e.swp_device_exclusive_write;
}
constexpr bool is_writable_device_exclusive_entry(const Encoding& e, swp_entry_t entry) {
  return swp_type(entry) == e.swp_device_exclusive_write;
}

// The offset is a frame number. From 6.1 on hwpoison counts.
constexpr bool is_pfn_swap_entry(const Encoding& e, swp_entry_t entry) {
  return is_migration_entry(e, entry) || is_device_private_entry(e, entry) || is_device_exclusive_entry(e, entry) ||
         (e.hwpoison_is_pfn_entry && is_hwpoison_entry(e, entry));
}

}  // namespace pteron

#include "pteron/arch/x86/pte_marker.h"  // IWYU pragma: export

#endif  // PTERON_ARCH_X86_SWAPOPS_H_
