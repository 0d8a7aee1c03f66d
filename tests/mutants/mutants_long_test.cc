// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// All mutants of rules and plans: nine in ten of those that are not equivalent are noticed, and docs/mutants.md says which are not.
#include <memory>
#include <string>
#include <vector>

#include "sim/commands/fidelity.h"
#include "sim/commands/mutants.h"
#include "sim/mutants/evidence.h"
#include "sim/mutants/mutant.h"
#include "sim/mutants/trial.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"

namespace pteron::mutants {
namespace {

std::vector<Evidence> AllEvidence() {
  std::vector<Evidence> evidence;
  for (const std::string& name : commands::FidelityKernels()) {
    std::string error;
    std::optional<Evidence> one = Evidence::Load(std::make_shared<const Kernel>(*Kernel::Parse(name)), "tests/golden", "scenarios", &error);
    INFO(error);
    REQUIRE(one);
    evidence.push_back(std::move(*one));
  }
  return evidence;
}

TEST_CASE("golden data and scenarios notice mutants") {
  const std::vector<Evidence> evidence = AllEvidence();
  std::vector<Mutant> mutants;
  std::vector<Outcome> outcomes;
  for (const std::vector<Mutant>& kind : {RuleMutants(), PlanMutants()}) {
    const std::vector<Outcome> of_kind = Try(kind, evidence, 2, {});
    CHECK(commands::NoticedPercent(kind, of_kind) >= 90);
    mutants.insert(mutants.end(), kind.begin(), kind.end());
    outcomes.insert(outcomes.end(), of_kind.begin(), of_kind.end());
  }
  CHECK(testing::ReadFile("docs/mutants.md").find(commands::MutantsMarkdown(mutants, outcomes)) != std::string::npos);
}

}  // namespace
}  // namespace pteron::mutants
