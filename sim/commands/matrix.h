// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_MATRIX_H_
#define PTERON_SIM_COMMANDS_MATRIX_H_

// `pteron matrix`: promises down, kernels or the prefixes of a series across.

#include <optional>
#include <string>
#include <vector>

#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterMatrix(CLI::App& app);

// The table that `pteron matrix KERNEL... --markdown` or `pteron matrix --series SERIES --markdown` prints. Empty where a name is wrong or a
// scenario cannot be read, which has been said on standard error. Half a minute of processor time for ten kernels.
std::optional<std::string> MatrixMarkdown(const std::vector<std::string>& kernels, const std::string& series);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_MATRIX_H_
