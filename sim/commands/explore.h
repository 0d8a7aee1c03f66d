// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_EXPLORE_H_
#define PTERON_SIM_COMMANDS_EXPLORE_H_

// `pteron explore`: every small world.

#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterExplore(CLI::App& app);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_EXPLORE_H_
