// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/kernel/changes.h"

namespace pteron {
namespace {

std::vector<std::string_view> Ids(std::vector<std::string_view> first, std::span<const Change> then) {
  for (const Change& change : then) first.push_back(change.id);
  return first;
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
  static const std::vector<Series> all = {
      {"uffd-wp-v5", "v5.14-rc", UffdWpV5Changes(), "26 changes user-space tests alone"},
  };
  return all;
}

std::span<const Base> AllBases() {
  static const std::vector<Base> all = {
      {"v5.10", "5.10.223", kFactsV5_10, {}, true},
      {"v5.14-rc", "5.14.2", kFactsV5_14, {}},
      {"v6.1", "6.1.192", kFactsV5_14, Ids({"vma_needs_copy"}, V61Changes())},
      {"v6.12", "6.12.117", kFactsV6_12, {}, true},
      {"v6.18", "6.18", kFactsV6_18, {}, true},
      {"v7.2", "7.2.13", kFactsV7_2, {}, true},
  };
  return all;
}

}  // namespace pteron
