// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_MAKE_ENCODING_H_
#define PTERON_ARCH_X86_MAKE_ENCODING_H_

// How an Encoding follows from facts: MakeEncoding() of encoding.h, which includes this.

#include <cstdint>

#include "pteron/arch/x86/encoding.h"

namespace pteron {
namespace internal {

constexpr void AssignSwapTypes(const EncodingFacts& f, Encoding& e) {
  const uint32_t hwpoison = f.hwpoison ? 1 : 0;
  e.swp_migration_num = f.migration ? f.migration_types : 0;
  e.swp_device_num = f.device_private ? f.device_types : 0;
  const uint32_t marker = f.pte_markers && f.pte_marker_configured ? 1 : 0;
  const uint32_t swapin_error = f.swapin_error_type ? 1 : 0;
  e.max_swapfiles = (1u << kMaxSwapfilesShift) - hwpoison - e.swp_migration_num - e.swp_device_num - marker - swapin_error;

  e.class_of_type.fill(EntryClass::swap);
  uint32_t next = e.max_swapfiles;
  const auto take = [&](EntryClass entry_class) {
    e.class_of_type[next] = entry_class;
    return next++;
  };
  if (hwpoison) e.swp_hwpoison = take(EntryClass::hwpoison);
  if (e.swp_migration_num >= 2) {
    e.swp_migration_read = take(EntryClass::migration);
    if (e.swp_migration_num == 3) e.swp_migration_read_exclusive = take(EntryClass::migration);
    e.swp_migration_write = take(EntryClass::migration);
  }
  if (e.swp_device_num >= 2) {
    e.swp_device_write = take(EntryClass::device);
    e.swp_device_read = take(EntryClass::device);
  }
  if (e.swp_device_num == 3) e.swp_device_exclusive_write = e.swp_device_exclusive_read = take(EntryClass::device);
  if (e.swp_device_num == 4) {
    e.swp_device_exclusive_write = take(EntryClass::device);
    e.swp_device_exclusive_read = take(EntryClass::device);
  }
  if (marker) e.swp_pte_marker = take(EntryClass::marker);
  if (swapin_error) e.swp_swapin_error = take(EntryClass::swapin_error);
}

constexpr void AssignOffsets(const EncodingFacts& f, Encoding& e) {
  e.max_physmem_bits = f.five_levels ? 52 : 46;
  e.swp_pfn_bits = f.pfn_in_low_offset_bits ? e.max_physmem_bits - kPageShift : kSwpTypeShift;
  e.swp_pfn_mask = (uint64_t{1} << e.swp_pfn_bits) - 1;
  e.swp_mig_young = f.migration_young_dirty ? uint64_t{1} << e.swp_pfn_bits : 0;
  e.swp_mig_dirty = e.swp_mig_young << 1;
  e.swap_migration_ad_supported =
      f.migration && f.migration_young_dirty && f.swapfile_maximum_size >= uint64_t{1} << (e.swp_pfn_bits + 2);
  e.pte_marker_mask = f.pte_markers && f.pte_marker_configured ? f.marker_mask : 0;
  e.uffd_wp_special = f.special_pte && f.uffd_wp ? kPageUser : 0;
}

constexpr void AssignProtections(const EncodingFacts& f, Encoding& e) {
  const uint64_t none = kPageProtnone | kPageAccessed;                              // PAGE_NONE
  const uint64_t readonly_exec = kPagePresent | kPageUser | kPageAccessed;          // PAGE_READONLY_EXEC, PAGE_COPY_EXEC
  const uint64_t shared_exec = readonly_exec | kPageRw;                             // PAGE_SHARED_EXEC
  for (unsigned i = 0; i < 16; ++i) {
    const bool read = i & 1, write = i & 2, exec = i & 4, shared = i & 8;
    uint64_t flags = write && shared ? shared_exec : readonly_exec;
    if (!exec) flags |= kPageNx;
    if (!read && !write && !exec) flags = none;
    e.protection_map[i] = pgprot_t{flags | f.sme_me_mask};
  }
  e.kernpg_table = kPagePresent | kPageRw | kPageAccessed | kPageDirty | e.page_enc;
  e.page_table = e.kernpg_table | kPageUser;
  e.page_kernel_ro = kPagePresent | kPageAccessed | kPageNx | kPageGlobal | (f.kernel_ro_dirty ? kPageDirty : 0);
}

}  // namespace internal

constexpr Encoding MakeEncoding(const EncodingFacts& f) {
  Encoding e;
  e.page_uffd_wp = f.uffd_wp ? uint64_t{1} << kPageBitSoftw2 : 0;
  e.page_soft_dirty = f.soft_dirty ? uint64_t{1} << kPageBitSoftw3 : 0;
  e.page_devmap = f.devmap_bit < 64 ? uint64_t{1} << f.devmap_bit : 0;
  e.page_saved_dirty = f.saved_dirty ? uint64_t{1} << 58 : 0;
  e.page_dirty_bits = kPageDirty | e.page_saved_dirty;
  e.page_pkey_mask = f.protection_keys ? uint64_t{0xf} << kPageBitPkeyBit0 : 0;
  e.page_enc = f.sme_me_mask;
  e.page_cc = f.cc_mask;
  e.swp_soft_dirty = f.soft_dirty ? kPageRw : 0;
  e.swp_uffd_wp = f.uffd_wp ? kPageUser : 0;
  e.swp_exclusive = f.swp_exclusive ? kPagePwt : 0;

  e.physical_mask = f.physical_mask;
  e.pte_pfn_mask = kPageMask & f.physical_mask;
  e.physical_pmd_page_mask = kPmdMask & f.physical_mask;
  e.physical_pud_page_mask = kPudMask & f.physical_mask;
  const uint64_t common = e.pte_pfn_mask | kPagePcd | kPagePwt | kPageSpecial | kPageAccessed | e.page_dirty_bits |
                          e.page_soft_dirty | e.page_devmap | e.page_cc | e.page_uffd_wp;
  e.page_chg_mask = common | (f.modify_keeps_pat ? kPagePat : 0);
  e.hpage_chg_mask = common | kPagePse | (f.modify_keeps_pat ? kPagePatLarge : 0);
  e.pmd_modify_keeps = e.hpage_chg_mask & ~(f.pmd_modify_drops_dirty ? kPageDirty : 0);
  e.supported_pte_mask = f.supported_pte_mask;
  internal::AssignProtections(f, e);
  internal::AssignSwapTypes(f, e);
  internal::AssignOffsets(f, e);

  e.pte_mkuffd_wp_wrprotects = f.pte_mkuffd_wp_wrprotects;
  e.pmd_mkuffd_wp_wrprotects = f.pmd_mkuffd_wp_wrprotects;
  e.pmd_bad_ignores_accessed = f.pmd_bad_ignores_accessed;
  e.pud_leaf_needs_present = f.pud_leaf_needs_present;
  e.pmd_device_entries = f.pmd_device_entries;
  e.hwpoison_is_pfn_entry = f.hwpoison_is_pfn_entry;
  e.numa_balancing = f.numa_balancing;
  e.transparent_hugepage = f.transparent_hugepage;
  e.page_table_isolation = f.page_table_isolation;
  e.shadow_stacks = f.shadow_stacks && f.saved_dirty;
  e.five_levels = f.five_levels;
  e.vm_uffd_minor_bit = f.vm_uffd_minor_bit;
  return e;
}

}  // namespace pteron

#endif  // PTERON_ARCH_X86_MAKE_ENCODING_H_
