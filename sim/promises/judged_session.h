// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_PROMISES_JUDGED_SESSION_H_
#define PTERON_SIM_PROMISES_JUDGED_SESSION_H_

// A session whose every step is judged: what searches for broken promises build on.
//
//   JudgedSession world(kernel, {.swap = true});
//   for (const language::Statement& statement : statements) {
//     for (const promises::Violation& violation : world.Execute(statement)) ...
//     if (world.ended()) break;
//   }
//
// A JudgedSession is a value: a copy goes its own way. Copying costs a copy of the machine (its tables and frames) and a handful of
// small vectors. It is not for several threads at once; copies are.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pteron/promises/judge.h"
#include "sim/execute/session.h"
#include "sim/promises/machine_prober.h"
#include "sim/promises/translator.h"

namespace pteron::promises {

struct JudgedOptions {
  bool swap = false;    // on at the start: `require swap`
  bool probes = true;   // judge the probed promises
  bool books = true;    // recount the machine's books behind every step, for C1 to C4 and S1
};

class JudgedSession {
 public:
  explicit JudgedSession(std::shared_ptr<const Kernel> kernel, const JudgedOptions& options = {});

  // As Session::Arm(): tells that an `at` statement follows the one that Execute() gets next.
  void Arm(const language::Statement& at);
  // Executes the statement and judges it. Precondition: as Session::Execute(), and !ended(). The answer stays good until the next call.
  // Statements may come from language::Parse() or be made of typed fields; `text` is not looked at. `step` is the word that a
  // store leaves behind: distinct numbers keep values apart; a search that merges states keeps them few.
  std::span<const Violation> Execute(const language::Statement& statement);

  // Nothing may follow: the modelled kernel has died (which K1 tells), or the last statement is not simulated.
  bool ended() const;
  // The last step: outcomes and splats; Step::state is empty (ask session().Observe() of a copy).
  const execute::Step& step() const { return step_; }
  const execute::Session& session() const { return session_; }
  const Judge& judge() const { return judge_; }

  // Statements executed, and accesses made by probes.
  uint64_t statements() const { return statements_; }
  uint64_t probes() const { return judge_.probes(); }

  // Equal for worlds that differ only in which frames, slots and tables they use: of the machine and of what the judge knows.
  uint64_t Digest() const;

  // A violation with the scenario's names: "C A[1]: an armed page is writable: 8000000000000c65 -> 8000000000000c67".
  std::string Text(const Violation& violation) const;

 private:
  execute::Session session_;
  Translator translator_;
  Judge judge_;
  JudgedOptions options_;
  execute::Step step_;
  uint64_t statements_ = 0;
  bool armed_ = false;
  // Scratch, kept for its memory.
  std::vector<Outcome> outcomes_;
  std::vector<Woken> woken_;
  StateView state_;
  std::vector<Violation> violations_;
  MachineProber prober_;
};

// The same with the names that a translator knows.
std::string TextOf(const Violation& violation, const Translator& translator);

}  // namespace pteron::promises

#endif  // PTERON_SIM_PROMISES_JUDGED_SESSION_H_
