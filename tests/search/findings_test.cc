// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// scenarios/findings/ and docs/findings.md: each scenario breaks the promises that its first line names, and is the one
// that the page shows.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <sstream>

#include "sim/promises/verdicts.h"
#include "tests/catch.h"
#include "tests/execute/play.h"

namespace pteron::search {
namespace {

std::vector<std::filesystem::path> FindingFiles() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator("scenarios/findings")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

TEST_CASE("each finding breaks what it says, on one of the simulated kernels") {
  REQUIRE(FindingFiles().size() >= 20);
  for (const std::filesystem::path& file : FindingFiles()) {
    INFO(file.string());
    const language::Scenario scenario = ReadOrFail(file);
    REQUIRE_FALSE(scenario.about.empty());
    std::set<std::string> broken;
    for (const char* name : {"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1"}) {
      const promises::Judgement judgement =
          promises::JudgeScenario(scenario, std::make_shared<const Kernel>(*Kernel::Parse(name)));
      for (const promises::Finding& finding : judgement.findings)
        broken.emplace(promises::PromiseOf(finding.violation.promise).name);
    }
    // The first that it names, which is the promise that the finding is about.
    const std::string& about = scenario.about.front();
    const std::string first = about.substr(0, about.find_first_of(",:"));
    INFO(first);
    CHECK(broken.contains(first));
  }
}

TEST_CASE("the page shows each finding as it is") {
  const std::string page = testing::ReadFile("docs/findings.md");
  for (const std::filesystem::path& file : FindingFiles()) {
    INFO(file.string());
    std::string statements;
    std::istringstream lines(testing::ReadFile(file));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("about ") && !line.starts_with("expect ")) statements += line + "\n";
    }
    CHECK(page.find("### " + file.stem().string() + "\n") != std::string::npos);
    CHECK(page.find("```\n" + statements + "```\n") != std::string::npos);
  }
}

}  // namespace
}  // namespace pteron::search
