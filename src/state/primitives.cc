// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/state/primitives.h"

#include <algorithm>

#include "pteron/check.h"

namespace pteron {
namespace {

constexpr uint64_t kUserTableFlags = 0x067;  // _PAGE_TABLE: present, rw, user, accessed, dirty

uint64_t SpanOf(Level level) { return uint64_t{1} << (kPageShift + 9 * (static_cast<unsigned>(level) - 1)); }

void WriteWord(MachineState& m, MmId mm, uint64_t address, Level level, EntryRef ref, uint64_t new_word) {
  uint64_t& word = m.tables.mutable_word(ref);
  const uint64_t old_word = word;
  word = new_word;
  if (!m.journal.recording || old_word == new_word) return;
  m.journal.writes.push_back(
      WordWrite{mm, address & ~(SpanOf(level) - 1), level, old_word, new_word, m.journal.functions, m.journal.why});
}

bool PointsToTable(uint64_t word) { return (word & 1) != 0 && (word & 0x80) == 0; }

uint32_t TableOf(uint64_t word) {
  PTERON_CHECK(PointsToTable(word), "an upper entry names a table");
  return PageTables::FromPfn(word >> kPageShift & 0xffffffffff);
}

uint32_t IndexAt(uint64_t address, unsigned shift) { return static_cast<uint32_t>(address >> shift & 511); }

// Whether one more allocation of a kind may succeed: the N-th of a statement can be told to fail.
bool AllocationFails(uint32_t& countdown) { return countdown != 0 && --countdown == 0; }

// A new table under the empty entry `parent`.
bool AddTable(MachineState& m, MmId mm, uint64_t address, Level parent_level, EntryRef parent) {
  if (AllocationFails(m.fail.table)) return false;
  const uint32_t table = m.tables.Allocate();
  ++m.mm(mm).tables;
  WriteWord(m, mm, address, parent_level, parent, PageTables::Address(table) | kUserTableFlags);
  return true;
}

void FreeTableUnder(MachineState& m, MmId mm, uint64_t address, Level parent_level, EntryRef parent) {
  const uint32_t table = TableOf(m.tables.word(parent));
  WriteWord(m, mm, address, parent_level, parent, 0);
  m.tables.Free(table);
  --m.mm(mm).tables;
}

// One level of free_pgd_range(): frees what lies under `parent` wholly between floor and ceiling, then parent's own table where its
// span does. `level` is the level of the entries in the table under `parent`.
void FreeUnder(MachineState& m, MmId mm, Level level, EntryRef parent, uint64_t start, uint64_t end, uint64_t floor, uint64_t ceiling) {
  const Level parent_level = static_cast<Level>(static_cast<unsigned>(level) + 1);
  const uint64_t span = SpanOf(level);
  if (level != Level::pte) {
    const uint32_t table = TableOf(m.tables.word(parent));
    const unsigned shift = kPageShift + 9 * (static_cast<unsigned>(level) - 1);
    for (uint64_t address = start; address < end; address = (address | (span - 1)) + 1) {
      const EntryRef entry{table, IndexAt(address, shift)};
      if (!PointsToTable(m.tables.word(entry))) continue;
      FreeUnder(m, mm, static_cast<Level>(static_cast<unsigned>(level) - 1), entry, address,
                std::min(end, (address | (span - 1)) + 1), floor, ceiling);
    }
  }
  const uint64_t parent_span = SpanOf(parent_level);
  const uint64_t first = start & ~(parent_span - 1);
  const uint64_t last = first + parent_span - 1;
  if (first < floor) return;
  if (ceiling != 0 && last > (ceiling & ~(parent_span - 1)) - 1) return;
  FreeTableUnder(m, mm, start, parent_level, parent);
}

}  // namespace

void set_pte_at(MachineState& m, MmId mm, uint64_t address, EntryRef ptep, pte_t pte) {
  WriteWord(m, mm, address, Level::pte, ptep, pte.pte);
}
void set_pmd_at(MachineState& m, MmId mm, uint64_t address, EntryRef pmdp, pmd_t pmd) {
  WriteWord(m, mm, address, Level::pmd, pmdp, pmd.pmd);
}
void set_pud_at(MachineState& m, MmId mm, uint64_t address, EntryRef pudp, pud_t pud) {
  WriteWord(m, mm, address, Level::pud, pudp, pud.pud);
}
void pte_clear(MachineState& m, MmId mm, uint64_t address, EntryRef ptep) { set_pte_at(m, mm, address, ptep, pte_t{0}); }
void pmd_clear(MachineState& m, MmId mm, uint64_t address, EntryRef pmdp) { set_pmd_at(m, mm, address, pmdp, pmd_t{0}); }

pte_t ptep_get_and_clear(MachineState& m, MmId mm, uint64_t address, EntryRef ptep) {
  const pte_t old = ptep_get(m, ptep);
  pte_clear(m, mm, address, ptep);
  return old;
}

pmd_t pmdp_huge_get_and_clear(MachineState& m, MmId mm, uint64_t address, EntryRef pmdp) {
  const pmd_t old = pmdp_get(m, pmdp);
  pmd_clear(m, mm, address, pmdp);
  return old;
}

void ptep_set_wrprotect(MachineState& m, MmId mm, uint64_t address, EntryRef ptep) {
  set_pte_at(m, mm, address, ptep, pte_wrprotect(m.encoding(), ptep_get(m, ptep)));
}

void pmdp_set_wrprotect(MachineState& m, MmId mm, uint64_t address, EntryRef pmdp) {
  set_pmd_at(m, mm, address, pmdp, pmd_wrprotect(m.encoding(), pmdp_get(m, pmdp)));
}

EntryRef p4d_offset(const MachineState& m, MmId mm, uint64_t address) { return {m.mm(mm).pgd, IndexAt(address, kP4dShift)}; }
EntryRef pud_offset(const MachineState& m, EntryRef p4d, uint64_t address) {
  return {TableOf(m.tables.word(p4d)), IndexAt(address, kPudShift)};
}
EntryRef pmd_offset(const MachineState& m, EntryRef pud, uint64_t address) {
  return {TableOf(m.tables.word(pud)), IndexAt(address, kPmdShift)};
}
EntryRef pte_offset_map(const MachineState& m, EntryRef pmd, uint64_t address) {
  return {TableOf(m.tables.word(pmd)), IndexAt(address, kPageShift)};
}

std::optional<EntryRef> find_pmd(const MachineState& m, MmId mm, uint64_t address) {
  const EntryRef p4d = p4d_offset(m, mm, address);
  if (!PointsToTable(m.tables.word(p4d))) return std::nullopt;
  const EntryRef pud = pud_offset(m, p4d, address);
  if (!PointsToTable(m.tables.word(pud))) return std::nullopt;
  return pmd_offset(m, pud, address);
}

std::optional<EntryRef> find_pte(const MachineState& m, MmId mm, uint64_t address) {
  const std::optional<EntryRef> pmd = find_pmd(m, mm, address);
  if (!pmd || !PointsToTable(m.tables.word(*pmd))) return std::nullopt;
  return pte_offset_map(m, *pmd, address);
}

bool has_pud_table(const MachineState& m, MmId mm, uint64_t address) {
  return PointsToTable(m.tables.word(p4d_offset(m, mm, address)));
}

bool pud_alloc(MachineState& m, MmId mm, uint64_t address) {
  const EntryRef p4d = p4d_offset(m, mm, address);
  return m.tables.word(p4d) != 0 || AddTable(m, mm, address, Level::p4d, p4d);
}

std::optional<EntryRef> pmd_alloc(MachineState& m, MmId mm, uint64_t address) {
  if (!pud_alloc(m, mm, address)) return std::nullopt;
  const EntryRef pud = pud_offset(m, p4d_offset(m, mm, address), address);
  if (m.tables.word(pud) == 0 && !AddTable(m, mm, address, Level::pud, pud)) return std::nullopt;
  return pmd_offset(m, pud, address);
}

bool pte_alloc(MachineState& m, MmId mm, EntryRef pmd, uint64_t address) {
  return m.tables.word(pmd) != 0 || AddTable(m, mm, address, Level::pmd, pmd);
}

std::optional<EntryRef> pte_alloc_map(MachineState& m, MmId mm, uint64_t address) {
  const std::optional<EntryRef> pmd = pmd_alloc(m, mm, address);
  if (!pmd || !pte_alloc(m, mm, *pmd, address)) return std::nullopt;
  if (!PointsToTable(m.tables.word(*pmd))) return std::nullopt;
  return pte_offset_map(m, *pmd, address);
}

bool pgtable_trans_huge_deposit(MachineState& m, MmId mm) {
  if (AllocationFails(m.fail.table)) return false;
  ++m.mm(mm).tables;
  ++m.mm(mm).deposited_tables;
  return true;
}

void pgtable_trans_huge_withdraw_to(MachineState& m, MmId mm, EntryRef pmd, uint64_t address) {
  PTERON_CHECK(m.mm(mm).deposited_tables > 0, "a withdrawn table was deposited");
  --m.mm(mm).deposited_tables;
  WriteWord(m, mm, address, Level::pmd, pmd, PageTables::Address(m.tables.Allocate()) | kUserTableFlags);
}

void pgtable_trans_huge_withdraw_and_free(MachineState& m, MmId mm) {
  PTERON_CHECK(m.mm(mm).deposited_tables > 0, "a withdrawn table was deposited");
  --m.mm(mm).deposited_tables;
  --m.mm(mm).tables;
}

void free_pte_table(MachineState& m, MmId mm, EntryRef pmd, uint64_t address) { FreeTableUnder(m, mm, address, Level::pmd, pmd); }

void free_pgd_range(MachineState& m, MmId mm, uint64_t start, uint64_t end, uint64_t floor, uint64_t ceiling) {
  KernelFunction function(m.journal, "free_pgd_range");
  for (uint64_t address = start; address < end;) {
    const uint64_t next = std::min(end, (address | (SpanOf(Level::p4d) - 1)) + 1);
    const EntryRef p4d = p4d_offset(m, mm, address);
    if (PointsToTable(m.tables.word(p4d))) FreeUnder(m, mm, Level::pud, p4d, address, next, floor, ceiling);
    address = next;
  }
}

std::optional<Pfn> alloc_page(MachineState& m, unsigned order) {
  if (AllocationFails(m.fail.page)) return std::nullopt;
  return m.frames.Allocate(order);
}

void get_page(MachineState& m, Pfn page) { m.frames.hot(compound_head(m, page)).refcount += 1; }

// mm/hugetlb.c:free_huge_page(): the last reference to a page of the pool is gone.
static void free_huge_page(MachineState& m, Pfn page) {
  if (m.frames.cold(page).hugetlb_restore_reserve) ++m.hugetlb.resv_huge_pages;
  if (!PageHWPoison(m, page)) ++m.hugetlb.free_huge_pages;
}

void put_page(MachineState& m, Pfn page) {
  const Pfn head = compound_head(m, page);
  HotPage& hot = m.frames.hot(head);
  PTERON_CHECK(hot.refcount > 0, "a reference that is dropped was taken");
  hot.refcount -= 1;
  if (hot.refcount > 0) return;
  if (m.frames.cold(head).hugetlb) free_huge_page(m, head);
  m.frames.Free(head);
}

uint32_t page_mapcount(const MachineState& m, Pfn page) {
  return static_cast<uint32_t>(m.frames.hot(page).mapcount) + m.frames.cold(compound_head(m, page)).entire_mapcount;
}

uint32_t total_mapcount(const MachineState& m, Pfn page) {
  const Pfn head = compound_head(m, page);
  uint32_t count = m.frames.cold(head).entire_mapcount;
  for (uint32_t i = 0; i < m.frames.nr(head); ++i) count += static_cast<uint32_t>(m.frames.hot(head + i).mapcount);
  return count;
}

Pfn vm_normal_page(const MachineState& m, pte_t pte) {
  const Pfn page{static_cast<uint32_t>(pte_pfn(m.encoding(), pte))};
  return is_zero_pfn(page) || is_huge_zero_pfn(page) ? kNoPfn : page;
}

Pfn vm_normal_page_pmd(const MachineState& m, pmd_t pmd) {
  const Pfn page{static_cast<uint32_t>(pmd_pfn(m.encoding(), pmd))};
  return is_huge_zero_pfn(page) ? kNoPfn : page;
}

RssCounter mm_counter_file(const MachineState& m, Pfn page) { return PageSwapBacked(m, page) ? MM_SHMEMPAGES : MM_FILEPAGES; }
RssCounter mm_counter(const MachineState& m, Pfn page) { return PageAnon(m, page) ? MM_ANONPAGES : mm_counter_file(m, page); }

vm_area_struct* find_vma(MachineState& m, MmId mm, uint64_t address) {
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  const auto found = std::upper_bound(vmas.begin(), vmas.end(), address,
                                      [](uint64_t a, const vm_area_struct& vma) { return a < vma.vm_end; });
  return found == vmas.end() ? nullptr : &*found;
}

vm_area_struct* vma_lookup(MachineState& m, MmId mm, uint64_t address) {
  vm_area_struct* vma = find_vma(m, mm, address);
  return vma && vma->vm_start <= address ? vma : nullptr;
}

pgprot_t vm_get_page_prot(const MachineState& m, uint64_t vm_flags) {
  return m.encoding().protection_map[vm_flags & (VM_READ | VM_WRITE | VM_EXEC | VM_SHARED)];
}

}  // namespace pteron
