// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef TESTS_LANGUAGE_PARSE_HELPERS_H_
#define TESTS_LANGUAGE_PARSE_HELPERS_H_

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/language/scenario.h"
#include "tests/catch.h"

namespace pteron::testing {

// The scenario that `text` is; ends the test where it is none.
inline language::Scenario MustParse(std::string_view text) {
  std::variant<language::Scenario, language::Error> parsed = language::Parse("test.scn", text);
  if (const auto* const error = std::get_if<language::Error>(&parsed); error != nullptr) FAIL(error->Format());
  return std::get<language::Scenario>(std::move(parsed));
}

// The first error of `text`; ends the test where it has none.
inline language::Error MustFail(std::string_view text) {
  std::variant<language::Scenario, language::Error> parsed = language::Parse("test.scn", text);
  if (std::holds_alternative<language::Scenario>(parsed)) FAIL("parses, but should not: " << text);
  return std::get<language::Error>(std::move(parsed));
}

inline language::Statement LastStatement(const language::Scenario& scenario) {
  return std::get<language::Statement>(scenario.items.back());
}

inline language::Expectation LastExpectation(const language::Scenario& scenario) {
  return std::get<language::Expectation>(scenario.items.back());
}

inline bool Contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace pteron::testing

#endif  // TESTS_LANGUAGE_PARSE_HELPERS_H_
