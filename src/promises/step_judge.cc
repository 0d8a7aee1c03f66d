// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/promises/step_judge.h"

namespace pteron::promises {
namespace {

constexpr uint64_t SpanOf(Level level) { return uint64_t{1} << (12 + 9 * (static_cast<unsigned>(level) - 1)); }

}  // namespace

Violation& StepJudge::Break(PromiseId id, const char* what) {
  ++judge_.broken_[static_cast<size_t>(id)];
  Violation violation;
  violation.promise = id;
  violation.verb = step_.act.verb;
  violation.what = what;
  violations_.push_back(violation);
  return violations_.back();
}

Violation& StepJudge::Break(PromiseId id, const Space& space, uint32_t index, const char* what) {
  Violation& violation = Break(id, what);
  violation.memory = space.memory;
  violation.process = space.process;
  violation.mapping = space.mapping;
  violation.page = index;
  return violation;
}

void StepJudge::BreakWords(PromiseId id, const Space& space, uint32_t index, const char* what) {
  const Page& page = judge_.ledger_.pages()[space.first_page + index];
  Violation& violation = Break(id, space, index, what);
  violation.evidence = Violation::Evidence::words;
  violation.before = page.before.word;
  violation.after = page.now.word;
}

void StepJudge::KeepBefore() {
  for (Page& page : judge_.ledger_.pages()) page.before = page.now;
}

// Spreads entry lines over the pages that they cover.
void StepJudge::TakeInState() {
  std::vector<Page>& pages = judge_.ledger_.pages();
  for (Page& page : pages) page.now = Seen{};
  for (const MappingView& view : step_.state->mappings) {
    const Space* space = nullptr;
    for (const Space& one : judge_.ledger_.spaces()) {
      if (one.process == view.process && one.mapping == view.mapping) space = &one;
    }
    if (space == nullptr) continue;
    for (uint32_t i = 0; i < view.entries; ++i) {
      const EntryView& entry = step_.state->entries[view.first_entry + i];
      if (entry.page >= space->pages) continue;
      Seen seen;
      seen.word = entry.word;
      seen.label = entry.label;
      seen.first_page = entry.page;
      seen.level = entry.level;
      seen.pagemap = entry.pagemap;
      seen.shown = true;
      seen.entry = judge_.decoder_.Decode(entry.level, entry.word, entry.label);
      const uint64_t address = space->start + entry.page * space->page_size;
      const uint64_t behind = (address & ~(SpanOf(entry.level) - 1)) + SpanOf(entry.level);
      const uint32_t next = i + 1 < view.entries ? step_.state->entries[view.first_entry + i + 1].page : space->pages;
      for (uint32_t page = entry.page; page < next && space->start + page * space->page_size < behind; ++page) {
        pages[space->first_page + page].now = seen;
      }
    }
  }
}

void StepJudge::Run() {
  KeepBefore();
  judge_.ledger_.Apply(step_.act, step_.outcomes, step_.woken);
  if (step_.state == nullptr) return;
  TakeInState();
  JudgeWords();
}

}  // namespace pteron::promises
