// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/cli.h"

#include <cstdio>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "pteron/version.h"
#include "sim/commands/changes.h"
#include "sim/commands/check.h"
#include "sim/commands/command.h"
#include "sim/commands/compare_kernels.h"
#include "sim/commands/explore.h"
#include "sim/commands/fidelity.h"
#include "sim/commands/fuzz.h"
#include "sim/commands/matrix.h"
#include "sim/commands/mutants.h"
#include "sim/commands/points.h"
#include "sim/commands/run.h"
#include "sim/commands/table.h"
#include "sim/commands/uffd_wp.h"
#include "sim/commands/words.h"

namespace pteron {
namespace {

// Every subcommand, in the order in which help lists them.
constexpr commands::Register kCommands[] = {
    commands::RegisterRun,
    commands::RegisterDecode,
    commands::RegisterEncode,
    commands::RegisterWord,
    commands::RegisterDiff,
    commands::RegisterBisect,
    commands::RegisterFidelity,
    commands::RegisterCheck,
    commands::RegisterPromises,
    commands::RegisterFuzz,
    commands::RegisterExplore,
    commands::RegisterMatrix,
    commands::RegisterMutants,
    commands::RegisterUffdWp,
    commands::RegisterChanges,
    commands::RegisterTable,
    commands::RegisterPoints,
};

}  // namespace

int RunPteron(int argc, char** argv) {
  CLI::App app("Runs Linux's page-table code paths in user space, bit for bit.", "pteron");
  app.require_subcommand(0, 1);
  bool version = false;
  app.add_flag("--version", version, "print the version and exit");
  std::vector<std::pair<CLI::App*, std::function<int()>>> added;
  for (const commands::Register add : kCommands) {
    std::function<int()> run = add(app);
    added.emplace_back(app.get_subcommands([](CLI::App*) { return true; }).back(), std::move(run));
  }
  CLI::App* const help = app.add_subcommand("help", "print help, of a subcommand too");
  std::string topic;
  help->add_option("COMMAND", topic, "the subcommand that help is wanted for");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? commands::kOk : commands::kBadInput;
  }
  if (version) {
    fmt::print("pteron {}\n", kVersion);
    return commands::kOk;
  }
  if (help->parsed() && !topic.empty()) {
    const std::vector<CLI::App*> subjects = app.get_subcommands([&](CLI::App* command) { return command->get_name() == topic; });
    if (subjects.empty()) {
      fmt::print(stderr, "pteron: there is no subcommand '{}'; 'pteron help' lists them\n", topic);
      return commands::kBadInput;
    }
    fmt::print("{}", subjects.front()->help());
    return commands::kOk;
  }
  for (const auto& [command, run] : added) {
    if (command->parsed()) return run();
  }
  fmt::print("{}", app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal));
  return help->parsed() ? commands::kOk : commands::kBadInput;
}

}  // namespace pteron
