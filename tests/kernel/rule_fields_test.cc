// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// RuleFields() names every member of every struct in include/pteron/kernel/rules, with the enumerators that its type has.
#include "src/kernel/rule_fields.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "tests/catch.h"

namespace pteron {
namespace {

std::string WithoutComments(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string text;
  for (std::string line; std::getline(file, line);) text += line.substr(0, line.find("//")) + "\n";
  return text;
}

std::vector<std::smatch> AllMatches(const std::string& text, const std::regex& regex) {
  return {std::sregex_iterator(text.begin(), text.end(), regex), std::sregex_iterator()};
}

std::vector<std::string> WordsOf(const std::string& text) {
  std::vector<std::string> words;
  static const std::regex word("[a-z_0-9]+");
  for (const std::smatch& match : AllMatches(text, word)) words.push_back(match.str());
  return words;
}

struct Declared {
  std::map<std::string, std::vector<std::string>> enumerators;                        // by type
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> members;    // by struct: type and name
};

Declared ReadHeaders() {
  Declared declared;
  static const std::regex enumeration("enum class (\\w+) : uint8_t \\{([^}]*)\\}");
  static const std::regex structure("struct (\\w+Rules) \\{([\\s\\S]*?)\\n\\};");
  static const std::regex member("(?:^|\\n) *(\\w+) (\\w+)(?: = [^;]*)?;");
  for (const auto& entry : std::filesystem::directory_iterator("include/pteron/kernel/rules")) {
    const std::string text = WithoutComments(entry.path());
    for (const std::smatch& match : AllMatches(text, enumeration)) declared.enumerators[match[1]] = WordsOf(match[2]);
    for (const std::smatch& match : AllMatches(text, structure)) {
      const std::string body = match[2];
      for (const std::smatch& one : AllMatches(body, member)) declared.members[match[1]].emplace_back(one[1], one[2]);
    }
  }
  return declared;
}

TEST_CASE("every member of Rules is a field, with the values that its type has") {
  const Declared declared = ReadHeaders();
  const std::string rules = WithoutComments("include/pteron/kernel/rules.h");
  static const std::regex group("\\n  (\\w+Rules) (\\w+);");
  std::vector<std::pair<std::string, std::string>> expected;  // name, type
  for (const std::smatch& match : AllMatches(rules, group)) {
    INFO(match[1]);
    REQUIRE(declared.members.count(match[1]) == 1);
    for (const auto& [type, name] : declared.members.at(match[1])) expected.emplace_back(match[2].str() + "." + name, type);
  }
  CHECK(expected.size() >= 81);
  REQUIRE(RuleFields().size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const RuleField& field = RuleFields()[i];
    const auto& [name, type] = expected[i];
    INFO(name << " " << type);
    CHECK(field.name == name);
    std::vector<std::string> values;
    if (type == "bool") values = {"false", "true"};
    if (declared.enumerators.count(type)) values = declared.enumerators.at(type);
    CHECK(std::vector<std::string>(field.values.begin(), field.values.end()) == values);
    CHECK((!values.empty() || type == "uint64_t"));
  }
}

TEST_CASE("setting a field changes that field alone") {
  for (const RuleField& field : RuleFields()) {
    INFO(field.name);
    Rules rules;
    const uint64_t before = field.get(rules);
    const uint64_t after = field.values.empty() ? before ^ 1 : (before + 1) % field.values.size();
    field.set(rules, after);
    CHECK(field.get(rules) == after);
    CHECK_FALSE(rules == Rules{});
    for (const RuleField& other : RuleFields()) {
      if (other.name != field.name) CHECK(other.get(rules) == other.get(Rules{}));
    }
    field.set(rules, before);
    CHECK(rules == Rules{});
  }
}

}  // namespace
}  // namespace pteron
