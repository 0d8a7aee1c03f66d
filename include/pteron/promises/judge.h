// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_PROMISES_JUDGE_H_
#define PTERON_PROMISES_JUDGE_H_

// Judges a kernel by what it shows: takes one step after the other and says which promises each one breaks. A Judge is a value: copy
// it together with the world that it watches, to try something out.
//
//   Judge judge(FactsOf(kernel));
//   judge.Step({act, outcomes, woken, &state, nullptr, &prober}, &violations);

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "pteron/promises/act.h"
#include "pteron/promises/entry.h"
#include "pteron/promises/ledger.h"
#include "pteron/promises/prober.h"
#include "pteron/promises/promise.h"
#include "pteron/promises/state.h"
#include "pteron/promises/violation.h"

namespace pteron::promises {

// Shows the state behind a step once the ledger has taken the step in: for who would otherwise have to find out what is mapped where.
class Observer {
 public:
  virtual ~Observer() = default;
  // Null: the kernel has died.
  virtual const StateView* Look(const Ledger& ledger) = 0;
};

// A step to judge. What is pointed to is only read, and only during the call.
struct StepView {
  Act act;
  std::span<const Outcome> outcomes;
  std::span<const Woken> woken;
  const StateView* state = nullptr;  // behind the step; null: the kernel has died of it, or there is an observer
  Observer* observer = nullptr;
  const SimulatorFacts* facts = nullptr;  // null: what the simulator alone shows is not judged
  Prober* prober = nullptr;               // null: no probes
};

// A question about a page, by its place in Ledger::spaces(): whether a store traps, what a load brings, whether a store goes through.
struct PlannedProbe {
  uint32_t space = 0, index = 0;
  enum class Asks : uint8_t { trap, value, store, trap_after_read } asks = Asks::trap;
};

class Judge {
 public:
  explicit Judge(const KernelFacts& facts);

  // Judges the step and appends what it breaks to *violations. Each breach is told once: what a page has lost is not expected of it
  // any longer. Steps must come in order, from the first statement on.
  void Step(const StepView& step, std::vector<Violation>* violations);

  const KernelFacts& facts() const { return facts_; }
  const Decoder& decoder() const { return decoder_; }
  const Ledger& ledger() const { return ledger_; }

  // How often each promise was put to the test, and how often it was broken. Part of the value, not of the digest.
  uint64_t judged(PromiseId id) const { return judged_[static_cast<size_t>(id)]; }
  uint64_t broken(PromiseId id) const { return broken_[static_cast<size_t>(id)]; }
  uint64_t probes() const { return probes_; }  // accesses made by the prober

  // Worlds whose machines are equal up to renaming and whose judges have equal digests behave and are judged alike from here on.
  uint64_t Digest() const { return ledger_.Digest(); }

 private:
  friend class StepJudge;  // src/promises/step_judge.h: the checkers

  KernelFacts facts_;
  Decoder decoder_;
  Ledger ledger_;
  std::array<bool, kPromises> claimed_{};
  std::array<uint64_t, kPromises> judged_{}, broken_{};
  uint64_t probes_ = 0;
  uint64_t unbalanced_ = 0;  // promises about the machine's books that the last step found broken, a bit each: told once
  // Scratch, empty between steps.
  std::vector<uint32_t> counts_;
  std::vector<PlannedProbe> planned_;
  std::vector<ProbeAccess> accesses_;
  std::vector<Outcome> answers_;
};

// The violation in words, without names: "promised the write to be reported to userfaultfd; it was ok".
std::string Describe(const Violation& violation);

}  // namespace pteron::promises

#endif  // PTERON_PROMISES_JUDGE_H_
