// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/commands/compare_kernels.h"
#include "sim/commands/inputs.h"
#include "sim/execute/run_scenario.h"
#include "sim/render/entry_text.h"

namespace pteron::commands {
namespace {

struct DiffArguments {
  std::string file;
  std::vector<std::string> kernels;
};

// What a step shows, line by line: what the line is about, and what it says. Lines about the same thing are compared.
std::map<std::string, std::string> LinesOf(const Encoding& e, const execute::Step& step) {
  std::map<std::string, std::string> lines;
  for (size_t i = 0; i < step.outcomes.size(); ++i) lines[fmt::format("= outcome {}", i + 1)] = step.outcomes[i].Text();
  for (const execute::MappingState& mapping : step.state.mappings) {
    for (const execute::EntryState& entry : mapping.entries) {
      lines[fmt::format("{} {}[{}]", mapping.process_name, mapping.mapping_name, entry.page)] =
          fmt::format("{} {:016x} {} pagemap {} {}", execute::LevelText(entry.level), entry.raw, execute::LabelText(entry.label),
                      execute::PagemapText(entry.pagemap), render::WordText(e, entry.level, entry.word));
    }
    lines[fmt::format("{} {} smaps", mapping.process_name, mapping.mapping_name)] =
        fmt::format("rss {}, anonymous {}, swap {}, dirty {}", mapping.smaps.rss, mapping.smaps.anonymous, mapping.smaps.swap, mapping.smaps.dirty);
  }
  for (const execute::PageState& page : step.state.pages) {
    lines[fmt::format("page {}", page.number)] = fmt::format("mapcount {}, flags {}", page.mapcount, execute::KpageFlagsText(page.flags));
  }
  for (size_t i = 0; i < step.woken.size(); ++i) lines[fmt::format("~ woken {}", i + 1)] = step.woken[i].outcome.Text();
  for (const Splat& splat : step.splats) lines[fmt::format("splat {}", splat.function)] = splat.reason;
  return lines;
}

struct Run {
  std::vector<execute::Step> steps;
  execute::ScenarioResult result;
};

Run Play(const language::Scenario& scenario, const std::shared_ptr<const Kernel>& kernel) {
  Run run;
  run.result = execute::RunScenario(scenario, kernel, {.record = true}, {.step = [&](const execute::Step& step, const execute::Session&) {
                                      run.steps.push_back(step);
                                    }, .expectation = {}});
  return run;
}

// Prints how the two differ in this step; false where they do not.
bool PrintStep(const Kernel& kernel_a, const execute::Step& a, const Kernel& kernel_b, const execute::Step& b) {
  const std::map<std::string, std::string> lines_a = LinesOf(kernel_a.encoding(), a);
  const std::map<std::string, std::string> lines_b = LinesOf(kernel_b.encoding(), b);
  std::map<std::string, std::pair<std::string, std::string>> both;
  for (const auto& [about, text] : lines_a) both[about].first = text;
  for (const auto& [about, text] : lines_b) both[about].second = text;
  bool head = false;
  for (const auto& [about, texts] : both) {
    if (texts.first == texts.second) continue;
    if (!head) fmt::print("@ {} {}\n", a.number, a.text);
    head = true;
    fmt::print("  {}\n    a: {}\n    b: {}\n", about, texts.first.empty() ? "(no such line)" : texts.first,
               texts.second.empty() ? "(no such line)" : texts.second);
  }
  return head;
}

int Diff(const DiffArguments& arguments) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  if (!ParseKernels(arguments.kernels, &kernels)) return kBadInput;
  if (kernels.size() != 2) {
    fmt::print(stderr, "pteron diff: expected two kernels: --kernel A --kernel B\n");
    return kBadInput;
  }
  std::vector<language::Scenario> scenarios;
  if (!ReadScenarios({arguments.file}, &scenarios)) return kBadInput;
  const Run a = Play(scenarios.front(), kernels[0]);
  const Run b = Play(scenarios.front(), kernels[1]);
  fmt::print("a: {}\nb: {}\n", kernels[0]->name(), kernels[1]->name());
  for (const auto& [name, run] : {std::pair{"a", &a}, std::pair{"b", &b}}) {
    if (!run->result.missing.empty()) {
      fmt::print("{}: skipped, no {}\n", name, run->result.missing);
      return kAllSkipped;
    }
  }
  size_t parted = 0;
  const size_t common = std::min(a.steps.size(), b.steps.size());
  for (size_t i = 0; i < common; ++i) parted += PrintStep(*kernels[0], a.steps[i], *kernels[1], b.steps[i]);
  if (a.steps.size() != b.steps.size()) {
    fmt::print("{} ends after {} steps, {} after {}\n", "a", a.steps.size(), "b", b.steps.size());
    ++parted;
  }
  fmt::print("{} of {} steps differ\n", parted, common);
  if (!a.result.not_simulated.empty() || !b.result.not_simulated.empty()) return kNotSimulated;
  return parted == 0 ? kOk : kFailed;
}

}  // namespace

std::function<int()> RegisterDiff(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("diff", "show where two kernels part on a scenario, step by step and page by page");
  const auto arguments = std::make_shared<DiffArguments>();
  command->add_option("FILE", arguments->file, "a scenario")->required();
  command->add_option("--kernel", arguments->kernels, "the two kernels, each with an option of its own")->required()->take_all()->allow_extra_args(false);
  return [arguments] { return Diff(*arguments); };
}

}  // namespace pteron::commands
