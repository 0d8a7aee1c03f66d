// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/promises/entry.h"

namespace pteron::promises {
namespace {

constexpr uint64_t Bit(int bit) { return uint64_t{1} << bit; }

// Bits of x86 words.
constexpr uint64_t kPresentBit = Bit(0), kRwBit = Bit(1), kUserBit = Bit(2), kAccessedBit = Bit(5), kDirtyBit = Bit(6), kPseBit = Bit(7);
constexpr uint64_t kProtnoneBit = Bit(8);  // of words without the present bit; in others: global
constexpr uint64_t kSpecialBit = Bit(9), kWpBit = Bit(10), kSoftDirtyBit = Bit(11), kSavedDirtyBit = Bit(58);
constexpr uint64_t kSwapSoftDirtyBit = Bit(1), kSwapWpBit = Bit(2), kSwapExclusiveBit = Bit(3);
constexpr int kTypeShift = 59;
constexpr uint64_t kOffsetField = (Bit(59) - 1) & ~(Bit(9) - 1);  // stored inverted

constexpr const char* kKindNames[kEntryKinds] = {"none",   "present", "swap",   "migration", "hwpoison", "swapin error",
                                                 "device", "wp-none", "poison", "guard",     "table",    "invalid"};

}  // namespace

const char* EntryKindName(EntryKind kind) { return kKindNames[static_cast<int>(kind)]; }

Decoder::Decoder(const KernelFacts& facts) : facts_(facts) {
  // The special types stand at the top of 32, in this order.
  int next = 32 - (facts.memory_failure ? 1 : 0) - (facts.migration ? facts.migration_types : 0) - facts.device_types -
             (facts.marker_type ? 1 : 0) - (facts.swapin_error_type ? 1 : 0);
  first_special_ = static_cast<uint8_t>(next);
  const auto take = [&next](int count, uint8_t* first) {
    if (count == 0) return;
    *first = static_cast<uint8_t>(next);
    next += count;
  };
  take(facts.memory_failure ? 1 : 0, &hwpoison_);
  take(facts.migration ? facts.migration_types : 0, &migration_);
  take(facts.device_types, &device_);
  take(facts.marker_type ? 1 : 0, &marker_);
  take(facts.swapin_error_type ? 1 : 0, &swapin_error_);

  // Caching and global bits; software bits above the frame.
  never_present_ = Bit(3) | Bit(4) | Bit(8);
  for (int bit = 52; bit <= 62; ++bit) {
    if (bit != facts.devmap_bit && !(facts.saved_dirty && bit == 58)) never_present_ |= Bit(bit);
  }
  if (!facts.soft_dirty) never_present_ |= kSoftDirtyBit;
  never_swap_ = Bit(4) | Bit(5) | Bit(6) | Bit(7);
  if (!facts.swp_exclusive) never_swap_ |= kSwapExclusiveBit;
  if (!facts.soft_dirty) never_swap_ |= kSwapSoftDirtyBit;
}

Entry Decoder::Decode(Level level, uint64_t word, Label label) const {
  if (word == 0 && label.kind != Label::Kind::swap) return Entry{};
  if (word & kPresentBit) return Present(level, word, label);
  // PROT_NONE, and huge pages that are made invalid for a moment: mapped pages that the hardware must not see.
  if (word & kProtnoneBit) return Present(level, word, label);
  return NotPresent(word, label);
}

Entry Decoder::Present(Level level, uint64_t word, Label label) const {
  Entry entry;
  entry.kind = EntryKind::present;
  entry.protnone = !(word & kPresentBit);
  entry.huge = level != Level::pte;
  entry.writable = word & kRwBit;
  entry.wp = word & kWpBit;
  entry.young = word & kAccessedBit;
  entry.dirty = (word & kDirtyBit) || (facts_.saved_dirty && (word & kSavedDirtyBit));
  entry.soft_dirty = facts_.soft_dirty && (word & kSoftDirtyBit);
  const auto wrong = [&entry](const char* what) {
    entry.kind = EntryKind::invalid;
    entry.wrong = what;
  };
  const bool zero = label.kind == Label::Kind::zero || label.kind == Label::Kind::huge_zero;
  if (entry.huge && !(word & kPseBit)) {
    entry.kind = EntryKind::table;
  } else if (!entry.huge && (word & kPseBit)) {
    wrong("bit 7 of a small page's word is its memory type, which nobody changes");
  } else if (label.kind != Label::Kind::page && !zero) {
    wrong("a present word names no page");
  } else if (!entry.protnone && (word & never_present_)) {
    wrong("a reserved bit of a present word is set");
  } else if (!entry.protnone && !(word & kUserBit)) {
    wrong("a present word of user memory lacks the user bit");
  } else if (entry.protnone && (word & (kRwBit | kUserBit))) {
    wrong("a PROT_NONE word has the bit of writing or of user space");
  } else if (zero && entry.writable) {
    wrong("the zero page is writable");
  } else if ((word & kSpecialBit) && !zero) {
    wrong("the special bit stands with an ordinary page");
  }
  return entry;
}

Entry Decoder::NotPresent(uint64_t word, Label label) const {
  Entry entry;
  const auto wrong = [&entry](const char* what) {
    entry.kind = EntryKind::invalid;
    entry.wrong = what;
    return entry;
  };
  if (facts_.special_pte && word == 4 && label.kind == Label::Kind::none) {
    entry.kind = EntryKind::wp_none;
    entry.wp = true;
    return entry;
  }
  entry.type = static_cast<uint8_t>(word >> kTypeShift);
  entry.soft_dirty = facts_.soft_dirty && (word & kSwapSoftDirtyBit);
  entry.wp = word & kSwapWpBit;
  entry.exclusive = facts_.swp_exclusive && (word & kSwapExclusiveBit);
  if (word & never_swap_) return wrong("a bit below the swap offset is set that has to be 0");
  const uint8_t type = entry.type;
  if (label.kind == Label::Kind::swap) {
    if (type >= first_special_) return wrong("a swap slot of a type that is no device");
    entry.kind = EntryKind::swap;
  } else if (type == marker_ && facts_.marker_type) {
    const uint64_t offset = (~word & kOffsetField) >> 9;
    if (offset == 0 || (offset & ~static_cast<uint64_t>(facts_.marker_mask))) return wrong("a marker without a meaning");
    entry.kind = offset & 4 ? EntryKind::guard : offset & 2 ? EntryKind::poison : EntryKind::wp_none;
    entry.wp = offset & 1;
    if (word & kSwapWpBit) return wrong("a marker has the write-protection bit of swap entries");
  } else if (label.kind != Label::Kind::page) {
    return wrong("a word that is not present names neither page nor slot");
  } else if (type == hwpoison_) {
    entry.kind = EntryKind::hwpoison;
  } else if (type >= migration_ && type < migration_ + facts_.migration_types) {
    entry.kind = EntryKind::migration;
    entry.writable = type == migration_ + facts_.migration_types - 1;
    entry.exclusive = facts_.migration_types == 3 && type == migration_ + 1;
  } else if (type == swapin_error_ && facts_.swapin_error_type) {
    entry.kind = EntryKind::swapin_error;
  } else if (type >= device_ && type < device_ + facts_.device_types) {
    entry.kind = EntryKind::device;
  } else {
    return wrong("a swap type that this kernel does not have");
  }
  return entry;
}

}  // namespace pteron::promises
