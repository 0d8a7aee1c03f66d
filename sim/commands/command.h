// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_COMMAND_H_
#define PTERON_SIM_COMMANDS_COMMAND_H_

// What a subcommand gives to the command line.

#include <functional>

namespace CLI {
class App;
}

namespace pteron::commands {

// Exit statuses, the same for every subcommand.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;         // an expectation, a comparison or a promise did not hold
inline constexpr int kBadInput = 2;       // the user's: arguments, files, kernels, scenarios
inline constexpr int kNotSimulated = 3;   // Pteron cannot do what was asked yet
inline constexpr int kAllSkipped = 125;   // there was nothing that the kernel could run

// Adds a subcommand to `app` and returns what runs it, once the arguments are parsed and the subcommand was named.
using Register = std::function<int()> (*)(CLI::App& app);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_COMMAND_H_
