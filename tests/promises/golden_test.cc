// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What real kernels answered, judged: they break what KnownBreaches() lists, and nothing else.
#include <fmt/format.h>

#include <set>
#include <sstream>
#include <string>

#include "sim/promises/known_breaches.h"
#include "sim/promises/verdicts.h"
#include "tests/catch.h"

namespace pteron::promises {
namespace {

// All answers that tests/golden has are judged.
struct Real {
  const char* kernel;
  size_t scenarios;
  size_t steps;
};
constexpr Real kReal[] = {
    {"v5.10", 180, 3198}, {"v5.14-rc", 180, 3198}, {"v5.14-rc+uffd-wp-v5", 320, 5932},
    {"v6.1", 323, 5986},  {"v6.12", 338, 6301},    {"v7.2", 351, 6638},
};

std::set<std::string> Words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::set<std::string> words;
  for (std::string word; stream >> word;) words.insert(word);
  return words;
}

std::set<std::string> Listed(const std::string& kernel) {
  std::set<std::string> all;
  for (const KnownBreach& breach : KnownBreaches()) {
    if (!Words(breach.kernels).contains(kernel)) continue;
    for (const std::string& place : Words(breach.places)) all.insert(fmt::format("{} {}", place, PromiseOf(breach.promise).name));
  }
  return all;
}

}  // namespace

TEST_CASE("real kernels break what is listed with its cause, and nothing else") {
  for (const Real& real : kReal) {
    const Kernel kernel = *Kernel::Parse(real.kernel);
    std::string error;
    size_t scenarios = 0, steps = 0;
    std::set<std::string> found;
    for (const Judgement& judgement : JudgeGoldenFolder("tests/golden", kernel, &error)) {
      INFO(real.kernel << " " << judgement.scenario);
      CHECK(judgement.not_simulated == "");
      scenarios += judgement.skipped.empty();
      steps += judgement.steps;
      for (const Finding& finding : judgement.findings) {
        found.insert(fmt::format("{}:{} {}", judgement.scenario, finding.at.line, PromiseOf(finding.violation.promise).name));
      }
    }
    INFO(real.kernel);
    CHECK(error == "");
    CHECK(scenarios == real.scenarios);
    CHECK(steps == real.steps);
    CHECK(found == Listed(real.kernel));
  }
}

}  // namespace pteron::promises
