// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/points.h"

#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "sim/language/vocabulary.h"
#include "src/mm/hooks.h"

namespace pteron::execute {

std::optional<language::Error> CheckPoints(const language::Scenario& scenario) {
  std::vector<std::string_view> names;
  for (const InterleavingPoint& point : InterleavingPoints()) names.push_back(point.name);
  bool above = false;
  for (const language::Item& item : scenario.items) {
    const auto* const statement = std::get_if<language::Statement>(&item);
    if (statement == nullptr) continue;
    if (statement->verb != language::Verb::at) {
      above = true;
      continue;
    }
    if (FindInterleavingPoint(statement->point) == nullptr) {
      return language::Error{.file = scenario.file,
                             .at = statement->point_at,
                             .source_line = {},
                             .message = fmt::format("there is no point '{}'", statement->point),
                             .expected = language::OneOf(statement->point, names)};
    }
    if (!above) {
      return language::Error{.file = scenario.file,
                             .at = statement->at,
                             .source_line = {},
                             .message = "no statement stands above this `at`",
                             .expected = "a statement, and below it the accesses that happen in its midst"};
    }
  }
  return std::nullopt;
}

void ArmFollowing(const std::vector<language::Item>& items, size_t index, Session& session) {
  for (size_t i = index + 1; i < items.size(); ++i) {
    const auto* const statement = std::get_if<language::Statement>(&items[i]);
    if (statement == nullptr) continue;
    if (statement->verb != language::Verb::at) return;
    session.Arm(*statement);
  }
}

}  // namespace pteron::execute
