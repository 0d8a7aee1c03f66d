// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_WORLD_H_
#define PTERON_SIM_SEARCH_WORLD_H_

// A scenario as the searches handle it: typed statements that keep the rules of the language, without expectations.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pteron/kernel.h"
#include "sim/language/scenario.h"
#include "sim/promises/judged_session.h"

namespace pteron::search {

struct World {
  bool swap = false;  // on at the start
  std::vector<language::Statement> statements;
};

// As a file: `about` lines, what it requires (swap, hook), the statements as Compose() has them.
std::string TextOf(const World& world, const std::vector<std::string>& about = {});
// The statements of a scenario.
World WorldOf(const language::Scenario& scenario);
// The world printed and read back, so that steps, mappings and texts are numbered anew; empty where the language
// refuses it.
std::optional<World> Reread(const World& world);

struct PlayOptions {
  bool probes = true;
  bool books = true;
};

// Plays a world and judges every step, until it ends. `visit` gets the index of each statement with what it broke, and
// says whether to go on. Returns the session as it is then.
using Visit = std::function<bool(size_t index, std::span<const promises::Violation> violations,
                                 const promises::JudgedSession& session)>;
promises::JudgedSession Play(const World& world, const std::shared_ptr<const Kernel>& kernel,
                             const PlayOptions& options, const Visit& visit);

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_WORLD_H_
