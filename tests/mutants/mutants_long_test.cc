// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// All mutants of rules and plans: nine in ten of those that are not equivalent are noticed, and docs/mutants.md says what this run says.
#include <fstream>
#include <memory>
#include <sstream>
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

TEST_CASE("golden data and scenarios notice nine mutants in ten") {
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
  CHECK(commands::NoticedPercent(mutants, outcomes) >= 90);
  std::ifstream file("docs/mutants.md", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  INFO("docs/mutants.md is stale; it has what `pteron mutants --markdown` prints");
  CHECK(text.str().find(commands::MutantsMarkdown(mutants, outcomes)) != std::string::npos);
}

}  // namespace
}  // namespace pteron::mutants
