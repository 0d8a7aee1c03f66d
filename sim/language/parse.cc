// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/language/line.h"
#include "sim/language/parse_expectation.h"
#include "sim/language/parse_statement.h"
#include "sim/language/scenario.h"
#include "sim/language/vocabulary.h"

namespace pteron::language {
namespace {

class ScenarioParser {
 public:
  // One line of the scenario.
  bool Parse(Line& line);
  Scenario& scenario() { return scenario_; }

 private:
  bool ParseAbout(Line& line);
  bool ParseRequire(Line& line);
  const Statement* Above() const {
    return above_ < scenario_.items.size() ? &std::get<Statement>(scenario_.items[above_]) : nullptr;
  }

  static constexpr size_t kNone = static_cast<size_t>(-1);

  Scenario scenario_;
  Surroundings surroundings_;
  size_t above_ = kNone;  // the last statement's place in scenario_.items
};

bool ScenarioParser::Parse(Line& line) {
  if (!line.Split()) return false;
  if (line.empty()) return true;
  const std::string_view first = line.peek().text;
  if (first == "about") return ParseAbout(line);
  if (first == "require") return ParseRequire(line);
  if (first == "expect") {
    Expectation expectation;
    if (!ParseExpectation(line, surroundings_.names, Above(), &expectation)) return false;
    scenario_.items.emplace_back(std::move(expectation));
    return true;
  }
  Statement statement;
  if (!ParseStatement(line, surroundings_, &statement)) return false;
  above_ = scenario_.items.size();
  scenario_.items.emplace_back(std::move(statement));
  return true;
}

bool ScenarioParser::ParseAbout(Line& line) {
  line.set_form("about TEXT");
  Word word;
  line.TakeIf("about");
  std::string text = line.Rest();
  if (!line.Take("what the scenario shows", &word)) return false;
  scenario_.about.push_back(std::move(text));
  return true;
}

bool ScenarioParser::ParseRequire(Line& line) {
  line.set_form("require WORD...");
  Word word;
  if (!line.Take("require", &word)) return false;
  if (surroundings_.steps > 0) return line.Fail(word, "require belongs to the header", "it above the first statement");
  const std::vector<std::string_view> known(RequirementWords().begin(), RequirementWords().end());
  do {
    if (!line.Take("what the scenario requires", &word)) return false;
    bool found = false;
    for (const std::string_view other : known) found = found || other == word.text;
    if (!found)
      return line.Fail(word, fmt::format("{} is nothing that a kernel can lack", Quote(word.text)),
                       OneOf(word.text, known));
    if (word.text == "hook") surroundings_.requires_hook = true;
    scenario_.require.push_back(Requirement{std::string(word.text), Position{line.number(), word.column}});
  } while (!line.done());
  return true;
}

}  // namespace

bool Scenario::Requires(std::string_view word) const {
  for (const Requirement& requirement : require) {
    if (requirement.word == word) return true;
  }
  return false;
}

std::variant<Scenario, Error> Parse(std::string_view file_name, std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  ScenarioParser parser;
  for (int number = 1; !text.empty(); ++number) {
    const size_t newline = text.find('\n');
    Line line(file_name, number, text.substr(0, newline));
    if (!parser.Parse(line)) return line.error();
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  }
  parser.scenario().file = std::string(file_name);
  return std::move(parser.scenario());
}

}  // namespace pteron::language
