// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_PROMISES_ENTRY_H_
#define PTERON_PROMISES_ENTRY_H_

// Page-table words as the raw state format shows them, and what they mean to the promises. The decoder is the specification's own: it
// shares no code and no table with the simulator's helpers, so that neither can hide a mistake of the other.

#include <cstdint>

#include "pteron/arch/x86/level.h"
#include "pteron/promises/kernel_facts.h"

namespace pteron::promises {

// Which page or slot a word names. Numbers are names: equal numbers, equal things; nothing else is asked of them. Where consecutive small
// pages of a huge page have consecutive numbers, a huge entry's label is the first one's.
struct Label {
  enum class Kind : uint8_t { none, page, swap, zero, huge_zero };
  Kind kind = Kind::none;
  uint64_t number = 0;
  bool operator==(const Label&) const = default;
};

enum class EntryKind : uint8_t {
  none,
  present,  // PROT_NONE too
  swap,
  migration,
  hwpoison,  // the page's memory failed
  swapin_error,
  device,
  wp_none,  // nothing mapped, write-protected: the series' special PTE, later a marker
  poison,   // SIGBUS for whoever touches it
  guard,
  table,    // names a table: never where a walk ends
  invalid,  // of no class, or with a bit that has to be zero
};
inline constexpr int kEntryKinds = 12;
const char* EntryKindName(EntryKind kind);

struct Entry {
  EntryKind kind = EntryKind::none;
  bool wp = false;        // in every kind that can carry it; wp_none: true
  bool writable = false;  // present: RW; migration: of the write type
  bool protnone = false;
  bool dirty = false;  // present: either dirty bit
  bool young = false;
  bool soft_dirty = false;
  bool exclusive = false;       // swap, migration
  bool huge = false;            // present: PSE
  uint8_t type = 0;             // swap type of the kinds that have one
  const char* wrong = nullptr;  // invalid: what is wrong with it
};

// `word` as in the raw format: without its frame or slot.
class Decoder {
 public:
  explicit Decoder(const KernelFacts& facts);
  Entry Decode(Level level, uint64_t word, Label label) const;

 private:
  Entry Present(Level level, uint64_t word, Label label) const;
  Entry NotPresent(uint64_t word, Label label) const;

  KernelFacts facts_;
  // Swap types: devices lie below the first special one; then the first of each group, 32 where there is none, in this order.
  uint8_t first_special_ = 32;
  uint8_t hwpoison_ = 32, migration_ = 32, device_ = 32, marker_ = 32, swapin_error_ = 32;
  uint64_t never_present_ = 0;  // bits that no present word of user space has
  uint64_t never_swap_ = 0;     // low bits that no swap entry has
};

}  // namespace pteron::promises

#endif  // PTERON_PROMISES_ENTRY_H_
