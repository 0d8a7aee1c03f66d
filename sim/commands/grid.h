// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_GRID_H_
#define PTERON_SIM_COMMANDS_GRID_H_

// A table of words.

#include <string>
#include <vector>

namespace pteron::commands {

class Grid {
 public:
  explicit Grid(std::vector<std::string> head) : rows_{std::move(head)} {}
  // Precondition: as many cells as the head has.
  void Add(std::vector<std::string> cells);
  // Columns behind the first that hold the same as the one before them become one, with both heads.
  void MergeEqualColumns();
  // Columns padded with blanks, two between them, a line of dashes below the head.
  std::string Text() const;
  std::string Markdown() const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the first is the head
};

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_GRID_H_
