// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// The scenarios that real kernels answered: all of them parse, as the statements that the kernels' answers name, step
// for step.

#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/language/scenario.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"

namespace pteron::language {
namespace {

using ::pteron::testing::FilesIn;
using ::pteron::testing::GoldenFolder;
using ::pteron::testing::ReadFile;

Scenario MustParse(const std::string& name, const std::string& text) {
  std::variant<Scenario, Error> parsed = Parse(name, text);
  if (const auto* const error = std::get_if<Error>(&parsed); error != nullptr) FAIL(error->Format());
  return std::get<Scenario>(std::move(parsed));
}

std::vector<Statement> StatementsOf(const Scenario& scenario) {
  std::vector<Statement> statements;
  for (const Item& item : scenario.items) statements.push_back(std::get<Statement>(item));
  return statements;
}

// "@ STEP TEXT" lines of a raw file.
std::vector<std::string> StepsOf(const std::string& raw) {
  std::vector<std::string> steps;
  std::istringstream lines(raw);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("@ ")) steps.push_back(line);
  }
  return steps;
}

std::vector<std::string> Lines(const Scenario& scenario) {
  std::vector<std::string> lines;
  for (const Statement& statement : StatementsOf(scenario))
    lines.push_back("@ " + std::to_string(statement.step) + " " + statement.text);
  return lines;
}

TEST_CASE("every golden scenario parses, to the steps that every kernel answered") {
  const std::vector<std::filesystem::path> files = FilesIn(GoldenFolder() / "scenarios", ".scn");
  REQUIRE(files.size() == 351);
  int answers = 0;
  int steps = 0;
  for (const std::filesystem::path& file : files) {
    INFO(file);
    const std::vector<std::string> lines = Lines(MustParse(file.string(), ReadFile(file)));
    for (const char* const kernel : {"v5.10", "v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1", "v6.12", "v7.2"}) {
      INFO(kernel);
      const std::string raw = ReadFile(GoldenFolder() / kernel / file.stem().concat(".raw"));
      REQUIRE_FALSE(raw.empty());
      if (raw.starts_with("skip ")) continue;
      REQUIRE(StepsOf(raw) == lines);
      ++answers;
      steps += static_cast<int>(lines.size());
    }
  }
  // As the golden data's own description counts them.
  CHECK(answers == 180 + 180 + 320 + 323 + 338 + 351);
  CHECK(steps == 3198 + 3198 + 5932 + 5986 + 6301 + 6638);
}

TEST_CASE("golden scenarios are equal to what is printed of them") {
  for (const std::filesystem::path& file : FilesIn(GoldenFolder() / "scenarios", ".scn")) {
    INFO(file);
    const Scenario scenario = MustParse(file.string(), ReadFile(file));
    const std::string printed = Print(scenario);
    const Scenario again = MustParse("printed", printed);
    REQUIRE(again == scenario);
    REQUIRE(Print(again) == printed);
  }
}

TEST_CASE("the typed fields of golden statements hold all that their text says") {
  for (const std::filesystem::path& file : FilesIn(GoldenFolder() / "scenarios", ".scn")) {
    INFO(file);
    Scenario scenario = MustParse(file.string(), ReadFile(file));
    for (Item& item : scenario.items) std::get<Statement>(item).text.clear();
    Scenario again = MustParse("composed", Print(scenario));
    for (Item& item : again.items) {
      Statement& statement = std::get<Statement>(item);
      REQUIRE(statement.text == Compose(statement));
      statement.text.clear();
    }
    REQUIRE(again == scenario);
  }
}

TEST_CASE("mappings of golden scenarios are numbered over all mmap and mremap statements") {
  for (const std::filesystem::path& file : FilesIn(GoldenFolder() / "scenarios", ".scn")) {
    INFO(file);
    int next = 0;
    for (const Statement& statement : StatementsOf(MustParse(file.string(), ReadFile(file)))) {
      const bool maps =
          statement.text.find(": mmap ") != std::string::npos || statement.text.find(": mremap ") != std::string::npos;
      REQUIRE(statement.mapping_number == (maps ? next++ : -1));
    }
  }
}

}  // namespace
}  // namespace pteron::language
