// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_EXECUTE_ENTRY_BITS_H_
#define PTERON_SIM_EXECUTE_ENTRY_BITS_H_

// The bits of an entry under the names that the scenario language has for them.

#include <cstdint>
#include <string>
#include <string_view>

#include "pteron/machine.h"

namespace pteron::execute {

// What a bit means depends on the word's class: `wp` is bit 10 of a present word, bit 2 of a swap entry, the whole of a uffd-wp marker.
// What a class does not have is false.
struct EntryBits {
  bool rw = false;          // present: bit 1, or what stands for it; migration, device: the writable kind
  bool user = false;
  bool young = false;       // present: accessed; migration: kept in the offset
  bool dirty = false;       // bit 6 of a present word; migration: kept in the offset
  bool saved_dirty = false; // bit 58, kernels that have it
  bool soft_dirty = false;
  bool wp = false;
  bool special_bit = false; // bit 9 of a present word
  bool huge = false;        // present: bit 7 above the lowest level
  bool nx = false;
  bool exclusive = false;   // present: the page's PG_anon_exclusive; swap: bit 3; migration, device: the exclusive kind
  bool protnone = false;
};

// `level` is that of the table that holds the word.
EntryBits BitsOf(const MachineState& m, Level level, uint64_t word);

// In a few words, for people: "page rw dirty young", "swap wp", "wp-none (special PTE)", "none". Bits that nearly all words have (user,
// nx) are named where they are missing. `target` stands for the frame or slot, e.g. "page 3"; empty: "page", "slot".
std::string Brief(const MachineState& m, Level level, uint64_t word, std::string_view target);

}  // namespace pteron::execute

#endif  // PTERON_SIM_EXECUTE_ENTRY_BITS_H_
