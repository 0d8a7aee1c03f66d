// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// A change that nothing can tell from its absence is dead. K1 is the whole (the series, or the release) less what needs the change, K0 is K1
// less the change. For every `behaviour` change its scenario in scenarios/changes tells K1 from K0; for every `refactor` no scenario does.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "pteron/kernel.h"
#include "sim/execute/run_scenario.h"
#include "sim/language/scenario.h"
#include "sim/render/raw.h"
#include "tests/catch.h"
#include "tests/execute/play.h"

namespace pteron {
namespace {

using SharedKernel = std::shared_ptr<const Kernel>;

struct Pair {
  SharedKernel with;     // K1
  SharedKernel without;  // K0
};

SharedKernel Parse(const std::string& text) {
  std::string error;
  const std::optional<Kernel> kernel = Kernel::Parse(text, &error);
  INFO(text << ": " << error);
  REQUIRE(kernel);
  return std::make_shared<const Kernel>(*kernel);
}

// `base` less every change that needs `id`, and the same less `id` too.
Pair MakePair(const std::string& base, const Change& change) {
  std::string text = base;
  SharedKernel with = Parse(text);
  for (const Change& other : AllChanges()) {
    const bool needs = std::find(other.needs.begin(), other.needs.end(), change.id) != other.needs.end();
    const bool present = std::count(with->changes().begin(), with->changes().end(), other.id) > 0;
    if (!needs || !present) continue;
    text = with->name() + "~" + std::string(other.id);
    with = Parse(text);
  }
  return Pair{with, Parse(with->name() + "~" + std::string(change.id))};
}

std::string BaseOf(const Change& change) {
  if (change.place == "uffd-wp-v5") return "v5.14-rc+uffd-wp-v5";
  const std::optional<Kernel> v6_1 = Kernel::Parse("v6.1");
  const bool in_v6_1 = std::count(v6_1->changes().begin(), v6_1->changes().end(), change.id) > 0;
  return in_v6_1 ? "v6.1" : "v5.14-rc+uffd-wp-v5+" + std::string(change.id);
}

std::string Raw(const language::Scenario& scenario, const SharedKernel& kernel) {
  std::string raw;
  const execute::ScenarioResult result = execute::RunScenario(
      scenario, kernel, {}, {.step = [&](const execute::Step& step, const execute::Session&) { raw += render::Raw(step); }, .expectation = {}});
  return raw + "missing " + result.missing;
}

std::vector<std::filesystem::path> Scenarios() {
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"scenarios", "tests/golden/scenarios"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".scn") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The first scenario that tells the two apart; empty where none does.
std::string Teller(const Pair& pair) {
  for (const std::filesystem::path& file : Scenarios()) {
    const language::Scenario scenario = ReadOrFail(file);
    if (Raw(scenario, pair.with) != Raw(scenario, pair.without)) return file.string();
  }
  return {};
}

TEST_CASE("every behaviour change has a scenario that tells it apart") {
  size_t told = 0;
  for (const Change& change : AllChanges()) {
    if (change.kind != ChangeKind::behaviour) continue;
    std::string name(change.id);
    std::replace(name.begin(), name.end(), '/', '-');
    const std::filesystem::path file = "scenarios/changes/" + name + ".scn";
    INFO(change.id);
    const Pair pair = MakePair(BaseOf(change), change);
    const bool own = std::filesystem::exists(file);
    const bool differs = own && Raw(ReadOrFail(file), pair.with) != Raw(ReadOrFail(file), pair.without);
    const bool told_elsewhere = !differs && !Teller(pair).empty();
    CHECK((differs || told_elsewhere));
    told += differs || told_elsewhere;
  }
  std::cout << told << " behaviour changes told apart\n";
}

TEST_CASE("no scenario tells a refactor apart") {
  for (const Change& change : AllChanges()) {
    if (change.kind != ChangeKind::refactor) continue;
    const Pair pair = MakePair(BaseOf(change), change);
    INFO(change.id);
    CHECK(Teller(pair) == "");
  }
}

}  // namespace
}  // namespace pteron
