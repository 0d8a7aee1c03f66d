// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/run.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/commands/inputs.h"
#include "sim/execute/run_scenario.h"
#include "sim/render/raw.h"

namespace pteron::commands {
namespace {

struct RunArguments {
  std::vector<std::string> files;
  std::vector<std::string> kernels;
  std::string format = "text";
  std::string engine = "reference";
  bool no_skip = false;
};

int Run(const RunArguments& arguments) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  if (!ParseKernels(arguments.kernels, &kernels)) return kBadInput;
  std::vector<language::Scenario> scenarios;
  if (!ReadScenarios(arguments.files, &scenarios)) return kBadInput;
  const bool several = scenarios.size() * kernels.size() > 1;
  int status = kOk;
  for (const language::Scenario& scenario : scenarios) {
    for (const auto& kernel : kernels) {
      if (several) fmt::print("# {} {}\n", scenario.file, kernel->name());
      const execute::ScenarioResult result = execute::RunScenario(
          scenario, kernel, false, {.step = [](const execute::Step& step, const execute::Session&) {
            fmt::print("{}", render::Raw(step));
            std::fflush(stdout);
          }, .expectation = {}});
      if (!result.missing.empty()) fmt::print("skip no {}\n", result.missing);
      if (!result.not_simulated.empty()) {
        fmt::print(stderr, "{}: not simulated: {}\n", scenario.file, result.not_simulated);
        status = kNotSimulated;
      }
    }
  }
  return status;
}

}  // namespace

std::function<int()> RegisterRun(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("run", "play scenarios and show every page-table entry after every step");
  const auto arguments = std::make_shared<RunArguments>();
  command->add_option("FILE", arguments->files, "scenarios")->required();
  command->add_option("--kernel", arguments->kernels, "which kernel; may be repeated (default v5.14-rc+uffd-wp-v5)");
  command->add_option("--format", arguments->format, "text, raw, ktap or json");
  command->add_option("--engine", arguments->engine, "reference or fast");
  command->add_flag("--no-skip", arguments->no_skip, "a skipped scenario counts as failed");
  return [arguments] { return Run(*arguments); };
}

}  // namespace pteron::commands
