// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// clang-format off: lists of macros.

/* Helpers and constants beyond helpers.h and constants.h, in the same X-macro form: those that only some releases
 * have, upper levels, address arithmetic, hugetlb. more_helpers.cc has Pteron's side of the helpers. Lists named
 * SINCE_6_2 are empty for 6.1 headers. */
#define D_(x)  ((p4d_t){ .p4d = (x) })
#define G_(x)  ((pgd_t){ .pgd = (x) })

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define ORACLE_FUNCS1_SINCE_6_2(F) \
 F(is_poisoned_swp_entry, B(is_poisoned_swp_entry(S_(a)))) \
 F(pte_mkwrite_novma, PV(pte_mkwrite_novma(P_(a)))) F(pmd_mkwrite_novma, MV(pmd_mkwrite_novma(M_(a)))) \
 F(pte_mkwrite_shstk, PV(pte_mkwrite_shstk(P_(a)))) F(pmd_mkwrite_shstk, MV(pmd_mkwrite_shstk(M_(a)))) \
 F(pte_shstk, B(pte_shstk(P_(a)))) F(pmd_shstk, B(pmd_shstk(M_(a)))) F(pud_shstk, B(pud_shstk(U_(a)))) \
 F(pte_mksaveddirty, PV(pte_mksaveddirty(P_(a)))) F(pte_clear_saveddirty, PV(pte_clear_saveddirty(P_(a)))) \
 F(pmd_mksaveddirty, MV(pmd_mksaveddirty(M_(a)))) F(pmd_clear_saveddirty, MV(pmd_clear_saveddirty(M_(a)))) \
 F(pud_mksaveddirty, UV(pud_mksaveddirty(U_(a)))) F(pud_clear_saveddirty, UV(pud_clear_saveddirty(U_(a)))) \
 F(pmd_special, B(pmd_special(M_(a)))) F(pmd_mkspecial, MV(pmd_mkspecial(M_(a)))) \
 F(pud_mkinvalid, UV(pud_mkinvalid(U_(a)))) \
 F(mksaveddirty_shift, (u64)mksaveddirty_shift(a)) F(clear_saveddirty_shift, (u64)clear_saveddirty_shift(a))
#define ORACLE_FUNCS2_SINCE_6_2(F) \
 F(pte_advance_pfn, PV(pte_advance_pfn(P_(a), b))) \
 F(pud_modify, UV(pud_modify(U_(a), __pgprot(b))))
#define ORACLE_CONSTS_SINCE_6_2(K) \
 K(_PAGE_SAVED_DIRTY) K(_PAGE_DIRTY_BITS) K(PTE_MARKER_POISONED) K(VM_SHADOW_STACK) K(VM_DROPPABLE)
#else
#define ORACLE_FUNCS1_SINCE_6_2(F)
#define ORACLE_FUNCS2_SINCE_6_2(F)
#define ORACLE_CONSTS_SINCE_6_2(K)
#endif

