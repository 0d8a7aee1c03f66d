// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_FIDELITY_H_
#define PTERON_SIM_COMMANDS_FIDELITY_H_

// `pteron fidelity`: how much of what real kernels answered was compared, and what differs. Its output is FIDELITY.md.

#include <string>
#include <vector>

#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterFidelity(CLI::App& app);

// What the command prints for these kernels and the golden folder. *status is its exit status; *error says what is wrong with the folder.
std::string FidelityReport(const std::vector<std::string>& kernels, const std::string& golden, int* status, std::string* error);

// The kernels that the report has by default.
std::vector<std::string> FidelityKernels();

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_FIDELITY_H_
