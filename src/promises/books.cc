// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What the simulator alone shows.
#include "src/promises/step_judge.h"

namespace pteron::promises {

void StepJudge::JudgeBooks() {
  const SimulatorFacts& facts = *step_.facts;
  if (Ask(PromiseId::K1) && facts.splat != nullptr) Break(PromiseId::K1, facts.splat);
}

}  // namespace pteron::promises
