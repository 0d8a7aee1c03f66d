// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Every scenario of scenarios/ on every kernel that is modelled: all `expect` lines hold, but for those whose point is that they do not.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "pteron/kernel.h"
#include "sim/execute/run_scenario.h"
#include "sim/language/scenario.h"
#include "tests/catch.h"
#include "tests/execute/play.h"

namespace pteron {
namespace {

constexpr const char* kSeries = "v5.14-rc+uffd-wp-v5";
constexpr const char* kFixed = "v5.14-rc+uffd-wp-v5+vma_needs_copy";
constexpr const char* kSeed = "scenarios/fork-loses-uffd-wp.scn";

std::vector<std::string> ScenarioFiles() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios")) {
    if (entry.path().extension() == ".scn") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The lines of the `expect`s that fail.
std::vector<int> FailingLines(const language::Scenario& scenario, const char* kernel_name) {
  const auto kernel = std::make_shared<const Kernel>(*Kernel::Parse(kernel_name));
  const execute::ScenarioResult result = execute::RunScenario(scenario, kernel, {}, {});
  INFO(scenario.file << " on " << kernel_name);
  CHECK(result.not_simulated == "");
  std::vector<int> lines;
  for (const execute::ExpectationResult& expectation : result.expectations) {
    if (expectation.verdict == execute::Verdict::failed) lines.push_back(expectation.expectation->at.line);
  }
  return lines;
}

TEST_CASE("the seed scenario: the series loses the protection at fork, the thread's fix keeps it") {
  const language::Scenario seed = ReadOrFail(kSeed);
  CHECK(FailingLines(seed, kSeries) == std::vector<int>{18, 19, 21, 23, 25, 26});
  CHECK(FailingLines(seed, kFixed).empty());
}

TEST_CASE("all other scenarios hold on every kernel") {
  const std::vector<std::string> files = ScenarioFiles();
  CHECK(files.size() >= 13);
  for (const std::string& file : files) {
    const language::Scenario scenario = ReadOrFail(file);
    for (const char* kernel : {"v5.14-rc", kSeries, kFixed, "v6.1"}) {
      if (file == kSeed && kernel == kSeries) continue;
      INFO(file << " on " << kernel);
      CHECK(FailingLines(scenario, kernel) == std::vector<int>{});
    }
  }
}

}  // namespace
}  // namespace pteron
