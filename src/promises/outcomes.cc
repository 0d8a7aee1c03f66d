// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What a statement answers, judged by the ledger as it stood before it.
#include <algorithm>
#include <cerrno>

#include "src/promises/step_judge.h"

namespace pteron::promises {

void StepJudge::JudgeOutcomes() {
  if (step_.act.interleaved || step_.act.verb == Verb::at) return;
  JudgeLivelock();
  switch (step_.act.verb) {
    case Verb::read:
    case Verb::write:
      JudgeAccesses();
      break;
    case Verb::peek:
      JudgePeek();
      break;
    case Verb::copy:
      JudgeUffdCopy();
      break;
    default:
      break;
  }
  JudgeWakes();
}

void StepJudge::JudgeLivelock() {
  if (judge_.ledger_.frozen()) return;
  for (const Outcome& outcome : step_.outcomes) {
    if (!Ask(PromiseId::U15)) return;
    if (outcome.answer == Answer::livelock) Break(PromiseId::U15, "it repeats for ever");
  }
}

void StepJudge::JudgeAccesses() {
  const Act& act = step_.act;
  Ledger& ledger = judge_.ledger_;
  for (const Outcome& outcome : step_.outcomes) {
    if (outcome.page < 0) continue;
    uint32_t at = 0;
    const Space* const space = ledger.Find(act.process, act.start + static_cast<uint64_t>(outcome.page - act.first) * act.page_size, &at);
    if (space == nullptr) continue;
    const Page& page = ledger.pages()[at];
    const uint32_t index = at - space->first_page;
    const bool allowed =
        page.protection_known && (page.protection == Protection::rw || (act.verb == Verb::read && page.protection == Protection::r));
    if (page.unjudged || !allowed) continue;
    if (ledger.BeyondEnd(*space, index)) {
      if (page.modes == 0 && !ledger.MayBeHuge(*space) && outcome.answer != Answer::oom && Ask(PromiseId::Z4) &&
          outcome.answer != Answer::sigbus) {
        Violation& violation = Break(PromiseId::Z4, *space, index, "an access beyond the file's end is not SIGBUS");
        violation.evidence = Violation::Evidence::answer;
        violation.after = static_cast<uint64_t>(outcome.answer);
      }
      continue;
    }
    if (act.verb == Verb::read) {
      // Values are of the first word of a page, also of a huge one.
      const uint64_t address = act.start + static_cast<uint64_t>(outcome.page - act.first) * act.page_size;
      if (outcome.answer == Answer::ok && address % space->page_size == 0) JudgeRead(*space, at, outcome);
      continue;
    }
    const bool async = ledger.FeaturesOf(page) & kWpAsync;
    if (page.armed == Armed::on && (page.modes & kWp)) {
      const PromiseId id = async ? PromiseId::U16 : PromiseId::U1;
      const bool wrong = async ? outcome.answer == Answer::blocked_wp : outcome.answer == Answer::ok;
      if (Ask(id) && wrong) {
        Violation& violation =
            Break(id, *space, index, async ? "wp-async, and the write is reported" : "a write to an armed page is not reported");
        violation.evidence = Violation::Evidence::answer;
        violation.after = static_cast<uint64_t>(outcome.answer);
      }
    } else if (page.armed == Armed::off || !(page.modes & kWp)) {
      if (Ask(PromiseId::U2) && outcome.answer == Answer::blocked_wp)
        Break(PromiseId::U2, *space, index, "a write to a page that is not armed is reported");
    }
  }
}

void StepJudge::JudgeRead(const Space& space, uint32_t at, const Outcome& outcome) {
  const Page& page = judge_.ledger_.pages()[at];
  const uint32_t index = at - space.first_page;
  uint64_t value = 0;
  if (!outcome.has_value || !judge_.ledger_.Value(space, page, index, &value)) return;
  const PromiseId id = space.shared ? PromiseId::Z5 : page.armed == Armed::on ? PromiseId::U7 : PromiseId::F1;
  if (!Ask(id) || outcome.value == value) return;
  Violation& violation = Break(id, space, index, "a read gives another value than was stored");
  violation.evidence = Violation::Evidence::values;
  violation.before = value;
  violation.after = outcome.value;
  judge_.ledger_.Believe(space, index, outcome.value);
}

void StepJudge::JudgePeek() {
  const Act& act = step_.act;
  if (act.file < 0) return;
  const LedgerFile& file = judge_.ledger_.files()[static_cast<size_t>(act.file)];
  for (const Outcome& outcome : step_.outcomes) {
    if (outcome.answer != Answer::ok || !outcome.has_value || outcome.page < 0) continue;
    const size_t page = static_cast<size_t>(outcome.page);
    if (page >= file.pages.size() || !file.pages[page].known || !Ask(PromiseId::Z5)) continue;
    if (file.pages[page].value == outcome.value) continue;
    Violation& violation = Break(PromiseId::Z5, "the file holds another value than was stored");
    violation.evidence = Violation::Evidence::values;
    violation.page = outcome.page;
    violation.before = file.pages[page].value;
    violation.after = outcome.value;
    judge_.ledger_.Forget(act.file, page);
  }
}

void StepJudge::JudgeUffdCopy() {
  const Act& act = step_.act;
  const int process = ActsOn();
  if (process < 0 || !judge_.ledger_.IsAlive(process)) return;
  for (const Outcome& outcome : step_.outcomes) {
    if (outcome.page < 0) continue;
    uint32_t at = 0;
    const Space* const space =
        judge_.ledger_.Find(process, act.start + static_cast<uint64_t>(outcome.page - act.first) * act.page_size, &at);
    if (space == nullptr) continue;
    const Page& page = judge_.ledger_.pages()[at];
    if (!page.now.shown) continue;
    const EntryKind kind = page.now.entry.kind;
    const bool free = kind == EntryKind::none || kind == EntryKind::wp_none;
    const bool exists = outcome.answer == Answer::error && outcome.error == EEXIST;
    if (outcome.answer != Answer::ok && !exists) continue;
    if (!Ask(PromiseId::U13)) return;
    if (outcome.answer == Answer::ok && !free) {
      Break(PromiseId::U13, *space, at - space->first_page, "UFFDIO_COPY succeeds over an entry that is there");
    }
    // The file may hold the page that an empty word does not name.
    if (exists && free && !space->shared) Break(PromiseId::U13, *space, at - space->first_page, "UFFDIO_COPY is -EEXIST over nothing");
  }
}

void StepJudge::JudgeWakes() {
  const Act& act = step_.act;
  const bool wakes = act.verb == Verb::wake || act.verb == Verb::unwp || act.verb == Verb::continue_ || act.verb == Verb::copy ||
                     act.verb == Verb::zeropage;
  if (!wakes || judge_.ledger_.waiting().empty() || act.uffd < 0) return;
  for (const WaitingThread& waits : judge_.ledger_.waiting()) {
    uint32_t at = 0;
    if (waits.process != ActsOn() || waits.address < act.start || waits.address >= act.end) continue;
    const Space* const space = judge_.ledger_.Find(waits.process, waits.address, &at);
    if (space == nullptr || judge_.ledger_.pages()[at].uffd != act.uffd) continue;
    const int64_t page = act.first + static_cast<int64_t>((waits.address - act.start) / act.page_size);
    const bool done = std::any_of(step_.outcomes.begin(), step_.outcomes.end(), [&](const Outcome& outcome) {
      return outcome.answer == Answer::ok && (outcome.page < 0 || outcome.page == page);
    });
    if (!done || !Ask(PromiseId::U15)) continue;
    const bool woken = std::any_of(step_.woken.begin(), step_.woken.end(), [&](const Woken& one) { return one.thread == waits.thread; });
    if (!woken) Break(PromiseId::U15, *space, at - space->first_page, "an access waits on although it was woken");
  }
}

}  // namespace pteron::promises
