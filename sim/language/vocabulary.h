// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_LANGUAGE_VOCABULARY_H_
#define PTERON_SIM_LANGUAGE_VOCABULARY_H_

// The closed sets of words of the language, each in the order of the language's description.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/language/expectation.h"
#include "sim/language/statement.h"

namespace pteron::language {

template <class What>
struct Named {
  std::string_view word;
  What what;
};

// A verb with the form of its statement. Two verbs may share a word (`file`, `mmap`); the first stands for both until
// the words behind it are read.
struct VerbForm {
  std::string_view word;
  Verb what;
  bool of_process;  // stands behind `P:`
  bool needs_hook;  // goes with `require hook`
  std::string_view form;
};

std::span<const VerbForm> Verbs();
const VerbForm& FormOf(Verb verb);

std::span<const Named<Advice>> Advices();
std::span<const Named<Protection>> Protections();
std::span<const Named<bool UffdFeatures::*>> Features();
std::span<const Named<bool UffdModes::*>> Modes();
std::span<const Named<ClearRefs>> ClearRefsKinds();
std::span<const Named<bool PagemapCategories::*>> Categories();
std::span<const Named<FailKind>> FailKinds();
std::span<const Named<ExpectedClass>> Classes();
std::span<const Named<ExpectedBit>> Bits();
std::span<const Named<PageFlag>> PageFlags();
std::span<const Named<CounterName>> Counters();

// The row that has `word`, or null.
template <class Row>
const Row* Find(std::span<const Row> table, std::string_view word) {
  for (const Row& row : table) {
    if (row.word == word) return &row;
  }
  return nullptr;
}

// The word for `what`; empty where it has none.
template <class Row, class What>
std::string_view WordFor(std::span<const Row> table, What what) {
  for (const Row& row : table) {
    if (row.what == what) return row.word;
  }
  return {};
}

template <class Row>
std::vector<std::string_view> WordsOf(std::span<const Row> table) {
  std::vector<std::string_view> words;
  for (const Row& row : table) {
    if (words.empty() || words.back() != row.word) words.push_back(row.word);
  }
  return words;
}

// "a, b or c".
std::string Alternatives(const std::vector<std::string_view>& words);

// The word of `candidates` that `word` was most likely meant to be: few changes of a letter away; empty where none is
// near. The first of several that are equally near.
std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& candidates);

// What to say as "expected" for `word`, which is none of `candidates`: the nearest one, or all.
std::string OneOf(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace pteron::language

#endif  // PTERON_SIM_LANGUAGE_VOCABULARY_H_
