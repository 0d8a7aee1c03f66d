// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_PROMISES_RAW_READER_H_
#define PTERON_SIM_PROMISES_RAW_READER_H_

#include <string>
#include <string_view>
#include <vector>

#include "pteron/promises/act.h"
#include "pteron/promises/state.h"
#include "sim/promises/translator.h"

namespace pteron::promises {

// One step of a raw state file: its lines.
struct RawStep {
  std::string head;  // "@ 7 P: wp U A"
  std::vector<std::string> lines;
};

std::vector<RawStep> SplitRaw(std::string_view raw);

// What the lines of a step say. Names are those that the translator knows; lines of kinds that are not known are passed over.
void ReadRawStep(const RawStep& step, const Translator& translator, std::vector<Outcome>* outcomes, std::vector<Woken>* woken,
                 StateView* state);

}  // namespace pteron::promises

#endif  // PTERON_SIM_PROMISES_RAW_READER_H_
