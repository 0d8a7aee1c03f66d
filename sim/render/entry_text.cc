// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/render/entry_text.h"

#include "pteron/arch/x86/classify.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/swapops.h"

namespace pteron::render {
namespace {

EntryClass ClassOf(const Encoding& e, Level level, uint64_t word) {
  switch (level) {
    case Level::pte: return classify(e, pte_t{word});
    case Level::pmd: {
      // hugetlb writes its markers and special PTEs at this level, which no other code does.
      const EntryClass as_pmd = classify(e, pmd_t{word});
      return as_pmd == EntryClass::invalid ? classify(e, pte_t{word}) : as_pmd;
    }
    case Level::pud: return classify(e, pud_t{word});
    case Level::p4d: return classify(e, p4d_t{word});
    case Level::pgd: return classify(e, pgd_t{word});
  }
  return EntryClass::invalid;
}

std::string PresentText(const Encoding& e, Level level, pte_t pte) {
  std::string text = pte.pte & kPagePresent ? "present" : "present protnone";
  if (level != Level::pte) text += " huge";
  text += pte_write(e, pte) ? " rw" : " ro";
  if (pte_young(e, pte)) text += " young";
  if (pte.pte & kPageDirty) text += " dirty";
  if (!(pte.pte & kPageDirty) && pte_dirty(e, pte)) text += " saved-dirty";
  if (pte_soft_dirty(e, pte)) text += " soft-dirty";
  if (pte_uffd_wp(e, pte)) text += " wp";
  return text;
}

std::string SwapFlagsText(const Encoding& e, pte_t pte) {
  std::string text;
  if (pte_swp_soft_dirty(e, pte)) text += " soft-dirty";
  if (pte_swp_uffd_wp(e, pte)) text += " wp";
  if (pte_swp_exclusive(e, pte)) text += " exclusive";
  return text;
}

std::string MigrationText(const Encoding& e, pte_t pte) {
  const swp_entry_t entry = pte_to_swp_entry(e, pte);
  std::string text = is_writable_migration_entry(e, entry)             ? "migration write"
                     : is_readable_exclusive_migration_entry(e, entry) ? "migration read-exclusive"
                                                                       : "migration read";
  if (is_migration_entry_young(e, entry)) text += " young";
  if (is_migration_entry_dirty(e, entry)) text += " dirty";
  return text + SwapFlagsText(e, pte);
}

}  // namespace

std::string WordText(const Encoding& e, Level level, uint64_t word) {
  const pte_t pte{word};
  switch (ClassOf(e, level, word)) {
    case EntryClass::none: return "none";
    case EntryClass::present: return PresentText(e, level, pte);
    case EntryClass::table: return "table";
    case EntryClass::swap: return "swap" + SwapFlagsText(e, pte);
    case EntryClass::migration: return MigrationText(e, pte);
    case EntryClass::hwpoison: return "hwpoison" + SwapFlagsText(e, pte);
    case EntryClass::device: return "device";
    case EntryClass::swapin_error: return "swapin-error" + SwapFlagsText(e, pte);
    case EntryClass::special: return "wp-none (special PTE)";
    case EntryClass::marker: return "wp-none (marker)" + SwapFlagsText(e, pte);
    case EntryClass::poison: return "poison";
    case EntryClass::guard: return "guard";
    case EntryClass::invalid: break;
  }
  return "invalid";
}

}  // namespace pteron::render
