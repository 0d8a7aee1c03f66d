// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Any text: it parses or is refused with a place inside it; what parses prints and reads back, and small scenarios play on every kernel.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "sim/execute/points.h"
#include "sim/execute/run_scenario.h"
#include "sim/language/scenario.h"
#include "tests/fuzzers/fuzz.h"
#include "tests/language/small_scenario.h"

namespace pteron::fuzz {
namespace {

using language::Scenario;
using language::Statement;
using language::Verb;

void CheckError(const language::Error& error, const std::string& text) {
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  if (error.at.line < 1 || error.at.line > lines) Found("an error outside of the text");
  if (error.message.empty() || error.Format().empty()) Found("an error without words");
}

void CheckPrinting(const Scenario& scenario) {
  const std::string printed = language::Print(scenario);
  const auto again = language::Parse("printed", printed);
  const auto* other = std::get_if<Scenario>(&again);
  if (!other) Found("what was printed does not parse: " + printed);
  if (!(*other == scenario)) Found("what was printed reads back as something else: " + printed);
  if (language::Print(*other) != printed) Found("printing is not stable: " + printed);
}

// The fault to plant: a scenario that takes the swap device away.
bool IsPlantedFault(const Scenario& scenario) {
  return IsPlanted() && std::any_of(scenario.items.begin(), scenario.items.end(), [](const auto& item) {
           const auto* statement = std::get_if<Statement>(&item);
           return statement && statement->verb == Verb::swapoff;
         });
}

void Play(const Scenario& scenario) {
  if (!testing::IsSmall(scenario) || execute::CheckKernelFilters(scenario) || execute::CheckPoints(scenario)) return;
  const auto check = [](const execute::Step& step, const execute::Session& session) {
    const std::optional<std::string> broken = session.machine().CheckInvariants();
    if (broken && !session.machine().state().dead && !testing::IsKernelsOwn(*broken)) Found(step.text + ": " + *broken);
  };
  for (const auto& kernel : Kernels()) execute::RunScenario(scenario, kernel, {.record = true}, {.step = check, .expectation = {}});
}

void Try(const std::string& text) {
  const auto parsed = language::Parse("fuzz", text);
  if (const auto* error = std::get_if<language::Error>(&parsed)) return CheckError(*error, text);
  const Scenario& scenario = std::get<Scenario>(parsed);
  CheckPrinting(scenario);
  if (IsPlantedFault(scenario)) Found("the planted fault");
  Play(scenario);
}

}  // namespace
}  // namespace pteron::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pteron::fuzz::Try(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
