// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MACHINE_WORD_TARGET_H_
#define PTERON_SRC_MACHINE_WORD_TARGET_H_

// What a word in a table names, and what is left of it when that name is taken out: the part that two machines which differ in frames
// and slots alone have in common.

#include <cstdint>

#include "pteron/arch/x86/entry_class.h"
#include "pteron/machine_state.h"

namespace pteron {

struct WordTarget {
  EntryClass entry_class = EntryClass::none;
  Pfn frame;           // present, migration, hwpoison, device, swapin error: the (first) frame that it names; kNoPfn else
  int32_t slot = -1;   // swap: the slot
  uint64_t raw = 0;    // the word without frame or slot
};

// `level` is that of the table that holds the word. A word of hugetlb has the form of a PTE at any level, so it needs no telling.
WordTarget TargetOf(const MachineState& m, Level level, uint64_t word);

}  // namespace pteron

#endif  // PTERON_SRC_MACHINE_WORD_TARGET_H_
