// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/target.h"

#include "sim/language/scenario.h"

namespace pteron::search {

Target TargetOf(const promises::Violation& violation, const language::Statement& statement) {
  Target target{.promise = violation.promise, .memory = violation.memory, .verb = statement.verb, .what = violation.what};
  if (statement.verb == language::Verb::madvise) target.advice = statement.advice;
  return target;
}

Target Folded(Target target) {
  using promises::Memory;
  if (target.memory == Memory::shmem_private) target.memory = Memory::shmem_shared;
  if (target.memory == Memory::hugetlb_private) target.memory = Memory::hugetlb_shared;
  return target;
}

std::string StatementWords(const Target& target) {
  std::string words(language::Name(target.verb));
  if (target.verb == language::Verb::madvise) words += " " + std::string(language::Name(target.advice));
  return words;
}

}  // namespace pteron::search
