// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// All mutants of rules and plans: how many of those that are not equivalent are noticed.
#include <memory>
#include <string>
#include <vector>

#include "sim/commands/fidelity.h"
#include "sim/commands/mutants.h"
#include "sim/mutants/evidence.h"
#include "sim/mutants/mutant.h"
#include "sim/mutants/trial.h"
#include "tests/catch.h"

namespace pteron::mutants {
namespace {

TEST_CASE("golden data and scenarios notice mutants") {
  std::vector<Evidence> evidence;
  for (const std::string& name : commands::FidelityKernels()) {
    std::string error;
    std::optional<Evidence> one = Evidence::Load(std::make_shared<const Kernel>(*Kernel::Parse(name)), "tests/golden", "scenarios", &error);
    INFO(error);
    REQUIRE(one);
    evidence.push_back(std::move(*one));
  }
  std::vector<Mutant> mutants = RuleMutants();
  for (Mutant& mutant : PlanMutants()) mutants.push_back(std::move(mutant));
  const std::vector<Outcome> outcomes = Try(mutants, evidence, 2, {});
  // What has been reached, and may not be lost; nine in ten is what is wanted.
  CHECK(commands::NoticedPercent(mutants, outcomes) >= 80);
}

}  // namespace
}  // namespace pteron::mutants
