// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_CHANGES_H_
#define PTERON_SIM_COMMANDS_CHANGES_H_

// `pteron changes`: lists the table of changes.

#include <string>

#include "pteron/kernel.h"
#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterChanges(CLI::App& app);

// docs/changes.md: all rows as Markdown.
std::string ChangesMarkdown();
// The rows that are in `kernel`, all where it is null, one a line.
std::string ChangesText(const Kernel* kernel);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_CHANGES_H_
