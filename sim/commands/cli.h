// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_CLI_H_
#define PTERON_SIM_COMMANDS_CLI_H_

// The command line as a library: a main() of one's own can link it.

namespace pteron {

// Parses the arguments, runs the subcommand that they name, and returns the exit status: 0, 1 (something did not hold), 2 (bad
// input), 3 (something is not simulated), 125 (everything was skipped).
int RunPteron(int argc, char** argv);

}  // namespace pteron

#endif  // PTERON_SIM_COMMANDS_CLI_H_
