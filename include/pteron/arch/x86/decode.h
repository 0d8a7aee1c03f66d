// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_DECODE_H_
#define PTERON_ARCH_X86_DECODE_H_

// Words that know what they hold. decode() is the only way to get one, and each has only what a word of its class says: asking a
// present word for its swap offset does not compile. The kernel's own helpers (pte.h, swapops.h) take any word.

#include <cstdint>
#include <variant>

#include "pteron/arch/x86/classify.h"
#include "pteron/arch/x86/decoded_entries.h"

namespace pteron {

using DecodedPte = std::variant<NonePte, PresentPte, TableEntry, SwapPte, MigrationPte, HwpoisonPte, DevicePte, SwapinErrorPte, SpecialPte,
                                MarkerPte, InvalidPte>;

class EntryDecoder {
 public:
  // `pfn`: of a present word or table entry, as the level has it.
  static constexpr DecodedPte Decode(const Encoding& e, EntryClass entry_class, uint64_t word, uint64_t pfn) {
    switch (entry_class) {
      case EntryClass::none: return NonePte(word);
      case EntryClass::present: return PresentPte(e, word, pfn);
      case EntryClass::table: return TableEntry(word, pfn);
      case EntryClass::swap: return SwapPte(e, word);
      case EntryClass::migration: return MigrationPte(e, word);
      case EntryClass::hwpoison: return HwpoisonPte(e, word);
      case EntryClass::device: return DevicePte(e, word);
      case EntryClass::swapin_error: return SwapinErrorPte(e, word);
      case EntryClass::special: return SpecialPte(word);
      case EntryClass::marker:
      case EntryClass::poison:
      case EntryClass::guard: return MarkerPte(e, word);
      case EntryClass::invalid: break;
    }
    return InvalidPte(word);
  }
};

// The word as its class: the alternative follows from classify() alone.
constexpr DecodedPte decode(const Encoding& e, pte_t pte) { return EntryDecoder::Decode(e, classify(e, pte), pte.pte, pte_pfn(e, pte)); }
constexpr DecodedPte decode(const Encoding& e, pmd_t pmd) { return EntryDecoder::Decode(e, classify(e, pmd), pmd.pmd, pmd_pfn(e, pmd)); }
constexpr DecodedPte decode(const Encoding& e, pud_t pud) { return EntryDecoder::Decode(e, classify(e, pud), pud.pud, pud_pfn(e, pud)); }
constexpr DecodedPte decode(const Encoding& e, p4d_t p4d) { return EntryDecoder::Decode(e, classify(e, p4d), p4d.p4d, p4d_pfn(e, p4d)); }
constexpr DecodedPte decode(const Encoding& e, pgd_t pgd) { return EntryDecoder::Decode(e, classify(e, pgd), pgd.pgd, pgd_pfn(e, pgd)); }

}  // namespace pteron

#endif  // PTERON_ARCH_X86_DECODE_H_
