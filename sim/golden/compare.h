// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_GOLDEN_COMPARE_H_
#define PTERON_SIM_GOLDEN_COMPARE_H_

// Pteron's answer against a real kernel's, in the raw state format, step by step. Lines are compared on the kinds that both have.

#include <memory>
#include <string>
#include <vector>

#include "pteron/kernel.h"

namespace pteron::golden {

// How one scenario came out.
struct Comparison {
  std::string scenario{};     // its name, without folder and ending
  std::string skipped{};     // why the real kernel has no answer to compare with; then the numbers are 0
  size_t steps = 0;          // that the real kernel answered
  size_t equal = 0;          // of them, compared and equal in every line
  size_t not_simulated = 0;  // from the first statement on that Pteron does not simulate
  size_t lines = 0;          // compared
  size_t words = 0;          // page-table words among them
  std::string broken_invariant{};  // the first one, with its statement (Machine::CheckInvariants(), where asked for)
  std::string first_difference{};  // the first step that differs: its statement, then the differing lines with - (real) and + (Pteron)
  bool all_equal() const { return equal == steps; }
};

// Plays `scenario_text`, checking the machine's invariants after each step where asked to, and compares with `golden_raw`. A text that
// does not parse counts as all steps not simulated.
Comparison CompareScenario(const std::shared_ptr<const Kernel>& kernel, const std::string& name, const std::string& scenario_text,
                           const std::string& golden_raw, bool check_invariants = false);

// All scenarios of FOLDER/scenarios with FOLDER/KERNEL/*.raw, in order of their names. Empty, with *error, where there are none.
std::vector<Comparison> CompareFolder(const std::string& folder, const std::shared_ptr<const Kernel>& kernel, std::string* error,
                                      bool check_invariants = false);

}  // namespace pteron::golden

#endif  // PTERON_SIM_GOLDEN_COMPARE_H_
