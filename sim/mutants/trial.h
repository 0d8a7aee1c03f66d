// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_MUTANTS_TRIAL_H_
#define PTERON_SIM_MUTANTS_TRIAL_H_

// Mutants against the evidence, each in a process of its own, since a wrong kernel may end the program or never come to an end.

#include <functional>
#include <string>
#include <vector>

#include "sim/mutants/evidence.h"
#include "sim/mutants/mutant.h"

namespace pteron::mutants {

struct Outcome {
  bool possible = false;  // some kernel has such an entry and decides otherwise; else nothing was run
  bool noticed = false;
  std::string kernel{}, scenario{};  // that noticed it first, in the order of the evidence
  // Of one that is not noticed: a scenario in whose answer it differs, and nothing says which answer is right.
  std::string differs{};
  std::string how{};                 // "the real kernel's answer", "expectations", "the machine's books", "a crash", "no end"
};

// One outcome a mutant, in their order; the same whatever `jobs` is, the number of processes at a time. progress (may be empty) is told how
// many are done.
std::vector<Outcome> Try(const std::vector<Mutant>& mutants, const std::vector<Evidence>& evidence, int jobs,
                         const std::function<void(size_t done)>& progress);

}  // namespace pteron::mutants

#endif  // PTERON_SIM_MUTANTS_TRIAL_H_