#define ORACLE_FUNCS1_MORE(F) \
 F(pte_swp_uffd_wp_any, B(pte_swp_uffd_wp_any(P_(a)))) F(pte_marker_uffd_wp, B(pte_marker_uffd_wp(P_(a)))) \
 F(pte_marker_entry_uffd_wp, B(pte_marker_entry_uffd_wp(S_(a)))) \
 F(pmd_leaf, B(pmd_leaf(M_(a)))) F(pud_leaf, B(pud_leaf(U_(a)))) F(pud_flags, (u64)pud_flags(U_(a))) \
 F(pud_dirty, B(pud_dirty(U_(a)))) F(pud_young, B(pud_young(U_(a)))) F(pud_write, B(pud_write(U_(a)))) \
 F(pud_soft_dirty, B(pud_soft_dirty(U_(a)))) F(pud_mksoft_dirty, UV(pud_mksoft_dirty(U_(a)))) \
 F(pud_clear_soft_dirty, UV(pud_clear_soft_dirty(U_(a)))) F(pud_mkhuge, UV(pud_mkhuge(U_(a)))) \
 F(pud_mkdevmap, UV(pud_mkdevmap(U_(a)))) \
 F(p4d_none, B(p4d_none(D_(a)))) F(p4d_present, B(p4d_present(D_(a)))) F(p4d_bad, B(p4d_bad(D_(a)))) \
 F(p4d_flags, (u64)p4d_flags(D_(a))) \
 F(p4d_pfn, (u64)p4d_pfn(D_(a))) F(pgd_none, B(pgd_none(G_(a)))) F(pgd_present, B(pgd_present(G_(a)))) \
 F(pgd_bad, B(pgd_bad(G_(a)))) \
 F(pgd_flags, (u64)pgd_flags(G_(a))) F(pgd_pfn, (u64)pgd_pfn(G_(a))) \
 F(pte_index, (u64)pte_index(a)) F(pmd_index, (u64)pmd_index(a)) F(pud_index, (u64)pud_index(a)) \
 F(p4d_index, (u64)p4d_index(a)) \
 F(pgd_index, (u64)pgd_index(a)) \
 F(pgprot_4k_2_large, (u64)pgprot_val(pgprot_4k_2_large(__pgprot(a)))) \
 F(pgprot_large_2_4k, (u64)pgprot_val(pgprot_large_2_4k(__pgprot(a)))) \
 F(__swp_type, (u64)__swp_type(S_(a))) F(__swp_offset, (u64)__swp_offset(S_(a))) \
 F(swp_offset_pfn, (u64)swp_offset_pfn(S_(a))) \
 F(is_writable_device_private_entry, B(is_writable_device_private_entry(S_(a)))) \
 F(is_writable_device_exclusive_entry, B(is_writable_device_exclusive_entry(S_(a)))) \
 F(make_readable_device_private_entry, SV(make_readable_device_private_entry(a))) \
 F(make_writable_device_private_entry, SV(make_writable_device_private_entry(a))) \
 F(make_readable_device_exclusive_entry, SV(make_readable_device_exclusive_entry(a))) \
 F(make_writable_device_exclusive_entry, SV(make_writable_device_exclusive_entry(a))) \
 F(huge_pte_none, B(huge_pte_none(P_(a)))) F(huge_pte_none_mostly, B(huge_pte_none_mostly(P_(a)))) \
 F(huge_pte_write, B(huge_pte_write(P_(a)))) F(huge_pte_dirty, B(huge_pte_dirty(P_(a)))) \
 F(huge_pte_mkwrite, PV(huge_pte_mkwrite(P_(a)))) \
 F(huge_pte_mkdirty, PV(huge_pte_mkdirty(P_(a)))) F(huge_pte_wrprotect, PV(huge_pte_wrprotect(P_(a)))) \
 F(huge_pte_uffd_wp, B(huge_pte_uffd_wp(P_(a)))) F(huge_pte_mkuffd_wp, PV(huge_pte_mkuffd_wp(P_(a)))) \
 F(huge_pte_clear_uffd_wp, PV(huge_pte_clear_uffd_wp(P_(a)))) F(pgprot_nx, (u64)pgprot_val(pgprot_nx(__pgprot(a)))) \
 F(vm_get_page_prot, (u64)page_prot_of(a)) F(p4d_leaf, B(p4d_leaf(D_(a)))) F(pgd_leaf, B(pgd_leaf(G_(a))))

#define ORACLE_FUNCS2_MORE(F) \
 F(huge_pte_modify, PV(huge_pte_modify(P_(a), __pgprot(b))))

#ifdef CONFIG_DEVICE_PRIVATE
#define ORACLE_CONSTS_DEVICE(K) K(SWP_DEVICE_WRITE) K(SWP_DEVICE_READ) K(SWP_DEVICE_EXCLUSIVE_WRITE) \
 K(SWP_DEVICE_EXCLUSIVE_READ)
#else
#define ORACLE_CONSTS_DEVICE(K)
#endif

#define ORACLE_CONSTS_MORE(K) ORACLE_CONSTS_DEVICE(K) \
 K(SWP_MIG_YOUNG) K(SWP_MIG_DIRTY) K(_PAGE_TABLE_NOENC) K(_KERNPG_TABLE_NOENC) \
 K(PAGE_SIZE) K(PMD_SIZE) K(PUD_SIZE) K(P4D_SIZE) K(PGDIR_SIZE) K(PAGE_MASK) K(PMD_MASK) K(PUD_MASK) K(P4D_MASK) \
 K(PGDIR_MASK) \
 K(HPAGE_PMD_NR) K(HPAGE_PMD_SIZE)
