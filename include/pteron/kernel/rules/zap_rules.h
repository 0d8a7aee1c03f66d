// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_ZAP_RULES_H_
#define PTERON_KERNEL_RULES_ZAP_RULES_H_

// Decisions of zap_pte_range(), zap_huge_pmd() and their callers (mm/memory.c, mm/huge_memory.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// Which zaps leave swap entries where they are. Migration and hwpoison entries go with them unless a rule below says otherwise.
enum class SwapEntriesStay : uint8_t {
  with_any_details,      // whenever the caller passes a zap_details
  by_flag,               // where the caller sets ZAP_FLAG_SKIP_SWAP: unmap_mapping_pages() does
  unless_even_cows,      // they are private copies: where the caller does not want those
};

// Whether a zap of a file-backed VMA leaves "no page, write-protected" where a word was write-protected by userfaultfd.
enum class LeavesUffdWp : uint8_t {
  never,
  always,                 // whatever the VMA is registered for
  if_registered,          // only where the VMA has VM_UFFD_WP
};

// What a zap makes of "no page, write-protected" (special PTE or uffd-wp marker).
enum class ZapWpNone : uint8_t {
  read_as_swap,      // nobody tests for it: it is taken for a swap entry, counted as one and reported as a bad entry
  kept_unless_dropped,  // stays, unless the caller wants uffd-wp information dropped
};

struct ZapRules {
  SwapEntriesStay swap_entries_stay = SwapEntriesStay::with_any_details;
  // A migration entry is treated as the page that it names: it goes unless that is a private copy to be spared.
  bool migration_entries_as_their_page = false;
  ZapWpNone wp_none = ZapWpNone::read_as_swap;
  // pte_install_uffd_wp_if_needed(), for zap and for reclaim alike.
  LeavesUffdWp leaves_uffd_wp = LeavesUffdWp::never;
  bool operator==(const ZapRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_ZAP_RULES_H_
