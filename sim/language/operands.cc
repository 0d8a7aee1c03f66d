// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/language/operands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pteron::language {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNumber(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit); }

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// "a mapping (A, B)", or the nearest name where one is near.
std::string KnownNames(std::string_view name, const Names& names, NameKind kind) {
  constexpr size_t kMost = 8;
  std::vector<std::string_view> known = names.All(kind);
  if (known.empty()) return fmt::format("{} that an earlier statement introduces; there is none yet", Describe(kind));
  const std::string_view nearest = Nearest(name, known);
  if (!nearest.empty()) return fmt::format("{}, perhaps {}", Describe(kind), nearest);
  const bool all = known.size() <= kMost;
  if (!all) known.resize(kMost);
  return fmt::format("{}: {}{}", Describe(kind), all ? Alternatives(known) : fmt::format("{}", fmt::join(known, ", ")),
                     all ? "" : ", ...");
}

// What is wrong with an unknown descriptor's name that has a dot.
bool FailEventName(Line& line, const Word& word) {
  return line.Fail(word, fmt::format("no earlier statement introduces {}", Quote(word.text)),
                   "C.U, where `fork C` stands above and `uffd U` above that");
}

// The inside of the brackets, which starts at `column`.
bool ReadBounds(Line& line, std::string_view inside, int column, Range* out) {
  constexpr std::string_view kIndex = "the number of a page";
  out->whole = false;
  const size_t colon = inside.find(':');
  const Word first{inside.substr(0, colon), column};
  if (colon == std::string_view::npos) {
    if (!ReadNumber(line, first, kIndex, 0, &out->first)) return false;
    out->last = out->first + 1;
    return true;
  }
  const Word last{inside.substr(colon + 1), column + static_cast<int>(colon) + 1};
  if (!first.text.empty() && !ReadNumber(line, first, kIndex, 0, &out->first)) return false;
  if (last.text.empty()) return true;
  if (!ReadNumber(line, last, kIndex, 0, &out->last)) return false;
  if (out->last >= out->first) return true;
  return line.Fail(last, fmt::format("the range runs backwards, from {} to {}", out->first, out->last),
                   fmt::format("an end of {} or more: ranges are half-open", out->first));
}

}  // namespace

bool ReadNumber(Line& line, const Word& word, std::string_view what, long least, long* out) {
  const std::string expected = fmt::format("{}, a number from {} to {}", what, least, kLargestNumber);
  if (!IsNumber(word.text)) {
    if (word.text.empty()) return line.Fail(word, fmt::format("{} is missing", what), expected);
    return line.Fail(word, fmt::format("{} is not a number", Quote(word.text)), expected);
  }
  long value = 0;
  for (const char c : word.text) {
    value = value * 10 + (c - '0');
    if (value > kLargestNumber) return line.Fail(word, fmt::format("{} is too large", Quote(word.text)), expected);
  }
  if (value < least) return line.Fail(word, fmt::format("{} is too small", Quote(word.text)), expected);
  *out = value;
  return true;
}

bool TakeNumber(Line& line, std::string_view what, long least, long* out) {
  Word word;
  return line.Take(what, &word) && ReadNumber(line, word, what, least, out);
}

bool ReadUint64(Line& line, const Word& word, std::string_view what, int base, uint64_t* out) {
  std::string_view digits = word.text;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    digits.remove_prefix(2);
    base = 16;
  }
  const std::string expected =
      fmt::format("{}: {} number of at most 64 bits", what, base == 16 ? "a hexadecimal" : "a");
  const auto good = [base](char c) { return HexDigit(c) < base; };
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), good)) {
    if (word.text.empty()) return line.Fail(word, fmt::format("{} is missing", what), expected);
    return line.Fail(word, fmt::format("{} is not a {}number", Quote(word.text), base == 16 ? "hexadecimal " : ""),
                     expected);
  }
  uint64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<uint64_t>(HexDigit(c));
    if (value > (UINT64_MAX - digit) / static_cast<uint64_t>(base)) {
      return line.Fail(word, fmt::format("{} is too large", Quote(word.text)), expected);
    }
    value = value * static_cast<uint64_t>(base) + digit;
  }
  *out = value;
  return true;
}

