// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What the simulator alone shows.
#include "src/promises/step_judge.h"

namespace pteron::promises {

void StepJudge::JudgeBooks() {
  const SimulatorFacts& facts = *step_.facts;
  if (Ask(PromiseId::K1) && facts.splat != nullptr) Break(PromiseId::K1, facts.splat);
  if (Ask(PromiseId::W5) && facts.misuses > 0)
    Break(PromiseId::W5, "a helper is given a word that it is not meant for");
  // A page that a hook keeps is in nobody's books, and a call that waits for it has done a part of its work.
  if (!facts.books_checked || judge_.ledger_.frozen() || judge_.ledger_.half_done()) return;
  const auto judge = [&](PromiseId id, const char* wrong) {
    const uint64_t bit = uint64_t{1} << static_cast<unsigned>(id);
    const bool told = judge_.unbalanced_ & bit;
    judge_.unbalanced_ = wrong != nullptr ? judge_.unbalanced_ | bit : judge_.unbalanced_ & ~bit;
    if (Ask(id) && wrong != nullptr && !told) Break(id, wrong);
  };
  judge(PromiseId::C1, facts.mapcounts);
  judge(PromiseId::C2, facts.counters);
  judge(PromiseId::C3, facts.names);
  judge(PromiseId::C4, facts.pool);
  judge(PromiseId::S1, facts.slots);
  if (Ask(PromiseId::Z1) && facts.words_outside > 0) Break(PromiseId::Z1, "a word stands where nothing is mapped");
  if (facts.all_gone && Ask(PromiseId::C4) && facts.left_over > 0)
    Break(PromiseId::C4, "something is left over when all processes are gone");
}

}  // namespace pteron::promises
