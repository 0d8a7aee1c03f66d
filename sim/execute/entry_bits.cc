// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/entry_bits.h"

#include <type_traits>
#include <variant>

#include "pteron/arch/x86/decode.h"
#include "src/machine/table_walk.h"
#include "src/machine/word_target.h"
#include "src/state/primitives.h"

namespace pteron::execute {
namespace {

EntryBits PresentBits(const MachineState& m, Level level, const PresentPte& page) {
  const Encoding& e = m.encoding();
  const uint64_t word = page.word();
  EntryBits bits;
  bits.rw = page.writable();
  bits.user = page.user();
  bits.young = page.young();
  bits.dirty = word & kPageDirty;
  bits.saved_dirty = word & e.page_dirty_bits & ~kPageDirty;
  bits.soft_dirty = page.soft_dirty();
  bits.wp = page.uffd_wp();
  bits.special_bit = page.special();
  bits.huge = level != Level::pte && (word & kPagePse);
  bits.nx = !page.executable();
  bits.protnone = page.protnone();
  const Pfn frame = TargetOf(m, level, word).frame;
  if (m.frames.Contains(frame)) bits.exclusive = page_flag(m, PageHuge(m, frame) ? compound_head(m, frame) : frame, PG_anon_exclusive);
  return bits;
}

// What all classes with a swap type have in common, then what each has of its own.
template <class Entry>
EntryBits SwapTypeBits(const Entry& entry) {
  EntryBits bits;
  bits.soft_dirty = entry.soft_dirty();
  bits.wp = entry.uffd_wp();
  if constexpr (std::is_same_v<Entry, SwapPte>) bits.exclusive = entry.exclusive();
  if constexpr (std::is_same_v<Entry, MigrationPte>) {
    bits.rw = entry.kind() == MigrationKind::write;
    bits.exclusive = entry.kind() == MigrationKind::read_exclusive;
    bits.young = entry.young();
    bits.dirty = entry.dirty();
  }
  if constexpr (std::is_same_v<Entry, DevicePte>) {
    bits.rw = entry.writable();
    bits.exclusive = entry.exclusive();
  }
  return bits;
}

// A word of the form that hugetlb's have at any level.
DecodedPte Decode(const MachineState& m, uint64_t word) { return decode(m.encoding(), pte_t{word}); }

void Append(std::string& text, std::string_view word) {
  if (!text.empty()) text += ' ';
  text += word;
}

std::string_view ClassText(const EntryClass entry_class) {
  switch (entry_class) {
    case EntryClass::special: return "wp-none (special PTE)";
    case EntryClass::marker: return "wp-none (marker)";
    case EntryClass::swapin_error: return "swapin-error";
    default: return EntryClassName(entry_class);
  }
}

}  // namespace

EntryBits BitsOf(const MachineState& m, Level level, uint64_t word) {
  if (IsTableWord(level, word)) return {};
  return std::visit(
      [&](const auto& entry) -> EntryBits {
        using Entry = std::decay_t<decltype(entry)>;
        if constexpr (std::is_same_v<Entry, PresentPte>) {
          return PresentBits(m, level, entry);
        } else if constexpr (std::is_base_of_v<SwapTypeEntry, Entry>) {
          return SwapTypeBits(entry);
        } else if constexpr (std::is_same_v<Entry, SpecialPte>) {
          return EntryBits{.wp = true};
        } else if constexpr (std::is_same_v<Entry, MarkerPte>) {
          return EntryBits{.soft_dirty = pte_swp_soft_dirty(m.encoding(), pte_t{word}), .wp = entry.uffd_wp()};
        } else {
          return {};
        }
      },
      Decode(m, word));
}

std::string Brief(const MachineState& m, Level level, uint64_t word, std::string_view target) {
  if (IsTableWord(level, word)) return "table";
  const EntryClass entry_class = classify(m.encoding(), pte_t{word});
  const EntryBits bits = BitsOf(m, level, word);
  std::string text;
  if (entry_class == EntryClass::present) {
    text = target.empty() ? "page" : std::string(target);
  } else {
    text = ClassText(entry_class);
    if (!target.empty()) Append(text, target);
  }
  if (bits.protnone) Append(text, "protnone");
  if (bits.huge) Append(text, "huge");
  if (bits.rw) Append(text, "rw");
  if (bits.wp && entry_class != EntryClass::special && entry_class != EntryClass::marker) Append(text, "wp");
  if (bits.dirty) Append(text, "dirty");
  if (bits.saved_dirty) Append(text, "saved-dirty");
  if (bits.soft_dirty) Append(text, "soft-dirty");
  if (bits.young) Append(text, "young");
  if (bits.special_bit) Append(text, "special-bit");
  if (bits.exclusive && entry_class != EntryClass::present) Append(text, "exclusive");
  if (entry_class == EntryClass::present && !bits.nx && !bits.protnone) Append(text, "exec");
  return text;
}

}  // namespace pteron::execute
