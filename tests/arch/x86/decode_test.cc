// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// classify() is one total order, disjoint and complete; decode() follows it, loses nothing, and gives types on which a wrong
// call does not compile.

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "pteron/arch/x86/decode.h"
#include "pteron/arch/x86/pgtable.h"
#include "tests/arch/x86/kernels.h"
#include "tests/catch.h"

namespace pteron {
namespace {

using test::AllKernels;
using test::NamedEncoding;

// ---- What must not compile.
template <class T>
concept HasOffset = requires(const T& entry) { entry.offset(); };
template <class T>
concept HasPfn = requires(const T& entry) { entry.pfn(); };
template <class T>
concept HasYoung = requires(const T& entry) { entry.young(); };
template <class T>
concept HasSoftDirty = requires(const T& entry) { entry.soft_dirty(); };
template <class T>
concept HasUffdWp = requires(const T& entry) { entry.uffd_wp(); };
template <class T>
concept HasExclusive = requires(const T& entry) { entry.exclusive(); };
template <class T>
concept HasBits = requires(const T& entry) { entry.bits(); };
template <class T>
concept HasRawOffset = requires(const T& entry) { entry.raw_offset(); };

static_assert(HasOffset<SwapPte> && !HasOffset<PresentPte> && !HasOffset<MigrationPte>);
static_assert(!HasOffset<MarkerPte> && !HasOffset<SpecialPte>);
static_assert(HasPfn<PresentPte> && HasPfn<MigrationPte> && HasPfn<HwpoisonPte>);
static_assert(!HasPfn<SwapPte> && !HasPfn<MarkerPte> && !HasPfn<NonePte>);
static_assert(HasYoung<PresentPte> && HasYoung<MigrationPte> && !HasYoung<SwapPte> && !HasYoung<HwpoisonPte>);
static_assert(HasSoftDirty<PresentPte> && HasSoftDirty<SwapPte> && !HasSoftDirty<MarkerPte> && !HasSoftDirty<SpecialPte>);
static_assert(HasUffdWp<PresentPte> && HasUffdWp<SwapPte> && HasUffdWp<MarkerPte> && !HasUffdWp<NonePte>);
static_assert(HasExclusive<SwapPte> && HasExclusive<DevicePte> && !HasExclusive<PresentPte>);
static_assert(HasBits<MarkerPte> && !HasBits<SwapPte> && !HasRawOffset<SwapPte> && !HasRawOffset<MarkerPte>);

// Only decode() makes them.
template <class T>
concept MadeByAnyone = std::constructible_from<T, uint64_t> || std::constructible_from<T, const Encoding&, uint64_t> ||
                       std::constructible_from<T, const Encoding&, uint64_t, uint64_t> || std::constructible_from<T, uint64_t, uint64_t> ||
                       std::default_initializable<T>;
static_assert(!MadeByAnyone<NonePte> && !MadeByAnyone<PresentPte> && !MadeByAnyone<TableEntry> && !MadeByAnyone<SwapPte>);
static_assert(!MadeByAnyone<MigrationPte> && !MadeByAnyone<HwpoisonPte> && !MadeByAnyone<DevicePte> && !MadeByAnyone<SwapinErrorPte>);
static_assert(!MadeByAnyone<SpecialPte> && !MadeByAnyone<MarkerPte> && !MadeByAnyone<InvalidPte>);

// Words of different levels do not mix, and numbers are no words.
template <class T>
concept TakesMkdirty = requires(const Encoding& e, T word) { pte_mkdirty(e, word); };
template <class T>
concept TakesSwpType = requires(T word) { swp_type(word); };
static_assert(TakesMkdirty<pte_t> && !TakesMkdirty<pmd_t> && !TakesMkdirty<uint64_t> && !TakesMkdirty<PresentPte>);
static_assert(TakesSwpType<swp_entry_t> && !TakesSwpType<pte_t> && !TakesSwpType<uint64_t>);
static_assert(!std::is_convertible_v<uint64_t, pte_t> && !std::is_convertible_v<pte_t, uint64_t> && !std::is_convertible_v<pte_t, pmd_t>);

// ---- Classes, told again by the kernel's own predicates.
int ClassesOf(const Encoding& e, pte_t pte, EntryClass* found) {
  const bool special = pte_swp_uffd_wp_special(e, pte);
  const bool typed = is_swap_pte(e, pte) && !special;
  const swp_entry_t entry = pte_to_swp_entry(e, pte);
  const bool marker = typed && is_pte_marker_entry(e, entry);
  const uint64_t bits = pte_marker_get(e, entry);
  const struct {
    EntryClass entry_class;
    bool is;
  } tests[] = {
      {EntryClass::none, pte_none(e, pte)},
      {EntryClass::present, pte_present(e, pte)},
      {EntryClass::special, special},
      {EntryClass::swap, typed && !non_swap_entry(e, entry)},
      {EntryClass::migration, typed && is_migration_entry(e, entry)},
      {EntryClass::hwpoison, typed && is_hwpoison_entry(e, entry)},
      {EntryClass::device, typed && (is_device_private_entry(e, entry) || is_device_exclusive_entry(e, entry))},
      {EntryClass::swapin_error, typed && e.swp_swapin_error != kNoSwapType && is_swapin_error_entry(e, entry)},
      {EntryClass::poison, marker && (bits & kPteMarkerPoisoned)},
      {EntryClass::guard, marker && !(bits & kPteMarkerPoisoned) && (bits & kPteMarkerGuard)},
      {EntryClass::marker, marker && bits == kPteMarkerUffdWp},
      {EntryClass::invalid, marker && bits == 0},
  };
  int count = 0;
  for (const auto& test : tests) {
    if (test.is) *found = test.entry_class, ++count;
  }
  return count;
}

TEST_CASE("every word is of exactly one class") {
  for (const NamedEncoding& kernel : AllKernels()) {
    const Encoding& e = kernel.encoding;
    int broken = 0;
    uint64_t on = 0;
    const auto check = [&](uint64_t word) {
      EntryClass found = EntryClass::invalid;
      if (ClassesOf(e, pte_t{word}, &found) == 1 && classify(e, pte_t{word}) == found) return;
      ++broken;
      on = word;
    };
    test::Words words;
    for (int i = 0; i < 300000; ++i) check(words.Next());
    test::ForEveryFlagSubset(check);
    INFO(kernel.name << " on 0x" << std::hex << on);
    CHECK(broken == 0);
  }
}

// The alternative of the variant that belongs to a class.
bool IsAlternativeFor(EntryClass entry_class, const DecodedPte& entry) {
  switch (entry_class) {
    case EntryClass::none: return std::holds_alternative<NonePte>(entry);
    case EntryClass::present: return std::holds_alternative<PresentPte>(entry);
    case EntryClass::table: return std::holds_alternative<TableEntry>(entry);
    case EntryClass::swap: return std::holds_alternative<SwapPte>(entry);
    case EntryClass::migration: return std::holds_alternative<MigrationPte>(entry);
    case EntryClass::hwpoison: return std::holds_alternative<HwpoisonPte>(entry);
    case EntryClass::device: return std::holds_alternative<DevicePte>(entry);
    case EntryClass::swapin_error: return std::holds_alternative<SwapinErrorPte>(entry);
    case EntryClass::special: return std::holds_alternative<SpecialPte>(entry);
    case EntryClass::marker:
    case EntryClass::poison:
    case EntryClass::guard: return std::holds_alternative<MarkerPte>(entry);
    case EntryClass::invalid: break;
  }
  return std::holds_alternative<InvalidPte>(entry);
}

// Builds the word again from what the decoded entry says, with the kernel's helpers. Bits without meaning in a swap entry, offset
// bits above a frame number and a marker's flags are lost, as they are in the kernel.
class Encoder {
 public:
  explicit Encoder(const Encoding& e) : e_(e) {}
  pte_t operator()(const NonePte& none) const { return pte_t{none.word()}; }
  pte_t operator()(const PresentPte& page) const { return pfn_pte(e_, page.pfn(), pgprot_t{page.word() & ~e_.pte_pfn_mask}); }
  pte_t operator()(const TableEntry& table) const { return pte_t{table.word()}; }
  pte_t operator()(const SwapPte& swap) const {
    const pte_t pte = Flags(swap, swp_entry(swap.type(), swap.offset()));
    return swap.exclusive() ? pte_swp_mkexclusive(e_, pte) : pte;
  }
  pte_t operator()(const MigrationPte& moved) const {
    swp_entry_t entry = moved.kind() == MigrationKind::write  ? make_writable_migration_entry(e_, moved.pfn())
                        : moved.kind() == MigrationKind::read ? make_readable_migration_entry(e_, moved.pfn())
                                                              : make_readable_exclusive_migration_entry(e_, moved.pfn());
    if (moved.young()) entry = make_migration_entry_young(e_, entry);
    if (moved.dirty()) entry = make_migration_entry_dirty(e_, entry);
    return Flags(moved, entry);
  }
  pte_t operator()(const HwpoisonPte& poison) const { return Flags(poison, make_hwpoison_entry(e_, poison.pfn())); }
  pte_t operator()(const DevicePte& device) const {
    const uint64_t pfn = device.pfn();
    if (device.exclusive()) {
      return Flags(device, device.writable() ? make_writable_device_exclusive_entry(e_, pfn)
                                             : make_readable_device_exclusive_entry(e_, pfn));
    }
    return Flags(device, device.writable() ? make_writable_device_private_entry(e_, pfn)
                                           : make_readable_device_private_entry(e_, pfn));
  }
  pte_t operator()(const SwapinErrorPte& error) const { return Flags(error, make_swapin_error_entry(e_, error.pfn())); }
  pte_t operator()(const SpecialPte&) const { return pte_swp_mkuffd_wp_special(e_); }
  pte_t operator()(const MarkerPte& marker) const { return make_pte_marker(e_, marker.bits()); }
  pte_t operator()(const InvalidPte& invalid) const { return pte_t{invalid.word()}; }

