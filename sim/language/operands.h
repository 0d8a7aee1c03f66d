// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_LANGUAGE_OPERANDS_H_
#define PTERON_SIM_LANGUAGE_OPERANDS_H_

// The operands of statements and expectations. Each function returns false and leaves the error in the line where the
// word is not what it should be; `out` is then not to be used.

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/language/line.h"
#include "sim/language/names.h"
#include "sim/language/statement.h"
#include "sim/language/vocabulary.h"

namespace pteron::language {

// The largest number of pages, and index of one, that can be written down.
inline constexpr long kLargestNumber = 999'999'999;

// A decimal number from `least` to kLargestNumber. `what` names it in messages: "the number of pages".
bool TakeNumber(Line& line, std::string_view what, long least, long* out);
bool ReadNumber(Line& line, const Word& word, std::string_view what, long least, long* out);

// A 64-bit number: digits of base 10 or, behind 0x and in any case where `base` is 16, of base 16.
bool ReadUint64(Line& line, const Word& word, std::string_view what, int base, uint64_t* out);

// `A`, `A[2]`, `A[1:3]`, `A[1:]`, `A[:3]` with A a name of this kind.
bool TakeRange(Line& line, const Names& names, NameKind kind, Range* out);
bool ReadRange(Line& line, const Word& word, const Names& names, NameKind kind, Range* out);

// Fails unless the range of `word` is written as one page, `A[2]`. `why` is the message.
bool OnePage(Line& line, const Word& word, const Range& range, std::string_view why);

// A name that an earlier statement introduced, of this kind.
bool ReadKnownName(Line& line, const Word& word, const Names& names, NameKind kind, std::string* out);
bool TakeKnownName(Line& line, const Names& names, NameKind kind, std::string* out);

// A name to introduce.
bool TakeNewName(Line& line, const Names& names, NameKind kind, std::string* out);

// A word of a table: which row of it.
template <class Row>
bool TakeOneOf(Line& line, std::string_view what, std::span<const Row> table, const Row** out) {
  Word word;
  if (!line.Take(what, &word)) return false;
  *out = Find(table, word.text);
  if (*out != nullptr) return true;
  return line.Fail(word, fmt::format("{} is not {}", Quote(word.text), what), OneOf(word.text, WordsOf(table)));
}

}  // namespace pteron::language

#endif  // PTERON_SIM_LANGUAGE_OPERANDS_H_
