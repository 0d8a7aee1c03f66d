// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_EXECUTE_POINTS_H_
#define PTERON_SIM_EXECUTE_POINTS_H_

// `at POINT` statements: accesses in the midst of the statement above.

#include <optional>
#include <vector>

#include "sim/execute/session.h"
#include "sim/language/scenario.h"

namespace pteron::execute {

// The first `at` that names no point, or that has no statement above it, as an error of the scenario; empty where all are right. The source line
// is left empty.
std::optional<language::Error> CheckPoints(const language::Scenario& scenario);

// Arms the session with the `at` statements that belong to the statement at items[index], which is executed next.
void ArmFollowing(const std::vector<language::Item>& items, size_t index, Session& session);

}  // namespace pteron::execute

#endif  // PTERON_SIM_EXECUTE_POINTS_H_
