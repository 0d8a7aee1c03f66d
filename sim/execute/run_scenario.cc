// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/run_scenario.h"

#include <optional>
#include <utility>

#include "sim/execute/requirements.h"

namespace pteron::execute {

ScenarioResult RunScenario(const language::Scenario& scenario, std::shared_ptr<const Kernel> kernel, bool record,
                           const RunCallbacks& callbacks) {
  ScenarioResult result;
  if (std::optional<std::string> missing = FirstMissing(*kernel, scenario)) {
    result.missing = std::move(*missing);
    return result;
  }
  Session session(std::move(kernel), {.swap = scenario.Requires("swap"), .record = record});
  std::optional<Step> last;
  for (const language::Item& item : scenario.items) {
    if (const auto* expectation = std::get_if<language::Expectation>(&item)) {
      ExpectationResult judged = Judge(*expectation, session, *last);
      if (callbacks.expectation) callbacks.expectation(judged);
      result.expectations.push_back(std::move(judged));
      continue;
    }
    last = session.Execute(std::get<language::Statement>(item));
    if (!last->not_simulated.empty()) {
      result.not_simulated = last->not_simulated;
      return result;
    }
    if (callbacks.step) callbacks.step(*last, session);
    if (session.machine().state().dead) {
      result.kernel_bug = true;
      return result;
    }
  }
  return result;
}

}  // namespace pteron::execute
