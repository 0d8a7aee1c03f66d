// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef TESTS_LANGUAGE_SMALL_SCENARIO_H_
#define TESTS_LANGUAGE_SMALL_SCENARIO_H_

// Whether a scenario that chance has made is small enough to play it in little time.

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <variant>

#include "sim/language/scenario.h"

namespace pteron::testing {

inline constexpr size_t kMostStatements = 24;  // that are played
inline constexpr long kMostPages = 600;        // of any object or range: more than a huge page, little enough to be fast
inline constexpr long kMostHugePages = 4;

inline bool IsSmall(const language::Statement& statement) {
  const long most = statement.verb == language::Verb::file_hugetlb ? kMostHugePages : kMostPages;
  const auto small = [most](long pages) { return pages <= most; };
  return small(statement.pages) && small(statement.range.first) && small(statement.range.last) && small(statement.placement.pages) &&
         small(statement.placement.over.first) && small(statement.fail_index);
}

inline bool IsSmall(const language::Scenario& scenario) {
  return scenario.items.size() <= 2 * kMostStatements && std::all_of(scenario.items.begin(), scenario.items.end(), [](const auto& item) {
           const auto* statement = std::get_if<language::Statement>(&item);
           return !statement || IsSmall(*statement);
         });
}

// Whether a broken invariant is the modelled kernel's own doing: the series uses a reservation of hugetlb twice when it copies a page of a shared
// mapping (tests/fidelity/golden_test.cc).
inline bool IsKernelsOwn(std::string_view broken_invariant) {
  return broken_invariant.starts_with("hugetlb: -") && broken_invariant.find("pages reserved of") != std::string_view::npos;
}

}  // namespace pteron::testing

#endif  // TESTS_LANGUAGE_SMALL_SCENARIO_H_
