// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/promises/judged_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pteron/check.h"
#include "sim/promises/machine_view.h"

namespace pteron::promises {
namespace {

// The first thing that does not balance in the machine's books, in the field of the promise that it breaks.
void CheckBooks(const Machine& machine, SimulatorFacts* facts) {
  facts->books_checked = true;
  const std::vector<mm_struct>& mms = machine.state().mms;
  facts->all_gone = std::none_of(mms.begin(), mms.end(), [](const mm_struct& mm) { return mm.alive; });
  facts->left_over = facts->all_gone ? static_cast<uint32_t>(machine.state().tables.used()) : 0;
  const std::optional<std::string> broken = machine.CheckInvariants();
  if (!broken) return;
  const auto says = [&](std::string_view words) { return broken->find(words) != std::string::npos; };
  if (says("lies in no VMA")) {
    facts->words_outside = 1;
  } else if (says("hugetlb: ")) {
    facts->pool = "reserved and free huge pages do not fit";
  } else if (says("swap slot") || says("slot")) {
    facts->slots = "a swap slot's count is not the number of entries that name it";
  } else if (says("refcount") || says("mapcount") || says("exclusive")) {
    facts->mapcounts = "a page's counts are not the entries that name it";
  } else if (says("MM_") || says("tables") || says("hugetlb_usage")) {
    facts->counters = "a process's counters are not what its tables hold";
  } else {
    facts->names = "pages, files and entries do not name one another";
  }
}

class MachineObserver : public Observer {
 public:
  MachineObserver(const execute::Session& session, StateView* view) : session_(session), view_(view) {}
  const StateView* Look(const Ledger& ledger) override {
    ViewMachine(session_, ledger, view_);
    return view_;
  }

 private:
  const execute::Session& session_;
  StateView* const view_;
};

}  // namespace

JudgedSession::JudgedSession(std::shared_ptr<const Kernel> kernel, const JudgedOptions& options)
    : session_(kernel, {.swap = options.swap}), judge_(FactsOf(*kernel)), options_(options) {}

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
  facts.misuses = static_cast<uint32_t>(step_.misuses.size());
  StepView view{.act = act, .outcomes = outcomes_, .woken = woken_, .state = nullptr, .facts = &facts, .prober = nullptr};
  if (options_.books && !facts.bug) CheckBooks(session_.machine(), &facts);
  MachineObserver observer(session_, &state_);
  if (!facts.bug) view.observer = &observer;
  if (options_.probes && !facts.bug && !act.interleaved) {
    prober_.Watch(&session_);
    view.prober = &prober_;
  }
  judge_.Step(view, &violations_);
  return violations_;
}

uint64_t JudgedSession::Digest() const { return session_.machine().Digest() * 0x9e3779b97f4a7c15 ^ judge_.Digest(); }

std::string JudgedSession::Text(const Violation& violation) const { return TextOf(violation, translator_); }

std::string TextOf(const Violation& violation, const Translator& translator) {
  std::string place;
  if (violation.process >= 0) place = translator.ProcessName(violation.process);
  if (violation.mapping >= 0) {
    place += fmt::format("{}{}", place.empty() ? "" : " ", translator.mappings()[static_cast<size_t>(violation.mapping)].name);
    if (violation.page >= 0) place += fmt::format("[{}]", violation.page);
  }
  return place.empty() ? Describe(violation) : place + ": " + Describe(violation);
}

}  // namespace pteron::promises
