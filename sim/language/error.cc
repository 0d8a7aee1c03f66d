// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/language/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace pteron::language {
namespace {

// Length of the UTF-8 sequence that `text` starts with, 0 where it starts with none or with a control character.
size_t PlainCharacter(std::string_view text) {
  const auto byte = [text](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(0);
  if (first >= 0x20 && first < 0x7f) return 1;
  const size_t length = first >= 0xc2 && first < 0xe0   ? 2
                        : first >= 0xe0 && first < 0xf0 ? 3
                        : first >= 0xf0 && first < 0xf5 ? 4
                                                        : 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and what lies above U+10FFFF are told by the second byte alone; so are the C1 controls.
  const unsigned second = byte(1);
  if (first == 0xc2 && second < 0xa0) return 0;
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) return 0;
  return length;
}

struct Excerpt {
  std::string line;
  size_t caret = 0;  // characters before the caret
};

// The part of `line` around byte `column`, counted from 0.
Excerpt Around(std::string_view line, size_t column) {
  constexpr size_t kBefore = 100;
  constexpr size_t kLongest = 160;
  size_t start = 0;
  if (line.size() > kLongest && column > kBefore) start = std::min(column, line.size()) - kBefore;
  const size_t end = std::min(line.size(), start + kLongest);
  Excerpt excerpt;
  if (start > 0) excerpt.line = "...";
  size_t characters = excerpt.line.size();
  excerpt.caret = characters;
  for (size_t at = start; at < end;) {
    if (at <= column) excerpt.caret = characters;
    const size_t length = PlainCharacter(line.substr(at));
    if (length == 0) {
      excerpt.line += line[at] == '\t' || line[at] == '\r' ? ' ' : '?';
      ++at;
    } else {
      excerpt.line += line.substr(at, length);
      at += length;
    }
    ++characters;
  }
  if (column >= end) excerpt.caret = characters;
  if (end < line.size()) excerpt.line += "...";
  return excerpt;
}

}  // namespace

std::string Error::Format() const {
  const Excerpt excerpt = Around(source_line, static_cast<size_t>(std::max(at.column, 1) - 1));
  std::string text = fmt::format("{}:{}:{}: error: {}\n{}\n{:>{}}\n", file, at.line, at.column, message, excerpt.line,
                                 '^', excerpt.caret + 1);
  if (!expected.empty()) text += fmt::format("expected: {}\n", expected);
  return text;
}

}  // namespace pteron::language
