// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/render/raw.h"

#include <iterator>

#include <fmt/format.h>

namespace pteron::render {

using execute::EntryState;
using execute::MappingState;

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
  if (!step.not_simulated.empty()) return {};
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

void RawRenderer::Step(const execute::Step& step, const execute::Session&) { sink_(Raw(step)); }

void RawRenderer::End(const execute::ScenarioResult& result) {
  if (!result.missing.empty()) sink_(fmt::format("skip no {}\n", result.missing));
}

}  // namespace pteron::render
