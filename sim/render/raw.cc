// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/render/raw.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include <fmt/format.h>

namespace pteron::render {

using execute::EntryState;
using execute::MappingState;

namespace {

// The modelled kernel's BUG in this step; null where there is none.
const Splat* BugOf(const execute::Step& step) {
  const auto bug = std::find_if(step.splats.begin(), step.splats.end(), [](const Splat& splat) { return splat.bug; });
  return bug == step.splats.end() ? nullptr : &*bug;
}

}  // namespace

std::string RawEntry(const MappingState& mapping, const EntryState& entry) {
  return fmt::format("{} {}[{}] {} {:016x} {} pm={}", mapping.process_name, mapping.mapping_name, entry.page,
                     execute::LevelText(entry.level), entry.raw, execute::LabelText(entry.label), execute::PagemapText(entry.pagemap));
}

std::string RawState(const execute::Observation& state) {
  std::string text;
  const auto out = std::back_inserter(text);
  for (const MappingState& mapping : state.mappings) {
    for (const EntryState& entry : mapping.entries) fmt::format_to(out, "{}\n", RawEntry(mapping, entry));
    fmt::format_to(out, "{} {} smaps rss={} anonymous={} swap={} dirty={}\n", mapping.process_name, mapping.mapping_name,
                   mapping.smaps.rss, mapping.smaps.anonymous, mapping.smaps.swap, mapping.smaps.dirty);
  }
  for (const execute::PageState& page : state.pages) {
    fmt::format_to(out, "page {} mapcount={} flags={}\n", page.number, page.mapcount, execute::KpageFlagsText(page.flags));
  }
  return text;
}

std::string Raw(const execute::Step& step) {
  if (!step.not_simulated.empty() || BugOf(step) != nullptr) return {};
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "@ {} {}\n", step.number, step.text);
  for (const execute::Outcome& outcome : step.outcomes) fmt::format_to(out, "= {}\n", outcome.Text());
  for (const execute::WokenAccess& woken : step.woken) fmt::format_to(out, "~ {} {}\n", woken.step, woken.outcome.Text());
  return text + RawState(step.state);
}

void RawRenderer::Begin(const language::Scenario& scenario, const Kernel& kernel) {
  if (plan_.runs > 1) sink_(fmt::format("# {} {}\n", scenario.file, kernel.name()));
}

void RawRenderer::Step(const execute::Step& step, const execute::Session&) {
  sink_(Raw(step));
  if (const Splat* bug = BugOf(step)) fmt::print(stderr, "# BUG {}: {}\n", bug->function, bug->reason);
}

void RawRenderer::End(const execute::ScenarioResult& result) {
  if (!result.missing.empty()) sink_(fmt::format("skip no {}\n", result.missing));
}

}  // namespace pteron::render
