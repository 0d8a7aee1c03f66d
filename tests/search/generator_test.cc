// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/generator.h"

#include <set>

#include "sim/language/vocabulary.h"
#include "tests/catch.h"

namespace pteron::search {
namespace {

constexpr uint64_t kSeeds = 1000;

TEST_CASE("random worlds are scenarios: what is printed is read back as it was") {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    World world = Generate(seed, {.steps = 60, .hooks = true});
    const std::optional<World> read = Reread(world);
    INFO("seed " << seed << "\n" << TextOf(world));
    REQUIRE(read);
    CHECK(read->swap == world.swap);
    for (language::Statement& one : world.statements) one.text = language::Compose(one);
    CHECK(read->statements == world.statements);
  }
}

TEST_CASE("random worlds have every kind of statement, memory and place; without hooks, system calls alone") {
  std::set<language::Verb> verbs, without_hooks;
  std::set<language::Advice> advices;
  std::set<language::Placement::Kind> places;
  std::set<language::FailKind> failures;
  std::set<size_t> processes;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    size_t forks = 0;
    for (const language::Statement& one : Generate(seed, {.steps = 60, .hooks = true}).statements) {
      verbs.insert(one.verb);
      places.insert(one.placement.kind);
      forks += one.verb == language::Verb::fork;
      if (one.verb == language::Verb::madvise) advices.insert(one.advice);
      if (one.verb == language::Verb::fail) failures.insert(one.fail_kind);
    }
    processes.insert(1 + forks);
    for (const language::Statement& one : Generate(seed, {.steps = 60, .hooks = false}).statements)
      without_hooks.insert(one.verb);
  }
  for (const language::VerbForm& form : language::Verbs()) {
    // No kernel that is modelled has PAGEMAP_SCAN.
    if (form.what == language::Verb::pagemap_scan) continue;
    INFO(form.form);
    CHECK(verbs.contains(form.what));
    CHECK(without_hooks.contains(form.what) == !form.needs_hook);
  }
  CHECK(advices.size() == language::Advices().size());
  CHECK(places.size() == 4);
  CHECK(failures.size() == 3);
  CHECK(processes == std::set<size_t>{1, 2, 3, 4});
}

TEST_CASE("a seed is one world") {
  const GeneratorOptions options{.steps = 50, .hooks = true};
  for (uint64_t seed = 0; seed < 50; ++seed) CHECK(TextOf(Generate(seed, options)) == TextOf(Generate(seed, options)));
  CHECK(TextOf(Generate(1, options)) != TextOf(Generate(2, options)));
}

}  // namespace
}  // namespace pteron::search
