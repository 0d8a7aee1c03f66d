// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_STATE_PRIMITIVES_H_
#define PTERON_SRC_STATE_PRIMITIVES_H_

// The only code that writes page-table words, allocates tables and frames, and moves counters. Everything above is built of these,
// so a journal that watches here misses nothing.

#include <cstdint>
#include <optional>

#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/swapops.h"
#include "pteron/machine_state.h"

namespace pteron {

// ---- Reading words: ptep_get() and the values behind pmd_t * and so on.
inline pte_t ptep_get(const MachineState& m, EntryRef ptep) { return pte_t{m.tables.word(ptep)}; }
inline pmd_t pmdp_get(const MachineState& m, EntryRef pmd) { return pmd_t{m.tables.word(pmd)}; }
inline pud_t pudp_get(const MachineState& m, EntryRef pud) { return pud_t{m.tables.word(pud)}; }
inline p4d_t p4dp_get(const MachineState& m, EntryRef p4d) { return p4d_t{m.tables.word(p4d)}; }

// ---- Writing words. `address` is any byte that the word covers. These only write and record; reverse map, counters and
// references are the caller's.
void set_pte_at(MachineState& m, MmId mm, uint64_t address, EntryRef ptep, pte_t pte);
void set_pmd_at(MachineState& m, MmId mm, uint64_t address, EntryRef pmdp, pmd_t pmd);
void set_pud_at(MachineState& m, MmId mm, uint64_t address, EntryRef pudp, pud_t pud);
void pte_clear(MachineState& m, MmId mm, uint64_t address, EntryRef ptep);
void pmd_clear(MachineState& m, MmId mm, uint64_t address, EntryRef pmdp);
pte_t ptep_get_and_clear(MachineState& m, MmId mm, uint64_t address, EntryRef ptep);
pmd_t pmdp_huge_get_and_clear(MachineState& m, MmId mm, uint64_t address, EntryRef pmdp);
void ptep_set_wrprotect(MachineState& m, MmId mm, uint64_t address, EntryRef ptep);
void pmdp_set_wrprotect(MachineState& m, MmId mm, uint64_t address, EntryRef pmdp);

// ---- Walking. 4-level paging: the top table's entries are p4d entries (pgd is folded).
EntryRef p4d_offset(const MachineState& m, MmId mm, uint64_t address);
// Precondition: *p4d (*pud, *pmd) names a table.
EntryRef pud_offset(const MachineState& m, EntryRef p4d, uint64_t address);
EntryRef pmd_offset(const MachineState& m, EntryRef pud, uint64_t address);
EntryRef pte_offset_map(const MachineState& m, EntryRef pmd, uint64_t address);
// Whether the top entry of `address` names a pud table.
bool has_pud_table(const MachineState& m, MmId mm, uint64_t address);
// The pmd entry of `address`, whatever it holds; empty where no pmd table exists. (mm_find_pmd() without its last test.)
std::optional<EntryRef> find_pmd(const MachineState& m, MmId mm, uint64_t address);
// The pte entry of `address`; empty where no pte table exists, a huge entry included.
std::optional<EntryRef> find_pte(const MachineState& m, MmId mm, uint64_t address);
// First byte behind the table (of 2 MiB, 1 GiB, 512 GiB) that `address` lies in, at most `end`: pmd_addr_end() and its like.
constexpr uint64_t pmd_addr_end(uint64_t address, uint64_t end) {
  const uint64_t boundary = (address | (kPmdSize - 1)) + 1;
  return boundary < end ? boundary : end;
}

// ---- Tables. Empty (false) where an allocation fails; what was allocated before stays, as in the kernel.
bool pud_alloc(MachineState& m, MmId mm, uint64_t address);                   // p4d_alloc and pud_alloc in one
std::optional<EntryRef> pmd_alloc(MachineState& m, MmId mm, uint64_t address);  // p4d_alloc, pud_alloc and pmd_alloc in one
bool pte_alloc(MachineState& m, MmId mm, EntryRef pmd, uint64_t address);       // does nothing where *pmd is not none
std::optional<EntryRef> pte_alloc_map(MachineState& m, MmId mm, uint64_t address);  // pmd_alloc + pte_alloc + pte_offset_map
// Whether one more table can be had: for deposits, which exist only as a count until they are withdrawn.
bool pgtable_trans_huge_deposit(MachineState& m, MmId mm);
// Puts a deposited table (all none) under *pmd. Precondition: one is deposited.
void pgtable_trans_huge_withdraw_to(MachineState& m, MmId mm, EntryRef pmd, uint64_t address);
// Drops one deposited table.
void pgtable_trans_huge_withdraw_and_free(MachineState& m, MmId mm);
// Clears *pmd and frees the PTE table that it names. Precondition: the caller knows that nothing in it counts any more.
void free_pte_table(MachineState& m, MmId mm, EntryRef pmd, uint64_t address);
// mm/memory.c:free_pgd_range() over [start, end) with floor and ceiling as the kernel's (bytes; ceiling 0: none): frees each table
// whose whole span lies between floor and ceiling.
void free_pgd_range(MachineState& m, MmId mm, uint64_t start, uint64_t end, uint64_t floor, uint64_t ceiling);

// ---- Frames.
// A zeroed frame with refcount 1, or a huge block for order 9. Empty where the allocation fails.
std::optional<Pfn> alloc_page(MachineState& m, unsigned order = 0);
inline Pfn compound_head(const MachineState& m, Pfn page) { return m.frames.head(page); }
void get_page(MachineState& m, Pfn page);   // on the head
// Drops a reference and frees the page with the last one. A hugetlb page goes back to the pool: free_huge_page().
void put_page(MachineState& m, Pfn page);
inline uint32_t page_count(const MachineState& m, Pfn page) { return static_cast<uint32_t>(m.frames.hot(compound_head(m, page)).refcount); }
// Entries that name this small page: its own and those of the whole.
uint32_t page_mapcount(const MachineState& m, Pfn page);
// Entries that name any part of the page.
uint32_t total_mapcount(const MachineState& m, Pfn page);
inline bool page_mapped(const MachineState& m, Pfn page) { return total_mapcount(m, page) > 0; }

inline bool page_flag(const MachineState& m, Pfn page, PageFlag flag) { return m.frames.hot(page).flags & flag; }
inline void set_page_flag(MachineState& m, Pfn page, PageFlag flag) { m.frames.hot(page).flags |= flag; }
inline void clear_page_flag(MachineState& m, Pfn page, PageFlag flag) { m.frames.hot(page).flags &= static_cast<uint8_t>(~flag); }
// PG_dirty, PG_swapbacked, PG_swapcache live on the head of a huge page (PF_HEAD); PG_anon too.
inline bool PageAnon(const MachineState& m, Pfn page) { return page_flag(m, compound_head(m, page), PG_anon); }
inline bool PageDirty(const MachineState& m, Pfn page) { return page_flag(m, compound_head(m, page), PG_dirty); }
inline bool PageSwapBacked(const MachineState& m, Pfn page) { return page_flag(m, compound_head(m, page), PG_swapbacked); }
inline bool PageSwapCache(const MachineState& m, Pfn page) { return page_flag(m, compound_head(m, page), PG_swapcache); }
inline bool PageHWPoison(const MachineState& m, Pfn page) { return page_flag(m, page, PG_hwpoison); }
inline bool PageAnonExclusive(const MachineState& m, Pfn page) { return page_flag(m, page, PG_anon_exclusive); }
inline bool PageCompound(const MachineState& m, Pfn page) { return page_flag(m, page, PG_compound); }
inline bool PageHuge(const MachineState& m, Pfn page) { return m.frames.cold(compound_head(m, page)).hugetlb; }
inline bool PageTransHuge(const MachineState& m, Pfn page) { return PageCompound(m, page) && !PageHuge(m, page); }
inline void set_page_dirty(MachineState& m, Pfn page) { set_page_flag(m, compound_head(m, page), PG_dirty); }
inline bool is_zero_pfn(Pfn pfn) { return pfn == kZeroPagePfn; }
inline bool is_huge_zero_pfn(Pfn pfn) { return pfn >= kHugeZeroPagePfn && pfn < kHugeZeroPagePfn + 512; }
// vm_normal_page(): the page behind a present (or PROT_NONE) word, kNoPfn for the zero pages.
Pfn vm_normal_page(const MachineState& m, pte_t pte);
Pfn vm_normal_page_pmd(const MachineState& m, pmd_t pmd);

// ---- Counters.
inline void add_mm_counter(MachineState& m, MmId mm, RssCounter counter, int64_t pages) { m.mm(mm).rss[counter] += pages; }
// mm_counter(), mm_counter_file(): which counter a page belongs to.
RssCounter mm_counter(const MachineState& m, Pfn page);
RssCounter mm_counter_file(const MachineState& m, Pfn page);

// ---- VMAs.
// find_vma(): the first VMA that ends behind `address`; null where none.
vm_area_struct* find_vma(MachineState& m, MmId mm, uint64_t address);
// The VMA that holds `address`; null where none.
vm_area_struct* vma_lookup(MachineState& m, MmId mm, uint64_t address);
// vma_is_... of a file's kind; arch/x86/include/asm/pgtable.h:mk_pte().
inline pte_t mk_pte(const MachineState& m, Pfn page, pgprot_t prot) { return pfn_pte(m.encoding(), page.value, prot); }
inline pmd_t mk_pmd(const MachineState& m, Pfn page, pgprot_t prot) { return pfn_pmd(m.encoding(), page.value, prot); }
// mm/memory.c:maybe_mkwrite(): writable where the VMA is.
inline pte_t maybe_mkwrite(const MachineState& m, pte_t pte, const vm_area_struct& vma) {
  return (vma.vm_flags & VM_WRITE) ? pte_mkwrite(m.encoding(), pte) : pte;
}
// mm/mmap.c:vm_get_page_prot().
pgprot_t vm_get_page_prot(const MachineState& m, uint64_t vm_flags);

}  // namespace pteron

#endif  // PTERON_SRC_STATE_PRIMITIVES_H_
