// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
/* X-macro table of kernel page-table inlines: shared by the kernel module and
 * by the userspace object.  a,b,c are u64.  Every result is a u64. */
#define P_(x)  ((pte_t){ .pte = (x) })
#define M_(x)  ((pmd_t){ .pmd = (x) })
#define U_(x)  ((pud_t){ .pud = (x) })
#define S_(x)  ((swp_entry_t){ .val = (x) })
#define PV(x)  ((u64)native_pte_val(x))
#define MV(x)  ((u64)native_pmd_val(x))
#define UV(x)  ((u64)native_pud_val(x))
#define SV(x)  ((u64)((x).val))
#define B(x)   ((u64)!!(x))
#define PT_FUNCS1(F) \
 /* pte -> pte */ \
 F(pte_mkdirty, PV(pte_mkdirty(P_(a)))) F(pte_mkclean, PV(pte_mkclean(P_(a)))) \
 F(pte_mkyoung, PV(pte_mkyoung(P_(a)))) F(pte_mkold, PV(pte_mkold(P_(a)))) \
 F(pte_mkwrite, PV(pte_mkwrite(P_(a)))) F(pte_wrprotect, PV(pte_wrprotect(P_(a)))) \
 F(pte_mkexec, PV(pte_mkexec(P_(a)))) F(pte_mkhuge, PV(pte_mkhuge(P_(a)))) F(pte_clrhuge, PV(pte_clrhuge(P_(a)))) \
 F(pte_mkglobal, PV(pte_mkglobal(P_(a)))) F(pte_clrglobal, PV(pte_clrglobal(P_(a)))) \
 F(pte_mkspecial, PV(pte_mkspecial(P_(a)))) F(pte_mkdevmap, PV(pte_mkdevmap(P_(a)))) \
 F(pte_mkuffd_wp, PV(pte_mkuffd_wp(P_(a)))) F(pte_clear_uffd_wp, PV(pte_clear_uffd_wp(P_(a)))) \
 F(pte_mksoft_dirty, PV(pte_mksoft_dirty(P_(a)))) F(pte_clear_soft_dirty, PV(pte_clear_soft_dirty(P_(a)))) \
 F(pte_swp_mkexclusive, PV(pte_swp_mkexclusive(P_(a)))) F(pte_swp_clear_exclusive, PV(pte_swp_clear_exclusive(P_(a)))) \
 F(pte_swp_mksoft_dirty, PV(pte_swp_mksoft_dirty(P_(a)))) F(pte_swp_clear_soft_dirty, PV(pte_swp_clear_soft_dirty(P_(a)))) \
 F(pte_swp_mkuffd_wp, PV(pte_swp_mkuffd_wp(P_(a)))) F(pte_swp_clear_uffd_wp, PV(pte_swp_clear_uffd_wp(P_(a)))) \
 F(pte_swp_clear_flags, PV(pte_swp_clear_flags(P_(a)))) \
 /* pte -> value */ \
 F(pte_none, B(pte_none(P_(a)))) F(pte_present, B(pte_present(P_(a)))) F(pte_protnone, B(pte_protnone(P_(a)))) \
 F(pte_dirty, B(pte_dirty(P_(a)))) F(pte_young, B(pte_young(P_(a)))) F(pte_write, B(pte_write(P_(a)))) \
 F(pte_exec, B(pte_exec(P_(a)))) F(pte_huge, B(pte_huge(P_(a)))) F(pte_global, B(pte_global(P_(a)))) \
 F(pte_special, B(pte_special(P_(a)))) F(pte_devmap, B(pte_devmap(P_(a)))) \
 F(pte_uffd_wp, B(pte_uffd_wp(P_(a)))) F(pte_soft_dirty, B(pte_soft_dirty(P_(a)))) \
 F(pte_swp_exclusive, B(pte_swp_exclusive(P_(a)))) F(pte_swp_soft_dirty, B(pte_swp_soft_dirty(P_(a)))) F(pte_swp_uffd_wp, B(pte_swp_uffd_wp(P_(a)))) \
 F(pte_pfn, (u64)pte_pfn(P_(a))) F(pte_flags, (u64)pte_flags(P_(a))) \
 F(is_swap_pte, B(is_swap_pte(P_(a)))) F(is_pte_marker, B(is_pte_marker(P_(a)))) F(pte_none_mostly, B(pte_none_mostly(P_(a)))) \
 F(pte_to_swp_entry, SV(pte_to_swp_entry(P_(a)))) \
 F(pte_swp_type, (u64)swp_type(pte_to_swp_entry(P_(a)))) F(pte_swp_offset, (u64)swp_offset(pte_to_swp_entry(P_(a)))) \
 F(pte_flags_pkey, (u64)pte_flags_pkey(a)) \
 /* pmd */ \
 F(pmd_mkdirty, MV(pmd_mkdirty(M_(a)))) F(pmd_mkclean, MV(pmd_mkclean(M_(a)))) \
 F(pmd_mkyoung, MV(pmd_mkyoung(M_(a)))) F(pmd_mkold, MV(pmd_mkold(M_(a)))) \
 F(pmd_mkwrite, MV(pmd_mkwrite(M_(a)))) F(pmd_wrprotect, MV(pmd_wrprotect(M_(a)))) \
 F(pmd_mkhuge, MV(pmd_mkhuge(M_(a)))) F(pmd_mkdevmap, MV(pmd_mkdevmap(M_(a)))) \
 F(pmd_mkuffd_wp, MV(pmd_mkuffd_wp(M_(a)))) F(pmd_clear_uffd_wp, MV(pmd_clear_uffd_wp(M_(a)))) \
 F(pmd_mksoft_dirty, MV(pmd_mksoft_dirty(M_(a)))) F(pmd_clear_soft_dirty, MV(pmd_clear_soft_dirty(M_(a)))) \
 F(pmd_swp_mksoft_dirty, MV(pmd_swp_mksoft_dirty(M_(a)))) F(pmd_swp_clear_soft_dirty, MV(pmd_swp_clear_soft_dirty(M_(a)))) \
 F(pmd_swp_mkuffd_wp, MV(pmd_swp_mkuffd_wp(M_(a)))) F(pmd_swp_clear_uffd_wp, MV(pmd_swp_clear_uffd_wp(M_(a)))) \
 F(pmd_mkinvalid, MV(pmd_mkinvalid(M_(a)))) \
 F(pmd_none, B(pmd_none(M_(a)))) F(pmd_present, B(pmd_present(M_(a)))) F(pmd_protnone, B(pmd_protnone(M_(a)))) \
 F(pmd_dirty, B(pmd_dirty(M_(a)))) F(pmd_young, B(pmd_young(M_(a)))) F(pmd_write, B(pmd_write(M_(a)))) \
 F(pmd_uffd_wp, B(pmd_uffd_wp(M_(a)))) F(pmd_soft_dirty, B(pmd_soft_dirty(M_(a)))) \
 F(pmd_swp_soft_dirty, B(pmd_swp_soft_dirty(M_(a)))) F(pmd_swp_uffd_wp, B(pmd_swp_uffd_wp(M_(a)))) \
 F(pmd_trans_huge, B(pmd_trans_huge(M_(a)))) F(pmd_devmap, B(pmd_devmap(M_(a)))) F(pmd_large, B(pmd_large(M_(a)))) \
 F(pmd_bad, B(pmd_bad(M_(a)))) F(pmd_pfn, (u64)pmd_pfn(M_(a))) F(pmd_flags, (u64)pmd_flags(M_(a))) \
 F(is_swap_pmd, B(is_swap_pmd(M_(a)))) F(is_pmd_migration_entry, B(is_pmd_migration_entry(M_(a)))) \
 F(pmd_to_swp_entry, SV(pmd_to_swp_entry(M_(a)))) \
 /* pud */ \
 F(pud_none, B(pud_none(U_(a)))) F(pud_present, B(pud_present(U_(a)))) F(pud_bad, B(pud_bad(U_(a)))) F(pud_large, B(pud_large(U_(a)))) \
 F(pud_pfn, (u64)pud_pfn(U_(a))) F(pud_mkold, UV(pud_mkold(U_(a)))) F(pud_mkyoung, UV(pud_mkyoung(U_(a)))) \
 F(pud_mkdirty, UV(pud_mkdirty(U_(a)))) F(pud_mkclean, UV(pud_mkclean(U_(a)))) F(pud_mkwrite, UV(pud_mkwrite(U_(a)))) F(pud_wrprotect, UV(pud_wrprotect(U_(a)))) \
 F(pud_trans_huge, B(pud_trans_huge(U_(a)))) F(pud_devmap, B(pud_devmap(U_(a)))) \
 /* swp_entry_t (a) */ \
 F(swp_entry_to_pte, PV(swp_entry_to_pte(S_(a)))) F(swp_entry_to_pmd, MV(swp_entry_to_pmd(S_(a)))) \
 F(swp_type, (u64)swp_type(S_(a))) F(swp_offset, (u64)swp_offset(S_(a))) F(swp_offset_pfn_raw, (u64)(swp_offset(S_(a)) & SWP_PFN_MASK)) \
 F(non_swap_entry, B(non_swap_entry(S_(a)))) F(is_migration_entry, B(is_migration_entry(S_(a)))) \
 F(is_writable_migration_entry, B(is_writable_migration_entry(S_(a)))) F(is_readable_migration_entry, B(is_readable_migration_entry(S_(a)))) \
 F(is_readable_exclusive_migration_entry, B(is_readable_exclusive_migration_entry(S_(a)))) \
 F(is_migration_entry_young, B(is_migration_entry_young(S_(a)))) F(is_migration_entry_dirty, B(is_migration_entry_dirty(S_(a)))) \
 F(make_migration_entry_young, SV(make_migration_entry_young(S_(a)))) F(make_migration_entry_dirty, SV(make_migration_entry_dirty(S_(a)))) \
 F(is_hwpoison_entry, B(is_hwpoison_entry(S_(a)))) F(is_pfn_swap_entry, B(is_pfn_swap_entry(S_(a)))) \
 F(is_device_private_entry, B(is_device_private_entry(S_(a)))) F(is_device_exclusive_entry, B(is_device_exclusive_entry(S_(a)))) \
 F(is_pte_marker_entry, B(is_pte_marker_entry(S_(a)))) F(pte_marker_get, (u64)pte_marker_get(S_(a))) \
 F(is_swapin_error_entry, B(is_swapin_error_entry(S_(a)))) \
 F(make_readable_migration_entry, SV(make_readable_migration_entry(a))) F(make_writable_migration_entry, SV(make_writable_migration_entry(a))) \
 F(make_readable_exclusive_migration_entry, SV(make_readable_exclusive_migration_entry(a))) \
 F(make_pte_marker, PV(make_pte_marker(a))) F(make_pte_marker_entry, SV(make_pte_marker_entry(a))) \
 F(protnone_mask, (u64)protnone_mask(a)) F(massage_pgprot, (u64)massage_pgprot(__pgprot(a)))
