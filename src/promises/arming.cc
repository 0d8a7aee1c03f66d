// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What userfaultfd has been asked for, read off the words: a page is armed only if its word makes the hardware fault on a write, and says
// why.
#include "src/promises/step_judge.h"

namespace pteron::promises {

// Which promise it is that the page is still armed behind this step.
PromiseId StepJudge::ArmingPromise(const Space& space, uint32_t index, const Page& page) const {
  const Act& act = step_.act;
  if (judge_.ledger_.failing()) return PromiseId::C5;
  switch (act.verb) {
    case Verb::wp:
    case Verb::copy:
    case Verb::continue_:
      return Covers(space, index) ? PromiseId::U3 : PromiseId::U4;
    case Verb::fork:
      return space.process == act.created ? PromiseId::U9 : PromiseId::U10;
    case Verb::mremap:
      return PromiseId::U12;
    default:
      break;
  }
  if (act.process >= 0 && act.process != space.process) return PromiseId::U10;
  if (act.process < 0) return PromiseId::U4;
  if (act.verb == Verb::mprotect) return PromiseId::U6;
  if (act.verb == Verb::read) return PromiseId::U7;
  if (act.verb == Verb::write && (judge_.ledger_.FeaturesOf(page) & kWpAsync)) return PromiseId::U16;
  const bool asked = act.verb == Verb::madvise && (act.advice == Advice::dontneed || act.advice == Advice::pageout);
  return asked && space.memory != Memory::anon ? PromiseId::U5 : PromiseId::U4;
}

bool StepJudge::Traps(const Page& page) const {
  const Entry& entry = page.now.entry;
  return entry.wp && !(entry.kind == EntryKind::present && entry.writable);
}

// Where accesses happened in the midst of the call nobody is to blame, but what is lost is lost.
void StepJudge::JudgeArming() {
  ForPages([&](const Space& space, uint32_t index, Page& page) {
    if (!(page.modes & kWp) || page.unjudged || judge_.ledger_.BeyondEnd(space, index)) return;
    switch (page.now.entry.kind) {
      case EntryKind::none:
      case EntryKind::present:
      case EntryKind::swap:
      case EntryKind::migration:
      case EntryKind::wp_none:
        break;
      default:
        return;
    }
    if (page.armed == Armed::on) {
      const PromiseId id = ArmingPromise(space, index, page);
      const bool lost = !Traps(page);
      if (!step_.act.interleaved && Ask(id) && lost) {
        BreakWords(id, space, index, page.now.entry.wp ? "an armed page is writable" : "an armed page has a word without write-protection");
      }
      if (lost) page.armed = Armed::any;
    } else if (page.armed == Armed::off && (page.changed || page.armed != page.armed_before || page.modes != page.modes_before)) {
      const bool traps = page.now.entry.wp;
      if (!step_.act.interleaved && Ask(PromiseId::U2) && traps)
        BreakWords(PromiseId::U2, space, index, "a page that is not armed has a write-protected word");
      if (traps) page.armed = Armed::any;
    }
  });
}

}  // namespace pteron::promises
