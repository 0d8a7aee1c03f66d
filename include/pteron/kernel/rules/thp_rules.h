// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_THP_RULES_H_
#define PTERON_KERNEL_RULES_THP_RULES_H_

// Decisions of transparent huge pages (mm/huge_memory.c, mm/khugepaged.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// When a write to a write-protected huge page may keep it whole (do_huge_pmd_wp_page()).
enum class HugeCowReuse : uint8_t {
  reuse_swap_page,    // nobody else maps any part of it
  exclusive_or_sole,  // PG_anon_exclusive, or no other reference once it is out of the swap cache
};

struct ThpRules {
  HugeCowReuse cow_reuse = HugeCowReuse::reuse_swap_page;
  // Splitting an entry of the huge zero page keeps uffd-wp in the small entries.
  bool zero_page_split_keeps_uffd_wp = false;
  // Zapping a dirty huge entry of a file marks the page dirty.
  bool zap_marks_file_page_dirty = false;
  // (Un)protecting also changes huge migration entries that were not writable, and an anonymous page's become readable-exclusive.
  bool protect_all_migration_entries = false;
  // Splitting a private huge entry marks each small page exclusive where the huge one was.
  bool split_keeps_exclusive = false;
  // A huge migration entry remembers uffd-wp of the entry that it stands for.
  bool migration_entry_keeps_uffd_wp = false;
  // Collapsing a file's pages into a huge one leaves the page tables of a VMA that is registered for write-protection alone.
  bool collapse_spares_uffd_wp_tables = false;
  // Where the file has its huge page already, collapsing maps it by one entry in place of small ones.
  bool collapse_maps_huge_page = false;
  // A huge page of a file is mapped by one entry also where the memory of a part of it has failed.
  bool maps_poisoned_page_whole = true;
  bool operator==(const ThpRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_THP_RULES_H_
