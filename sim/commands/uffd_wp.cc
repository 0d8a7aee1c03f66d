// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/uffd_wp.h"

#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/docs/uffd_wp_table.h"

namespace pteron::commands {

std::function<int()> RegisterUffdWp(CLI::App& app) {
  app.add_subcommand("uffd-wp", "print what happens to a write-protected page, by operation, memory and kernel");
  return [] {
    fmt::print("{}", docs::UffdWpPage());
    return kOk;
  };
}

}  // namespace pteron::commands
