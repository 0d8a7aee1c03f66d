// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/arch/x86/explain.h"

#include <bit>
#include <cinttypes>
#include <concepts>
#include <cstdio>
#include <string_view>

#include "pteron/arch/x86/decode.h"

namespace pteron {
namespace {

std::string Hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%" PRIx64, value);
  return text;
}

std::string FullWord(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%016" PRIx64, value);
  return text;
}

// Collects lines; each has the bits that it is about in a column of its own.
class Lines {
 public:
  void Head(std::string_view text) { text_.append(text).append("\n"); }
  void Field(unsigned low, unsigned high, std::string_view text) { Line(std::to_string(low) + "-" + std::to_string(high), text); }
  void Bit(unsigned bit, std::string_view text) { Line(std::to_string(bit), text); }
  void Note(std::string_view text) { Line("", text); }
  std::string Take() { return std::move(text_); }

 private:
  void Line(std::string bits, std::string_view text) {
    if (!bits.empty()) bits.insert(0, bits.find('-') == std::string::npos ? "bit " : "bits ");
    bits.resize(12, ' ');
    text_.append("  ").append(bits).append(text).append("\n");
  }
  std::string text_;
};

constexpr std::string_view LevelName(Level level) {
  constexpr std::string_view kNames[] = {"PTE", "PMD", "PUD", "P4D", "PGD"};
  return kNames[static_cast<int>(level) - 1];
}

constexpr std::string_view PageSize(Level level) {
  return level == Level::pte ? "4 KiB" : level == Level::pmd ? "2 MiB" : "1 GiB";
}

DecodedPte DecodeAt(const Encoding& e, uint64_t word, Level level) {
  switch (level) {
    case Level::pte: return decode(e, pte_t{word});
    case Level::pmd: return decode(e, pmd_t{word});
    case Level::pud: return decode(e, pud_t{word});
    case Level::p4d: return decode(e, p4d_t{word});
    case Level::pgd: break;
  }
  return decode(e, pgd_t{word});
}

// ---- Words that map a page or name a table.

// The sentence for a set bit of a present word, empty for a bit that means nothing. Frame bits and the key are not asked for.
std::string_view PresentBit(const Encoding& e, unsigned bit, bool leaf, bool small, bool processor_sees) {
  const uint64_t mask = uint64_t{1} << bit;
  switch (bit) {
    case 0: return "present: the processor uses the word";
    case 1: return leaf ? "RW: writes are allowed" : "RW: writes are allowed as far as the lower levels allow them";
    case 2: return "USER: user mode may use it";
    case 3: return "PWT: low bit of the memory type's index (write-through)";
    case 4: return "PCD: middle bit of the memory type's index (cache disabled)";
    case 5: return "ACCESSED: used since the bit was last cleared";
    case 6:
      return leaf ? "DIRTY: written since the bit was last cleared"
                  : "DIRTY: always set by the kernel, without meaning in a table entry";
    case 7: return small ? "PAT: high bit of the memory type's index" : "PSE: maps memory itself instead of naming a table";
    case 8:
      return processor_sees ? "GLOBAL: survives a change of address space"
                            : "PROTNONE: the kernel takes it as present, the processor does not (PROT_NONE or NUMA hint)";
    case 9: return leaf ? "SPECIAL: no page of the kernel's is counted for it (zero page, device memory)" : "";
    default: break;
  }
  if (!leaf) return mask == kPageNx ? "NX: no instruction fetch below it" : "";
  if (mask == kPageNx) return "NX: no instruction fetch";
  if (mask == e.page_uffd_wp) return "UFFD_WP: write-protected by userfaultfd, a write is reported";
  if (mask == e.page_soft_dirty) return "SOFT_DIRTY: written since clear_refs was last written 4";
  if (mask == e.page_saved_dirty) return "SAVED_DIRTY: dirty, kept here while the word is write-protected";
  if (mask == e.page_devmap) return "DEVMAP: device memory with struct pages";
  if (mask == e.page_enc || mask == e.page_cc) return "ENC: the memory is encrypted";
  return "";
}

void ExplainFrame(Lines& lines, uint64_t pfn_mask, std::string_view text) {
  lines.Field(std::countr_zero(pfn_mask), 63 - std::countl_zero(pfn_mask), text);
}

std::string FrameText(std::string_view what, uint64_t word, uint64_t pfn) {
  std::string text = std::string(what) + " " + Hex(pfn) + ", at address " + Hex(pfn << kPageShift);
  if (protnone_mask(word)) text += "; stored inverted, because the word is not present";
  return text;
}

// The frame's field, where `frame` (a text) is not empty, and every set bit outside `pfn_mask`.
void ExplainPresentBits(const Encoding& e, Lines& lines, uint64_t word, Level level, bool leaf, uint64_t pfn_mask,
                        std::string frame) {
  const bool sees = word & kPagePresent;
  for (unsigned bit = 0; bit < 64; ++bit) {
    const uint64_t mask = uint64_t{1} << bit;
    if (pfn_mask & mask) {
      if (!frame.empty()) ExplainFrame(lines, pfn_mask, frame);
      frame.clear();
      continue;
    }
    if (leaf && (e.page_pkey_mask & mask)) {
      if (bit == kPageBitPkeyBit0 && (word & e.page_pkey_mask)) {
        lines.Field(59, 62, "PKEY: protection key " + std::to_string(pte_flags_pkey(e, word)));
      }
      continue;
    }
    if (leaf && bit == kPageBitPatLarge && level != Level::pte && (word & mask)) {
      lines.Bit(bit, "PAT: high bit of the memory type's index, at its place in a large leaf");
      continue;
    }
    if (!(word & mask)) continue;
    const std::string_view text = PresentBit(e, bit, leaf, level == Level::pte, sees);
    lines.Bit(bit, text.empty() ? "no meaning in this kernel" : text);
  }
}

std::string PresentSummary(const PresentPte& page, Level level) {
  std::string text = "present: maps a page of ";
  text.append(PageSize(level));
  if (page.protnone()) text.append(page.word() & kPageProtnone ? ", hidden from the processor" : ", made invalid for a moment");
  text.append(page.writable() ? ", writable" : ", read-only");
  text.append(page.dirty() ? ", dirty" : ", clean").append(page.young() ? ", young" : ", old");
  if (page.uffd_wp()) text.append(", write-protected by userfaultfd");
  if (page.special()) text.append(", special");
  return text;
}

// ---- Words with a swap type.

std::string TypeText(const Encoding& e, uint32_t type) {
  const std::string number = "type " + std::to_string(type) + ": ";
  if (type < e.max_swapfiles) return number + "swap device " + std::to_string(type);
  if (type == e.swp_hwpoison) return number + "HWPOISON";
  if (type == e.swp_migration_read) return number + "MIGRATION_READ";
  if (type == e.swp_migration_read_exclusive) return number + "MIGRATION_READ_EXCLUSIVE";
  if (type == e.swp_migration_write) return number + "MIGRATION_WRITE";
  if (type == e.swp_device_write) return number + "DEVICE_WRITE";
  if (type == e.swp_device_read) return number + "DEVICE_READ";
  if (type == e.swp_device_exclusive_write && type == e.swp_device_exclusive_read) return number + "DEVICE_EXCLUSIVE";
  if (type == e.swp_device_exclusive_write) return number + "DEVICE_EXCLUSIVE_WRITE";
  if (type == e.swp_device_exclusive_read) return number + "DEVICE_EXCLUSIVE_READ";
  if (type == e.swp_pte_marker) return number + "PTE_MARKER";
  return number + "SWAPIN_ERROR";
}

std::string MarkerText(uint64_t offset, uint64_t mask) {
  std::string text;
  const auto add = [&](uint64_t bit, std::string_view meaning) {
    if (offset & mask & bit) text.append(text.empty() ? "" : ", ").append(std::to_string(bit)).append(" = ").append(meaning);
  };
  add(kPteMarkerUffdWp, "write-protected by userfaultfd");
  add(kPteMarkerPoisoned, "poisoned, an access gets SIGBUS");
  add(kPteMarkerGuard, "guard region, an access gets SIGSEGV");
  if (offset & ~mask) text.append(text.empty() ? "" : ", ").append(Hex(offset & ~mask)).append(" = no meaning in this kernel");
  return text.empty() ? "none set" : text;
}

void ExplainOffset(const Encoding& e, Lines& lines, EntryClass entry_class, uint64_t offset) {
  const std::string stored = "offset " + Hex(offset) + ", stored inverted: ";
  switch (entry_class) {
    case EntryClass::swap: lines.Field(9, 58, stored + "the slot"); return;
    case EntryClass::marker:
    case EntryClass::poison:
    case EntryClass::guard: lines.Field(9, 58, stored + "marker bits, " + MarkerText(offset, e.pte_marker_mask)); return;
    case EntryClass::migration:
    case EntryClass::hwpoison:
    case EntryClass::device:
    case EntryClass::swapin_error: break;
    default: lines.Field(9, 58, stored + "without meaning"); return;
  }
  lines.Field(9, 58, stored + "frame " + Hex(offset & e.swp_pfn_mask));
  if (entry_class != EntryClass::migration || !e.swap_migration_ad_supported) return;
  const auto flag = [&](uint64_t offset_bit, unsigned number, std::string_view set, std::string_view clear) {
    lines.Bit(9 + number, "offset bit " + std::to_string(number) + ": " + std::string(offset & offset_bit ? set : clear));
  };
  flag(e.swp_mig_young, e.swp_pfn_bits, "the page was young (accessed)", "the page was old");
  flag(e.swp_mig_dirty, e.swp_pfn_bits + 1, "the page was dirty", "the page was clean");
}

void ExplainSwapFlags(const Encoding& e, Lines& lines, uint64_t word) {
  const auto flag = [&](unsigned bit, uint64_t known, std::string_view text) {
    if (word >> bit & 1) lines.Bit(bit, known >> bit & 1 ? text : "no meaning in this kernel");
  };
  flag(1, e.swp_soft_dirty, "SOFT_DIRTY: written since clear_refs was last written 4");
  flag(2, e.swp_uffd_wp, "UFFD_WP: write-protected by userfaultfd");
  flag(3, e.swp_exclusive, "EXCLUSIVE: the anonymous page belongs to this process alone");
  flag(4, 0, "");
  flag(5, kPageAccessed, "not part of a swap entry; some processors set it by mistake");
  flag(6, kPageDirty, "not part of a swap entry; some processors set it by mistake");
  flag(7, kPagePse, "never set in a swap entry: in a PMD it would mean present");
}

void ExplainSwapTyped(const Encoding& e, Lines& lines, EntryClass entry_class, uint64_t word) {
  ExplainSwapFlags(e, lines, word);
  const swp_entry_t arch_entry{word};
  ExplainOffset(e, lines, entry_class, arch_swp_offset(arch_entry));
  lines.Field(59, 63, TypeText(e, static_cast<uint32_t>(arch_swp_type(arch_entry))));
}

std::string_view SwapSummary(EntryClass entry_class) {
  switch (entry_class) {
    case EntryClass::swap: return "swap: the page's content is in a swap slot";
    case EntryClass::migration: return "migration: the page is being moved, accesses wait";
    case EntryClass::hwpoison: return "hwpoison: the frame's memory failed, an access gets SIGBUS";
    case EntryClass::device: return "device: a device holds the page, an access brings it back";
    case EntryClass::swapin_error: return "swapin_error: the page could not be read back from swap, an access gets SIGBUS";
    case EntryClass::marker: return "marker: no page, write-protected by userfaultfd";
    case EntryClass::poison: return "poison: a marker, an access gets SIGBUS";
    case EntryClass::guard: return "guard: a marker, an access gets SIGSEGV";
    default: return "invalid: this kernel never writes such a word here";
  }
}

class Explainer {
 public:
  Explainer(const Encoding& e, uint64_t word, Level level) : e_(e), word_(word), level_(level) {}

