// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_EXECUTE_RUN_SCENARIO_H_
#define PTERON_SIM_EXECUTE_RUN_SCENARIO_H_

// A whole scenario on one kernel.

#include <functional>
#include <memory>
#include <string>

#include "sim/execute/expect.h"
#include "sim/execute/session.h"
#include "sim/language/scenario.h"

namespace pteron::execute {

struct ScenarioResult {
  std::string missing;        // the word of `require` that the kernel lacks: nothing was run
  std::string not_simulated;  // the statement that ended the run
  bool kernel_bug = false;    // the modelled kernel's BUG ended the run
  std::vector<ExpectationResult> expectations;  // in the order of the file; those behind the end of a run are not among them
};

// Called after each step, with the session as it is then.
using OnStep = std::function<void(const Step& step, const Session& session)>;
// Called for each `expect` line that applies to the kernel.
using OnExpectation = std::function<void(const ExpectationResult& result)>;

struct RunCallbacks {
  OnStep step;
  OnExpectation expectation;
};

ScenarioResult RunScenario(const language::Scenario& scenario, std::shared_ptr<const Kernel> kernel, bool record, const RunCallbacks& callbacks);

}  // namespace pteron::execute

#endif  // PTERON_SIM_EXECUTE_RUN_SCENARIO_H_
