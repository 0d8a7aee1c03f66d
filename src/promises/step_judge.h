// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_PROMISES_STEP_JUDGE_H_
#define PTERON_SRC_PROMISES_STEP_JUDGE_H_

// The checkers: what each promise asks of one step. Each family stands in a file of its own.

#include "pteron/promises/judge.h"

namespace pteron::promises {

class StepJudge {
 public:
  StepJudge(Judge& judge, const StepView& step, std::vector<Violation>& violations) : judge_(judge), step_(step), violations_(violations) {}

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

  // ---- words.cc: what single words must be.
  void JudgeWords();

  Judge& judge_;
  const StepView& step_;
  std::vector<Violation>& violations_;
};

}  // namespace pteron::promises

#endif  // PTERON_SRC_PROMISES_STEP_JUDGE_H_
