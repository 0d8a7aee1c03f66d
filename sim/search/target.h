// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_TARGET_H_
#define PTERON_SIM_SEARCH_TARGET_H_

#include <compare>
#include <string>
#include <string_view>

#include "pteron/promises/violation.h"
#include "sim/language/statement.h"

namespace pteron::search {

// What a search has seen go wrong, without where: two breaches with equal targets are taken for one until they are
// shrunk.
struct Target {
  promises::PromiseId promise = promises::PromiseId::U1;
  promises::Memory memory = promises::Memory::none;
  language::Verb verb = language::Verb::swapoff;         // of the statement that broke the promise
  language::Advice advice = language::Advice::dontneed;  // of madvise
  std::string_view what;                                 // Violation::what, a literal

  auto operator<=>(const Target&) const = default;
};

Target TargetOf(const promises::Violation& violation, const language::Statement& statement);

// Anonymous memory, shmem or hugetlb: private and shared memory of a kind are told as one.
promises::Memory KindOf(promises::Memory memory);
// "fork", "madvise dontneed".
std::string StatementWords(const Target& target);

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_TARGET_H_
