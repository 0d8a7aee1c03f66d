// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_POINTS_H_
#define PTERON_SIM_COMMANDS_POINTS_H_

// `pteron points`: where the modelled code can be interrupted.

#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterPoints(CLI::App& app);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_POINTS_H_
