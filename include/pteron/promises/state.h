// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_PROMISES_STATE_H_
#define PTERON_PROMISES_STATE_H_

// The state behind a step, as the raw state format shows it.

#include <cstdint>
#include <vector>

#include "pteron/promises/entry.h"

namespace pteron::promises {

// Bits of EntryView::pagemap.
inline constexpr uint8_t kPmPresent = 1, kPmSwap = 2, kPmFile = 4, kPmExclusive = 8, kPmWp = 16, kPmSoftDirty = 32, kPmGuard = 64;
// Bits of PageView::flags.
inline constexpr uint8_t kPageAnon = 1, kPageDirty = 2, kPageSwapcache = 4, kPageSwapbacked = 8, kPageThp = 16, kPageHuge = 32,
                         kPageHwpoison = 64;

// An entry line. The entry covers the mapping's pages from `page` up to the next line's, or to the mapping's end, as far as they are
// mapped and the entry's span goes.
struct EntryView {
  uint64_t word = 0;  // without frame and slot
  Label label;
  uint32_t page = 0;
  Level level = Level::pte;
  uint8_t pagemap = 0;
  bool operator==(const EntryView&) const = default;
};

// The lines of one mapping in one process: entries [first_entry, first_entry + entries) of StateView::entries.
struct MappingView {
  int16_t process = 0, mapping = 0;
  uint32_t first_entry = 0, entries = 0;
  uint32_t rss = 0, anonymous = 0, swap = 0, dirty = 0;  // the smaps line, in 4 KiB pages
};

// A page line.
struct PageView {
  uint64_t number = 0;  // label
  uint32_t mapcount = 0;
  uint8_t flags = 0;
};

struct StateView {
  std::vector<MappingView> mappings;  // by process, then mapping
  std::vector<EntryView> entries;
  std::vector<PageView> pages;  // each page that an entry names
  void clear() {
    mappings.clear();
    entries.clear();
    pages.clear();
  }
};

// What golden files do not show. Counts are of this step unless said otherwise.
struct SimulatorFacts {
  const char* splat = nullptr;  // the kernel's WARN or BUG, the first one of the step: its function
  bool bug = false;
  uint32_t misuses = 0;             // helpers that were given a word of a class they are not meant for
  bool books_checked = false;       // the six below
  const char* mapcounts = nullptr;  // null, or what does not balance: map counts and references
  const char* counters = nullptr;   // rss and table counters
  const char* names = nullptr;      // pages, files, free frames
  const char* slots = nullptr;      // swap
  const char* pool = nullptr;       // hugetlb
  uint32_t words_outside = 0;       // words that are not 0 and lie in no VMA
  // All processes have ended: how many page tables are left.
  bool all_gone = false;
  uint32_t left_over = 0;
};

}  // namespace pteron::promises

#endif  // PTERON_PROMISES_STATE_H_
