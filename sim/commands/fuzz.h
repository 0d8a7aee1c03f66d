// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_FUZZ_H_
#define PTERON_SIM_COMMANDS_FUZZ_H_

// `pteron fuzz`: random worlds, every promise judged, what is broken shrunk to a shortest scenario.

#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterFuzz(CLI::App& app);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_FUZZ_H_