bool ReadKnownName(Line& line, const Word& word, const Names& names, NameKind kind, std::string* out) {
  *out = std::string(word.text);
  if (kind == NameKind::descriptor && names.IsDescriptor(word.text)) return true;
  const Names::Entry* const entry = names.Lookup(word.text);
  if (entry != nullptr && entry->kind == kind) return true;
  if (entry != nullptr) {
    return line.Fail(word,
                     fmt::format("{} is {}, not {}", word.text.size() < 40 ? word.text : "this", Describe(entry->kind),
                                 Describe(kind)),
                     KnownNames(word.text, names, kind));
  }
  if (kind == NameKind::descriptor && word.text.find('.') != std::string_view::npos) return FailEventName(line, word);
  if (!IsName(word.text)) {
    return line.Fail(word, fmt::format("{} is not a name", Quote(word.text)),
                     fmt::format("the name of {}: a letter, then letters, digits and _", Describe(kind)));
  }
  return line.Fail(word, fmt::format("no earlier statement introduces {}", Quote(word.text)),
                   KnownNames(word.text, names, kind));
}

bool TakeKnownName(Line& line, const Names& names, NameKind kind, std::string* out) {
  Word word;
  return line.Take(Describe(kind), &word) && ReadKnownName(line, word, names, kind, out);
}

bool ReadRange(Line& line, const Word& word, const Names& names, NameKind kind, Range* out) {
  *out = Range{};
  const size_t bracket = word.text.find('[');
  if (!ReadKnownName(line, Word{word.text.substr(0, bracket), word.column}, names, kind, &out->object)) return false;
  if (bracket == std::string_view::npos) return true;
  const std::string_view rest = word.text.substr(bracket + 1);
  const int column = word.column + static_cast<int>(bracket) + 1;
  const size_t close = rest.find(']');
  const std::string form =
      fmt::format("{0}, {0}[2] or {0}[1:3], without blanks", out->object.size() < 40 ? out->object : "A");
  if (close == std::string_view::npos)
    return line.Fail(column + static_cast<int>(rest.size()), "the bracket is not closed", form);
  if (close + 1 != rest.size()) {
    return line.Fail(column + static_cast<int>(close) + 1,
                     fmt::format("{} behind the range", Quote(rest.substr(close + 1))), form);
  }
  return ReadBounds(line, rest.substr(0, close), column, out);
}

bool TakeRange(Line& line, const Names& names, NameKind kind, Range* out) {
  Word word;
  return line.Take(Describe(kind), &word) && ReadRange(line, word, names, kind, out);
}

bool OnePage(Line& line, const Word& word, const Range& range, std::string_view why) {
  if (!range.whole && range.last == range.first + 1) return true;
  return line.Fail(word, std::string(why),
                   fmt::format("one page, as {}[{}]", range.object.size() < 40 ? range.object : "A", range.first));
}

bool TakeNewName(Line& line, const Names& names, NameKind kind, std::string* out) {
  Word word;
  if (!line.Take(fmt::format("the name of {}", Describe(kind)), &word)) return false;
  if (!IsName(word.text)) {
    return line.Fail(word, fmt::format("{} is not a name", Quote(word.text)),
                     fmt::format("a new name for {}: a letter, then letters, digits and _", Describe(kind)));
  }
  // With these a mapping or an expectation could be read in two ways.
  for (const std::string_view reserved : {"anon", "same", "page", "counters"}) {
    if (word.text == reserved) {
      return line.Fail(word, fmt::format("{} is a word of the language", Quote(reserved)),
                       fmt::format("another name for {}", Describe(kind)));
    }
  }
  if (const Names::Entry* const entry = names.Lookup(word.text); entry != nullptr) {
    const std::string where = entry->line == 0 ? "exists from the start" : fmt::format("line {}", entry->line);
    return line.Fail(word,
                     fmt::format("{} is already the name of {} ({})", Quote(word.text), Describe(entry->kind), where),
                     "a name not used before: files, mappings, descriptors and processes share one name space");
  }
  *out = std::string(word.text);
  return true;
}

}  // namespace pteron::language
