// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/mutants.h"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/commands/fidelity.h"
#include "sim/commands/grid.h"
#include "sim/commands/inputs.h"
#include "sim/mutants/reasons.h"

namespace pteron::commands {
namespace {

using mutants::Mutant;
using mutants::MutantKind;
using mutants::Outcome;
using mutants::Reason;
using mutants::Why;

constexpr double kWantedPercent = 90;

const char* Name(MutantKind kind) { return kind == MutantKind::rule ? "rules" : "plans"; }

struct Counts {
  size_t possible = 0, noticed = 0, equivalent = 0, gaps = 0, unexplained = 0;
  double Percent() const {
    const size_t wanted = possible - equivalent;
    return wanted == 0 ? 100 : 100.0 * static_cast<double>(noticed) / static_cast<double>(wanted);
  }
};

void Count(const Mutant& mutant, const Outcome& outcome, Counts& counts) {
  if (!outcome.possible) return;
  ++counts.possible;
  const Reason* const reason = outcome.noticed ? nullptr : mutants::ReasonFor(mutant.name);
  if (outcome.noticed) {
    ++counts.noticed;
  } else if (!reason) {
    ++counts.unexplained;
  } else {
    ++(reason->why == Why::equivalent ? counts.equivalent : counts.gaps);
  }
}

// Of one kind, or of all where it is empty.
Counts CountOf(const std::vector<Mutant>& mutants, const std::vector<Outcome>& outcomes, std::optional<MutantKind> kind) {
  Counts counts;
  for (size_t i = 0; i < mutants.size(); ++i) {
    if (!kind || mutants[i].kind == *kind) Count(mutants[i], outcomes[i], counts);
  }
  return counts;
}

Grid CountsGrid(const std::vector<Mutant>& mutants, const std::vector<Outcome>& outcomes) {
  Grid grid({"mutants of", "all", "noticed", "equivalent", "gaps", "noticed, of those not equivalent"});
  for (const MutantKind kind : {MutantKind::rule, MutantKind::plan}) {
    const Counts counts = CountOf(mutants, outcomes, kind);
    if (counts.possible == 0) continue;
    grid.Add({Name(kind), std::to_string(counts.possible), std::to_string(counts.noticed), std::to_string(counts.equivalent),
              std::to_string(counts.gaps + counts.unexplained), fmt::format("{:.1f} %", counts.Percent())});
  }
  return grid;
}

// Survivors that share a reason, in the order of the reasons; those without one last, with a null reason.
struct Group {
  const Reason* reason = nullptr;
  std::vector<std::string> mutants;
};

std::vector<Group> Survivors(const std::vector<Mutant>& mutants, const std::vector<Outcome>& outcomes) {
  std::vector<Group> groups;
  for (const Reason& reason : mutants::Reasons()) groups.push_back(Group{&reason, {}});
  groups.push_back(Group{});
  for (size_t i = 0; i < mutants.size(); ++i) {
    if (!outcomes[i].possible || outcomes[i].noticed) continue;
    const Reason* const reason = mutants::ReasonFor(mutants[i].name);
    for (Group& group : groups) {
      if (group.reason == reason) group.mutants.push_back(mutants[i].name);
    }
  }
  return groups;
}

std::string TextOf(const Reason* reason) {
  if (!reason) return "no reason is known";
  return fmt::format("{}: {}", reason->why == Why::equivalent ? "equivalent" : "gap", reason->text);
}

struct Arguments {
  std::vector<std::string> kernels;
  std::string kind;
  std::string golden = "tests/golden";
  std::string scenarios = "scenarios";
  int jobs = 1;
  bool survivors = false;
  bool all = false;
  bool markdown = false;
  bool itself = false;
};

void PrintAll(const std::vector<Mutant>& mutants, const std::vector<Outcome>& outcomes) {
  for (size_t i = 0; i < mutants.size(); ++i) {
    const Outcome& outcome = outcomes[i];
    if (!outcome.possible) continue;
    if (outcome.noticed) {
      fmt::print("{}: noticed by {}, {} on {}\n", mutants[i].name, outcome.how, outcome.scenario, outcome.kernel);
    } else {
      fmt::print("{}: survived{}\n", mutants[i].name,
                 outcome.differs.empty() ? "" : fmt::format(", though {} on {} differs", outcome.differs, outcome.kernel));
    }
  }
  fmt::print("\n");
}

void PrintSurvivors(const std::vector<Mutant>& mutants, const std::vector<Outcome>& outcomes, bool explained) {
  for (const Group& group : Survivors(mutants, outcomes)) {
    if (group.mutants.empty() || (group.reason && !explained)) continue;
    fmt::print("{}\n", TextOf(group.reason));
    for (const std::string& name : group.mutants) fmt::print("  {}\n", name);
    fmt::print("\n");
  }
}

std::optional<std::vector<Mutant>> MutantsOf(const std::string& kind) {
  std::vector<Mutant> all;
  if (kind.empty() || kind == "rules") all = mutants::RuleMutants();
  if (kind.empty() || kind == "plans") {
    for (Mutant& mutant : mutants::PlanMutants()) all.push_back(std::move(mutant));
  }
  if (!all.empty()) return all;
  fmt::print(stderr, "pteron mutants: no kind '{}'; there are rules and plans\n", kind);
  return std::nullopt;
}

bool LoadEvidence(const Arguments& arguments, std::vector<mutants::Evidence>* evidence) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  if (!ParseKernels(arguments.kernels.empty() ? FidelityKernels() : arguments.kernels, &kernels)) return false;
  for (const std::shared_ptr<const Kernel>& kernel : kernels) {
    std::string error;
    std::optional<mutants::Evidence> one = mutants::Evidence::Load(kernel, arguments.golden, arguments.scenarios, &error);
    if (!one) {
      fmt::print(stderr, "pteron mutants: {}\n", error);
      return false;
    }
    evidence->push_back(std::move(*one));
  }
  return true;
}

// The evidence on the kernels as they are: what tests/mutants/run compares where the mistake is in the code.
int RunItself(const Arguments& arguments) {
  std::vector<mutants::Evidence> evidence;
  if (!LoadEvidence(arguments, &evidence)) return kFailed;
  for (const mutants::Evidence& one : evidence) fmt::print("{}", one.Report());
  return kOk;
}

int Run(const Arguments& arguments) {
  if (arguments.itself) return RunItself(arguments);
  const std::optional<std::vector<Mutant>> mutants = MutantsOf(arguments.kind);
  std::vector<mutants::Evidence> evidence;
  if (!mutants || !LoadEvidence(arguments, &evidence)) return kBadInput;
  const bool terminal = isatty(STDERR_FILENO);
  const std::vector<Outcome> outcomes = mutants::Try(*mutants, evidence, arguments.jobs, [&](size_t done) {
    if (terminal) fmt::print(stderr, "\r{} of {} mutants{}", done, mutants->size(), done == mutants->size() ? "\n" : "");
  });
  if (arguments.markdown) {
    fmt::print("{}", MutantsMarkdown(*mutants, outcomes));
  } else {
    if (arguments.all) PrintAll(*mutants, outcomes);
    PrintSurvivors(*mutants, outcomes, arguments.survivors);
    fmt::print("{}", CountsGrid(*mutants, outcomes).Text());
  }
  return NoticedPercent(*mutants, outcomes) >= kWantedPercent ? kOk : kFailed;
}

constexpr std::string_view kMarkdownHead =
    "## Rules and plans\n"
    "\n"
    "A kernel that is wrong in one decision plays the scenarios of tests/golden, whose answers real kernels gave, and those of scenarios/,\n"
    "which have `expect` lines. It is noticed where an answer differs, an expectation turns, the machine's books do not balance, or the\n"
    "program ends. A mutant of *rules* has one member of `Rules` at another value; one of *plans* does something else with one kind of entry\n"
    "in one situation (`pteron table`). It counts as noticed where any of v5.14-rc, v5.14-rc+uffd-wp-v5 and v6.1 notices it.\n"
    "`pteron mutants` runs them all, `pteron mutants --markdown` writes this part.\n"
    "\n"
    "*Equivalent*: no scenario can tell the mutant from the kernel. *Gap*: one could, and none does yet.\n"
    "\n";

}  // namespace

