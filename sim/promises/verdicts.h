// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_PROMISES_VERDICTS_H_
#define PTERON_SIM_PROMISES_VERDICTS_H_

// Scenarios and golden files judged, and what comes of many of them.

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pteron/kernel.h"
#include "pteron/promises/judge.h"
#include "sim/language/scenario.h"

namespace pteron::promises {

// A promise broken by a statement of a scenario.
struct Finding {
  Violation violation;
  language::Position at;  // of the statement, in the scenario's file
  int step = 0;
  std::string statement;  // with single blanks
  std::string text;       // "C A[1]: what was seen"
};

// What one kernel did with one scenario.
struct Judgement {
  std::string scenario;       // its file
  std::string skipped;        // why there is nothing to judge: a word of `require` that the kernel lacks
  std::string not_simulated;  // the statement behind which nothing was judged
  size_t steps = 0;
  uint64_t probes = 0;
  std::array<uint64_t, kPromises> judged{};
  std::vector<Finding> findings;
};

struct JudgeOptions {
  bool probes = true;
  bool books = true;
};

// Plays the scenario on the simulated kernel.
Judgement JudgeScenario(const language::Scenario& scenario, const std::shared_ptr<const Kernel>& kernel, const JudgeOptions& options = {});

// Judges what a real kernel answered, in the raw state format. `name` is the scenario's, for messages; a text that does not parse, or has
// fewer statements than there are answers, is not_simulated.
Judgement JudgeGolden(const std::string& name, const std::string& scenario_text, const std::string& golden_raw, const Kernel& kernel);

// All of FOLDER/KERNEL/*.raw with FOLDER/scenarios, by name. Empty, with *error, where there are none. `progress` may be empty; it gets
// the number done and of all.
std::vector<Judgement> JudgeGoldenFolder(const std::string& folder, const Kernel& kernel, std::string* error,
                                         const std::function<void(size_t done, size_t all)>& progress = {});

enum class Verdict : uint8_t { kept, broken, not_claimed, not_reached };
const char* VerdictName(Verdict verdict);
// Of one promise over all of them.
Verdict VerdictOf(PromiseId id, const std::vector<Judgement>& judgements, const KernelFacts& facts);

}  // namespace pteron::promises

#endif  // PTERON_SIM_PROMISES_VERDICTS_H_
