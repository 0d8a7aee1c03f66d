// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/world.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "sim/execute/points.h"
#include "sim/language/vocabulary.h"

namespace pteron::search {

std::string TextOf(const World& world, const std::vector<std::string>& about) {
  language::Scenario scenario;
  scenario.about = about;
  if (world.swap) scenario.require.push_back({"swap", {}});
  const auto needs_hook = [](const language::Statement& one) { return language::FormOf(one.verb).needs_hook; };
  if (std::any_of(world.statements.begin(), world.statements.end(), needs_hook))
    scenario.require.push_back({"hook", {}});
  for (const language::Statement& statement : world.statements) {
    scenario.items.emplace_back(statement);
    std::get<language::Statement>(scenario.items.back()).text.clear();
  }
  return language::Print(scenario);
}

World WorldOf(const language::Scenario& scenario) {
  World world{.swap = scenario.Requires("swap"), .statements = {}};
  for (const language::Item& item : scenario.items) {
    if (const auto* statement = std::get_if<language::Statement>(&item)) world.statements.push_back(*statement);
  }
  return world;
}

std::optional<World> Reread(const World& world) {
  auto parsed = language::Parse("world", TextOf(world));
  auto* scenario = std::get_if<language::Scenario>(&parsed);
  if (scenario == nullptr || execute::CheckPoints(*scenario)) return std::nullopt;
  return WorldOf(*scenario);
}

promises::JudgedSession Play(const World& world, const std::shared_ptr<const Kernel>& kernel,
                             const PlayOptions& options, const Visit& visit) {
  promises::JudgedSession session(kernel, {.swap = world.swap, .probes = options.probes, .books = options.books});
  for (size_t i = 0; i < world.statements.size() && !session.ended(); ++i) {
    if (world.statements[i].verb != language::Verb::at) {
      for (size_t at = i + 1; at < world.statements.size() && world.statements[at].verb == language::Verb::at; ++at)
        session.Arm(world.statements[at]);
    }
    const std::span<const promises::Violation> violations = session.Execute(world.statements[i]);
    if (!visit(i, violations, session)) break;
  }
  return session;
}

}  // namespace pteron::search
