// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_PROTECT_RULES_H_
#define PTERON_KERNEL_RULES_PROTECT_RULES_H_

// Decisions of change_protection() and mprotect (mm/mprotect.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// What change_pte_range() knows of "no page, write-protected" (special PTE or uffd-wp marker) in a file-backed VMA.
enum class ProtectWpNone : uint8_t {
  taken_for_swap_entry,  // nothing: none entries are skipped, and that word would be handled as a swap entry
  kept,                  // it is skipped, as none entries are
  set_and_dropped,       // write-protecting makes it of none, taking the protection off makes it none again
};

// Which page tables change_protection() makes where none are, before it write-protects a file-backed VMA for
// userfaultfd.
enum class ProtectTables : uint8_t {
  none,        // a range without tables is skipped
  pte_tables,  // the lowest level alone: a range without upper tables is skipped
  all_levels,
};

// When a present entry gets write permission that the new protection alone does not give.
enum class ProtectUpgrade : uint8_t {
  dirty_accountable,  // mprotect of a shared VMA whose first writes are to be noticed: for entries that are dirty
  page_by_page,  // the same, and mprotect of private writable VMAs for exclusive anonymous pages; not if the entry is
                 // uffd-wp
};

struct ProtectRules {
  ProtectWpNone wp_none = ProtectWpNone::taken_for_swap_entry;
  ProtectTables tables_for_wp = ProtectTables::none;
  // Write-protecting a file-backed VMA splits its huge entries, also where the range covers them whole.
  bool wp_splits_file_huge_entries = false;
  ProtectUpgrade upgrade = ProtectUpgrade::dirty_accountable;
  bool operator==(const ProtectRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_PROTECT_RULES_H_
