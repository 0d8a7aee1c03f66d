// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_MATRIX_H_
#define PTERON_SIM_COMMANDS_MATRIX_H_

// `pteron matrix`: promises down, kernels or the prefixes of a series across.

#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterMatrix(CLI::App& app);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_MATRIX_H_
