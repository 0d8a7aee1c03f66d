// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// The machinery of `pteron mutants`: a few mutants that must be noticed, one that cannot be, one that crashes. All of them: the long test.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "sim/mutants/evidence.h"
#include "sim/mutants/mutant.h"
#include "sim/mutants/reasons.h"
#include "sim/mutants/trial.h"
#include "tests/catch.h"

namespace pteron::mutants {
namespace {

std::vector<Evidence> EvidenceOfV61() {
  std::string error;
  std::optional<Evidence> evidence =
      Evidence::Load(std::make_shared<const Kernel>(*Kernel::Parse("v6.1")), "tests/golden", "scenarios", &error);
  INFO(error);
  REQUIRE(evidence);
  std::vector<Evidence> all;
  all.push_back(std::move(*evidence));
  return all;
}

Mutant Named(const std::string& name) {
  for (const std::vector<Mutant>& all : {RuleMutants(), PlanMutants()}) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Mutant& mutant) { return mutant.name == name; });
    if (found != all.end()) return *found;
  }
  FAIL("no mutant " << name);
  return {};
}

TEST_CASE("mutants are noticed, and what is no mutant is not") {
  const std::vector<Mutant> mutants = {
      Named("zap.wp_none=read_as_swap"),
      Named("zap of file-wp by zap_page_range, wp-none: clear"),
      Mutant{.name = "nothing is changed", .rules_of = [](const Kernel& kernel) { return std::optional(kernel.rules()); }},
      Mutant{.name = "not for this kernel", .rules_of = [](const Kernel&) { return std::optional<Rules>(); }},
      Mutant{.name = "a crash", .rules_of = [](const Kernel& kernel) {
               Rules rules = kernel.rules();
               rules.plan_override = {.plan = PlanOverride::Plan::fault, .entry = 0, .action = 1, .situation = 0};  // anonymous: from a file
               return std::optional(rules);
             }}};
  const std::vector<Evidence> evidence = EvidenceOfV61();
  const std::vector<Outcome> outcomes = Try(mutants, evidence, 2, {});
  REQUIRE(outcomes.size() == 5);
  CHECK(outcomes[0].noticed);
  CHECK(outcomes[0].kernel == "v6.1");
  CHECK(outcomes[1].noticed);
  CHECK(outcomes[1].scenario != "");
  CHECK(outcomes[2].possible);
  CHECK_FALSE(outcomes[2].noticed);
  CHECK(outcomes[2].differs == "");
  CHECK_FALSE(outcomes[3].possible);
  CHECK(outcomes[4].noticed);
}

TEST_CASE("names of mutants are unique, and every reason fits one") {
  std::vector<std::string> names;
  for (const Mutant& mutant : RuleMutants()) names.push_back(mutant.name);
  for (const Mutant& mutant : PlanMutants()) names.push_back(mutant.name);
  CHECK(names.size() > 1000);
  std::sort(names.begin(), names.end());
  CHECK(std::unique(names.begin(), names.end()) == names.end());
  for (const Reason& reason : Reasons()) {
    INFO(reason.text);
    CHECK(std::any_of(names.begin(), names.end(), [&](const std::string& name) { return ReasonFor(name) == &reason; }));
  }
}

}  // namespace
}  // namespace pteron::mutants
