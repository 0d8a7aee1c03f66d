// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/language/line.h"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace pteron::language {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

Line::Line(std::string_view file, int number, std::string_view text) : file_(file), number_(number), text_(text) {}

bool Line::Split() {
  const std::string_view code = text_.substr(0, text_.find('#'));
  size_t at = 0;
  while (at < code.size()) {
    if (IsBlank(code[at])) {
      ++at;
      continue;
    }
    const size_t start = at;
    for (; at < code.size() && !IsBlank(code[at]); ++at) {
      if (IsControl(code[at])) {
        return Fail(static_cast<int>(at) + 1,
                    fmt::format("a control byte, 0x{:02x}", static_cast<unsigned char>(code[at])),
                    "plain text: words separated by blanks, # before a comment");
      }
    }
    words_.push_back(Word{code.substr(start, at - start), static_cast<int>(start) + 1});
  }
  return true;
}

bool Line::Take(std::string_view what, Word* word) {
  if (done()) {
    const int column = words_.empty() ? 1 : words_.back().column + static_cast<int>(words_.back().text.size());
    return Fail(column, fmt::format("the line ends where {} is missing", what), std::string(form_));
  }
  *word = words_[next_++];
  return true;
}

bool Line::TakeIf(std::string_view text) {
  if (done() || words_[next_].text != text) return false;
  ++next_;
  return true;
}

bool Line::End() {
  if (done()) return true;
  return Fail(words_[next_], fmt::format("{} is one word too many", Quote(words_[next_].text)), std::string(form_));
}

void Line::SkipTo(int column) {
  while (!done() && words_[next_].column < column) ++next_;
}

std::string Line::Rest() const {
  std::string rest;
  for (size_t i = next_; i < words_.size(); ++i) {
    if (i > next_) rest += ' ';
    rest += words_[i].text;
  }
  return rest;
}

bool Line::Fail(int column, std::string message, std::string expected) {
  if (failed_) return false;
  failed_ = true;
  error_ =
      Error{std::string(file_), Position{number_, column}, std::string(text_), std::move(message), std::move(expected)};
  return false;
}

bool Line::Fail(const Word& word, std::string message, std::string expected) {
  return Fail(word.column, std::move(message), std::move(expected));
}

std::string Quote(std::string_view word) {
  constexpr size_t kLongest = 40;
  std::string quoted = "\"";
  for (const char c : word.substr(0, kLongest)) {
    quoted += c >= 0x20 && c < 0x7f ? c : '?';
  }
  if (word.size() > kLongest) quoted += "...";
  return quoted + '"';
}

}  // namespace pteron::language
