// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/grid.h"

#include <algorithm>
#include <utility>

#include "pteron/check.h"

namespace pteron::commands {

void Grid::Add(std::vector<std::string> cells) {
  PTERON_CHECK(cells.size() == rows_[0].size(), "a row has as many cells as the head");
  rows_.push_back(std::move(cells));
}

void Grid::MergeEqualColumns() {
  for (size_t column = 2; column < rows_[0].size();) {
    const bool equal = std::all_of(rows_.begin() + 1, rows_.end(),
                                   [&](const std::vector<std::string>& row) { return row[column] == row[column - 1]; });
    if (!equal) {
      ++column;
      continue;
    }
    rows_[0][column - 1] += ", " + rows_[0][column];
    for (std::vector<std::string>& row : rows_) row.erase(row.begin() + static_cast<std::ptrdiff_t>(column));
  }
}

std::string Grid::Text() const {
  std::vector<size_t> width(rows_[0].size(), 0);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  std::string text;
  const auto line = [&](const std::vector<std::string>& row) {
    std::string padded;
    for (size_t i = 0; i < row.size(); ++i) padded += row[i] + std::string(width[i] - row[i].size() + 2, ' ');
    text += padded.substr(0, padded.find_last_not_of(' ') + 1) + "\n";
  };
  std::vector<std::string> dashes;
  for (const size_t columns : width) dashes.emplace_back(columns, '-');
  line(rows_[0]);
  line(dashes);
  for (size_t i = 1; i < rows_.size(); ++i) line(rows_[i]);
  return text;
}

std::string Grid::Markdown() const {
  std::string text;
  const auto line = [&](const std::vector<std::string>& row) {
    for (const std::string& cell : row) text += cell.empty() ? "| " : "| " + cell + " ";
    text += "|\n";
  };
  line(rows_[0]);
  line(std::vector<std::string>(rows_[0].size(), "---"));
  for (size_t i = 1; i < rows_.size(); ++i) line(rows_[i]);
  return text;
}

}  // namespace pteron::commands
