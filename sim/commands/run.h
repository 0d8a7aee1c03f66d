// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_RUN_H_
#define PTERON_SIM_COMMANDS_RUN_H_

// `pteron run`: plays scenarios on kernels.

#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterRun(CLI::App& app);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_RUN_H_
