// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What single words must be.
#include "src/promises/step_judge.h"

namespace pteron::promises {

void StepJudge::JudgeWords() {
  ForPages([&](const Space& space, uint32_t index, Page& page) {
    const bool changed = page.now.word != page.before.word || page.now.label != page.before.label || page.fresh;
    if (!changed) return;
    if (Ask(PromiseId::W1) && page.now.entry.kind == EntryKind::invalid) BreakWords(PromiseId::W1, space, index, page.now.entry.wrong);
    const bool of_fork = step_.act.verb == Verb::fork && page.fresh;
    if (of_fork && page.modes == 0 && Ask(PromiseId::U8) && page.now.entry.wp) {
      BreakWords(PromiseId::U8, space, index, "a child without the fork event has a write-protected word");
    }
  });
}

}  // namespace pteron::promises
