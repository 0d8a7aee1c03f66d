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
  // One cause often breaks a promise for many pages: it is told once a mapping.
  for (size_t i = first_violation_; i < violations_.size(); ++i) {
    Violation& told = violations_[i];
    if (told.promise == id && told.process == space.process && told.mapping == space.mapping && told.what == what) {
      ++judge_.broken_[static_cast<size_t>(id)];
      ++told.more_pages;
      spare_ = told;
      return spare_;
    }
  }
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
  for (Page& page : judge_.ledger_.pages()) {
    page.before = page.now;
    page.armed_before = page.armed;
    page.modes_before = page.modes;
    page.uffd_before = page.uffd;
  }
}

// Spreads entry lines over the pages that they cover.
void StepJudge::TakeInState() {
  std::vector<Page>& pages = judge_.ledger_.pages();
  for (Page& page : pages) page.now = Seen{};
  size_t hint = 0;  // pages mostly come in the order in which entries name them
  for (const MappingView& view : state_->mappings) {
    const Space* space = nullptr;
    for (const Space& one : judge_.ledger_.spaces()) {
      if (one.process == view.process && one.mapping == view.mapping) space = &one;
    }
    if (space == nullptr) continue;
    for (uint32_t i = 0; i < view.entries; ++i) {
      const EntryView& entry = state_->entries[view.first_entry + i];
      if (entry.page >= space->pages) continue;
      Seen seen;
      seen.word = entry.word;
      seen.label = entry.label;
      seen.first_page = entry.page;
      seen.level = entry.level;
      seen.pagemap = entry.pagemap;
      seen.shown = true;
      seen.page_flags = PageFlags(entry.label, &hint);
      seen.entry = judge_.decoder_.Decode(entry.level, entry.word, entry.label);
      const uint64_t address = space->start + entry.page * space->page_size;
      const uint64_t behind = (address & ~(SpanOf(entry.level) - 1)) + SpanOf(entry.level);
      const uint32_t next = i + 1 < view.entries ? state_->entries[view.first_entry + i + 1].page : space->pages;
      for (uint32_t page = entry.page; page < next && space->start + page * space->page_size < behind; ++page) {
        pages[space->first_page + page].now = seen;
      }
    }
  }
  for (Page& page : pages) {
    const Seen &before = page.before, &now = page.now;
    page.changed = page.fresh || before.word != now.word || before.label != now.label || before.pagemap != now.pagemap ||
                   before.shown != now.shown || before.entry.kind != now.entry.kind;
  }
}

int StepJudge::ActsOn() const {
  if (!ActsThroughDescriptor(step_.act.verb)) return step_.act.process;
  return step_.act.uffd < 0 ? -1 : judge_.ledger_.descriptors()[static_cast<size_t>(step_.act.uffd)].watched;
}

bool StepJudge::Covers(const Space& space, uint32_t index) const {
  const uint64_t address = space.start + index * space.page_size;
  return space.process == ActsOn() && address < step_.act.end && address + space.page_size > step_.act.start;
}

uint8_t StepJudge::PageFlags(Label label, size_t* hint) const {
  const std::vector<PageView>& pages = state_->pages;
  if (label.kind != Label::Kind::page) return 0;
  for (size_t tried = 0; tried < pages.size(); ++tried) {
    const size_t at = (*hint + tried) % pages.size();
    if (pages[at].number != label.number) continue;
    *hint = at;
    return pages[at].flags;
  }
  return 0;
}

void StepJudge::Run() {
  KeepBefore();
  JudgeOutcomes();
  judge_.ledger_.Apply(step_.act, step_.outcomes, step_.woken);
  if (step_.facts != nullptr) JudgeBooks();
  state_ = step_.observer != nullptr ? step_.observer->Look(judge_.ledger_) : step_.state;
  if (state_ == nullptr) return;
  TakeInState();
  JudgeWords();
  JudgePairs();
  JudgeArming();
  if (!step_.act.interleaved && step_.prober != nullptr) JudgeProbes();
}

}  // namespace pteron::promises
