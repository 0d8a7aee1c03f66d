// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/arch/x86/word_helpers.h"

#include <cinttypes>
#include <cstdio>

#include "pteron/arch/x86/classify.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/swapops.h"

namespace pteron {
namespace {

using E = const Encoding&;
using C = EntryClass;

constexpr uint64_t Bare(bool value) { return value; }
constexpr uint64_t Bare(uint64_t value) { return value; }
constexpr uint64_t Bare(uint32_t value) { return value; }
constexpr uint64_t Bare(uint16_t value) { return value; }
constexpr uint64_t Bare(pte_t value) { return value.pte; }
constexpr uint64_t Bare(pmd_t value) { return value.pmd; }
constexpr uint64_t Bare(pud_t value) { return value.pud; }
constexpr uint64_t Bare(pgprot_t value) { return value.pgprot; }
constexpr uint64_t Bare(swp_entry_t value) { return value.val; }

// ---- Which words arguments are meant to be.
constexpr EntryClassSet kAny = EntryClassSet::All();
constexpr EntryClassSet kPresent{C::present};
// Whatever has a swap type, so that type, offset and flags mean something.
constexpr EntryClassSet kSwapTyped{C::swap,   C::migration, C::hwpoison, C::device, C::swapin_error,
                                   C::marker, C::poison,    C::guard,    C::invalid};
constexpr EntryClassSet kSwapTypedOrSpecial = kSwapTyped | EntryClassSet{C::special};
constexpr EntryClassSet kSwap{C::swap};
constexpr EntryClassSet kMigration{C::migration};
constexpr EntryClassSet kWithFrame{C::migration, C::hwpoison, C::device, C::swapin_error};
constexpr EntryClassSet kMarkers{C::marker, C::poison, C::guard, C::invalid};
constexpr EntryClassSet kPmdMoved{C::migration, C::device};
constexpr EntryClassSet kPmdWithFrame{C::present, C::table};

constexpr WordArgument Pte(EntryClassSet meant_for) { return {WordRole::pte, meant_for}; }
constexpr WordArgument Pmd(EntryClassSet meant_for) { return {WordRole::pmd, meant_for}; }
constexpr WordArgument Pud(EntryClassSet meant_for) { return {WordRole::pud, meant_for}; }
constexpr WordArgument Swp(EntryClassSet meant_for) { return {WordRole::swp_entry, meant_for}; }
constexpr WordArgument kNumber{WordRole::number, kAny};

// ---- Rows. The macros exist so that a name is written once: it is both the function and its text.
#define PTERON_PTE(f, classes) \
  WordHelper{#f, 1, [](E e, uint64_t a, uint64_t) { return Bare(f(e, pte_t{a})); }, Pte(classes), {}}
#define PTERON_PMD(f, classes) \
  WordHelper{#f, 1, [](E e, uint64_t a, uint64_t) { return Bare(f(e, pmd_t{a})); }, Pmd(classes), {}}
#define PTERON_PUD(f, classes) \
  WordHelper{#f, 1, [](E e, uint64_t a, uint64_t) { return Bare(f(e, pud_t{a})); }, Pud(classes), {}}
#define PTERON_SWP(f, classes) \
  WordHelper{#f, 1, [](E e, uint64_t a, uint64_t) { return Bare(f(e, swp_entry_t{a})); }, Swp(classes), {}}
#define PTERON_NUMBER(f) \
  WordHelper{#f, 1, [](E e, uint64_t a, uint64_t) { return Bare(f(e, a)); }, kNumber, {}}
#define PTERON_ROW(name, arity, expression, ...) \
  WordHelper{name, arity, []([[maybe_unused]] E e, uint64_t a, [[maybe_unused]] uint64_t b) { return Bare(expression); }, __VA_ARGS__}

constexpr WordHelper kHelpers[] = {
    // PTE to PTE.
    PTERON_PTE(pte_mkdirty, kPresent),
    PTERON_PTE(pte_mkclean, kPresent),
    PTERON_PTE(pte_mkyoung, kPresent),
    PTERON_PTE(pte_mkold, kPresent),
    PTERON_PTE(pte_mkwrite, kPresent),
    PTERON_PTE(pte_wrprotect, kPresent),
    PTERON_PTE(pte_mkexec, kPresent),
    PTERON_PTE(pte_mkhuge, kPresent),
    PTERON_PTE(pte_clrhuge, kPresent),
    PTERON_PTE(pte_mkglobal, kPresent),
    PTERON_PTE(pte_clrglobal, kPresent),
    PTERON_PTE(pte_mkspecial, kPresent),
    PTERON_PTE(pte_mkdevmap, kPresent),
    PTERON_PTE(pte_mkuffd_wp, kPresent),
    PTERON_PTE(pte_clear_uffd_wp, kPresent),
    PTERON_PTE(pte_mksoft_dirty, kPresent),
    PTERON_PTE(pte_clear_soft_dirty, kPresent),
    PTERON_PTE(pte_swp_mkexclusive, kSwap),
    PTERON_PTE(pte_swp_clear_exclusive, kSwap),
    PTERON_PTE(pte_swp_mksoft_dirty, kSwapTyped),
    PTERON_PTE(pte_swp_clear_soft_dirty, kSwapTyped),
    PTERON_PTE(pte_swp_mkuffd_wp, kSwapTyped),
    PTERON_PTE(pte_swp_clear_uffd_wp, kSwapTyped),
    PTERON_PTE(pte_swp_clear_flags, kSwapTyped),
    // PTE to value.
    PTERON_PTE(pte_none, kAny),
    PTERON_PTE(pte_present, kAny),
    PTERON_PTE(pte_protnone, kAny),
    PTERON_PTE(pte_dirty, kPresent),
    PTERON_PTE(pte_young, kPresent),
    PTERON_PTE(pte_write, kPresent),
    PTERON_PTE(pte_exec, kPresent),
    PTERON_PTE(pte_huge, kPresent),
    PTERON_PTE(pte_global, kPresent),
    PTERON_PTE(pte_special, kPresent),
    PTERON_PTE(pte_devmap, kPresent),
    PTERON_PTE(pte_uffd_wp, kPresent),
    PTERON_PTE(pte_soft_dirty, kPresent),
    PTERON_PTE(pte_swp_exclusive, kSwap),
    PTERON_PTE(pte_swp_soft_dirty, kSwapTyped),
    PTERON_PTE(pte_swp_uffd_wp, kSwapTypedOrSpecial),
    PTERON_PTE(pte_pfn, kPresent),
    PTERON_PTE(pte_flags, kAny),
    PTERON_PTE(is_swap_pte, kAny),
    PTERON_PTE(is_pte_marker, kAny),
    PTERON_PTE(pte_none_mostly, kAny),
    PTERON_PTE(pte_to_swp_entry, kSwapTyped),
    PTERON_ROW("pte_swp_type", 1, swp_type(pte_to_swp_entry(e, pte_t{a})), Pte(kSwapTyped), {}),
    PTERON_ROW("pte_swp_offset", 1, swp_offset(pte_to_swp_entry(e, pte_t{a})), Pte(kSwapTyped), {}),
    PTERON_NUMBER(pte_flags_pkey),
    // PMD.
    PTERON_PMD(pmd_mkdirty, kPresent),
    PTERON_PMD(pmd_mkclean, kPresent),
    PTERON_PMD(pmd_mkyoung, kPresent),
    PTERON_PMD(pmd_mkold, kPresent),
    PTERON_PMD(pmd_mkwrite, kPresent),
    PTERON_PMD(pmd_wrprotect, kPresent),
    PTERON_PMD(pmd_mkhuge, kAny),
    PTERON_PMD(pmd_mkdevmap, kPresent),
    PTERON_PMD(pmd_mkuffd_wp, kPresent),
    PTERON_PMD(pmd_clear_uffd_wp, kPresent),
    PTERON_PMD(pmd_mksoft_dirty, kPresent),
    PTERON_PMD(pmd_clear_soft_dirty, kPresent),
    PTERON_PMD(pmd_swp_mksoft_dirty, kPmdMoved),
    PTERON_PMD(pmd_swp_clear_soft_dirty, kPmdMoved),
    PTERON_PMD(pmd_swp_mkuffd_wp, kPmdMoved),
    PTERON_PMD(pmd_swp_clear_uffd_wp, kPmdMoved),
    PTERON_PMD(pmd_mkinvalid, kPresent),
    PTERON_PMD(pmd_none, kAny),
    PTERON_PMD(pmd_present, kAny),
    PTERON_PMD(pmd_protnone, kAny),
    PTERON_PMD(pmd_dirty, kPresent),
    PTERON_PMD(pmd_young, kPmdWithFrame),
    PTERON_PMD(pmd_write, kPresent),
    PTERON_PMD(pmd_uffd_wp, kPresent),
    PTERON_PMD(pmd_soft_dirty, kPresent),
    PTERON_PMD(pmd_swp_soft_dirty, kPmdMoved),
    PTERON_PMD(pmd_swp_uffd_wp, kPmdMoved),
    PTERON_PMD(pmd_trans_huge, kAny),
    PTERON_PMD(pmd_devmap, kAny),
    PTERON_PMD(pmd_large, kAny),
    PTERON_PMD(pmd_bad, kAny),
    PTERON_PMD(pmd_pfn, kPmdWithFrame),
    PTERON_PMD(pmd_flags, kAny),
    PTERON_PMD(is_swap_pmd, kAny),
    PTERON_PMD(is_pmd_migration_entry, kAny),
    PTERON_PMD(pmd_to_swp_entry, kPmdMoved),
    // PUD.
    PTERON_PUD(pud_none, kAny),
    PTERON_PUD(pud_present, kAny),
    PTERON_PUD(pud_bad, kAny),
    PTERON_PUD(pud_large, kAny),
    PTERON_PUD(pud_pfn, kPmdWithFrame),
    PTERON_PUD(pud_mkold, kPresent),
    PTERON_PUD(pud_mkyoung, kPresent),
    PTERON_PUD(pud_mkdirty, kPresent),
    PTERON_PUD(pud_mkclean, kPresent),
    PTERON_PUD(pud_mkwrite, kPresent),
    PTERON_PUD(pud_wrprotect, kPresent),
    PTERON_PUD(pud_trans_huge, kAny),
    PTERON_PUD(pud_devmap, kAny),
    // Swap entries.
    PTERON_SWP(swp_entry_to_pte, kAny),
    PTERON_SWP(swp_entry_to_pmd, kPmdMoved),
    PTERON_ROW("swp_type", 1, swp_type(swp_entry_t{a}), Swp(kAny), {}),
    PTERON_ROW("swp_offset", 1, swp_offset(swp_entry_t{a}), Swp(kAny), {}),
    PTERON_ROW("swp_offset_pfn_raw", 1, swp_offset_pfn(e, swp_entry_t{a}), Swp(kWithFrame), {}),
    PTERON_SWP(non_swap_entry, kAny),
    PTERON_SWP(is_migration_entry, kAny),
    PTERON_SWP(is_writable_migration_entry, kAny),
    PTERON_SWP(is_readable_migration_entry, kAny),
    PTERON_SWP(is_readable_exclusive_migration_entry, kAny),
    PTERON_SWP(is_migration_entry_young, kMigration),
    PTERON_SWP(is_migration_entry_dirty, kMigration),
    PTERON_SWP(make_migration_entry_young, kMigration),
    PTERON_SWP(make_migration_entry_dirty, kMigration),
    PTERON_SWP(is_hwpoison_entry, kAny),
    PTERON_SWP(is_pfn_swap_entry, kAny),
    PTERON_SWP(is_device_private_entry, kAny),
    PTERON_SWP(is_device_exclusive_entry, kAny),
    PTERON_SWP(is_pte_marker_entry, kAny),
    PTERON_SWP(pte_marker_get, kMarkers),
    PTERON_SWP(is_swapin_error_entry, kAny),
    PTERON_NUMBER(make_readable_migration_entry),
    PTERON_NUMBER(make_writable_migration_entry),
    PTERON_NUMBER(make_readable_exclusive_migration_entry),
    PTERON_NUMBER(make_pte_marker),
    PTERON_NUMBER(make_pte_marker_entry),
    PTERON_ROW("protnone_mask", 1, protnone_mask(a), kNumber, {}),
    PTERON_ROW("massage_pgprot", 1, massage_pgprot(e, pgprot_t{a}), kNumber, {}),
    // Two arguments.
    PTERON_ROW("pte_modify", 2, pte_modify(e, pte_t{a}, pgprot_t{b}), Pte(kPresent), kNumber),
    PTERON_ROW("pmd_modify", 2, pmd_modify(e, pmd_t{a}, pgprot_t{b}), Pmd(kPresent), kNumber),
    PTERON_ROW("pgprot_modify", 2, pgprot_modify(e, pgprot_t{a}, pgprot_t{b}), kNumber, kNumber),
    PTERON_ROW("pfn_pte", 2, pfn_pte(e, a, pgprot_t{b}), kNumber, kNumber),
    PTERON_ROW("pfn_pmd", 2, pfn_pmd(e, a, pgprot_t{b}), kNumber, kNumber),
    PTERON_ROW("pfn_pud", 2, pfn_pud(e, a, pgprot_t{b}), kNumber, kNumber),
    PTERON_ROW("swp_entry", 2, swp_entry(b & 31, a), kNumber, kNumber),
    PTERON_ROW("__swp_entry", 2, arch_swp_entry(b & 31, a), kNumber, kNumber),
    PTERON_ROW("swp_pte", 2, swp_entry_to_pte(e, swp_entry(b & 31, a)), kNumber, kNumber),
    PTERON_ROW("pte_same", 2, pte_same(pte_t{a}, pte_t{b}), Pte(kAny), Pte(kAny)),
    PTERON_ROW("pmd_same", 2, pmd_same(pmd_t{a}, pmd_t{b}), Pmd(kAny), Pmd(kAny)),
    PTERON_ROW("flip_protnone_guard", 2, flip_protnone_guard(a, b, e.pte_pfn_mask), kNumber, kNumber),
};

static_assert(std::size(kHelpers) == 138);

#undef PTERON_PTE
#undef PTERON_PMD
#undef PTERON_PUD
#undef PTERON_SWP
#undef PTERON_NUMBER
#undef PTERON_ROW

std::optional<EntryClass> ClassOf(const Encoding& e, WordRole role, uint64_t word) {
  switch (role) {
    case WordRole::pte: return classify(e, pte_t{word});
    case WordRole::pmd: return classify(e, pmd_t{word});
    case WordRole::pud: return classify(e, pud_t{word});
    case WordRole::swp_entry: return classify(e, swp_entry_t{word});
    case WordRole::unused:
    case WordRole::number: break;
  }
  return std::nullopt;
}

std::optional<std::string> CheckArgument(const Encoding& e, const WordHelper& helper, const WordArgument& argument, uint64_t word) {
  const std::optional<EntryClass> entry_class = ClassOf(e, argument.role, word);
  if (!entry_class || argument.meant_for.contains(*entry_class)) return std::nullopt;
  char hex[24];
  std::snprintf(hex, sizeof hex, "0x%016" PRIx64, word);
  std::string text(helper.name);
  text.append(": ").append(hex).append(" is of class ").append(EntryClassName(*entry_class)).append("; meant for: ");
  bool first = true;
  for (int i = 0; i < kEntryClasses; ++i) {
    const EntryClass allowed = static_cast<EntryClass>(i);
    if (!argument.meant_for.contains(allowed)) continue;
    text.append(first ? "" : ", ").append(EntryClassName(allowed));
    first = false;
  }
  return text;
}

}  // namespace

std::span<const WordHelper> WordHelpers() { return kHelpers; }

const WordHelper* FindWordHelper(std::string_view name) {
  for (const WordHelper& helper : kHelpers) {
    if (helper.name == name) return &helper;
  }
  return nullptr;
}

std::optional<std::string> CheckMisuse(const Encoding& e, const WordHelper& helper, uint64_t a, uint64_t b) {
  std::optional<std::string> misuse = CheckArgument(e, helper, helper.a, a);
  return misuse ? misuse : CheckArgument(e, helper, helper.b, b);
}

}  // namespace pteron
