// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/promises/judged_session.h"

#include <memory>

#include "sim/language/scenario.h"
#include "tests/catch.h"

namespace pteron::promises {
namespace {

JudgedSession Play(const std::string& kernel, const std::string& text) {
  const auto parsed = language::Parse("test.scn", text);
  REQUIRE(std::holds_alternative<language::Scenario>(parsed));
  const auto& scenario = std::get<language::Scenario>(parsed);
  JudgedSession world(std::make_shared<const Kernel>(*Kernel::Parse(kernel)), {.swap = scenario.Requires("swap")});
  for (const language::Item& item : scenario.items) {
    if (const auto* statement = std::get_if<language::Statement>(&item)) world.Execute(*statement);
  }
  return world;
}

}  // namespace

TEST_CASE("a judged session is a value: a copy goes its own way and is judged alike") {
  const JudgedSession world = Play("v6.1", "P: mmap A anon 2\nP: uffd U\nP: register U A wp\nP: write A\nP: wp U A[0]\nP: fork C\n");
  CHECK(world.statements() == 6);
  CHECK(world.judge().judged(PromiseId::W1) > 0);
  CHECK(world.judge().judged(PromiseId::U8) > 0);
  CHECK(world.judge().broken(PromiseId::U8) == 0);
  JudgedSession copy = world;
  CHECK(copy.Digest() == world.Digest());
  const auto parsed = language::Parse("test.scn", "P: mmap A anon 2\nP: write A[1]\n");
  copy.Execute(std::get<language::Statement>(std::get<language::Scenario>(parsed).items[1]));
  CHECK(copy.Digest() != world.Digest());
}

}  // namespace pteron::promises
