// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/run_scenario.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "pteron/check.h"
#include "sim/execute/points.h"
#include "sim/execute/requirements.h"

namespace pteron::execute {
namespace {

void CheckInvariants(const language::Scenario& scenario, const Step& step, const Session& session) {
  const std::optional<std::string> broken = session.machine().CheckInvariants();
  PTERON_CHECK(!broken, fmt::format("{} on {}, step {} ({}): {}", scenario.file, session.machine().state().kernel->name(), step.number,
                                    step.text, *broken));
}

}  // namespace

int64_t ScenarioResult::CountOf(Verdict verdict) const {
  return std::count_if(expectations.begin(), expectations.end(), [verdict](const ExpectationResult& one) { return one.verdict == verdict; });
}

ScenarioResult RunScenario(const language::Scenario& scenario, std::shared_ptr<const Kernel> kernel, const RunOptions& options,
                           const RunCallbacks& callbacks) {
  ScenarioResult result;
  if (kernel->words_only()) {
    result.not_simulated = "the behaviour of " + kernel->name() + ", of which Pteron knows the words alone";
    return result;
  }
  if (std::optional<std::string> missing = FirstMissing(*kernel, scenario)) {
    result.missing = std::move(*missing);
    return result;
  }
  Session session(std::move(kernel), {.swap = scenario.Requires("swap"), .record = options.record, .engine = options.engine});
  std::optional<Step> last;
  for (size_t i = 0; i < scenario.items.size(); ++i) {
    const language::Item& item = scenario.items[i];
    if (const auto* expectation = std::get_if<language::Expectation>(&item)) {
      PTERON_CHECK(last.has_value(), "a statement stands above every expectation");
      ExpectationResult judged = Judge(*expectation, session, *last);
      if (callbacks.expectation) callbacks.expectation(judged);
      result.expectations.push_back(std::move(judged));
      continue;
    }
    if (result.kernel_bug) continue;
    if (std::get<language::Statement>(item).verb != language::Verb::at) ArmFollowing(scenario.items, i, session);
    last = session.Execute(std::get<language::Statement>(item));
    if (!last->not_simulated.empty()) {
      result.not_simulated = last->not_simulated;
      return result;
    }
    result.kernel_bug = session.machine().state().dead;
    if (options.check_invariants && !result.kernel_bug) CheckInvariants(scenario, *last, session);
    if (callbacks.step) callbacks.step(*last, session);
  }
  return result;
}

}  // namespace pteron::execute
