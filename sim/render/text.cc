// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/render/text.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "absl/strings/numbers.h"

#include "sim/execute/entry_bits.h"
#include "src/machine/table_walk.h"
#include "src/machine/word_target.h"
#include "src/state/primitives.h"

namespace pteron::render {

using execute::MappingState;
using execute::PageState;

namespace {

// Where an address lies, in the scenario's names: the newest mapping that it belongs to, and the first page of it that the word covers.
struct Place {
  std::string text;
  int64_t page = -1;
};

Place PlaceOf(const execute::Session& session, MmId mm, uint64_t address, Level level) {
  const auto& processes = session.processes();
  const auto process = std::find_if(processes.begin(), processes.end(), [&](const auto& one) { return one.mm == mm; });
  // The child of a fork that failed has no name.
  const std::string name = process == processes.end() ? fmt::format("mm {}", mm.value) : process->name;
  const uint64_t end = address + (uint64_t{1} << (kPageShift + 9 * (static_cast<unsigned>(level) - 1)));
  for (size_t i = session.mappings().size(); process != processes.end() && i-- > 0;) {
    const execute::NamedMapping& mapping = session.mappings()[i];
    const uint64_t first = std::max(address, mapping.start);
    if (first >= std::min(end, mapping.end())) continue;
    if (!session.IsVisible(static_cast<int>(process - processes.begin()), static_cast<int>(i), first)) continue;
    return {name + " " + mapping.name, static_cast<int64_t>((first - mapping.start) / mapping.page_size)};
  }
  return {fmt::format("{} {:#x}", name, address), -1};
}

// "page 2", "pages 2 to 4", "page 2 and others".
std::string Together(const std::vector<std::string>& targets) {
  if (targets.empty() || targets.front().empty()) return {};
  const std::string& first = targets.front();
  if (std::all_of(targets.begin(), targets.end(), [&](const std::string& one) { return one == first; })) return first;
  const size_t blank = first.rfind(' ');
  int number = 0;
  if (blank == std::string::npos || !absl::SimpleAtoi(first.substr(blank + 1), &number)) return first + " and others";
  const std::string kind = first.substr(0, blank);
  for (const std::string& one : targets) {
    if (one != fmt::format("{} {}", kind, number++)) return first + " and others";
  }
  return fmt::format("{}s {} to {}", kind, first.substr(blank + 1), number - 1);
}

std::string WithTarget(const std::string& brief, const std::string& target) {
  if (target.empty()) return brief;
  // A present word's brief starts with "page", which the target says better.
  if (brief.compare(0, 4, "page") == 0) return target + brief.substr(4);
  const size_t blank = brief.find(' ');
  return blank == std::string::npos ? brief + " " + target : brief.substr(0, blank) + " " + target + brief.substr(blank);
}

std::string Functions(const std::vector<const char*>& functions) {
  std::string text;
  for (const char* name : functions) text += (text.empty() ? "" : " > ") + std::string(name);
  return text;
}

std::string PlaceText(const std::string& place, int64_t first, int64_t last) {
  if (first < 0) return place;
  return first == last ? fmt::format("{}[{}]", place, first) : fmt::format("{}[{}:{}]", place, first, last + 1);
}

std::string ErrorCodeText(uint32_t error_code) {
  return fmt::format("{:#x} ({}, {}, user)", error_code, error_code & X86_PF_PROT ? "entry present" : "no entry present",
                     error_code & X86_PF_WRITE ? "write" : "read");
}

}  // namespace

bool TextRenderer::Change::Continues(const Change& next) const {
  return next.place == place && next.level == level && last >= 0 && next.first == last + 1 && next.old_raw == old_raw &&
         next.new_raw == new_raw && next.old_brief == old_brief && next.new_brief == new_brief && next.functions == functions &&
         next.why == why;
}

void TextRenderer::Begin(const language::Scenario& scenario, const Kernel& kernel) {
  sink_(fmt::format("{}{} on {}\n", first_run_ ? "" : "\n", scenario.file, kernel.name()));
  for (const std::string& text : scenario.about) sink_(fmt::format("  {}\n", text));
  first_run_ = false;
  before_ = after_ = Names{};
  previous_ = execute::Observation{};
}

void TextRenderer::Learn(const execute::Observation& state) {
  before_ = after_;
  for (const MappingState& mapping : state.mappings) {
    for (const execute::EntryState& entry : mapping.entries) {
      if (entry.label.kind == execute::Label::Kind::page) after_.pages[entry.frame.value] = entry.label.number;
      if (entry.label.kind == execute::Label::Kind::swap) after_.slots[entry.slot] = entry.label.number;
    }
  }
}

// "page 3", "slot 1"; the number that `first` has for it, else `second`'s, else none: it came and went within the step.
std::string TextRenderer::Target(const MachineState& m, const Names& first, const Names& second, Level level, uint64_t word) const {
  if (IsTableWord(level, word)) return {};
  const WordTarget target = TargetOf(m, level, word);
  if (target.slot >= 0) {
    for (const Names* names : {&first, &second}) {
      if (const auto at = names->slots.find(target.slot); at != names->slots.end()) return fmt::format("slot {}", at->second);
    }
    return "slot";
  }
  if (is_zero_pfn(target.frame)) return "zero page";
  if (is_huge_zero_pfn(target.frame)) return "huge zero page";
  if (target.frame == kNoPfn) return {};
  for (const Names* names : {&first, &second}) {
    if (const auto at = names->pages.find(target.frame.value); at != names->pages.end()) return fmt::format("page {}", at->second);
  }
  return "page";
}

TextRenderer::Change TextRenderer::Describe(const WordWrite& write, const execute::Session& session) const {
  const MachineState& m = session.machine().state();
  const Place place = PlaceOf(session, write.mm, write.address, write.level);
  Change change;
  change.place = place.text;
  change.first = change.last = place.page;
  change.level = write.level;
  change.old_raw = TargetOf(m, write.level, write.old_word).raw;
  change.new_raw = TargetOf(m, write.level, write.new_word).raw;
  change.old_brief = execute::Brief(m, write.level, write.old_word, "");
  change.new_brief = execute::Brief(m, write.level, write.new_word, "");
  change.old_targets = {Target(m, before_, after_, write.level, write.old_word)};
  change.new_targets = {Target(m, after_, before_, write.level, write.new_word)};
  change.functions = write.functions;
  change.why = write.why;
  return change;
}

void TextRenderer::Print(const Change& change) {
  const std::string place = PlaceText(change.place, change.first, change.last);
  const std::string from = WithTarget(change.old_brief, Together(change.old_targets));
  const std::string to = WithTarget(change.new_brief, Together(change.new_targets));
  if (change.old_brief == "table" || change.new_brief == "table") {
    sink_(fmt::format("  {} {} {} -> {}\n", place, execute::LevelText(change.level), from, to));
  } else {
    sink_(fmt::format("  {} {} {:016x} -> {:016x}\n      {} -> {}\n", place, execute::LevelText(change.level), change.old_raw,
                      change.new_raw, from, to));
  }
  if (change.functions.empty() && change.why == nullptr) return;
  sink_(fmt::format("      by {}{}{}\n", Functions(change.functions), change.why == nullptr ? "" : ": ",
                    change.why == nullptr ? "" : change.why));
}

void TextRenderer::PrintFaults(const execute::Step& step, const execute::Session& session) {
  for (size_t i = 0; i < step.faults.size();) {
    const PageFault& fault = step.faults[i];
    const Place first = PlaceOf(session, fault.mm, fault.address, Level::pte);
    int64_t last = first.page;
    for (++i; i < step.faults.size() && last >= 0 && step.faults[i].error_code == fault.error_code; ++i) {
      const Place next = PlaceOf(session, step.faults[i].mm, step.faults[i].address, Level::pte);
      if (next.text != first.text || next.page != last + 1) break;
      last = next.page;
    }
    sink_(fmt::format("  page fault at {}, error code {}\n", PlaceText(first.text, first.page, last), ErrorCodeText(fault.error_code)));
  }
}

void TextRenderer::PrintWrites(const execute::Step& step, const execute::Session& session) {
  std::optional<Change> pending;
  for (const WordWrite& write : step.writes) {
    Change change = Describe(write, session);
    if (pending && pending->Continues(change)) {
      pending->last = change.last;
      pending->old_targets.push_back(change.old_targets.front());
      pending->new_targets.push_back(change.new_targets.front());
      continue;
    }
    if (pending) Print(*pending);
    pending = std::move(change);
  }
  if (pending) Print(*pending);
}

void TextRenderer::PrintCounters(const execute::Observation& state) {
  for (const PageState& page : state.pages) {
    const auto old = std::find_if(previous_.pages.begin(), previous_.pages.end(), [&](const PageState& one) { return one.number == page.number; });
    const std::string flags = execute::KpageFlagsText(page.flags);
    if (old == previous_.pages.end()) {
      sink_(fmt::format("  page {}: mapcount {}, flags {}\n", page.number, page.mapcount, flags));
      continue;
    }
    if (old->mapcount != page.mapcount) sink_(fmt::format("  page {}: mapcount {} -> {}\n", page.number, old->mapcount, page.mapcount));
    if (old->flags != page.flags) sink_(fmt::format("  page {}: flags {} -> {}\n", page.number, execute::KpageFlagsText(old->flags), flags));
  }
  for (const MappingState& mapping : state.mappings) {
    const auto old = std::find_if(previous_.mappings.begin(), previous_.mappings.end(), [&](const MappingState& one) {
      return one.process == mapping.process && one.mapping == mapping.mapping;
    });
    const Smaps was = old == previous_.mappings.end() ? Smaps{} : old->smaps;
    std::string text;
    const auto add = [&text](const char* name, uint64_t from, uint64_t to) {
      if (from != to) text += fmt::format("{}{} {} -> {}", text.empty() ? "" : ", ", name, from, to);
    };
    add("rss", was.rss, mapping.smaps.rss);
    add("anonymous", was.anonymous, mapping.smaps.anonymous);
    add("swap", was.swap, mapping.smaps.swap);
    add("dirty", was.dirty, mapping.smaps.dirty);
    if (!text.empty()) sink_(fmt::format("  {} {}: {}\n", mapping.process_name, mapping.mapping_name, text));
  }
}

void TextRenderer::Step(const execute::Step& step, const execute::Session& session) {
  sink_(fmt::format("\n{}  {}\n", step.number, step.text));
  for (const execute::Outcome& outcome : step.outcomes) sink_(fmt::format("  = {}\n", outcome.Text()));
  for (const execute::WokenAccess& woken : step.woken) sink_(fmt::format("  ~ step {}: {}\n", woken.step, woken.outcome.Text()));
  Learn(step.state);
  PrintFaults(step, session);
  PrintWrites(step, session);
  PrintCounters(step.state);
  for (const Splat& splat : step.splats) {
    sink_(fmt::format("  {} in {}: {}\n", splat.bug ? "kernel BUG" : "kernel WARNING", splat.function, splat.reason));
  }
  for (const Misuse& misuse : step.misuses) {
    sink_(fmt::format("  misuse: {} gives {:016x} to {}\n", misuse.function == nullptr ? "?" : misuse.function, misuse.word, misuse.helper));
  }
  previous_ = step.state;
}

void TextRenderer::Expectation(const execute::ExpectationResult& result) {
  switch (result.verdict) {
    case execute::Verdict::passed: return sink_(fmt::format("  {}: holds\n", result.expectation->text));
    case execute::Verdict::failed: return sink_(fmt::format("  {}: FAILED, {}\n", result.expectation->text, result.reason));
    case execute::Verdict::not_for_this_kernel: return sink_(fmt::format("  {}: not for this kernel\n", result.expectation->text));
  }
}

void TextRenderer::End(const execute::ScenarioResult& result) {
  if (!result.missing.empty()) sink_(fmt::format("  skipped: the kernel has no {}\n", result.missing));
  if (!result.not_simulated.empty()) sink_(fmt::format("\nnot simulated yet: {}\n", result.not_simulated));
}

}  // namespace pteron::render
