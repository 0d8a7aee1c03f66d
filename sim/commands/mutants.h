// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_MUTANTS_H_
#define PTERON_SIM_COMMANDS_MUTANTS_H_

// `pteron mutants`: kernels that are wrong in one decision, and whether golden data and scenarios notice. docs/mutants.md tells what came of it.

#include <string>
#include <vector>

#include "sim/commands/command.h"
#include "sim/mutants/mutant.h"
#include "sim/mutants/trial.h"

namespace pteron::commands {

std::function<int()> RegisterMutants(CLI::App& app);

// Counts and survivors, with the reasons, as Markdown.
std::string MutantsMarkdown(const std::vector<mutants::Mutant>& mutants, const std::vector<mutants::Outcome>& outcomes);
// Noticed mutants in percent of those that are possible and not equivalent.
double NoticedPercent(const std::vector<mutants::Mutant>& mutants, const std::vector<mutants::Outcome>& outcomes);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_MUTANTS_H_
