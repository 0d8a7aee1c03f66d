// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_EXECUTE_RUN_SCENARIO_H_
#define PTERON_SIM_EXECUTE_RUN_SCENARIO_H_

// A whole scenario on one kernel.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/execute/expect.h"
#include "sim/execute/session.h"
#include "sim/language/scenario.h"

namespace pteron::execute {

struct RunOptions {
  bool record = false;            // fill Step::writes and Step::faults
  Engine engine = Engine::fast;   // while nothing is recorded
  bool check_invariants = false;  // after every step; a broken one ends the program
};

struct ScenarioResult {
  std::string missing;        // the word of `require` that the kernel lacks: nothing was run
  std::string not_simulated;  // the statement that ended the run, since Pteron cannot execute it yet
  bool kernel_bug = false;    // the modelled kernel's BUG ended the run
  // In the order of the file. Behind a statement that is not simulated there are none; behind a kernel's BUG all have failed.
  std::vector<ExpectationResult> expectations;
  int64_t CountOf(Verdict verdict) const;
};

struct RunCallbacks {
  // After each step, with the session as it is then.
  std::function<void(const Step& step, const Session& session)> step;
  std::function<void(const ExpectationResult& result)> expectation;
};

ScenarioResult RunScenario(const language::Scenario& scenario, std::shared_ptr<const Kernel> kernel, const RunOptions& options,
                           const RunCallbacks& callbacks);

}  // namespace pteron::execute

#endif  // PTERON_SIM_EXECUTE_RUN_SCENARIO_H_
