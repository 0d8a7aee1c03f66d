// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/machine/word_target.h"

#include "pteron/arch/x86/classify.h"
#include "pteron/arch/x86/pgtable.h"

namespace pteron {
namespace {

constexpr uint64_t kPfnField = 0x000ffffffffff000;         // bits 12 to 51
constexpr uint64_t kHugePfnField = 0x000fffffffffe000;     // the same without the memory type's bit of a huge entry
constexpr uint64_t kSwapOffsetField = 0x07fffffffffffe00;  // bits 9 to 58

// A word with the present bit and without PSE, above the lowest level, names a table.
bool NamesTable(Level level, uint64_t word) { return level != Level::pte && (word & kPagePresent) && !(word & kPagePse); }

WordTarget PresentTarget(const MachineState& m, Level level, uint64_t word) {
  const bool small = level == Level::pte;
  const uint64_t pfn = small ? pte_pfn(m.encoding(), pte_t{word}) : pmd_pfn(m.encoding(), pmd_t{word});
  const uint64_t field = small || !(word & kPagePresent) ? kPfnField : kHugePfnField;
  return {EntryClass::present, Pfn{static_cast<uint32_t>(pfn)}, -1, word & ~field};
}

// An entry that holds a frame in its offset. The bits above the frame stay where the kernel puts other things there.
WordTarget FrameInOffset(const MachineState& m, EntryClass entry_class, uint64_t word) {
  uint64_t field = kSwapOffsetField;
  if (entry_class == EntryClass::migration && m.kernel->facts().migration_young_dirty) {
    field &= m.encoding().swp_pfn_mask << kSwpOffsetFirstBit;
  }
  return {entry_class, Pfn{static_cast<uint32_t>((~word & field) >> kSwpOffsetFirstBit)}, -1, word & ~field};
}

}  // namespace

WordTarget TargetOf(const MachineState& m, Level level, uint64_t word) {
  if (NamesTable(level, word)) return {EntryClass::table, kNoPfn, -1, word & ~kPfnField};
  const EntryClass entry_class = classify(m.encoding(), pte_t{word});
  switch (entry_class) {
    case EntryClass::present: return PresentTarget(m, level, word);
    case EntryClass::swap:
      return {entry_class, kNoPfn, static_cast<int32_t>((~word & kSwapOffsetField) >> kSwpOffsetFirstBit), word & ~kSwapOffsetField};
    case EntryClass::migration:
    case EntryClass::hwpoison:
    case EntryClass::device:
    case EntryClass::swapin_error: return FrameInOffset(m, entry_class, word);
    default: return {entry_class, kNoPfn, -1, word};
  }
}

}  // namespace pteron
