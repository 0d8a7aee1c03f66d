// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/promises/step_judge.h"

namespace pteron::promises {

void StepJudge::JudgeProbes() {}

}  // namespace pteron::promises
