// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Any words, as lines of hexadecimal digits: every kernel decodes and explains them, every helper takes them, and what a word of a swap
// type says makes an equal word.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "pteron/arch/x86/decode.h"
#include "pteron/arch/x86/explain.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/swapops.h"
#include "pteron/arch/x86/word_helpers.h"
#include "tests/fuzzers/fuzz.h"

namespace pteron::fuzz {
namespace {

constexpr size_t kMostWords = 16;

// Those whose words are known, whatever is known of their behaviour.
const std::vector<Kernel>& WordKernels() {
  static const std::vector<Kernel> kernels = [] {
    std::vector<Kernel> all;
    for (const char* name : {"v5.10", "v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1", "v6.1,soft-dirty=off", "v6.12", "v6.18", "v7.2"}) {
      all.push_back(*Kernel::Parse(name));
    }
    return all;
  }();
  return kernels;
}

// Reads words; whatever is no hexadecimal digit ends one.
std::vector<uint64_t> WordsIn(std::string_view text) {
  std::vector<uint64_t> words;
  std::optional<uint64_t> word;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit >= 0) {
      word = word.value_or(0) << 4 | static_cast<uint64_t>(digit);
    } else if (word && words.size() < kMostWords) {
      words.push_back(*word);
      word.reset();
    }
  }
  if (word && words.size() < kMostWords) words.push_back(*word);
  return words;
}

std::optional<pte_t> Encode(const Encoding& e, const MigrationPte& entry) {
  swp_entry_t made = entry.kind() == MigrationKind::write            ? make_writable_migration_entry(e, entry.pfn())
                     : entry.kind() == MigrationKind::read_exclusive ? make_readable_exclusive_migration_entry(e, entry.pfn())
                                                                     : make_readable_migration_entry(e, entry.pfn());
  if (entry.young()) made = make_migration_entry_young(e, made);
  if (entry.dirty()) made = make_migration_entry_dirty(e, made);
  return swp_entry_to_pte(e, made);
}
std::optional<pte_t> Encode(const Encoding& e, const SwapPte& entry) {
  const pte_t made = swp_entry_to_pte(e, swp_entry(entry.type(), entry.offset()));
  return entry.exclusive() ? pte_swp_mkexclusive(e, made) : made;
}
std::optional<pte_t> Encode(const Encoding& e, const HwpoisonPte& entry) { return swp_entry_to_pte(e, make_hwpoison_entry(e, entry.pfn())); }
std::optional<pte_t> Encode(const Encoding& e, const SwapinErrorPte& entry) {
  return swp_entry_to_pte(e, make_swapin_error_entry(e, entry.pfn()));
}
std::optional<pte_t> Encode(const Encoding& e, const MarkerPte& entry) { return make_pte_marker(e, entry.bits()); }
std::optional<pte_t> Encode(const Encoding& e, const SpecialPte&) { return pte_swp_mkuffd_wp_special(e); }
template <typename Entry>
std::optional<pte_t> Encode(const Encoding&, const Entry&) {
  return std::nullopt;
}

// The word that says what the entry says; empty for entries that are not of a swap type.
template <typename Entry>
std::optional<pte_t> EncodeWithFlags(const Encoding& e, const Entry& entry) {
  std::optional<pte_t> made = Encode(e, entry);
  if constexpr (requires { entry.soft_dirty(); }) {
    if (made && entry.soft_dirty()) made = pte_swp_mksoft_dirty(e, *made);
    if (made && entry.uffd_wp()) made = pte_swp_mkuffd_wp(e, *made);
  }
  return made;
}

// What was decoded and encoded again decodes to the same class and encodes to the same word.
void CheckRoundTrip(const Encoding& e, uint64_t word) {
  const DecodedPte decoded = decode(e, pte_t{word});
  const std::optional<pte_t> once = std::visit([&](const auto& entry) { return EncodeWithFlags(e, entry); }, decoded);
  // The last offset of type 0 is the word of all zeroes, but for its flags: no device is that large.
  if (!once || (once->pte & ~(e.swp_soft_dirty | e.swp_uffd_wp | e.swp_exclusive)) == 0) return;
  const DecodedPte again = decode(e, *once);
  if (again.index() != decoded.index()) Found("a word encoded again is of another class");
  const std::optional<pte_t> twice = std::visit([&](const auto& entry) { return EncodeWithFlags(e, entry); }, again);
  if (!twice || twice->pte != once->pte) Found("a word encoded again is another word");
}

void CheckWord(const Encoding& e, uint64_t word) {
  for (const Level level : {Level::pte, Level::pmd, Level::pud, Level::p4d, Level::pgd}) {
    if (Explain(e, word, level).empty()) Found("a word without an explanation");
  }
  if (classify(e, pmd_t{word}) == EntryClass::special) Found("a class that this level does not have");
  std::visit([&](const auto& entry) { if (entry.word() != word) Found("a decoded entry forgets its word"); }, decode(e, pmd_t{word}));
  CheckRoundTrip(e, word);
}

void CheckHelpers(const Encoding& e, uint64_t a, uint64_t b) {
  for (const WordHelper& helper : WordHelpers()) {
    const uint64_t result = helper.call(e, a, b);
    if (helper.call(e, a, b) != result) Found("a helper that answers differently the second time");
    if (helper.arity == 1 && helper.call(e, a, ~b) != result) Found("a helper that reads what it is not given");
    if (const std::optional<std::string> misuse = CheckMisuse(e, helper, a, b); misuse && misuse->empty()) Found("a misuse without words");
  }
}

// The fault to plant: the slot of a page that is its process's alone, soft-dirty and write-protected.
bool IsPlantedFault(const std::vector<uint64_t>& words) {
  const Encoding& e = WordKernels()[3].encoding();
  return std::any_of(words.begin(), words.end(), [&](uint64_t word) {
    const pte_t pte{word};
    return classify(e, pte) == EntryClass::swap && pte_swp_exclusive(e, pte) && pte_swp_soft_dirty(e, pte) && pte_swp_uffd_wp(e, pte);
  });
}

void Try(std::string_view text) {
  const std::vector<uint64_t> words = WordsIn(text);
  if (IsPlanted() && IsPlantedFault(words)) Found("the planted fault");
  for (const Kernel& kernel : WordKernels()) {
    const Encoding& e = kernel.encoding();
    for (size_t i = 0; i < words.size(); ++i) {
      CheckWord(e, words[i]);
      CheckHelpers(e, words[i], words[(i + 1) % words.size()]);
    }
    for (const WordConstant& constant : WordConstants()) constant.value(e);
  }
}

}  // namespace
}  // namespace pteron::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pteron::fuzz::Try(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
