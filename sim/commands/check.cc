// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/check.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "sim/commands/command.h"
#include "sim/commands/grid.h"
#include "sim/commands/inputs.h"
#include "sim/promises/known_breaches.h"
#include "sim/promises/verdicts.h"

namespace pteron::commands {
namespace {

using promises::Finding;
using promises::Judgement;
using promises::Promise;

constexpr std::string_view kMarkdownHead =
    "# Promises\n"
    "\n"
    "What user space may rely on, and what must always hold in a machine, as rules that a program checks. `pteron check` plays scenarios "
    "and judges\n"
    "every step by them, `pteron check --golden` judges what real kernels answered. `pteron promises --markdown` writes this file.\n"
    "\n"
    "A promise is judged from outside: from statements, outcomes, values and the raw state format (raw-format.md), with a decoder and a "
    "ledger of its\n"
    "own (include/pteron/promises/). Nothing of the simulator's state or helpers takes part, so that one checker serves both, and neither "
    "hides a\n"
    "mistake of the other. Three ways:\n"
    "\n"
    "- *observed*: words before and behind a step, outcomes, values. Golden files are judged by these as they are.\n"
    "- *probed*: accesses on a copy of the machine: what would a store do here? What words alone say of arming is judged in golden files "
    "too: a page\n"
    "  whose word lacks the bit, or is writable, raises no event.\n"
    "- *simulator*: what golden files do not show: the machine's books (invariants.md), helpers' contracts, the kernel's own warnings.\n"
    "\n"
    "*Claimed by* says who promises, not who keeps. A kernel with a selection of the series uffd-wp-v5 claims what the whole series does; "
    "6.1 is 6.1.192\n"
    "with what its stable releases brought. A verdict is *kept* (and how often it was put to the test), *broken* (where first), *not "
    "claimed* or *not\n"
    "reached*.\n"
    "\n"
    "*Armed* is a page whose writes userfaultfd is to hear of: from UFFDIO_WRITEPROTECT (or COPY, CONTINUE with wp), by fork and mremap() "
    "with their events,\n"
    "until it is released, unmapped, or (anonymous) dropped. Where the kernel has a choice, nothing is expected: of a page that was "
    "truncated, punched,\n"
    "poisoned, guarded, given up with MADV_FREE, left over from a registration that is gone, or was in the range of a call that failed "
    "half-way.\n"
    "\n";

constexpr std::string_view kMarkdownBreaches =
    "\n"
    "## What real kernels break\n"
    "\n"
    "All that the golden data of six kernels shows, by SCENARIO:LINE, with its cause (line 0: the kernel died before it could answer).\n"
    "tests/promises/golden_test.cc holds this table: exactly these and no other.\n"
    "\n";

constexpr std::string_view kMarkdownTail =
    "\n"
    "## What is not judged\n"
    "\n"
    "- That each word which is weakened is covered by a flush before its statement ends. The simulator has no TLB: an access walks the "
    "tables, so a flush\n"
    "  that is left out could not be seen, and a list of flushes that nothing depends on would be judged by itself.\n"
    "- That two accesses which race come out in some order. A machine has one CPU; accesses in the midst of calls (`at`) are judged by "
    "words alone.\n"
    "- A part of a huge page of hugetlb: calls differ in how they round such a range, and the page is not judged any longer.\n"
    "- Reference counts, tables and the pool of real kernels: golden files do not show them.\n";

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
    grid.Add({std::string(promise.name), promises::VerdictName(verdict), judged > 0 ? fmt::format("{}", judged) : "",
              BrokenBy(promise.id, judgements)});
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
  fmt::print(stderr, "{}: {} scenarios, {} skipped, {} steps, {} probes, {} violations\n", kernel.name(), judgements.size(), skipped, steps,
             probes, findings);
  if (not_simulated > 0) return kNotSimulated;
  if (findings > 0) return kFailed;
  return skipped == judgements.size() ? kAllSkipped : kOk;
}

// Says on a terminal how far it is.
std::function<void(size_t, size_t)> ProgressOn(const std::string& kernel) {
  if (!isatty(STDERR_FILENO)) return {};
  return [kernel](size_t done, size_t all) {
    if (done == all) {
      fmt::print(stderr, "\r\033[K");
    } else if (done % 16 == 0) {
      fmt::print(stderr, "\r{}: {} of {}", kernel, done, all);
    }
  };
}

int RunCheck(const CheckArguments& arguments) {
  if (arguments.files.empty() == arguments.golden.empty()) {
    fmt::print(stderr, "pteron check: expected scenarios, or --golden with a folder of golden data\n");
    return kBadInput;
  }
  std::vector<std::shared_ptr<const Kernel>> kernels;
  std::vector<language::Scenario> scenarios;
  if (!ParseKernels(arguments.kernels, &kernels) || !ReadScenarios(arguments.files, &scenarios)) return kBadInput;
  std::vector<int> statuses;
  for (const std::shared_ptr<const Kernel>& kernel : kernels) {
    std::vector<Judgement> judgements;
    if (!arguments.golden.empty()) {
      std::string error;
      judgements = promises::JudgeGoldenFolder(arguments.golden, *kernel, &error, ProgressOn(kernel->name()));
      if (judgements.empty()) {
        fmt::print(stderr, "pteron check: {}\n", error);
        return kBadInput;
      }
    }
    const std::function<void(size_t, size_t)> progress = ProgressOn(kernel->name());
    for (const language::Scenario& scenario : scenarios) {
      judgements.push_back(promises::JudgeScenario(scenario, kernel));
      if (progress) progress(judgements.size(), scenarios.size());
    }
    if (kernels.size() > 1 || !arguments.golden.empty()) fmt::print("# {}\n", kernel->name());
    for (const Judgement& judgement : judgements) PrintFindings(judgement);
    if (!arguments.quiet) PrintVerdicts(*kernel, judgements);
    std::fflush(stdout);
    statuses.push_back(Summarize(*kernel, judgements));
  }
  // The worst that any kernel came to; nothing to run counts if that is so for all.
  for (const int status : {kNotSimulated, kFailed, kOk}) {
    if (std::find(statuses.begin(), statuses.end(), status) != statuses.end()) return status;
  }
  return kAllSkipped;
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

std::string PromisesMarkdown() {
  std::string text(kMarkdownHead);
  Grid grid({"promise", "what", "claimed by", "judged", "source"});
  for (const Promise& promise : promises::AllPromises()) {
    grid.Add({std::string(promise.name), std::string(promise.sentence), std::string(promise.claimed),
              promises::JudgingName(promise.judging), std::string(promise.source)});
  }
  text += grid.Markdown();
  text += kMarkdownBreaches;
  Grid breaches({"promise", "kernels", "scenarios", "cause"});
  for (const promises::KnownBreach& breach : promises::KnownBreaches()) {
    breaches.Add({std::string(promises::PromiseOf(breach.promise).name), std::string(breach.kernels), std::string(breach.places),
                  std::string(breach.cause)});
  }
  return text + breaches.Markdown() + std::string(kMarkdownTail);
}

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
