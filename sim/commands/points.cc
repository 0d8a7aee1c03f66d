// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/points.h"

#include <algorithm>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "src/mm/hooks.h"

namespace pteron::commands {
namespace {

int Points() {
  size_t width = 0;
  for (const InterleavingPoint& point : InterleavingPoints()) width = std::max(width, std::string_view(point.name).size());
  for (const InterleavingPoint& point : InterleavingPoints()) {
    fmt::print("{:<{}}  {}\n{:<{}}  {}\n", point.name, width, point.function, "", width, point.where);
  }
  return kOk;
}

}  // namespace

std::function<int()> RegisterPoints(CLI::App& app) {
  app.add_subcommand("points", "list the named points at which `at POINT` can put an access into the midst of a statement");
  return Points;
}

}  // namespace pteron::commands
