// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_LANGUAGE_LINE_H_
#define PTERON_SIM_LANGUAGE_LINE_H_

#include <string>
#include <string_view>
#include <vector>

#include "sim/language/error.h"

namespace pteron::language {

// One word of a line.
struct Word {
  std::string_view text;
  int column = 0;  // of its first byte, from 1
};

// One line of a scenario, taken word by word. Functions that can fail return false and leave what is wrong in error();
// the first error stays.
class Line {
 public:
  // `text` is the line without its newline; it and `file` have to outlive the Line.
  Line(std::string_view file, int number, std::string_view text);

  // Cuts the line, up to its comment, into words. Fails on a control byte other than tab and carriage return, which are
  // blanks.
  bool Split();

  // What the whole statement looks like: "expected" of errors that concern no single word.
  void set_form(std::string_view form) { form_ = form; }
  std::string_view form() const { return form_; }

  int number() const { return number_; }
  std::string_view text() const { return text_; }
  bool empty() const { return words_.empty(); }
  bool done() const { return next_ >= words_.size(); }
  // The next word; one without text where the line is done.
  Word peek() const { return done() ? Word{} : words_[next_]; }

  // Takes the next word; fails where there is none, naming `what` is missing.
  bool Take(std::string_view what, Word* word);
  // Takes the next word if it is `text`.
  bool TakeIf(std::string_view text);
  // Fails if words are left.
  bool End();
  // Goes on with the words from this column on.
  void SkipTo(int column);

  // All words from the next one on, with single blanks.
  std::string Rest() const;

  bool Fail(int column, std::string message, std::string expected);
  bool Fail(const Word& word, std::string message, std::string expected);
  const Error& error() const { return error_; }

 private:
  std::string_view file_;
  int number_;
  std::string_view text_;
  std::string_view form_;
  std::vector<Word> words_;
  size_t next_ = 0;
  bool failed_ = false;
  Error error_;
};

// `word` in quotes for a message: shortened where it is long, bytes that are not printable ASCII replaced by '?'.
std::string Quote(std::string_view word);

}  // namespace pteron::language

#endif  // PTERON_SIM_LANGUAGE_LINE_H_
