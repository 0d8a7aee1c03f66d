// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// Laws that every kernel's helpers obey, on every subset of the flags.

#include <cstdint>

#include "pteron/arch/x86/hugetlb.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/swapops.h"
#include "tests/arch/x86/kernels.h"
#include "tests/catch.h"

namespace pteron {
namespace {

using test::AllKernels;
using test::ForEveryFlagSubset;
using test::NamedEncoding;

// A flag as setter, clearer and test, with the bits that each may change.
struct FlagLaw {
  const char* name;
  uint64_t (*make)(const Encoding&, uint64_t);
  uint64_t (*clear)(const Encoding&, uint64_t);
  bool (*test)(const Encoding&, uint64_t);
  uint64_t (*may_make)(const Encoding&);
  uint64_t (*may_clear)(const Encoding&);
};

#define LAW(type, field, make, clear, test, may_make, may_clear)                           \
  FlagLaw{#make, [](const Encoding& e, uint64_t w) { return make(e, type{w}).field; },     \
          [](const Encoding& e, uint64_t w) { return clear(e, type{w}).field; },           \
          [](const Encoding& e, uint64_t w) -> bool { return test(e, type{w}); },          \
          []([[maybe_unused]] const Encoding& e) -> uint64_t { return may_make; },         \
          []([[maybe_unused]] const Encoding& e) -> uint64_t { return may_clear; }}
#define PTE_LAW(...) LAW(pte_t, pte, __VA_ARGS__)
#define PMD_LAW(...) LAW(pmd_t, pmd, __VA_ARGS__)
#define PUD_LAW(...) LAW(pud_t, pud, __VA_ARGS__)

constexpr bool pte_not_exec(const Encoding& e, pte_t pte) { return !pte_exec(e, pte); }
constexpr pte_t pte_mknotexec(const Encoding&, pte_t pte) { return pte_t{pte.pte | kPageNx}; }

// With write permission the dirty bit may come back from saved-dirty, and go there without.
constexpr uint64_t Moves(const Encoding& e) { return e.page_saved_dirty ? e.page_dirty_bits : 0; }

const FlagLaw kLaws[] = {
    PTE_LAW(pte_mkdirty, pte_mkclean, pte_dirty, e.page_dirty_bits | e.page_soft_dirty, e.page_dirty_bits),
    PTE_LAW(pte_mkyoung, pte_mkold, pte_young, kPageAccessed, kPageAccessed),
    PTE_LAW(pte_mkwrite, pte_wrprotect, pte_write, kPageRw | Moves(e), kPageRw | Moves(e)),
    PTE_LAW(pte_mknotexec, pte_mkexec, pte_not_exec, kPageNx, kPageNx),
    PTE_LAW(pte_mkhuge, pte_clrhuge, pte_huge, kPagePse, kPagePse),
    PTE_LAW(pte_mkglobal, pte_clrglobal, pte_global, kPageGlobal, kPageGlobal),
    PTE_LAW(pte_mksoft_dirty, pte_clear_soft_dirty, pte_soft_dirty, e.page_soft_dirty, e.page_soft_dirty),
    PTE_LAW(pte_mkuffd_wp, pte_clear_uffd_wp, pte_uffd_wp,
            e.page_uffd_wp | (e.pte_mkuffd_wp_wrprotects ? kPageRw | Moves(e) : 0), e.page_uffd_wp),
    PTE_LAW(pte_swp_mkexclusive, pte_swp_clear_exclusive, pte_swp_exclusive, e.swp_exclusive, e.swp_exclusive),
    PTE_LAW(pte_swp_mksoft_dirty, pte_swp_clear_soft_dirty, pte_swp_soft_dirty, e.swp_soft_dirty, e.swp_soft_dirty),
    PTE_LAW(pte_swp_mkuffd_wp, pte_swp_clear_uffd_wp, pte_swp_uffd_wp, e.swp_uffd_wp, e.swp_uffd_wp),
    PTE_LAW(huge_pte_mkdirty, pte_mkclean, huge_pte_dirty, e.page_dirty_bits | e.page_soft_dirty, e.page_dirty_bits),
    PTE_LAW(huge_pte_mkwrite, huge_pte_wrprotect, huge_pte_write, kPageRw, kPageRw | Moves(e)),
    PTE_LAW(huge_pte_mkuffd_wp, huge_pte_clear_uffd_wp, huge_pte_uffd_wp,
            e.page_uffd_wp | (e.pte_mkuffd_wp_wrprotects ? kPageRw | Moves(e) : 0), e.page_uffd_wp),
    PMD_LAW(pmd_mkdirty, pmd_mkclean, pmd_dirty, e.page_dirty_bits | e.page_soft_dirty, e.page_dirty_bits),
    PMD_LAW(pmd_mkyoung, pmd_mkold, pmd_young, kPageAccessed, kPageAccessed),
    PMD_LAW(pmd_mkwrite, pmd_wrprotect, pmd_write, kPageRw | Moves(e), kPageRw | Moves(e)),
    PMD_LAW(pmd_mksoft_dirty, pmd_clear_soft_dirty, pmd_soft_dirty, e.page_soft_dirty, e.page_soft_dirty),
    PMD_LAW(pmd_mkuffd_wp, pmd_clear_uffd_wp, pmd_uffd_wp,
            e.page_uffd_wp | (e.pmd_mkuffd_wp_wrprotects ? kPageRw | Moves(e) : 0), e.page_uffd_wp),
    PMD_LAW(pmd_swp_mksoft_dirty, pmd_swp_clear_soft_dirty, pmd_swp_soft_dirty, e.swp_soft_dirty, e.swp_soft_dirty),
    PMD_LAW(pmd_swp_mkuffd_wp, pmd_swp_clear_uffd_wp, pmd_swp_uffd_wp, e.swp_uffd_wp, e.swp_uffd_wp),
    PUD_LAW(pud_mkdirty, pud_mkclean, pud_dirty, e.page_dirty_bits | e.page_soft_dirty, e.page_dirty_bits),
    PUD_LAW(pud_mkyoung, pud_mkold, pud_young, kPageAccessed, kPageAccessed),
    PUD_LAW(pud_mkwrite, pud_wrprotect, pud_write, kPageRw | Moves(e), kPageRw | Moves(e)),
};

// The first law that breaks for `word`, null where none does.
const char* BrokenFlagLaw(const Encoding& e, const FlagLaw& law, uint64_t word) {
  const uint64_t made = law.make(e, word), cleared = law.clear(e, word);
  const bool exists = law.may_make(e) != 0;
  if (law.test(e, made) != exists) return "made, then tested";
  if (law.test(e, cleared)) return "cleared, then tested";
  if (law.make(e, made) != made) return "made twice";
  if (law.clear(e, cleared) != cleared) return "cleared twice";
  if ((made ^ word) & ~law.may_make(e)) return "making changed another bit";
  if ((cleared ^ word) & ~law.may_clear(e)) return "clearing changed another bit";
  if (law.test(e, law.clear(e, made))) return "made and cleared, then tested";
  if (law.test(e, law.make(e, cleared)) != exists) return "cleared and made, then tested";
  return nullptr;
}

TEST_CASE("setting, clearing and testing a flag belong together and touch nothing else") {
  for (const NamedEncoding& kernel : AllKernels()) {
    for (const FlagLaw& law : kLaws) {
      const char* broken = nullptr;
      uint64_t on = 0;
      ForEveryFlagSubset([&](uint64_t word) {
        if (const char* now = BrokenFlagLaw(kernel.encoding, law, word)) broken = now, on = word;
      });
      INFO(kernel.name << ": " << law.name << ": " << (broken ? broken : "") << " on 0x" << std::hex << on);
      CHECK(broken == nullptr);
    }
  }
}

// 6.6 on: read-only with DIRTY is kept for shadow stacks, writable with SAVED_DIRTY never happens.
bool WellFormed(const Encoding& e, uint64_t word) {
  return word & kPageRw ? !(word & e.page_saved_dirty) : !e.page_saved_dirty || !(word & kPageDirty);
}

TEST_CASE("helpers keep words well-formed and keep them dirty") {
  for (const NamedEncoding& kernel : AllKernels()) {
    const Encoding& e = kernel.encoding;
    int broken = 0;
    ForEveryFlagSubset([&](uint64_t word) {
      if (!WellFormed(e, word)) return;
      const pte_t pte{word};
      const bool dirty = pte_dirty(e, pte);
      const auto check = [&](pte_t result, bool now_dirty) { broken += !WellFormed(e, result.pte) || pte_dirty(e, result) != now_dirty; };
      check(pte_mkdirty(e, pte), true);
      check(pte_mkclean(e, pte), false);
      check(pte_wrprotect(e, pte), dirty);
      check(pte_mkwrite(e, pte), dirty);
      check(pte_mkuffd_wp(e, pte), dirty);
      for (pgprot_t prot : e.protection_map) check(pte_modify(e, pte, prot), dirty);
      const pmd_t pmd{word | kPagePse};
      const bool huge_dirty = pmd_dirty(e, pmd_t{pmd.pmd & (e.pmd_modify_keeps | ~kPageDirty)});
      for (pgprot_t prot : e.protection_map) check(pte_t{pmd_modify(e, pmd, prot).pmd}, huge_dirty);
    });
    INFO(kernel.name);
    CHECK(broken == 0);
  }
}

TEST_CASE("a change of protection keeps the frame and what it must keep, and takes the rest") {
  for (const NamedEncoding& kernel : AllKernels()) {
    const Encoding& e = kernel.encoding;
    int broken = 0;
    ForEveryFlagSubset([&](uint64_t word) {
      const pte_t pte{word};
      const pmd_t pmd{word | kPagePse};
      const uint64_t kept = e.page_chg_mask & ~e.pte_pfn_mask & ~e.page_dirty_bits;
      for (pgprot_t prot : e.protection_map) {
        const pte_t changed = pte_modify(e, pte, prot);
        broken += pte_pfn(e, changed) != pte_pfn(e, pte);
        broken += (pte_flags(e, changed) ^ word) & kept;
        broken += ((pte_flags(e, changed) ^ prot.pgprot) & ~e.page_chg_mask) != 0;
        broken += pte_modify(e, changed, prot) != changed;
        const pmd_t huge = pmd_modify(e, pmd, prot);
        broken += pmd_pfn(e, huge) != pmd_pfn(e, pmd) || !pmd_leaf(e, huge);
      }
    });
    INFO(kernel.name);
    CHECK(broken == 0);
  }
}

TEST_CASE("a frame number put into a word comes out again") {
  for (const NamedEncoding& kernel : AllKernels()) {
    const Encoding& e = kernel.encoding;
    INFO(kernel.name);
    for (uint64_t pfn : {uint64_t{0}, uint64_t{1}, uint64_t{0x867}, uint64_t{0xffffffff}, uint64_t{0x7fffff0123}}) {
      for (uint64_t access = 0; access < 16; ++access) {
        const pgprot_t prot = vm_get_page_prot(e, access);
        CHECK(pte_pfn(e, pfn_pte(e, pfn, prot)) == (pfn & e.pte_pfn_mask >> kPageShift));
        CHECK(pte_present(e, pfn_pte(e, pfn, prot)));
        const uint64_t huge = pfn & ~uint64_t{511};
        const pmd_t pmd = pmd_mkhuge(e, pfn_pmd(e, huge, prot));
        CHECK(pmd_pfn(e, pmd) == (huge & e.physical_pmd_page_mask >> kPageShift));
        CHECK(pmd_present(e, pmd_mkinvalid(e, pmd)));
        CHECK_FALSE(pmd_mkinvalid(e, pmd).pmd & kPagePresent);
        CHECK(pmd_pfn(e, pmd_mkinvalid(e, pmd)) == pmd_pfn(e, pmd));
      }
    }
    for (uint64_t pfn : {uint64_t{1}, uint64_t{0x867}}) {
      CHECK_FALSE(pmd_bad(e, pmd_populate_value(e, pfn)));
      CHECK_FALSE(pud_bad(e, pud_populate_value(e, pfn)));
      CHECK_FALSE(p4d_bad(e, p4d_populate_value(e, pfn)));
      CHECK(pmd_pfn(e, pmd_populate_value(e, pfn)) == pfn);
    }
  }
}

TEST_CASE("a swap entry is neither none nor present, and its type and offset come out again") {
  for (const NamedEncoding& kernel : AllKernels()) {
    const Encoding& e = kernel.encoding;
    int broken = 0;
    for (uint64_t type = 0; type < 32; ++type) {
      for (unsigned bit = 0; bit <= 50; ++bit) {
        for (uint64_t offset : {(uint64_t{1} << bit) - 1, uint64_t{1} << bit >> 1, ~(uint64_t{1} << bit) & ((uint64_t{1} << 50) - 1)}) {
          const swp_entry_t entry = swp_entry(type, offset);
          const pte_t pte = swp_entry_to_pte(e, entry);
          broken += pte.pte & 0x1ff;
          broken += type == 0 && offset + 1 == uint64_t{1} << 50 ? pte.pte != 0 : !is_swap_pte(e, pte);
          broken += pte_to_swp_entry(e, pte) != entry;
          broken += pmd_to_swp_entry(e, swp_entry_to_pmd(e, entry)) != entry;
          const pte_t flagged = pte_swp_mkexclusive(e, pte_swp_mkuffd_wp(e, pte_swp_mksoft_dirty(e, pte)));
          broken += pte_to_swp_entry(e, flagged) != entry;
          broken += pte_swp_clear_flags(e, flagged) != pte;
        }
      }
    }
    INFO(kernel.name);
    CHECK(broken == 0);
  }
}

TEST_CASE("inversion and the memory type's bits move there and back") {
  test::Words words;
  for (int i = 0; i < 100000; ++i) {
    const uint64_t a = words.Next(), b = words.Next();
    const uint64_t mask = 0x000ffffffffff000;
    if (((flip_protnone_guard(a, b, mask) ^ b) & ~mask) != 0) CHECK(false);
    if (flip_protnone_guard(a, a, mask) != a) CHECK(false);
    const pgprot_t small{a & ~kPagePatLarge};
    if (pgprot_large_2_4k(pgprot_4k_2_large(small)) != small) CHECK(false);
  }
  SUCCEED();
}

TEST_CASE("addresses") {
  const Encoding four = MakeEncoding(kFactsV6_1);
  const Encoding five = MakeEncoding(test::Changed(kFactsV6_1, [](EncodingFacts& f) { f.five_levels = true; }));
  const uint64_t address = uint64_t{5} << 48 | uint64_t{300} << 39 | uint64_t{17} << 30 | uint64_t{511} << 21 | uint64_t{1} << 12 | 7;
  CHECK(pte_index(address) == 1);
  CHECK(pmd_index(address) == 511);
  CHECK(pud_index(address) == 17);
  CHECK(p4d_index(four, address) == 0);
  CHECK(pgd_index(four, address) == 300);
  CHECK(p4d_index(five, address) == 300);
  CHECK(pgd_index(five, address) == 5);
}

// ---- Words that real kernels held.
constexpr Encoding k514 = MakeEncoding(kFactsV5_14);
constexpr Encoding kSeries = MakeEncoding(test::kFactsSeries);
constexpr Encoding k61 = MakeEncoding(kFactsV6_1);
constexpr Encoding k612 = MakeEncoding(kFactsV6_12);
constexpr Encoding k618 = MakeEncoding(kFactsV6_18);
constexpr Encoding k72 = MakeEncoding(kFactsV7_2);

static_assert(make_pte_marker(k61, kPteMarkerUffdWp).pte == 0xf7fffffffffffc00);
static_assert(make_pte_marker(k612, kPteMarkerUffdWp).pte == 0xfffffffffffffc00);
static_assert(make_pte_marker(k612, kPteMarkerPoisoned).pte == 0xfffffffffffffa00);
static_assert(make_pte_marker(k72, kPteMarkerGuard).pte == 0xfffffffffffff600);
static_assert(pte_swp_mkuffd_wp_special(kSeries).pte == 4 && pte_swp_mkuffd_wp_special(k514).pte == 0);
static_assert(swp_entry_to_pte(k514, swp_entry(0, 0)).pte == 0x07fffffffffffe00);
constexpr Encoding k514Devices = MakeEncoding(test::Changed(kFactsV5_14, [](EncodingFacts& f) { f.device_private = true; }));
static_assert(k514.max_swapfiles == 29 && k514Devices.max_swapfiles == 25);
static_assert(MakeEncoding(kFactsV5_10).swp_hwpoison == 29 && k514.swp_hwpoison == 29 && k61.swp_hwpoison == 26);
static_assert(k612.swp_hwpoison == 27 && k72.swp_hwpoison == 24 && k618.max_swapfiles == 24);
// A dirty page under PROT_NONE, the frame inverted; with saved-dirty the dirty bit has moved.
static_assert(pte_modify(k61, pte_t{0x8000000000867867}, pgprot_t{0x120}).pte == 0x000fffffff798960);
static_assert(pte_modify(k612, pte_t{0x8000000000867867}, pgprot_t{0x120}).pte == 0x040fffffff798920);
// Write-protected by userfaultfd.
static_assert(pte_mkuffd_wp(k612, pte_t{0x8000000000867867}).pte == 0x8400000000867c25);
static_assert(pte_mkuffd_wp(k61, pte_t{0x8000000000867867}).pte == 0x8000000000867c67);
// Migration entries: young and dirty lie in the inverted offset.
static_assert(make_migration_entry_dirty(k61, make_migration_entry_young(k61, make_writable_migration_entry(k61, 0x810))).val ==
              (uint64_t{29} << 58 | uint64_t{3} << 34 | 0x810));
constexpr Encoding k61L1tf =
    MakeEncoding(test::Changed(kFactsV6_1, [](EncodingFacts& f) { f.swapfile_maximum_size = kSwapfileMaximumSizeL1tf; }));
static_assert(!k61L1tf.swap_migration_ad_supported && k61.swap_migration_ad_supported);
// A dirty huge page loses its dirty bit in a change of protection of 6.18, and in no other kernel here.
static_assert(pmd_modify(k612, pmd_t{0x80000000062008e7}, pgprot_t{0x8000000000000025}).pmd == 0x84000000062008a5);
static_assert(pmd_modify(k618, pmd_t{0x80000000062008e7}, pgprot_t{0x8000000000000025}).pmd == 0x80000000062008a5);
static_assert(pmd_modify(k72, pmd_t{0x80000000062008e7}, pgprot_t{0x8000000000000025}).pmd == 0x84000000062008a5);
// 5.14 does not keep PAT in a change of protection, and has no bit 3 in swap entries.
static_assert(k514.page_chg_mask == 0x040ffffffffffe78 && k514.hpage_chg_mask == 0x040ffffffffffef8 && k514.swp_exclusive == 0);
static_assert(k612.page_chg_mask == 0x060ffffffffffef8 && k618.page_chg_mask == 0x040ffffffffffef8);

}  // namespace
}  // namespace pteron
