// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/golden/compare.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "sim/execute/run_scenario.h"
#include "sim/language/scenario.h"
#include "sim/render/raw.h"

namespace pteron::golden {
namespace {

struct RawStep {
  std::string head;                // "@ 7 P: wp U A"
  std::vector<std::string> lines;  // below it
};

std::vector<RawStep> SplitSteps(const std::string& raw) {
  std::vector<RawStep> steps;
  std::istringstream stream(raw);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("@ ")) {
      steps.push_back(RawStep{line, {}});
    } else if (!steps.empty()) {
      steps.back().lines.push_back(line);
    }
  }
  return steps;
}

enum class LineKind : uint8_t { outcome, woken, entry, smaps, page, other };

LineKind KindOf(const std::string& line) {
  if (line.starts_with("= ")) return LineKind::outcome;
  if (line.starts_with("~ ")) return LineKind::woken;
  if (line.starts_with("page ")) return LineKind::page;
  if (line.find(" smaps ") != std::string::npos) return LineKind::smaps;
  if (line.find(" pm=") != std::string::npos) return LineKind::entry;
  return LineKind::other;
}

std::set<LineKind> KindsIn(const std::vector<RawStep>& steps) {
  std::set<LineKind> kinds;
  for (const RawStep& step : steps) {
    for (const std::string& line : step.lines) kinds.insert(KindOf(line));
  }
  return kinds;
}

std::vector<std::string> OfKinds(const std::vector<std::string>& lines, const std::set<LineKind>& kinds) {
  std::vector<std::string> kept;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(kept), [&](const std::string& line) { return kinds.count(KindOf(line)) > 0; });
  return kept;
}

// The lines of one that the other has not, each behind its sign.
std::string Difference(const RawStep& real, const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  std::string text = real.head + "\n";
  for (const std::string& line : expected) {
    if (std::find(actual.begin(), actual.end(), line) == actual.end()) text += "  - " + line + "\n";
  }
  for (const std::string& line : actual) {
    if (std::find(expected.begin(), expected.end(), line) == expected.end()) text += "  + " + line + "\n";
  }
  return text;
}

void CompareSteps(const std::vector<RawStep>& real, const std::vector<RawStep>& ours, Comparison& comparison) {
  std::set<LineKind> kinds;
  const std::set<LineKind> ours_kinds = KindsIn(ours);
  for (const LineKind kind : KindsIn(real)) {
    if (ours_kinds.count(kind)) kinds.insert(kind);
  }
  for (size_t i = 0; i < std::min(real.size(), ours.size()); ++i) {
    const std::vector<std::string> expected = OfKinds(real[i].lines, kinds);
    const std::vector<std::string> actual = OfKinds(ours[i].lines, kinds);
    comparison.lines += expected.size();
    comparison.words += static_cast<size_t>(
        std::count_if(expected.begin(), expected.end(), [](const std::string& line) { return KindOf(line) == LineKind::entry; }));
    if (real[i].head == ours[i].head && expected == actual) {
      ++comparison.equal;
    } else if (comparison.first_difference.empty()) {
      comparison.first_difference = Difference(real[i], expected, actual);
    }
  }
}

// What is wrong with the machine's books: its invariants, and the hugetlb pool's, which a modelled kernel may break by itself.
std::optional<std::string> Unbalanced(const Machine& machine) {
  if (std::optional<std::string> broken = machine.CheckInvariants()) return broken;
  const HugetlbPool& pool = machine.state().hugetlb;
  if (pool.resv_huge_pages >= 0 && pool.resv_huge_pages <= pool.free_huge_pages) return std::nullopt;
  return "hugetlb: " + std::to_string(pool.resv_huge_pages) + " pages reserved of " + std::to_string(pool.free_huge_pages) + " free";
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace

Comparison CompareScenario(const std::shared_ptr<const Kernel>& kernel, const std::string& name, const std::string& scenario_text,
                           const std::string& golden_raw, bool check_invariants) {
  Comparison comparison{.scenario = name};
  if (golden_raw.starts_with("skip ")) {
    comparison.skipped = golden_raw.substr(5, golden_raw.find('\n') - 5);
    return comparison;
  }
  const std::vector<RawStep> real = SplitSteps(golden_raw);
  comparison.steps = real.size();
  const auto parsed = language::Parse(name + ".scn", scenario_text);
  const auto* scenario = std::get_if<language::Scenario>(&parsed);
  std::string raw;
  if (scenario) {
    execute::RunScenario(*scenario, kernel, {}, {.step = [&](const execute::Step& step, const execute::Session& session) {
                           raw += render::Raw(step);
                           if (!check_invariants || !comparison.broken_invariant.empty()) return;
                           const std::optional<std::string> broken = Unbalanced(session.machine());
                           if (broken) comparison.broken_invariant = step.text + ": " + *broken;
                         }, .expectation = {}});
  }
  const std::vector<RawStep> ours = SplitSteps(raw);
  comparison.not_simulated = real.size() - std::min(real.size(), ours.size());
  CompareSteps(real, ours, comparison);
  return comparison;
}

std::vector<Comparison> CompareFolder(const std::string& folder, const std::shared_ptr<const Kernel>& kernel, std::string* error,
                                      bool check_invariants) {
  namespace fs = std::filesystem;
  std::vector<fs::path> answers;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(folder) / kernel->name(), failed)) {
    if (entry.path().extension() == ".raw") answers.push_back(entry.path());
  }
  std::sort(answers.begin(), answers.end());
  if (answers.empty()) *error = "no answers of " + kernel->name() + " in " + folder + "; expected " + folder + "/" + kernel->name() + "/*.raw";
  std::vector<Comparison> comparisons;
  for (const fs::path& answer : answers) {
    const std::string name = answer.stem().string();
    const fs::path scenario = fs::path(folder) / "scenarios" / (name + ".scn");
    comparisons.push_back(CompareScenario(kernel, name, ReadAll(scenario), ReadAll(answer), check_invariants));
  }
  return comparisons;
}

}  // namespace pteron::golden
