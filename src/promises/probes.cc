// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What would happen if a process touched a page. All questions about one state are asked on two copies of it:
//   first   stores to armed pages, which must change nothing; then loads, whose values are compared; then stores to pages that are not
//   armed second  loads of armed pages that are not mapped, then stores to them: what brings such a page in must bring its arming too
// A page is asked about again only when something changed that its answers depend on.
#include "src/promises/step_judge.h"

namespace pteron::promises {
namespace {

using Asks = PlannedProbe::Asks;

constexpr uint64_t kProbeValue = ~uint64_t{0} >> 1;  // no statement stores this

bool IsHugetlb(const Space& space) { return space.memory == Memory::hugetlb_shared || space.memory == Memory::hugetlb_private; }

class Key {
 public:
  void Add(uint64_t value) {
    hash_ ^= value + 0x9e3779b97f4a7c15;
    hash_ *= 0xbf58476d1ce4e5b9;
    hash_ ^= hash_ >> 29;
  }
  uint64_t value() const { return hash_ | 1; }

 private:
  uint64_t hash_ = 0x243f6a8885a308d3;
};

bool CanBeAsked(EntryKind kind) {
  return kind == EntryKind::none || kind == EntryKind::present || kind == EntryKind::swap || kind == EntryKind::wp_none;
}

}  // namespace

void StepJudge::Plan(const Space& space, uint32_t index, Asks asks) {
  const uint32_t which = static_cast<uint32_t>(&space - judge_.ledger_.spaces().data());
  judge_.planned_.push_back({which, index, asks});
  const bool write = asks == Asks::trap || asks == Asks::store || asks == Asks::trap_after_read;
  judge_.accesses_.push_back({space.process, space.start + index * space.page_size, write, kProbeValue});
}

// Which pages have something new to tell. Page::fresh has done its work by now, and marks them.
void StepJudge::MarkNew() {
  const Ledger& ledger = judge_.ledger_;
  ForPages([&](const Space& space, uint32_t index, Page& page) {
    page.fresh = false;
    if (page.unjudged || !page.protection_known || page.protection == Protection::none || !CanBeAsked(page.now.entry.kind)) return;
    uint64_t value = 0;
    const bool known = ledger.Value(space, page, index, &value);
    Key key;
    key.Add(page.now.word);
    key.Add(page.now.label.number << 3 | static_cast<uint64_t>(page.now.label.kind));
    key.Add(value << 1 | uint64_t{known});
    key.Add(static_cast<uint64_t>(page.armed) << 16 | static_cast<uint64_t>(page.protection) << 12 | uint64_t{page.modes} << 4 |
            uint64_t{ledger.BeyondEnd(space, index)});
    key.Add(static_cast<uint64_t>(page.uffd + 1));
    if (key.value() == page.probed) return;
    page.probed = key.value();
    page.fresh = true;
  });
}

bool StepJudge::AskAll() {
  const Ledger& ledger = judge_.ledger_;
  MarkNew();
  const auto each_new = [&](const auto& run) {
    ForPages([&](const Space& space, uint32_t index, Page& page) {
      if (page.fresh) run(space, index, page);
    });
  };
  const auto is_armed = [&](const Space& space, uint32_t index, const Page& page) {
    return page.armed == Armed::on && (page.modes & kWp) && page.protection == Protection::rw && !(ledger.FeaturesOf(page) & kWpAsync) &&
           !ledger.BeyondEnd(space, index);
  };
  each_new([&](const Space& space, uint32_t index, Page& page) {
    if (is_armed(space, index, page)) Plan(space, index, Asks::trap);
  });
  each_new([&](const Space& space, uint32_t index, Page&) { Plan(space, index, Asks::value); });
  each_new([&](const Space& space, uint32_t index, Page& page) {
    const bool not_armed = page.armed == Armed::off || !(page.modes & kWp);
    if (not_armed && page.protection == Protection::rw && !ledger.BeyondEnd(space, index)) Plan(space, index, Asks::store);
  });
  if (!AskPlanned()) return false;
  each_new([&](const Space& space, uint32_t index, Page& page) {
    if (is_armed(space, index, page) && page.now.entry.kind != EntryKind::present) Plan(space, index, Asks::value);
  });
  const size_t loads = judge_.planned_.size();
  for (size_t i = 0; i < loads; ++i) {
    const PlannedProbe planned = judge_.planned_[i];
    Plan(ledger.spaces()[planned.space], planned.index, Asks::trap_after_read);
  }
  return AskPlanned();
}

void StepJudge::JudgeProbes() {
  // An allocation is about to fail, or somebody holds pages: accesses would not show what they usually do.
  if (step_.act.verb == Verb::fail || step_.act.verb == Verb::at || judge_.ledger_.frozen()) return;
  // Each surprise is told once and believed from then on, so a few rounds are enough; a kernel that answers at random is asked no longer.
  constexpr int kMostRounds = 64;
  for (int round = 0; round < kMostRounds && !AskAll(); ++round) {
  }
}

bool StepJudge::AskPlanned() {
  if (judge_.planned_.empty()) return true;
  judge_.answers_.assign(judge_.planned_.size(), Outcome{});
  step_.prober->Try(judge_.accesses_, judge_.answers_);
  judge_.probes_ += judge_.planned_.size();
  bool surprised = false;
  for (size_t i = 0; i < judge_.planned_.size(); ++i) {
    const PlannedProbe& planned = judge_.planned_[i];
    const Space& space = judge_.ledger_.spaces()[planned.space];
    Page& page = judge_.ledger_.pages()[space.first_page + planned.index];
    if (surprised) {
      page.probed = 0;
      continue;
    }
    const Outcome& answer = judge_.answers_[i];
    if (answer.answer == Answer::kernel_bug) {
      if (Ask(PromiseId::K1)) Break(PromiseId::K1, space, planned.index, "an access would kill the kernel");
      page.unjudged = true;
      surprised = true;
      continue;
    }
    if (answer.answer == Answer::livelock) {
      if (Ask(PromiseId::U15)) Break(PromiseId::U15, space, planned.index, "an access would repeat for ever");
      continue;
    }
    switch (planned.asks) {
      case Asks::trap:
        surprised = !JudgeTrap(space, planned.index, page, answer, false);
        break;
      case Asks::trap_after_read:
        surprised = !JudgeTrap(space, planned.index, page, answer, true);
        break;
      case Asks::value:
        surprised = !JudgeValue(space, planned.index, page, answer);
        break;
      case Asks::store:
        surprised = !JudgeStore(space, planned.index, page, answer);
        break;
    }
  }
  judge_.planned_.clear();
  judge_.accesses_.clear();
  judge_.answers_.clear();
  return !surprised;
}

// A store to an armed page. False: it changed something.
bool StepJudge::JudgeTrap(const Space& space, uint32_t index, Page& page, const Outcome& answer, bool after_read) {
  const PromiseId id = after_read ? PromiseId::U7 : ArmingPromise(space, index, page);
  if (page.armed != Armed::on) return true;  // has been told
  if (!Ask(id)) {
    // Nobody promises it: nothing is expected of the page any longer.
    if (answer.answer == Answer::ok) page.armed = Armed::any;
    return answer.answer != Answer::ok;
  }
  if (id != PromiseId::U1 && !after_read) Ask(PromiseId::U1);
  if (answer.answer == Answer::ok) {
    Violation& violation = Break(id, space, index,
                                 after_read ? "a store to an armed page after a load of it would not be reported"
                                            : "a store to an armed page would not be reported");
    violation.evidence = Violation::Evidence::answer;
    violation.after = static_cast<uint64_t>(answer.answer);
    page.armed = Armed::any;
    return false;
  }
  if (answer.answer == Answer::sigsegv) {
    Violation& violation = Break(PromiseId::U1, space, index, "a store to an armed page would have another outcome");
    violation.evidence = Violation::Evidence::answer;
    violation.after = static_cast<uint64_t>(answer.answer);
  }
  return true;
}

bool StepJudge::JudgeValue(const Space& space, uint32_t index, Page& page, const Outcome& answer) {
  const Ledger& ledger = judge_.ledger_;
  if (ledger.BeyondEnd(space, index)) return JudgeEnd(space, index, answer);
  uint64_t value = 0;
  if (answer.answer != Answer::ok || !ledger.Value(space, page, index, &value)) return true;
  const bool punched = step_.act.verb == Verb::punch || (step_.act.verb == Verb::madvise && step_.act.advice == Advice::remove);
  const PromiseId id = space.shared ? PromiseId::Z5 : page.armed == Armed::on ? PromiseId::U7 : punched ? PromiseId::Z3 : PromiseId::F1;
  if (!Ask(id) || answer.value == value) return true;
  Violation& violation = Break(id, space, index,
                               answer.value == kProbeValue ? "a store that is reported would be done all the same"
                                                           : "a load would give another value than was stored");
  violation.evidence = Violation::Evidence::values;
  violation.before = value;
  violation.after = answer.value;
  judge_.ledger_.Believe(space, index, answer.value);
  return true;
}

bool StepJudge::JudgeEnd(const Space& space, uint32_t index, const Outcome& answer) {
  Page& page = judge_.ledger_.pages()[space.first_page + index];
  if (page.modes != 0 || judge_.ledger_.MayBeHuge(space) || !Ask(PromiseId::Z4) || answer.answer == Answer::sigbus) return true;
  Violation& violation = Break(PromiseId::Z4, space, index, "an access beyond the file's end would not be SIGBUS");
  violation.evidence = Violation::Evidence::answer;
  violation.after = static_cast<uint64_t>(answer.answer);
  page.unjudged = true;
  return true;
}

// A store to a page that is not armed.
bool StepJudge::JudgeStore(const Space& space, uint32_t index, Page& page, const Outcome& answer) {
  if (!Ask(PromiseId::U2)) return true;
  // With the sigbus feature the signal may stand for a missing page too, and for an empty pool of huge pages.
  const bool sure_signal =
      answer.answer == Answer::sigbus && page.modes == kWp && !IsHugetlb(space) && (judge_.ledger_.FeaturesOf(page) & kSigbus);
  if (answer.answer != Answer::blocked_wp && !sure_signal) return true;
  Violation& violation = Break(PromiseId::U2, space, index, "a store to a page that is not armed would be reported");
  violation.evidence = Violation::Evidence::answer;
  violation.after = static_cast<uint64_t>(answer.answer);
  page.armed = Armed::any;
  return true;
}

}  // namespace pteron::promises
