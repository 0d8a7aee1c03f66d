// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/render/ktap.h"

#include <fmt/format.h>

namespace pteron::render {

void KtapRenderer::Begin(const language::Scenario& scenario, const Kernel& kernel) {
  if (runs_++ == 0) sink_(fmt::format("KTAP version 1\n1..{}\n", plan_.runs));
  name_ = fmt::format("{} on {}", scenario.file, kernel.name());
  for (char& c : name_) {
    if (c == '#' || c == '\n') c = '?';  // "#" starts a directive
  }
  subtests_.clear();
  count_ = 0;
}

void KtapRenderer::Expectation(const execute::ExpectationResult& result) {
  ++count_;
  const bool failed = result.verdict == execute::Verdict::failed;
  subtests_ += fmt::format("    {} {} step {}: {}{}\n", failed ? "not ok" : "ok", count_, result.step, result.expectation->text,
                           result.verdict == execute::Verdict::not_for_this_kernel ? " # SKIP not for this kernel" : "");
  if (failed) subtests_ += fmt::format("    # {}\n", result.reason);
}

void KtapRenderer::End(const execute::ScenarioResult& result) {
  if (!result.missing.empty()) return sink_(fmt::format("ok {} {} # SKIP no {}\n", runs_, name_, result.missing));
  if (count_ > 0) sink_(fmt::format("    KTAP version 1\n    # Subtest: {}\n    1..{}\n{}", name_, count_, subtests_));
  if (!result.not_simulated.empty()) sink_(fmt::format("# not simulated: {}\n", result.not_simulated));
  const bool failed = !result.not_simulated.empty() || result.CountOf(execute::Verdict::failed) > 0;
  sink_(fmt::format("{} {} {}\n", failed ? "not ok" : "ok", runs_, name_));
}

}  // namespace pteron::render
