// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/kernel/changes.h"

namespace pteron {
namespace {

std::vector<const Change*> Rows(std::initializer_list<std::span<const Change>> groups) {
  std::vector<const Change*> rows;
  for (const std::span<const Change> group : groups) {
    for (const Change& change : group) rows.push_back(&change);
  }
  return rows;
}

}  // namespace

std::span<const Change> AllChanges() {
  static const std::vector<Change> all = [] {
    std::vector<Change> rows;
    for (const std::span<const Change> group : {UffdWpV5Changes(), FixChanges(), V61Changes()}) {
      rows.insert(rows.end(), group.begin(), group.end());
    }
    return rows;
  }();
  return all;
}

const Change* FindChange(std::string_view id) {
  for (const Change& change : AllChanges()) {
    if (change.id == id) return &change;
  }
  return nullptr;
}

std::span<const Series> AllSeries() {
  static const std::vector<Series> all = {{"uffd-wp-v5", UffdWpV5Changes()}};
  return all;
}

std::span<const Base> AllBases() {
  static const std::vector<Base> all = {
      {"v5.14-rc", "5.14.2", kFactsV5_14, {}},
      {"v6.1", "6.1.192", kFactsV5_14, Rows({FixChanges(), V61Changes()})},
  };
  return all;
}

}  // namespace pteron