  std::string Run() {
    std::visit(*this, DecodeAt(e_, word_, level_));
    return lines_.Take();
  }

  void operator()(const NonePte&) {
    Head(level_ == Level::pte ? "none: nothing is mapped" : "none: nothing is mapped below it");
    if (word_) lines_.Note("The accessed and dirty bits do not count: some processors set them by mistake.");
  }
  void operator()(const PresentPte& page) {
    Head(PresentSummary(page, level_));
    const uint64_t mask = level_ == Level::pte   ? e_.pte_pfn_mask
                          : level_ == Level::pmd ? e_.physical_pmd_page_mask
                                                 : e_.physical_pud_page_mask;
    ExplainPresentBits(e_, lines_, word_, level_, true, mask, FrameText("frame", word_, page.pfn()));
    if ((word_ & kPagePresent) && !(word_ & kPageRw) && (word_ & kPageDirty) && e_.page_saved_dirty) {
      lines_.Note("Read-only with DIRTY is shadow stack memory; the kernel avoids it elsewhere.");
    }
  }
  void operator()(const TableEntry& table) {
    Head("table: names a table of the next level");
    ExplainPresentBits(e_, lines_, word_, level_, false, e_.pte_pfn_mask, FrameText("table in frame", word_, table.pfn()));
  }
  void operator()(const SpecialPte&) {
    Head("special: no page, write-protected by userfaultfd (uffd-wp series, version 5)");
    lines_.Bit(2, "the only set bit; the word counts as a whole, with any other bit it is another word");
    lines_.Note("It is not a swap entry. Read as a swap word it would be type 0, offset 0x3ffffffffffff.");
  }
  template <class Entry>
    requires std::derived_from<Entry, SwapTypeEntry> || std::same_as<Entry, MarkerPte>
  void operator()(const Entry&) {
    SwapTyped("");
  }
  void operator()(const InvalidPte&) {
    const bool huge_possible = level_ == Level::pmd || level_ == Level::pud;
    if (huge_possible && !(word_ & kPagePresent) && classify(e_, pte_t{word_}) != EntryClass::invalid &&
        !pte_present(e_, pte_t{word_})) {
      if (pte_swp_uffd_wp_special(e_, pte_t{word_})) return (*this)(std::get<SpecialPte>(decode(e_, pte_t{word_})));
      return SwapTyped(" (a huge page of hugetlb)");
    }
    Head("invalid: this kernel never writes such a word here");
    if (level_ <= Level::pud && is_swap_pte(e_, pte_t{word_})) return ExplainSwapTyped(e_, lines_, EntryClass::invalid, word_);
    ExplainPresentBits(e_, lines_, word_, level_, false, e_.pte_pfn_mask, "");
  }

 private:
  void Head(std::string_view text) {
    lines_.Head(FullWord(word_) + " " + std::string(LevelName(level_)) + " " + std::string(text));
  }
  void SwapTyped(std::string_view remark) {
    const EntryClass entry_class = classify(e_, pte_t{word_});
    Head(std::string(SwapSummary(entry_class)) + std::string(remark));
    ExplainSwapTyped(e_, lines_, entry_class, word_);
  }

  const Encoding& e_;
  uint64_t word_;
  Level level_;
  Lines lines_;
};

}  // namespace

std::string Explain(const Encoding& e, uint64_t word, Level level) { return Explainer(e, word, level).Run(); }

}  // namespace pteron
