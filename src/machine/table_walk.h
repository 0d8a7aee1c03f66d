// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MACHINE_TABLE_WALK_H_
#define PTERON_SRC_MACHINE_TABLE_WALK_H_

// All words of an address space, VMAs or not.

#include <cstdint>

#include "src/state/primitives.h"

namespace pteron {

inline bool IsTableWord(Level level, uint64_t word) { return level != Level::pte && (word & kPagePresent) && !(word & kPagePse); }

// Calls table(number, level of its entries, first byte that it covers) for every table, the top one first, each before its entries; and
// entry(level, address, word) for every word that is not zero and names no table. In address order.
template <class OnTable, class OnEntry>
void WalkTables(const MachineState& m, uint32_t table, Level level, uint64_t address, const OnTable& on_table, const OnEntry& on_entry) {
  on_table(table, level, address);
  const unsigned shift = kPageShift + 9 * (static_cast<unsigned>(level) - 1);
  const uint64_t* const words = m.tables.words(table);
  for (uint32_t i = 0; i < kPtrsPerTable; ++i) {
    // Most of a small machine's tables is empty: eight words at once.
    if (i % 8 == 0) {
      uint64_t any = 0;
      for (uint32_t k = 0; k < 8; ++k) any |= words[i + k];
      if (any == 0) {
        i += 7;
        continue;
      }
    }
    const uint64_t word = words[i];
    if (word == 0) continue;
    const uint64_t at = address + (uint64_t{i} << shift);
    if (!IsTableWord(level, word)) {
      on_entry(level, at, word);
      continue;
    }
    const uint32_t next = PageTables::FromPfn(word >> kPageShift & 0xffffffffff);
    WalkTables(m, next, static_cast<Level>(static_cast<unsigned>(level) - 1), at, on_table, on_entry);
  }
}

template <class OnTable, class OnEntry>
void WalkTables(const MachineState& m, const mm_struct& mm, const OnTable& on_table, const OnEntry& on_entry) {
  WalkTables(m, mm.pgd, Level::p4d, 0, on_table, on_entry);
}

}  // namespace pteron

#endif  // PTERON_SRC_MACHINE_TABLE_WALK_H_