 private:
  pte_t Flags(const SwapTypeEntry& typed, swp_entry_t entry) const {
    pte_t pte = swp_entry_to_pte(e_, entry);
    if (typed.soft_dirty()) pte = pte_swp_mksoft_dirty(e_, pte);
    return typed.uffd_wp() ? pte_swp_mkuffd_wp(e_, pte) : pte;
  }
  const Encoding& e_;
};

TEST_CASE("decoding follows the class, and what is encoded again decodes the same") {
  for (const NamedEncoding& kernel : AllKernels()) {
    const Encoding& e = kernel.encoding;
    const Encoder encode(e);
    int broken = 0, exact = 0;
    uint64_t on = 0;
    test::Words words;
    for (int i = 0; i < 300000; ++i) {
      const pte_t pte{words.Next()};
      const EntryClass entry_class = classify(e, pte);
      const DecodedPte entry = decode(e, pte);
      const pte_t again = std::visit(encode, entry);
      const bool lossless = entry_class == EntryClass::present || entry_class == EntryClass::none ||
                            entry_class == EntryClass::special || entry_class == EntryClass::invalid;
      bool good = IsAlternativeFor(entry_class, entry) && std::visit([](const auto& x) { return x.word(); }, entry) == pte.pte;
      // Type 0 with the highest offset has no word of its own: inverted it is all zeroes, and only flags make it a swap entry.
      const bool no_word = entry_class == EntryClass::swap && (pte.pte & ~uint64_t{0x1ff}) == 0;
      if (no_word) continue;
      good = good && classify(e, again) == entry_class && std::visit(encode, decode(e, again)) == again;
      good = good && (!lossless || again == pte);
      exact += again == pte;
      if (!good) ++broken, on = pte.pte;
    }
    INFO(kernel.name << " on 0x" << std::hex << on);
    CHECK(broken == 0);
    CHECK(exact > 100000);
  }
}

TEST_CASE("words of every class, made by the kernel's helpers, say what was put in") {
  for (const NamedEncoding& kernel : AllKernels()) {
    const Encoding& e = kernel.encoding;
    INFO(kernel.name);
    const uint64_t pfn = 0x12345;
    const auto moved = [&](swp_entry_t entry, MigrationKind kind) {
      const DecodedPte decoded = decode(e, swp_entry_to_pte(e, make_migration_entry_dirty(e, entry)));
      const MigrationPte* migration = std::get_if<MigrationPte>(&decoded);
      REQUIRE(migration != nullptr);
      CHECK(migration->kind() == kind);
      CHECK(migration->pfn() == pfn);
      CHECK(migration->dirty() == e.swap_migration_ad_supported);
      CHECK_FALSE(migration->young());
    };
    if (e.swp_migration_num > 0) {
      moved(make_readable_migration_entry(e, pfn), MigrationKind::read);
      moved(make_writable_migration_entry(e, pfn), MigrationKind::write);
    }
    if (e.swp_migration_num == 3) moved(make_readable_exclusive_migration_entry(e, pfn), MigrationKind::read_exclusive);
    if (e.swp_hwpoison != kNoSwapType) {
      CHECK(std::get<HwpoisonPte>(decode(e, swp_entry_to_pte(e, make_hwpoison_entry(e, pfn)))).pfn() == pfn);
    }
    if (e.swp_pte_marker != kNoSwapType) {
      CHECK(classify(e, make_pte_marker(e, kPteMarkerUffdWp)) == EntryClass::marker);
      CHECK(classify(e, make_pte_marker(e, 0)) == EntryClass::invalid);
      const bool knows_poison = e.pte_marker_mask & kPteMarkerPoisoned, knows_guard = e.pte_marker_mask & kPteMarkerGuard;
      CHECK((classify(e, make_pte_marker(e, kPteMarkerPoisoned)) == EntryClass::poison) == knows_poison);
      CHECK((classify(e, make_pte_marker(e, kPteMarkerGuard)) == EntryClass::guard) == knows_guard);
    }
    const pte_t swapped = pte_swp_mkuffd_wp(e, swp_entry_to_pte(e, swp_entry(2, 77)));
    const SwapPte swap = std::get<SwapPte>(decode(e, swapped));
    CHECK(swap.type() == 2);
    CHECK(swap.offset() == 77);
    CHECK(swap.uffd_wp() == (e.swp_uffd_wp != 0));
    CHECK((classify(e, pte_t{4}) == EntryClass::special) == (e.uffd_wp_special != 0));
  }
}

TEST_CASE("upper levels") {
  for (const NamedEncoding& kernel : AllKernels()) {
    const Encoding& e = kernel.encoding;
    INFO(kernel.name);
    CHECK(classify(e, pmd_t{0}) == EntryClass::none);
    CHECK(classify(e, pmd_t{0x867000 | e.page_table}) == EntryClass::table);
    CHECK(classify(e, pmd_t{0x80000000062008e7}) == EntryClass::present);
    CHECK(classify(e, pmd_mkinvalid(e, pmd_t{0x80000000062008e7})) == EntryClass::present);
    CHECK(classify(e, pmd_t{4}) == EntryClass::invalid);
    if (e.swp_migration_num) CHECK(classify(e, swp_entry_to_pmd(e, make_readable_migration_entry(e, 512))) == EntryClass::migration);
    if (e.swp_device_num) {
      const pmd_t device = swp_entry_to_pmd(e, make_readable_device_private_entry(e, 512));
      CHECK(classify(e, device) == (e.pmd_device_entries ? EntryClass::device : EntryClass::invalid));
    }
    CHECK(classify(e, pud_t{0x867000 | e.page_table}) == EntryClass::table);
    CHECK(classify(e, p4d_t{0x867000 | e.page_table}) == EntryClass::table);
    CHECK(classify(e, p4d_t{0}) == EntryClass::none);
    CHECK(std::get<TableEntry>(decode(e, pgd_t{0x867000 | e.page_table})).pfn() == 0x867);
    CHECK(std::get<PresentPte>(decode(e, pmd_t{0x80000000062008e7})).pfn() == 0x6200);
  }
}

}  // namespace
}  // namespace pteron
