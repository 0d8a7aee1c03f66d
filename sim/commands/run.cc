// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/run.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/commands/inputs.h"
#include "sim/execute/run_scenario.h"
#include "sim/render/renderer.h"

namespace pteron::commands {
namespace {

struct RunArguments {
  std::vector<std::string> files;
  std::vector<std::string> kernels;
  std::string format = "text";
  std::string engine = "fast";
  bool no_skip = false;
  bool check_invariants = false;
};

// What the runs came to.
struct Tally {
  int64_t runs = 0, skipped_runs = 0;
  int64_t passed = 0, failed = 0;
  bool not_simulated = false;
  std::vector<std::string> reasons;  // of skips, each once

  void Add(const execute::ScenarioResult& result, bool no_skip);
  // The exit status: the first that applies.
  int Status() const;
  std::string Summary() const;
};

void Tally::Add(const execute::ScenarioResult& result, bool no_skip) {
  ++runs;
  passed += result.CountOf(execute::Verdict::passed);
  failed += result.CountOf(execute::Verdict::failed);
  if (!result.not_simulated.empty()) not_simulated = true;
  if (result.missing.empty()) return;
  if (no_skip) {
    ++failed;
    return;
  }
  ++skipped_runs;
  const std::string reason = "no " + result.missing;
  if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
}

int Tally::Status() const {
  if (not_simulated) return kNotSimulated;
  if (failed > 0) return kFailed;
  return skipped_runs == runs ? kAllSkipped : kOk;
}

std::string Tally::Summary() const {
  std::string text = fmt::format("{} passed, {} failed, {} skipped", passed, failed, skipped_runs);
  for (size_t i = 0; i < reasons.size(); ++i) text += (i == 0 ? ": " : ", ") + reasons[i];
  return text;
}

// What went wrong, on standard error where standard output has no place for it.
void Report(const language::Scenario& scenario, const Kernel& kernel, const execute::ScenarioResult& result, const RunArguments& arguments) {
  if (arguments.format == "raw") {
    for (const execute::ExpectationResult& one : result.expectations) {
      if (one.verdict != execute::Verdict::failed) continue;
      fmt::print(stderr, "{}:{}:{}: failed on {}: {}: {}\n", scenario.file, one.expectation->at.line, one.expectation->at.column,
                 kernel.name(), one.expectation->text, one.reason);
    }
  }
  if (arguments.no_skip && !result.missing.empty()) {
    fmt::print(stderr, "{}: failed on {}: skipped, the kernel has no {}\n", scenario.file, kernel.name(), result.missing);
  }
  if (!result.not_simulated.empty()) fmt::print(stderr, "{}: not simulated yet: {}\n", scenario.file, result.not_simulated);
}

int Run(const RunArguments& arguments) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  std::vector<language::Scenario> scenarios;
  if (!ParseKernels(arguments.kernels, &kernels) || !ReadScenarios(arguments.files, &scenarios)) return kBadInput;
  const std::unique_ptr<render::Renderer> renderer =
      render::MakeRenderer(arguments.format, {.runs = scenarios.size() * kernels.size()},
                           [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); });
  const execute::RunOptions options{.record = renderer->WantsJournal(),
                                    .engine = arguments.engine == "fast" ? Engine::fast : Engine::reference,
                                    .check_invariants = arguments.check_invariants};
  Tally tally;
  for (const language::Scenario& scenario : scenarios) {
    for (const std::shared_ptr<const Kernel>& kernel : kernels) {
      renderer->Begin(scenario, *kernel);
      const execute::ScenarioResult result = execute::RunScenario(
          scenario, kernel, options,
          {.step =
               [&](const execute::Step& step, const execute::Session& session) {
                 renderer->Step(step, session);
                 std::fflush(stdout);
               },
           .expectation = [&](const execute::ExpectationResult& one) { renderer->Expectation(one); }});
      renderer->End(result);
      std::fflush(stdout);
      Report(scenario, *kernel, result, arguments);
      tally.Add(result, arguments.no_skip);
    }
  }
  renderer->Finish();
  std::fflush(stdout);
  fmt::print(stderr, "{}\n", tally.Summary());
  return tally.Status();
}

}  // namespace

std::function<int()> RegisterRun(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("run", "play scenarios and show every page-table entry after every step");
  const auto arguments = std::make_shared<RunArguments>();
  command->add_option("FILE", arguments->files, "scenarios; - is standard input")->required();
  command->add_option("--kernel,-k", arguments->kernels, std::string("which kernel; may be repeated (default ") + kDefaultKernel + ")")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--format,-f", arguments->format, "what to print: text for people, raw as golden data has it, ktap, json")
      ->check(CLI::IsMember({"text", "raw", "ktap", "json"}))
      ->capture_default_str();
  command->add_option("--engine", arguments->engine, "which loops go over entries while nothing is recorded (raw, ktap): both do the same")
      ->check(CLI::IsMember({"reference", "fast"}))
      ->capture_default_str();
  command->add_flag("--no-skip", arguments->no_skip, "a skipped scenario counts as failed");
  command->add_flag("--check-invariants", arguments->check_invariants, "count everything anew after every step");
  return [arguments] { return Run(*arguments); };
}

}  // namespace pteron::commands