std::string MutantsMarkdown(const std::vector<Mutant>& mutants, const std::vector<Outcome>& outcomes) {
  std::string text = std::string(kMarkdownHead) + CountsGrid(mutants, outcomes).Markdown();
  text += "\n### Survivors\n";
  for (const Group& group : Survivors(mutants, outcomes)) {
    if (group.mutants.empty()) continue;
    text += fmt::format("\n{}\n\n", TextOf(group.reason));
    for (const std::string& name : group.mutants) text += fmt::format("- `{}`\n", name);
  }
  return text;
}

double NoticedPercent(const std::vector<Mutant>& mutants, const std::vector<Outcome>& outcomes) {
  return CountOf(mutants, outcomes, std::nullopt).Percent();
}

std::function<int()> RegisterMutants(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("mutants", "whether golden data and scenarios notice kernels that are wrong in one decision");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("--kernel", arguments->kernels, "mutants of this kernel, once or more (default: all that are modelled)");
  command->add_option("--kind", arguments->kind, "only those of rules, or of plans");
  command->add_option("--jobs", arguments->jobs, "processes at a time (default 1)")->check(CLI::Range(1, 1024));
  command->add_flag("--survivors", arguments->survivors, "list also the survivors that have a known reason");
  command->add_flag("--all", arguments->all, "list every mutant with what notices it");
  command->add_flag("--markdown", arguments->markdown, "counts and survivors as Markdown");
  command->add_flag("--itself", arguments->itself, "no mutants: how the kernels as they are fare; fails where a real kernel's answer differs");
  command->add_option("--golden", arguments->golden, "the folder of golden data (default tests/golden)");
  command->add_option("--scenarios", arguments->scenarios, "the folder of scenarios with expectations (default scenarios)");
  return [arguments] { return Run(*arguments); };
}

}  // namespace pteron::commands
