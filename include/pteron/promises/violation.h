// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_PROMISES_VIOLATION_H_
#define PTERON_PROMISES_VIOLATION_H_

#include <cstdint>

#include "pteron/promises/act.h"
#include "pteron/promises/promise.h"

namespace pteron::promises {

// The kinds of memory that promises tell apart.
enum class Memory : uint8_t { anon, shmem_shared, shmem_private, hugetlb_shared, hugetlb_private, none };
const char* MemoryName(Memory memory);

// A promise that a step broke. Two with equal promise, memory, verb and `what` have most likely one cause.
struct Violation {
  PromiseId promise = PromiseId::U1;
  Memory memory = Memory::none;
  Verb verb = Verb::swapoff;  // of the statement
  int16_t process = -1;       // -1: concerns no process
  int16_t mapping = -1;
  int64_t page = -1;       // of the mapping
  int64_t more_pages = 0;  // of the same mapping, with the same fault in the same step
  // What was seen against what is promised: one of a small set of literals, so that it can be compared by content.
  const char* what = "";
  // What kind of thing `before` and `after` are.
  enum class Evidence : uint8_t { none, words, answer, values, counts };
  Evidence evidence = Evidence::none;
  uint64_t before = 0, after = 0;  // words: raw, before and after the step; values: promised and seen; answer: -, Answer
};

}  // namespace pteron::promises

#endif  // PTERON_PROMISES_VIOLATION_H_
