// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_FINDINGS_H_
#define PTERON_SIM_COMMANDS_FINDINGS_H_

// What `fuzz` and `explore` say at their end.

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/search/finding.h"

namespace pteron::commands {

// Writes each finding to FOLDER/NAME.scn and the list of them to standard output, each with its scenario. `origin` says
// where a finding comes from. False, with a message, where a file cannot be written.
bool WriteFindings(const std::vector<search::Finding>& findings, const Kernel& kernel, const std::string& folder,
                   const std::function<std::string(const search::Finding&)>& origin);

// A line for each promise: kept (how often it was put to the test), broken (by which file), not claimed, not reached.
void PrintVerdicts(const Kernel& kernel, const std::vector<search::Finding>& findings,
                   const std::array<uint64_t, promises::kPromises>& judged,
                   const std::array<uint64_t, promises::kPromises>& broken);

// The seconds of "90", "90s", "2m" or "1h"; empty where it is none of them.
std::optional<double> ParseSeconds(const std::string& text);

// The seeds of "A:B", from A up to B-1. False where it is something else, or holds none.
bool ParseSeeds(const std::string& text, uint64_t* first, uint64_t* end);
// Two numbers with a sign between them.
bool ParsePair(const std::string& text, char between, uint64_t* a, uint64_t* b);

// As many as the machine has cores.
int DefaultJobs();

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_FINDINGS_H_