#define PT_FUNCS2(F) \
 F(pte_modify, PV(pte_modify(P_(a), __pgprot(b)))) F(pmd_modify, MV(pmd_modify(M_(a), __pgprot(b)))) \
 F(pgprot_modify, (u64)pgprot_val(pgprot_modify(__pgprot(a), __pgprot(b)))) \
 F(pfn_pte, PV(pfn_pte(a, __pgprot(b)))) F(pfn_pmd, MV(pfn_pmd(a, __pgprot(b)))) F(pfn_pud, UV(pfn_pud(a, __pgprot(b)))) \
 F(swp_entry, SV(swp_entry(b & 31, a))) F(__swp_entry, SV(__swp_entry(b & 31, a))) \
 F(swp_pte, PV(swp_entry_to_pte(swp_entry(b & 31, a)))) \
 F(pte_same, B(pte_same(P_(a), P_(b)))) F(pmd_same, B(pmd_same(M_(a), M_(b)))) \
 F(flip_protnone_guard, (u64)flip_protnone_guard(a, b, PTE_PFN_MASK))
/* deterministic sample generator (splitmix64 + "structured" variants) */
static inline u64 pt_mix(u64 *s){ u64 z=(*s+=0x9e3779b97f4a7c15ULL); z=(z^(z>>30))*0xbf58476d1ce4e5b9ULL; z=(z^(z>>27))*0x94d049bb133111ebULL; return z^(z>>31);}
static inline u64 pt_sample(u64 *s, int *i)
{
	u64 r = pt_mix(s), q = pt_mix(s);
	switch ((*i)++ & 7) {
	case 0: return r;					/* uniform */
	case 1: return r & q;					/* sparse */
	case 2: return r & q & pt_mix(s) & pt_mix(s);		/* very sparse */
	case 3: return r | q;					/* dense */
	case 4: return ((r & 0x3fffffff) << 12) | (q & 0xfff) | ((q >> 63) << 63);	/* pte-like */
	case 5: return (~(r & 0xffffff) << 14 >> 5) | (q << 59) | ((r >> 40) & 0xe);	/* swap-like */
	case 6: return 1ULL << (r & 63);			/* single bit */
	default: return (q & 1) ? (r & 0xfff) : 0x120 | ((~(r & 0xfffff) << 12) & 0xffffffffff000ULL); /* low bits / protnone-like */
	}
}
