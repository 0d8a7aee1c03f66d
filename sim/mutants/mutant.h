// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_MUTANTS_MUTANT_H_
#define PTERON_SIM_MUTANTS_MUTANT_H_

// Kernels that are wrong in one decision. What compares Pteron with real kernels has to notice each of them.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pteron/kernel.h"

namespace pteron::mutants {

enum class MutantKind : uint8_t {
  rule,  // one member of Rules has another value
  plan,  // a plan does something else in one situation with one kind of entry
};

struct Mutant {
  MutantKind kind = MutantKind::rule;
  std::string name;  // "fork.wp_none=read_as_swap"; "zap of file-wp by unmap_vmas, swap: keep"
  // The kernel's rules with the mistake in them; empty where the kernel has no such entry, or does so anyway.
  std::function<std::optional<Rules>(const Kernel& kernel)> rules_of;
};

// Every member of Rules with every other value; of UffdRules::api_features every bit turned.
std::vector<Mutant> RuleMutants();
// Every entry that a plan decides, in every situation that it tells apart, with every other action that the entry can take.
std::vector<Mutant> PlanMutants();

}  // namespace pteron::mutants

#endif  // PTERON_SIM_MUTANTS_MUTANT_H_
