// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/commands/compare_kernels.h"
#include "sim/commands/inputs.h"
#include "sim/execute/run_scenario.h"
#include "src/kernel/changes.h"

namespace pteron::commands {
namespace {

using execute::Verdict;

struct BisectArguments {
  std::string file;
  std::string series = "uffd-wp-v5";
  std::string base = "v5.14-rc";
};

// A kernel of the bisection, and what became of each `expect` line there.
struct Trial {
  size_t patch = 0;  // a prefix: its last patch, 0 for the bare base; leave-one-out: the patch that is left out
  std::string kernel;
  std::vector<std::string> verdicts;  // "holds", "fails", "-" for a line that does not apply or was not reached
  std::string note;                   // why nothing was run, or how the run ended early
};

std::string VerdictText(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed: return "holds";
    case Verdict::failed: return "fails";
    case Verdict::not_for_this_kernel: break;
  }
  return "-";
}

// Empty with a message on standard error where the kernel cannot be had.
std::optional<Trial> Try(const language::Scenario& scenario, size_t lines, size_t patch, const std::string& name) {
  std::string error;
  const std::optional<Kernel> kernel = Kernel::Parse(name, &error);
  if (!kernel) {
    fmt::print(stderr, "pteron bisect: {}: {}\n", name, error);
    return std::nullopt;
  }
  const execute::ScenarioResult result = execute::RunScenario(scenario, std::make_shared<const Kernel>(*kernel), {}, {});
  Trial trial{.patch = patch, .kernel = kernel->name(), .verdicts = {}, .note = {}};
  for (const execute::ExpectationResult& expectation : result.expectations) trial.verdicts.push_back(VerdictText(expectation.verdict));
  trial.verdicts.resize(lines, "-");
  if (!result.missing.empty()) trial.note = "skipped: no " + result.missing;
  if (!result.not_simulated.empty()) trial.note = "not simulated: " + result.not_simulated;
  if (result.kernel_bug) trial.note = "the kernel's BUG ends the run";
  return trial;
}

// "1-14,25" for a prefix of 14 patches and the gate 25.
std::string PrefixName(const BisectArguments& arguments, size_t last, size_t gate) {
  std::string selection = last == 0 ? "" : "1-" + std::to_string(last);
  if (last < gate) selection += (selection.empty() ? "" : ",") + std::to_string(gate);
  return arguments.base + "+" + arguments.series + "[" + selection + "]";
}

std::string PatchId(const BisectArguments& arguments, size_t patch) { return fmt::format("{}/{:02}", arguments.series, patch); }

// What the verdicts of one line over the prefixes say.
void PrintChanges(const BisectArguments& arguments, const std::vector<Trial>& prefixes, size_t line, std::span<const Change> patches) {
  bool changed = false;
  for (size_t i = 1; i < prefixes.size(); ++i) {
    const std::string& before = prefixes[i - 1].verdicts[line];
    const std::string& after = prefixes[i].verdicts[line];
    if (before == after) continue;
    changed = true;
    const char* how = after == "holds" ? "holds after" : after == "fails" ? (before == "holds" ? "stops after" : "fails after") : "ends after";
    fmt::print("  {} {}: {}\n", how, PatchId(arguments, prefixes[i].patch), patches[prefixes[i].patch - 1].subject);
  }
  if (!changed) fmt::print("  {} with every prefix\n", prefixes.front().verdicts[line] == "-" ? "is not judged" : prefixes.front().verdicts[line]);
}

void PrintLeaveOneOut(const BisectArguments& arguments, const std::vector<Trial>& without, size_t line, const std::string& whole) {
  std::string changed;
  for (const Trial& trial : without) {
    if (trial.verdicts[line] != whole) changed += fmt::format(" {} ({})", PatchId(arguments, trial.patch), trial.verdicts[line]);
  }
  fmt::print("  the whole series: {}; differs without{}\n", whole, changed.empty() ? " no single patch" : ":" + changed);
}

int Bisect(const BisectArguments& arguments) {
  std::vector<language::Scenario> scenarios;
  if (!ReadScenarios({arguments.file}, &scenarios)) return kBadInput;
  const auto all = AllSeries();
  const auto series = std::find_if(all.begin(), all.end(), [&](const Series& s) { return s.name == arguments.series; });
  if (series == all.end()) {
    fmt::print(stderr, "pteron bisect: no series '{}'\n", arguments.series);
    return kBadInput;
  }
  const language::Scenario& scenario = scenarios.front();
  std::vector<const language::Expectation*> lines;
  for (const language::Item& item : scenario.items) {
    if (const auto* line = std::get_if<language::Expectation>(&item)) lines.push_back(line);
  }
  if (lines.empty()) {
    fmt::print(stderr, "{}: there is no `expect` line to bisect\n", arguments.file);
    return kBadInput;
  }
  const size_t count = series->patches.size();
  size_t gate = count;
  for (size_t i = 0; i < count; ++i) {
    if (series->patches[i].kind == ChangeKind::gate) gate = i + 1;
  }
  std::vector<Trial> prefixes, without;
  for (size_t last = 0; last <= count; ++last) {
    std::optional<Trial> trial = Try(scenario, lines.size(), last, PrefixName(arguments, last, gate));
    if (!trial) return kBadInput;
    prefixes.push_back(std::move(*trial));
  }
  for (size_t patch = 1; patch <= count; ++patch) {
    if (patch == gate) continue;
    const std::string name = arguments.base + "+" + arguments.series + "~" + PatchId(arguments, patch);
    std::optional<Trial> trial = Try(scenario, lines.size(), patch, name);
    if (!trial) return kBadInput;
    without.push_back(std::move(*trial));
  }
  fmt::print("{}: {} prefixes of {} on {}, each with the gate {}, and the series without each patch\n", arguments.file, count + 1,
             arguments.series, arguments.base, PatchId(arguments, gate));
  for (const Trial& trial : prefixes) {
    if (!trial.note.empty()) fmt::print("  {}: {}\n", trial.kernel, trial.note);
  }
  for (size_t line = 0; line < lines.size(); ++line) {
    fmt::print("{}:{}: {}\n", arguments.file, lines[line]->at.line, lines[line]->text);
    PrintChanges(arguments, prefixes, line, series->patches);
    PrintLeaveOneOut(arguments, without, line, prefixes.back().verdicts[line]);
  }
  return kOk;
}

}  // namespace

std::function<int()> RegisterBisect(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("bisect", "name the patch of a series after which each `expect` line holds or stops holding");
  const auto arguments = std::make_shared<BisectArguments>();
  command->add_option("FILE", arguments->file, "a scenario with `expect` lines")->required();
  command->add_option("--series", arguments->series, "the series (default uffd-wp-v5)");
  command->add_option("--base", arguments->base, "the kernel that it applies to (default v5.14-rc)");
  return [arguments] { return Bisect(*arguments); };
}

}  // namespace pteron::commands
