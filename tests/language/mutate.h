// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef TESTS_LANGUAGE_MUTATE_H_
#define TESTS_LANGUAGE_MUTATE_H_

// Damaged texts, the same ones everywhere, and what the parser promises of any text.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/language/scenario.h"
#include "tests/catch.h"

namespace pteron::testing {

// A generator with the same numbers everywhere: std::uniform_int_distribution is each library's own.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  size_t Below(size_t bound) { return bound == 0 ? 0 : static_cast<size_t>(engine_() % bound); }

 private:
  std::mt19937_64 engine_;
};

inline std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

inline std::string WithoutLine(const std::string& text, Dice& dice) {
  const std::vector<std::string_view> lines = LinesOf(text);
  const size_t gone = dice.Below(lines.size());
  std::string left;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i != gone) left += lines[i];
  }
  return left;
}

inline std::string WithSwappedLines(const std::string& text, Dice& dice) {
  std::vector<std::string_view> lines = LinesOf(text);
  if (lines.empty()) return text;
  std::swap(lines[dice.Below(lines.size())], lines[dice.Below(lines.size())]);
  std::string swapped;
  for (const std::string_view line : lines) swapped += line;
  return swapped;
}

// A byte changed, put in or taken out, one that means something to the language more often than not.
inline std::string WithOtherByte(std::string text, Dice& dice) {
  constexpr std::string_view kTelling = "[]:.!=;#+-_ \t\r\n0123456789PACUF,x\0\xff";
  const char byte = dice.Below(4) == 0 ? static_cast<char>(dice.Below(256)) : kTelling[dice.Below(kTelling.size())];
  const size_t at = dice.Below(text.size());
  switch (dice.Below(3)) {
    case 0:
      if (!text.empty()) text[at] = byte;
      return text;
    case 1:
      return text.insert(at, 1, byte);
    default:
      return text.empty() ? text : text.erase(at, 1);
  }
}

inline std::string Mutate(std::string text, Dice& dice) {
  for (size_t rounds = 1 + dice.Below(4); rounds > 0; --rounds) {
    switch (dice.Below(8)) {
      case 0:
        text = WithoutLine(text, dice);
        break;
      case 1:
        text = WithSwappedLines(text, dice);
        break;
      case 2:
        text.resize(dice.Below(text.size() + 1));
        break;
      default:
        text = WithOtherByte(std::move(text), dice);
        break;
    }
  }
  return text;
}

// Checks what every answer of the parser promises. Returns whether `text` is a scenario.
inline bool Holds(const std::string& text) {
  const std::variant<language::Scenario, language::Error> parsed = language::Parse("mutant", text);
  if (const auto* const scenario = std::get_if<language::Scenario>(&parsed); scenario != nullptr) {
    const std::variant<language::Scenario, language::Error> again = language::Parse("printed", language::Print(*scenario));
    const auto* const other = std::get_if<language::Scenario>(&again);
    if (other == nullptr) FAIL(std::get<language::Error>(again).Format());
    if (!(*other == *scenario)) FAIL("reads back as another scenario: " << text);
    return true;
  }
  const language::Error& error = std::get<language::Error>(parsed);
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  const bool inside = error.at.line >= 1 && error.at.line <= lines && error.at.column >= 1 &&
                      error.at.column <= static_cast<int>(error.source_line.size()) + 1;
  if (!inside || error.message.empty() || error.expected.empty() || error.Format().empty()) FAIL(error.Format());
  if (text.find(error.source_line) == std::string::npos) FAIL("no line of the text: " << error.source_line);
  return false;
}

}  // namespace pteron::testing

#endif  // TESTS_LANGUAGE_MUTATE_H_
