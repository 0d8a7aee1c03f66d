// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_PROMISES_STEP_JUDGE_H_
#define PTERON_SRC_PROMISES_STEP_JUDGE_H_

// The checkers: what each promise asks of one step. Each family stands in a file of its own.

#include "pteron/promises/judge.h"

namespace pteron::promises {

class StepJudge {
 public:
  StepJudge(Judge& judge, const StepView& step, std::vector<Violation>& violations)
      : judge_(judge), step_(step), violations_(violations), first_violation_(violations.size()) {}

  void Run();

 private:
  // ---- step_judge.cc: the frame.
  void KeepBefore();
  void TakeInState();
  // The outcome that the promise is put to the test once more; true where it is claimed.
  bool Ask(PromiseId id) {
    if (!judge_.claimed_[static_cast<size_t>(id)]) return false;
    ++judge_.judged_[static_cast<size_t>(id)];
    return true;
  }
  Violation& Break(PromiseId id, const char* what);
  Violation& Break(PromiseId id, const Space& space, uint32_t index, const char* what);
  void BreakWords(PromiseId id, const Space& space, uint32_t index, const char* what);
  // run(space, index, page) for every page that the ledger has as mapped and the state shows.
  template <class Do>
  void ForPages(const Do& run) {
    for (const Space& space : judge_.ledger_.spaces()) {
      for (uint32_t i = 0; i < space.pages; ++i) {
        Page& page = judge_.ledger_.pages()[space.first_page + i];
        if (page.mapped && page.now.shown) run(space, i, page);
      }
    }
  }

  // Whether the statement's range of addresses covers the page, in the process that it acts on.
  bool Covers(const Space& space, uint32_t index) const;
  // The process whose memory the statement acts on: of a userfaultfd's, the one that it watches. -1: none.
  int ActsOn() const;
  bool Ok() const { return step_.outcomes.empty() || step_.outcomes.front().answer == Answer::ok; }
  uint8_t PageFlags(Label label, size_t* hint) const;

  // ---- outcomes.cc: what a statement answers, by the ledger as it was before.
  void JudgeOutcomes();
  void JudgeAccesses();
  void JudgeRead(const Space& space, uint32_t at, const Outcome& outcome);
  void JudgePeek();
  void JudgeUffdCopy();
  void JudgeWakes();
  void JudgeLivelock();

  // ---- words.cc: what single words must be.
  void JudgeWords();
  void JudgeWord(const Space& space, uint32_t index, Page& page);
  void JudgeLeftOver(const Space& space, uint32_t index, Page& page);
  void JudgeSoftDirty(const Space& space, uint32_t index, Page& page);
  void CountNames();
  void JudgeNames();
  void JudgeSmaps();

  // ---- pairs.cc: what a step may make of a word.
  void JudgePairs();
  void JudgeKindChange(const Space& space, uint32_t index, Page& page);
  void JudgeZap(const Space& space, uint32_t index, Page& page);
  void JudgeFrame(const Space& space, uint32_t index, Page& page);
  void JudgeSwapBits(const Space& space, uint32_t index, Page& page);
  void JudgePunch(const Space& space, uint32_t index, Page& page);
  void JudgeBeyondEnd(const Space& space, uint32_t index, Page& page);
  void JudgeFork();
  void JudgeParentWord(const Space& space, uint32_t index, Page& page);
  void JudgeChildWord(const Space& space, uint32_t index, Page& page, const Page& parent);

  // ---- arming.cc: what userfaultfd has been asked for.
  void JudgeArming();
  PromiseId ArmingPromise(const Space& space, uint32_t index, const Page& page) const;
  bool Traps(const Page& page) const;

  // ---- probes.cc: what would happen.
  void JudgeProbes();
  void MarkNew();
  // False: an answer surprised, and some questions are to be asked anew.
  bool AskAll();
  void Plan(const Space& space, uint32_t index, PlannedProbe::Asks asks);
  // Asks all that are planned on one copy, and judges the answers in order; what a surprise has made doubtful is asked again another time.
  bool AskPlanned();
  bool JudgeTrap(const Space& space, uint32_t index, Page& page, const Outcome& answer, bool after_read);
  bool JudgeValue(const Space& space, uint32_t index, Page& page, const Outcome& answer);
  bool JudgeStore(const Space& space, uint32_t index, Page& page, const Outcome& answer);
  bool JudgeEnd(const Space& space, uint32_t index, const Outcome& answer);

  // ---- books.cc: what the simulator alone shows.
  void JudgeBooks();

  Judge& judge_;
  const StepView& step_;
  std::vector<Violation>& violations_;
  const StateView* state_ = nullptr;
  const size_t first_violation_;  // of this step
  Violation spare_;               // what has been told already is filled in here
};

}  // namespace pteron::promises

#endif  // PTERON_SRC_PROMISES_STEP_JUDGE_H_
