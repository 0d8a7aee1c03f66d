// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "tests/oracle/more_helpers.h"

#include "pteron/arch/x86/hugetlb.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/pte_marker.h"
#include "pteron/arch/x86/swapops.h"
#include "pteron/arch/x86/upper_levels.h"

namespace pteron {
namespace {

using E = const Encoding&;

constexpr uint64_t Bare(uint64_t value) { return value; }
constexpr uint64_t Bare(pte_t value) { return value.pte; }
constexpr uint64_t Bare(pmd_t value) { return value.pmd; }
constexpr uint64_t Bare(pud_t value) { return value.pud; }
constexpr uint64_t Bare(pgprot_t value) { return value.pgprot; }
constexpr uint64_t Bare(swp_entry_t value) { return value.val; }

#define PTERON_ROW(name, arity, expression)                                                           \
  MoreHelper {                                                                                        \
    name, arity, []([[maybe_unused]] E e, [[maybe_unused]] uint64_t a, [[maybe_unused]] uint64_t b) { \
      return Bare(expression);                                                                        \
    }                                                                                                 \
  }
#define PTERON_ON(f, word) PTERON_ROW(#f, 1, f(e, word{a}))

constexpr MoreHelper kHelpers[] = {
    // Words of the lowest table.
    PTERON_ON(pte_mkwrite_novma, pte_t),
    PTERON_ON(pte_shstk, pte_t),
    PTERON_ON(pte_mksaveddirty, pte_t),
    PTERON_ON(pte_clear_saveddirty, pte_t),
    PTERON_ON(pte_swp_uffd_wp_any, pte_t),
    PTERON_ON(pte_marker_uffd_wp, pte_t),
    PTERON_ROW("pte_advance_pfn", 2, pte_advance_pfn(pte_t{a}, b)),
    PTERON_ROW("mksaveddirty_shift", 1, mksaveddirty_shift(e, a)),
    PTERON_ROW("clear_saveddirty_shift", 1, clear_saveddirty_shift(e, a)),
    // Huge pages of hugetlb.
    PTERON_ON(huge_pte_none, pte_t),
    PTERON_ON(huge_pte_none_mostly, pte_t),
    PTERON_ON(huge_pte_write, pte_t),
    PTERON_ON(huge_pte_dirty, pte_t),
    PTERON_ON(huge_pte_mkwrite, pte_t),
    PTERON_ON(huge_pte_mkdirty, pte_t),
    PTERON_ON(huge_pte_wrprotect, pte_t),
    PTERON_ON(huge_pte_uffd_wp, pte_t),
    PTERON_ON(huge_pte_mkuffd_wp, pte_t),
    PTERON_ON(huge_pte_clear_uffd_wp, pte_t),
    PTERON_ROW("huge_pte_modify", 2, huge_pte_modify(e, pte_t{a}, pgprot_t{b})),
    // Upper levels.
    PTERON_ON(pmd_leaf, pmd_t),
    PTERON_ON(pmd_mkwrite_novma, pmd_t),
    PTERON_ON(pmd_shstk, pmd_t),
    PTERON_ON(pmd_mksaveddirty, pmd_t),
    PTERON_ON(pmd_clear_saveddirty, pmd_t),
    PTERON_ON(pmd_special, pmd_t),
    PTERON_ON(pmd_mkspecial, pmd_t),
    PTERON_ON(pud_leaf, pud_t),
    PTERON_ON(pud_flags, pud_t),
    PTERON_ON(pud_dirty, pud_t),
    PTERON_ON(pud_young, pud_t),
    PTERON_ON(pud_write, pud_t),
    PTERON_ON(pud_soft_dirty, pud_t),
    PTERON_ON(pud_mkhuge, pud_t),
    PTERON_ON(p4d_none, p4d_t),
    PTERON_ON(p4d_present, p4d_t),
    PTERON_ON(p4d_bad, p4d_t),
    PTERON_ON(p4d_leaf, p4d_t),
    PTERON_ON(p4d_flags, p4d_t),
    PTERON_ON(p4d_pfn, p4d_t),
    PTERON_ON(pgd_none, pgd_t),
    PTERON_ON(pgd_present, pgd_t),
    PTERON_ON(pgd_bad, pgd_t),
    PTERON_ON(pgd_leaf, pgd_t),
    PTERON_ON(pgd_flags, pgd_t),
    PTERON_ON(pgd_pfn, pgd_t),
    // Addresses and flags.
    PTERON_ROW("pte_index", 1, pte_index(a)),
    PTERON_ROW("pmd_index", 1, pmd_index(a)),
    PTERON_ROW("pud_index", 1, pud_index(a)),
    PTERON_ROW("p4d_index", 1, p4d_index(e, a)),
    PTERON_ROW("pgd_index", 1, pgd_index(e, a)),
    PTERON_ROW("vm_get_page_prot", 1, vm_get_page_prot(e, a)),
    PTERON_ROW("pgprot_nx", 1, pgprot_nx(pgprot_t{a})),
    PTERON_ROW("pgprot_4k_2_large", 1, pgprot_4k_2_large(pgprot_t{a})),
    PTERON_ROW("pgprot_large_2_4k", 1, pgprot_large_2_4k(pgprot_t{a})),
    // Swap entries.
    PTERON_ROW("__swp_type", 1, arch_swp_type(swp_entry_t{a})),
    PTERON_ROW("__swp_offset", 1, arch_swp_offset(swp_entry_t{a})),
    PTERON_ON(swp_offset_pfn, swp_entry_t),
    PTERON_ON(pte_marker_entry_uffd_wp, swp_entry_t),
    PTERON_ON(is_poisoned_swp_entry, swp_entry_t),
    PTERON_ON(is_writable_device_private_entry, swp_entry_t),
    PTERON_ON(is_writable_device_exclusive_entry, swp_entry_t),
    PTERON_ROW("make_readable_device_private_entry", 1, make_readable_device_private_entry(e, a)),
    PTERON_ROW("make_writable_device_private_entry", 1, make_writable_device_private_entry(e, a)),
    PTERON_ROW("make_readable_device_exclusive_entry", 1, make_readable_device_exclusive_entry(e, a)),
    PTERON_ROW("make_writable_device_exclusive_entry", 1, make_writable_device_exclusive_entry(e, a)),
};

#undef PTERON_ROW
#undef PTERON_ON

}  // namespace

std::span<const MoreHelper> MoreHelpers() { return kHelpers; }

}  // namespace pteron
