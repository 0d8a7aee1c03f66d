// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_LANGUAGE_ERROR_H_
#define PTERON_SIM_LANGUAGE_ERROR_H_

#include <compare>
#include <string>

namespace pteron::language {

// Where something stands in a scenario file. Both count from 1; a column is a byte of its line.
struct Position {
  int line = 0;
  int column = 0;
  auto operator<=>(const Position&) const = default;
};

// What is wrong with a scenario, where, and what would have been right.
struct Error {
  std::string file;
  Position at;
  std::string source_line;  // the whole line as the file has it, any bytes
  std::string message;
  std::string expected;  // what would have been right; may be empty

  // Four lines, each with its newline: "FILE:LINE:COLUMN: error: MESSAGE", the scenario's line, a caret under the
  // column, "expected: ..." where there is something to say. Of a long line only the part around the column is shown;
  // bytes that a terminal would not show plainly are replaced by '?', tabs by a blank.
  std::string Format() const;

  bool operator==(const Error&) const = default;
};

}  // namespace pteron::language

#endif  // PTERON_SIM_LANGUAGE_ERROR_H_
