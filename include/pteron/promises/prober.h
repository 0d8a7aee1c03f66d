// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_PROMISES_PROBER_H_
#define PTERON_PROMISES_PROBER_H_

#include <span>

#include "pteron/promises/act.h"

namespace pteron::promises {

// One access of a probe: to a mapping's page, by a process.
struct ProbeAccess {
  int16_t process = 0;
  uint64_t address = 0;  // bytes
  bool write = false;
  uint64_t value = 0;  // what a write stores
};

// Answers "what would happen if ...". The simulator asks a copy of the machine; for a real kernel the accesses are appended to the
// scenario and it is run again.
class Prober {
 public:
  virtual ~Prober() = default;
  // Makes the accesses one after the other on one copy of the world as it is now, and forgets the copy. answers.size() == accesses.size();
  // of each answer, Outcome::answer is set, and the value of a read. An access that blocks is broken off.
  virtual void Try(std::span<const ProbeAccess> accesses, std::span<Outcome> answers) = 0;
};

}  // namespace pteron::promises

#endif  // PTERON_PROMISES_PROBER_H_
