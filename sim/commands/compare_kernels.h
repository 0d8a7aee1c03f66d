// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_COMPARE_KERNELS_H_
#define PTERON_SIM_COMMANDS_COMPARE_KERNELS_H_

// `pteron diff`: where two kernels part on a scenario. `pteron bisect`: which patch of a series makes an expectation hold, and which
// ends it.

#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterDiff(CLI::App& app);
std::function<int()> RegisterBisect(CLI::App& app);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_COMPARE_KERNELS_H_
