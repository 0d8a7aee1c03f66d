// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/promises/judged_session.h"

#include <utility>

#include <fmt/format.h>

#include "pteron/check.h"
#include "sim/promises/machine_view.h"

namespace pteron::promises {

JudgedSession::JudgedSession(std::shared_ptr<const Kernel> kernel, const JudgedOptions& options)
    : session_(kernel, {.swap = options.swap, .record = options.misuse}), judge_(FactsOf(*kernel)), options_(options) {}

void JudgedSession::Arm(const language::Statement& at) {
  session_.Arm(at);
  armed_ = true;
}

bool JudgedSession::ended() const { return session_.machine().state().dead || !step_.not_simulated.empty(); }

std::span<const Violation> JudgedSession::Execute(const language::Statement& statement) {
  PTERON_CHECK(!ended(), "a session that has ended takes no statement");
  violations_.clear();
  outcomes_.clear();
  woken_.clear();
  ++statements_;
  Act act = translator_.Translate(statement, judge_.ledger());
  act.interleaved = std::exchange(armed_, false);
  step_ = session_.ExecuteOnly(statement);
  session_.machine().LruAddDrain();
  if (!step_.not_simulated.empty()) return violations_;
  for (const execute::Outcome& outcome : step_.outcomes) outcomes_.push_back(Translator::TranslateOutcome(outcome));
  for (const execute::WokenAccess& woken : step_.woken) {
    woken_.push_back({static_cast<int16_t>(translator_.ThreadOfStep(woken.step)), Translator::TranslateOutcome(woken.outcome)});
  }
  SimulatorFacts facts;
  if (!step_.splats.empty()) facts.splat = step_.splats.front().function;
  facts.bug = session_.machine().state().dead;
  facts.misuse_recorded = options_.misuse;
  facts.misuses = static_cast<uint32_t>(step_.misuses.size());
  StepView view{.act = act, .outcomes = outcomes_, .woken = woken_, .state = nullptr, .facts = &facts, .prober = nullptr};
  if (!facts.bug) {
    ViewMachine(session_, &state_);
    view.state = &state_;
  }
  if (options_.probes && !facts.bug) {
    prober_.Watch(&session_);
    view.prober = &prober_;
  }
  judge_.Step(view, &violations_);
  return violations_;
}

uint64_t JudgedSession::Digest() const { return session_.machine().Digest() * 0x9e3779b97f4a7c15 ^ judge_.Digest(); }

std::string JudgedSession::Text(const Violation& violation) const {
  std::string place;
  if (violation.process >= 0) place += session_.processes()[static_cast<size_t>(violation.process)].name;
  if (violation.mapping >= 0) {
    place += fmt::format("{}{}", place.empty() ? "" : " ", session_.mappings()[static_cast<size_t>(violation.mapping)].name);
    if (violation.page >= 0) place += fmt::format("[{}]", violation.page);
  }
  return fmt::format("{}{}{}: {}", PromiseOf(violation.promise).name, place.empty() ? "" : " ", place, Describe(violation));
}

}  // namespace pteron::promises
