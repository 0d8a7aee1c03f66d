// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/promises/verdicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/execute/points.h"
#include "sim/execute/requirements.h"
#include "sim/promises/judged_session.h"
#include "sim/promises/raw_reader.h"

namespace pteron::promises {
namespace {

void TakeCounts(const Judge& judge, Judgement& judgement) {
  judgement.probes = judge.probes();
  for (int i = 0; i < kPromises; ++i) judgement.judged[static_cast<size_t>(i)] = judge.judged(static_cast<PromiseId>(i));
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// Arms what happens in the midst of the statement at items[index].
void ArmFollowing(const std::vector<language::Item>& items, size_t index, JudgedSession& world) {
  for (size_t i = index + 1; i < items.size(); ++i) {
    const auto* statement = std::get_if<language::Statement>(&items[i]);
    if (statement == nullptr) continue;
    if (statement->verb != language::Verb::at) return;
    world.Arm(*statement);
  }
}

// The one line of a real kernel that has no answers: it lacks something, or it died.
void TakeSkipped(const std::string& golden_raw, Judgement& judgement) {
  judgement.skipped = golden_raw.substr(5, golden_raw.find('\n') - 5);
  if (!judgement.skipped.starts_with("kernel bug")) return;
  // The machine that recorded it also gave up over a word that the kernel had made and nobody could read.
  const bool corrupt = judgement.skipped.find("corrupt entry") != std::string::npos;
  Finding finding;
  finding.violation.promise = corrupt ? PromiseId::W1 : PromiseId::K1;
  finding.violation.what = corrupt ? "a word of no kind" : "the kernel died";
  finding.text = judgement.skipped;
  judgement.findings.push_back(finding);
  judgement.judged[static_cast<size_t>(finding.violation.promise)] = 1;
}

}  // namespace

Judgement JudgeScenario(const language::Scenario& scenario, const std::shared_ptr<const Kernel>& kernel, const JudgeOptions& options) {
  Judgement judgement;
  judgement.scenario = scenario.file;
  if (kernel->words_only()) {
    judgement.not_simulated = "the behaviour of " + kernel->name() + ", of which Pteron knows the words alone";
    return judgement;
  }
  if (const std::optional<std::string> missing = execute::FirstMissing(*kernel, scenario)) {
    judgement.skipped = "no " + *missing;
    return judgement;
  }
  JudgedSession world(kernel,
                      {.swap = scenario.Requires("swap"), .probes = options.probes, .books = options.books});
  for (size_t i = 0; i < scenario.items.size() && !world.ended(); ++i) {
    const auto* statement = std::get_if<language::Statement>(&scenario.items[i]);
    if (statement == nullptr) continue;
    if (statement->verb != language::Verb::at) ArmFollowing(scenario.items, i, world);
    for (const Violation& violation : world.Execute(*statement)) {
      judgement.findings.push_back({violation, statement->at, statement->step, statement->text, world.Text(violation)});
    }
    judgement.not_simulated = world.step().not_simulated;
    if (judgement.not_simulated.empty()) ++judgement.steps;
  }
  TakeCounts(world.judge(), judgement);
  return judgement;
}

Judgement JudgeGolden(const std::string& name, const std::string& scenario_text, const std::string& golden_raw, const Kernel& kernel) {
  Judgement judgement;
  judgement.scenario = name;
  Judge judge(FactsOf(kernel));
  if (golden_raw.starts_with("skip ")) {
    TakeSkipped(golden_raw, judgement);
    return judgement;
  }
  const auto parsed = language::Parse(name, scenario_text);
  const auto* scenario = std::get_if<language::Scenario>(&parsed);
  if (scenario == nullptr) {
    judgement.not_simulated = "its scenario does not parse";
    return judgement;
  }
  const std::vector<RawStep> steps = SplitRaw(golden_raw);
  Translator translator;
  std::vector<Outcome> outcomes;
  std::vector<Woken> woken;
  std::vector<Violation> violations;
  StateView state;
  size_t next = 0;
  for (const language::Item& item : scenario->items) {
    const auto* statement = std::get_if<language::Statement>(&item);
    if (statement == nullptr) continue;
    if (next == steps.size()) break;
    if (steps[next].head != fmt::format("@ {} {}", statement->step, statement->text)) {
      judgement.not_simulated =
          fmt::format("step {}: the scenario has '{}', the answers have '{}'", statement->step, statement->text, steps[next].head);
      break;
    }
    const Act act = translator.Translate(*statement, judge.ledger());
    ReadRawStep(steps[next++], translator, &outcomes, &woken, &state);
    violations.clear();
    judge.Step({.act = act, .outcomes = outcomes, .woken = woken, .state = &state, .facts = nullptr, .prober = nullptr}, &violations);
    for (const Violation& violation : violations) {
      judgement.findings.push_back({violation, statement->at, statement->step, statement->text, TextOf(violation, translator)});
    }
    ++judgement.steps;
  }
  TakeCounts(judge, judgement);
  return judgement;
}

std::vector<Judgement> JudgeGoldenFolder(const std::string& folder, const Kernel& kernel, std::string* error,
                                         const std::function<void(size_t done, size_t all)>& progress) {
  namespace fs = std::filesystem;
  std::vector<fs::path> answers;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(folder) / kernel.name(), failed)) {
    if (entry.path().extension() == ".raw") answers.push_back(entry.path());
  }
  std::sort(answers.begin(), answers.end());
  if (answers.empty())
    *error = "no answers of " + kernel.name() + " in " + folder + "; expected " + folder + "/" + kernel.name() + "/*.raw";
  std::vector<Judgement> judgements;
  for (const fs::path& answer : answers) {
    const std::string name = answer.stem().string();
    judgements.push_back(JudgeGolden(name, ReadAll(fs::path(folder) / "scenarios" / (name + ".scn")), ReadAll(answer), kernel));
    if (progress) progress(judgements.size(), answers.size());
  }
  return judgements;
}

const char* VerdictName(Verdict verdict) {
  constexpr const char* kNames[] = {"kept", "broken", "not claimed", "not reached"};
  return kNames[static_cast<int>(verdict)];
}

Verdict VerdictOf(PromiseId id, const std::vector<Judgement>& judgements, const KernelFacts& facts) {
  bool reached = false;
  for (const Judgement& judgement : judgements) {
    for (const Finding& finding : judgement.findings) {
      if (finding.violation.promise == id) return Verdict::broken;
    }
    reached |= judgement.judged[static_cast<size_t>(id)] > 0;
  }
  if (!PromiseOf(id).claims(facts)) return Verdict::not_claimed;
  return reached ? Verdict::kept : Verdict::not_reached;
}

}  // namespace pteron::promises
