// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_LANGUAGE_SCENARIO_H_
#define PTERON_SIM_LANGUAGE_SCENARIO_H_

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/language/error.h"
#include "sim/language/expectation.h"
#include "sim/language/statement.h"

namespace pteron::language {

// One word of a `require` line.
struct Requirement {
  std::string word;  // one of those that RequirementWords() lists
  Position at;
};

using Item = std::variant<Statement, Expectation>;

// A scenario file: its header, and statements and expectations in the order of the file.
struct Scenario {
  std::string file;                // the name that Parse() was given
  std::vector<std::string> about;  // one text for each `about` line
  std::vector<Requirement> require;
  std::vector<Item> items;

  bool Requires(std::string_view word) const;
};

// Equal but for positions and the file's name.
bool operator==(const Scenario& a, const Scenario& b);

// Reads a scenario. `file_name` is for messages alone. Every name is checked: introduced by an earlier statement, once,
// and of the right kind; C.U is introduced by `fork C` for every descriptor U that a statement before the fork
// introduces (whether the fork event really comes is for the kernel to say). Any bytes are allowed in `text`; the
// answer to what is no scenario is the first error in it.
std::variant<Scenario, Error> Parse(std::string_view file_name, std::string_view text);

// The scenario as text: header, statements, expectations, one a line with single blanks. Parse() of it is equal to
// `scenario` where that came from Parse(). A statement without text is printed as Compose() has it; an expectation has
// to have its text.
std::string Print(const Scenario& scenario);

// The words that `require` takes, in the order of the language's description.
const std::vector<std::string>& RequirementWords();

// The words of the language for enumerators, as `populate-read`, `wp-none`, `soft-dirty`.
std::string_view Name(Advice advice);
std::string_view Name(Protection protection);
std::string_view Name(ExpectedClass expected);
std::string_view Name(ExpectedBit bit);
std::string_view Name(PageFlag flag);
std::string_view Name(CounterName counter);
std::string_view Name(Verb verb);  // `file`, `mmap`, `clear-refs`: the word that a statement has

}  // namespace pteron::language

#endif  // PTERON_SIM_LANGUAGE_SCENARIO_H_
