// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/check.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "sim/commands/command.h"
#include "sim/commands/grid.h"
#include "sim/commands/inputs.h"
#include "sim/promises/verdicts.h"

namespace pteron::commands {
namespace {

using promises::Finding;
using promises::Judgement;
using promises::Promise;

struct CheckArguments {
  std::vector<std::string> files;
  std::vector<std::string> kernels;
  std::string golden;
  bool quiet = false;
};

void PrintFindings(const Judgement& judgement) {
  for (const Finding& finding : judgement.findings) {
    const Promise& promise = promises::PromiseOf(finding.violation.promise);
    fmt::print("{}:{}: {}\n", judgement.scenario, finding.at.line, finding.statement);
    fmt::print("  {} {}\n  {}\n", promise.name, promise.sentence, finding.text);
  }
}

// The scenario that breaks the promise first, and how often all do.
std::string BrokenBy(promises::PromiseId id, const std::vector<Judgement>& judgements) {
  size_t count = 0;
  std::string first;
  for (const Judgement& judgement : judgements) {
    for (const Finding& finding : judgement.findings) {
      if (finding.violation.promise != id) continue;
      if (count++ == 0) first = fmt::format("{}:{}", judgement.scenario, finding.at.line);
    }
  }
  return count > 1 ? fmt::format("{} and {} more", first, count - 1) : first;
}

void PrintVerdicts(const Kernel& kernel, const std::vector<Judgement>& judgements) {
  const promises::KernelFacts facts = promises::FactsOf(kernel);
  Grid grid({"promise", "verdict", "judged", "broken by"});
  for (const Promise& promise : promises::AllPromises()) {
    uint64_t judged = 0;
    for (const Judgement& judgement : judgements) judged += judgement.judged[static_cast<size_t>(promise.id)];
    const promises::Verdict verdict = promises::VerdictOf(promise.id, judgements, facts);
    grid.Add({std::string(promise.name), promises::VerdictName(verdict), judged > 0 ? fmt::format("{}", judged) : "", BrokenBy(promise.id, judgements)});
  }
  fmt::print("{}", grid.Text());
}

// What the judgements of one kernel come to, as an exit status.
int Summarize(const Kernel& kernel, const std::vector<Judgement>& judgements) {
  size_t steps = 0, findings = 0, skipped = 0, not_simulated = 0;
  uint64_t probes = 0;
  for (const Judgement& judgement : judgements) {
    steps += judgement.steps;
    probes += judgement.probes;
    findings += judgement.findings.size();
    skipped += !judgement.skipped.empty();
    not_simulated += !judgement.not_simulated.empty();
    if (!judgement.not_simulated.empty()) fmt::print(stderr, "{}: not judged: {}\n", judgement.scenario, judgement.not_simulated);
  }
  fmt::print(stderr, "{}: {} scenarios, {} skipped, {} steps, {} probes, {} violations\n", kernel.name(), judgements.size(), skipped, steps, probes, findings);
  if (not_simulated > 0) return kNotSimulated;
  if (findings > 0) return kFailed;
  return skipped == judgements.size() ? kAllSkipped : kOk;
}

int RunCheck(const CheckArguments& arguments) {
  if (arguments.files.empty() == arguments.golden.empty()) {
    fmt::print(stderr, "pteron check: expected scenarios, or --golden with a folder of golden data\n");
    return kBadInput;
  }
  std::vector<std::shared_ptr<const Kernel>> kernels;
  std::vector<language::Scenario> scenarios;
  if (!ParseKernels(arguments.kernels, &kernels) || !ReadScenarios(arguments.files, &scenarios)) return kBadInput;
  int status = kOk;
  for (const std::shared_ptr<const Kernel>& kernel : kernels) {
    std::vector<Judgement> judgements;
    if (!arguments.golden.empty()) {
      std::string error;
      judgements = promises::JudgeGoldenFolder(arguments.golden, *kernel, &error);
      if (judgements.empty()) {
        fmt::print(stderr, "pteron check: {}\n", error);
        return kBadInput;
      }
    }
    for (const language::Scenario& scenario : scenarios) judgements.push_back(promises::JudgeScenario(scenario, kernel));
    if (kernels.size() > 1 || !arguments.golden.empty()) fmt::print("# {}\n", kernel->name());
    for (const Judgement& judgement : judgements) PrintFindings(judgement);
    if (!arguments.quiet) PrintVerdicts(*kernel, judgements);
    std::fflush(stdout);
    const int one = Summarize(*kernel, judgements);
    // The worst that any kernel came to; nothing to run counts only if that is so for all.
    if (status == kOk || one == kNotSimulated || (status == kAllSkipped && one != kOk)) status = one == kAllSkipped && status == kOk && &kernel != &kernels.front() ? kOk : one;
  }
  return status;
}

int RunPromises(bool markdown, const std::vector<std::string>& kernel_texts) {
  if (markdown) {
    fmt::print("{}", PromisesMarkdown());
    return kOk;
  }
  std::vector<std::shared_ptr<const Kernel>> kernels;
  if (!kernel_texts.empty() && !ParseKernels(kernel_texts, &kernels)) return kBadInput;
  for (const Promise& promise : promises::AllPromises()) {
    if (!kernels.empty() && !promise.claims(promises::FactsOf(*kernels.front()))) continue;
    fmt::print("{}  {}\n", promise.name, promise.sentence);
  }
  return kOk;
}

}  // namespace

std::string PromisesMarkdown() { return ""; }

std::function<int()> RegisterCheck(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("check", "judge what a kernel does by what kernels promise");
  const auto arguments = std::make_shared<CheckArguments>();
  command->add_option("FILE", arguments->files, "scenarios to play and judge; - is standard input");
  command->add_option("--golden", arguments->golden, "judge what real kernels answered: a folder as tests/golden");
  command->add_option("--kernel,-k", arguments->kernels, std::string("which kernel; may be repeated (default ") + kDefaultKernel + ")")
      ->take_all()
      ->allow_extra_args(false);
  command->add_flag("--quiet,-q", arguments->quiet, "what is broken alone, no table");
  return [arguments] { return RunCheck(*arguments); };
}

std::function<int()> RegisterPromises(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("promises", "list what kernels promise");
  const auto kernel = std::make_shared<std::vector<std::string>>();
  const auto markdown = std::make_shared<bool>(false);
  command->add_option("--kernel,-k", *kernel, "only what this kernel claims")->expected(1);
  command->add_flag("--markdown", *markdown, "as docs/promises.md has them");
  return [kernel, markdown] { return RunPromises(*markdown, *kernel); };
}

}  // namespace pteron::commands
