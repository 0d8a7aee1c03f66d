// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_UFFD_WP_H_
#define PTERON_SIM_COMMANDS_UFFD_WP_H_

// `pteron uffd-wp`: the page docs/uffd-wp.md.

#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterUffdWp(CLI::App& app);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_UFFD_WP_H_
