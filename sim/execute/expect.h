// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_EXECUTE_EXPECT_H_
#define PTERON_SIM_EXECUTE_EXPECT_H_

// `expect` lines, judged against the state and the outcome of the statement above them.

#include <optional>
#include <string>

#include "sim/execute/session.h"
#include "sim/language/scenario.h"

namespace pteron::execute {

enum class Verdict : uint8_t { passed, failed, not_for_this_kernel };

struct ExpectationResult {
  const language::Expectation* expectation = nullptr;  // in the scenario, which must outlive this
  Verdict verdict = Verdict::passed;
  int step = 0;        // the statement above it
  std::string reason;  // failed: what holds instead
};

// `step` is the last statement executed.
ExpectationResult Judge(const language::Expectation& expectation, const Session& session, const Step& step);

// The first kernel in brackets that is no kernel, as an error of the scenario; empty where all are.
std::optional<language::Error> CheckKernelFilters(const language::Scenario& scenario);

}  // namespace pteron::execute

#endif  // PTERON_SIM_EXECUTE_EXPECT_H_
