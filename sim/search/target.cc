// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/target.h"

#include "sim/language/scenario.h"

namespace pteron::search {

Target TargetOf(const promises::Violation& violation, const language::Statement& statement) {
  Target target{
      .promise = violation.promise, .memory = violation.memory, .verb = statement.verb, .what = violation.what};
  if (statement.verb == language::Verb::madvise) target.advice = statement.advice;
  return target;
}

promises::Memory KindOf(promises::Memory memory) {
  using promises::Memory;
  if (memory == Memory::shmem_private) return Memory::shmem_shared;
  if (memory == Memory::hugetlb_private) return Memory::hugetlb_shared;
  return memory;
}

std::string StatementWords(const Target& target) {
  std::string words(language::Name(target.verb));
  if (target.verb == language::Verb::madvise) words += " " + std::string(language::Name(target.advice));
  return words;
}

}  // namespace pteron::search
