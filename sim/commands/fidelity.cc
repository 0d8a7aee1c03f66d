// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/fidelity.h"

#include <array>
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "pteron/kernel.h"
#include "sim/golden/compare.h"

namespace pteron::commands {
namespace {

constexpr std::array kEvidenceNames = {"golden data", "header oracle", "kernel source", "mail"};

struct Totals {
  size_t scenarios = 0, skipped = 0, equal_scenarios = 0, steps = 0, equal = 0, not_simulated = 0, lines = 0, words = 0;
};

Totals Sum(const std::vector<golden::Comparison>& comparisons) {
  Totals totals;
  for (const golden::Comparison& comparison : comparisons) {
    if (!comparison.skipped.empty()) {
      ++totals.skipped;
      continue;
    }
    ++totals.scenarios;
    totals.equal_scenarios += comparison.all_equal();
    totals.steps += comparison.steps;
    totals.equal += comparison.equal;
    totals.not_simulated += comparison.not_simulated;
    totals.lines += comparison.lines;
    totals.words += comparison.words;
  }
  return totals;
}

// "12 by golden data, 3 by kernel source": the changes of this kernel, by what their rows were checked against.
std::string ChangesByEvidence(const Kernel& kernel) {
  std::array<size_t, kEvidenceNames.size()> count{};
  for (const std::string& id : kernel.changes()) {
    if (const Change* change = FindChange(id)) ++count[static_cast<size_t>(change->evidence)];
  }
  std::string text;
  for (size_t i = 0; i < count.size(); ++i) {
    if (count[i] > 0) text += fmt::format("{}{} by {}", text.empty() ? "" : ", ", count[i], kEvidenceNames[i]);
  }
  return text.empty() ? "none: the initial rules, by golden data" : text;
}

std::string Section(const Kernel& kernel, const std::vector<golden::Comparison>& comparisons) {
  const Totals totals = Sum(comparisons);
  std::string text = fmt::format("## {}\n\nStands for release {}.\n\n", kernel.name(), kernel.release());
  text += "| | compared | equal |\n|---|---|---|\n";
  text += fmt::format("| scenarios | {} | {} |\n", totals.scenarios, totals.equal_scenarios);
  text += fmt::format("| steps | {} | {} |\n", totals.steps - totals.not_simulated, totals.equal);
  text += fmt::format("\n{} lines, {} of them page-table words. Not simulated: {} steps. The real kernel has no answer to {} scenarios\n"
                      "(it lacks what they require, or crashed). Changes over the base: {}.\n",
                      totals.lines, totals.words, totals.not_simulated, totals.skipped, ChangesByEvidence(kernel));
  std::string differences;
  for (const golden::Comparison& comparison : comparisons) {
    if (comparison.skipped.empty() && !comparison.all_equal()) {
      differences += fmt::format("\n{}: {} of {} steps equal; first difference:\n\n```\n{}```\n", comparison.scenario, comparison.equal,
                                 comparison.steps, comparison.first_difference);
    }
  }
  return text + (differences.empty() ? "\nNo difference.\n" : "\nDifferences:\n" + differences);
}

struct FidelityArguments {
  std::vector<std::string> kernels;
  std::string golden = "tests/golden";
};

}  // namespace

std::vector<std::string> FidelityKernels() { return {"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1"}; }

std::string FidelityReport(const std::vector<std::string>& kernels, const std::string& golden, int* status, std::string* error) {
  *status = kOk;
  std::string text =
      "# Fidelity\n\nWhat Pteron answers against what real kernels answered, as printed by `pteron fidelity`. Golden data: tests/golden, "
      "described in its\nREADME. A step is equal when every line of it is: outcomes, every page-table word, pagemap flags, smaps and page "
      "flags.\n";
  for (const std::string& name : kernels) {
    const std::optional<Kernel> kernel = Kernel::Parse(name, error);
    if (!kernel) {
      *status = kBadInput;
      return {};
    }
    const std::vector<golden::Comparison> comparisons =
        golden::CompareFolder(golden, std::make_shared<const Kernel>(*kernel), error);
    if (comparisons.empty()) {
      *status = kBadInput;
      return {};
    }
    text += "\n" + Section(*kernel, comparisons);
    for (const golden::Comparison& comparison : comparisons) {
      if (comparison.skipped.empty() && !comparison.all_equal()) *status = kFailed;
    }
  }
  return text;
}

std::function<int()> RegisterFidelity(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("fidelity", "compare with what real kernels answered, and count");
  const auto arguments = std::make_shared<FidelityArguments>();
  command->add_option("KERNEL", arguments->kernels, "which kernels (default: all that are modelled)");
  command->add_option("--golden", arguments->golden, "the folder of golden data (default tests/golden)");
  return [arguments] {
    int status = kOk;
    std::string error;
    const std::string report = FidelityReport(arguments->kernels.empty() ? FidelityKernels() : arguments->kernels, arguments->golden, &status, &error);
    if (!error.empty()) fmt::print(stderr, "pteron fidelity: {}\n", error);
    fmt::print("{}", report);
    return status;
  };
}

}  // namespace pteron::commands
