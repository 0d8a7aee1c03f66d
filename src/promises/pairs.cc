// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What a step may make of a word: the state before it against the state behind it.
#include <cerrno>

#include "src/promises/step_judge.h"

namespace pteron::promises {
namespace {

constexpr uint64_t kRwBit = 1 << 1, kAccessedBit = 1 << 5, kDirtyBit = 1 << 6, kWpBit = 1 << 10, kSavedDirtyBit = uint64_t{1} << 58;
constexpr uint64_t kSmallPage = 4096;  // hugetlb has no soft-dirty to keep
constexpr uint64_t kSwapSoftDirtyBit = 1 << 1, kSwapWpBit = 1 << 2, kSwapExclusiveBit = 1 << 3;

constexpr uint16_t Set(std::initializer_list<EntryKind> kinds) {
  unsigned set = 0;
  for (const EntryKind kind : kinds) set |= 1u << static_cast<unsigned>(kind);
  return static_cast<uint16_t>(set);
}

// What a word of each kind may become by being filled, restored, zapped or poisoned; its own kind is always among it.
uint16_t MayBecome(EntryKind kind) {
  using K = EntryKind;
  switch (kind) {
    // A call may bring a page in and push it out at once.
    case K::none:
      return Set({K::none, K::present, K::wp_none, K::poison, K::guard, K::hwpoison});
    case K::swap:
      return Set({K::none, K::present, K::swap, K::wp_none, K::poison, K::swapin_error, K::guard, K::hwpoison});
    case K::migration:
      return Set({K::none, K::present, K::migration, K::wp_none, K::guard});
    case K::hwpoison:
      return Set({K::none, K::hwpoison, K::wp_none, K::guard});
    case K::swapin_error:
      return Set({K::none, K::swapin_error, K::wp_none});
    case K::wp_none:
      return Set({K::none, K::present, K::wp_none, K::poison, K::guard, K::hwpoison});
    case K::poison:
      return Set({K::none, K::poison, K::wp_none, K::guard});
    case K::guard:
      return Set({K::none, K::guard, K::wp_none});
    default:
      return 0xffff;
  }
}

bool IsZap(const Act& act) { return act.verb == Verb::madvise && act.advice == Advice::dontneed; }

// Statements that change words of their own range and process alone.
bool IsLocal(const Act& act) {
  if (ActsThroughDescriptor(act.verb)) return true;
  switch (act.verb) {
    case Verb::munmap:
    case Verb::mprotect:
    case Verb::exit:
    case Verb::clear_refs:
    case Verb::mincore:
    case Verb::close:
    case Verb::uffd:
    case Verb::peek:
      return true;
    case Verb::madvise:
      switch (act.advice) {
        case Advice::dontneed:
        case Advice::free:
        case Advice::cold:
        case Advice::hugepage:
        case Advice::nohugepage:
        case Advice::dontfork:
        case Advice::dofork:
        case Advice::wipeonfork:
        case Advice::keeponfork:
        case Advice::guard_install:
        case Advice::guard_remove:
          return true;
        default:
          return false;
      }
    default:
      return false;
  }
}

}  // namespace

void StepJudge::JudgePairs() {
  if (step_.act.interleaved || step_.act.verb == Verb::at || !step_.woken.empty()) return;
  const bool local = IsLocal(step_.act);
  ForPages([&](const Space& space, uint32_t index, Page& page) {
    if (step_.act.verb == Verb::truncate && space.file == step_.act.file && Ok()) JudgeBeyondEnd(space, index, page);
    if (page.fresh || !page.before.shown) return;
    if (IsZap(step_.act) && Ok() && Covers(space, index)) JudgeZap(space, index, page);
    if (local) JudgeFrame(space, index, page);
    JudgePunch(space, index, page);
    if (!page.changed) return;
    JudgeKindChange(space, index, page);
    JudgeSwapBits(space, index, page);
  });
  if (step_.act.verb == Verb::fork && Ok()) JudgeFork();
}

void StepJudge::JudgeKindChange(const Space& space, uint32_t index, Page& page) {
  const Entry &before = page.before.entry, &now = page.now.entry;
  if (before.kind == EntryKind::present || before.kind == EntryKind::invalid || now.kind == EntryKind::invalid) return;
  if (!Ask(PromiseId::W4)) return;
  if (!(MayBecome(before.kind) & (1u << static_cast<unsigned>(now.kind)))) {
    return BreakWords(PromiseId::W4, space, index, "a word becomes what nothing makes of its kind");
  }
  if (now.kind != before.kind || now.kind == EntryKind::none) return;
  if (now.kind == EntryKind::wp_none || now.kind == EntryKind::poison || now.kind == EntryKind::guard) {
    if ((page.before.word ^ page.now.word) & ~kSwapSoftDirtyBit)
      BreakWords(PromiseId::W4, space, index, "a word without a page changes its bits");
    return;
  }
  if (page.before.label != page.now.label)
    return BreakWords(PromiseId::W4, space, index, "a word that is not present names another page or slot");
  if (now.kind == EntryKind::migration) {
    if (now.writable && !before.writable) BreakWords(PromiseId::W4, space, index, "a migration entry becomes writable");
    return;
  }
  if (now.type != before.type) BreakWords(PromiseId::W4, space, index, "a word that is not present changes its swap type");
}

void StepJudge::JudgeZap(const Space& space, uint32_t index, Page& page) {
  const Entry &before = page.before.entry, &now = page.now.entry;
  if (page.unjudged || before.kind == EntryKind::hwpoison || before.kind == EntryKind::poison || before.kind == EntryKind::guard ||
      before.kind == EntryKind::swapin_error || before.kind == EntryKind::invalid) {
    return;
  }
  const bool file = space.memory != Memory::anon;
  if (file && !(page.modes & kWp) && before.wp) return;  // left over from a registration that is gone: any
  if (!Ask(PromiseId::Z2)) return;
  const bool keep = file && before.wp;
  if (keep && now.kind != EntryKind::wp_none) BreakWords(PromiseId::Z2, space, index, "a zap forgets write-protection of a file's page");
  if (!keep && now.kind != EntryKind::none) BreakWords(PromiseId::Z2, space, index, "a zap leaves something");
}

void StepJudge::JudgeFrame(const Space& space, uint32_t index, Page& page) {
  if (page.unjudged) return;
  const Act& act = step_.act;
  const bool whole_process = act.verb == Verb::exit || act.verb == Verb::clear_refs;
  // Refused at once, it changes nothing anywhere.
  const bool refused =
      !Ok() && step_.outcomes.size() == 1 && (step_.outcomes.front().error == EBADF || step_.outcomes.front().error == ESRCH);
  if (!refused && (whole_process ? space.process == act.process : Covers(space, index))) return;
  // A close gives up what the descriptor had, wherever it is.
  const bool closes = act.verb == Verb::close || act.verb == Verb::exit;
  if (closes && page.modes_before != 0 && page.modes == 0) return;
  // A huge entry that reaches into the range is split.
  if (page.before.level != Level::pte && page.now.level == Level::pte && page.before.entry.kind != EntryKind::none) return;
  if (page.before.level != Level::pte && page.before.entry.kind == EntryKind::present && space.process == ActsOn()) {
    uint64_t base = space.start + page.before.first_page * space.page_size;
    base &= ~((uint64_t{512} << 12) - 1);
    if (base < act.end && base + (uint64_t{512} << 12) > act.start) return;
  }
  const bool of_huge_page = (page.before.page_flags | page.now.page_flags) & kPageThp;
  if (of_huge_page && act.verb == Verb::madvise && (act.advice == Advice::free || act.advice == Advice::cold)) return;  // they split it
  if (!Ask(PromiseId::Z6)) return;
  if (page.before.word != page.now.word || page.before.label != page.now.label) {
    BreakWords(PromiseId::Z6, space, index,
               space.process == ActsOn() ? "a word outside the call's range changes" : "a word of another process changes");
  }
}

void StepJudge::JudgeSwapBits(const Space& space, uint32_t index, Page& page) {
  const Act& act = step_.act;
  const bool moves =
      act.verb == Verb::read || act.verb == Verb::swapoff || act.verb == Verb::reclaim || act.verb == Verb::peek ||
      (act.verb == Verb::madvise && (act.advice == Advice::pageout || act.advice == Advice::willneed || act.advice == Advice::cold));
  if (!moves) return;
  const Entry &before = page.before.entry, &now = page.now.entry;
  const bool out = before.kind == EntryKind::present && now.kind == EntryKind::swap;
  const bool in = before.kind == EntryKind::swap && now.kind == EntryKind::present;
  if ((!out && !in) || !Ask(PromiseId::S2)) return;
  if (before.wp != now.wp) BreakWords(PromiseId::S2, space, index, "write-protection is lost or gained on the way through swap");
  if (before.soft_dirty != now.soft_dirty) BreakWords(PromiseId::S2, space, index, "soft-dirty is lost or gained on the way through swap");
}

// A copy that a private mapping has of a page stays when the file loses that page.
void StepJudge::JudgePunch(const Space& space, uint32_t index, Page& page) {
  const bool punch = step_.act.verb == Verb::punch || (step_.act.verb == Verb::madvise && step_.act.advice == Advice::remove);
  if (!punch || space.shared || space.memory == Memory::anon) return;
  const bool copy = page.own == OwnCopy::yes && page.value_known &&
                    (page.before.entry.kind == EntryKind::swap || page.before.entry.kind == EntryKind::migration ||
                     (page.before.entry.kind == EntryKind::present &&
                      ((page.before.page_flags & kPageAnon) || page.before.label.kind == Label::Kind::zero)));
  if (!copy || !Ask(PromiseId::Z3)) return;
  const EntryKind kind = page.now.entry.kind;
  if (kind == EntryKind::present || kind == EntryKind::swap || kind == EntryKind::migration) return;
  BreakWords(PromiseId::Z3, space, index, "a hole takes a private copy away");
  page.own = OwnCopy::maybe;
  page.value_known = false;
}

void StepJudge::JudgeBeyondEnd(const Space& space, uint32_t index, Page& page) {
  if (page.unjudged || judge_.ledger_.MayBeHuge(space) || !judge_.ledger_.BeyondEnd(space, index) || !Ask(PromiseId::Z4)) return;
  const EntryKind kind = page.now.entry.kind;
  if (kind == EntryKind::present || kind == EntryKind::swap || kind == EntryKind::migration) {
    BreakWords(PromiseId::Z4, space, index, "an entry beyond the file's end names a page or slot");
    page.unjudged = true;
  }
}

void StepJudge::JudgeFork() {
  const int child = step_.act.created;
  for (const Space& space : judge_.ledger_.spaces()) {
    const bool is_child = space.process == child;
    if (!is_child && space.process != step_.act.process) continue;
    const Space* parent = nullptr;
    for (const Space& one : judge_.ledger_.spaces()) {
      if (one.process == step_.act.process && one.mapping == space.mapping) parent = &one;
    }
    for (uint32_t i = 0; i < space.pages; ++i) {
      Page& page = judge_.ledger_.pages()[space.first_page + i];
      if (!page.mapped || !page.now.shown) continue;
      if (!is_child) {
        if (page.before.shown) JudgeParentWord(space, i, page);
      } else if (parent != nullptr) {
        JudgeChildWord(space, i, page, judge_.ledger_.pages()[parent->first_page + i]);
      }
    }
  }
}

void StepJudge::JudgeParentWord(const Space& space, uint32_t index, Page& page) {
  if (!Ask(PromiseId::F2)) return;
  const Seen &before = page.before, &now = page.now;
  uint64_t allowed = 0;
  if (now.entry.kind == EntryKind::present) allowed = kRwBit | (judge_.facts_.saved_dirty ? kDirtyBit | kSavedDirtyBit : 0);
  if (now.entry.kind == EntryKind::swap) allowed = kSwapExclusiveBit;
  if (now.entry.kind == EntryKind::migration) allowed = ~uint64_t{0} << 59 | (space.page_size == kSmallPage ? 0 : kSwapSoftDirtyBit);
  if (before.entry.kind != now.entry.kind || before.label != now.label || ((before.word ^ now.word) & ~allowed)) {
    BreakWords(PromiseId::F2, space, index, "fork changes a word of the parent");
  }
}

void StepJudge::JudgeChildWord(const Space& space, uint32_t index, Page& page, const Page& parent) {
  if (page.wipe_on_fork || !parent.now.shown || page.unjudged) return;
  const Seen &mine = page.now, &theirs = parent.now;
  if (mine.entry.kind == EntryKind::none) {
    if (theirs.entry.kind == EntryKind::none || !Ask(PromiseId::F3)) return;
    const bool page_there = theirs.label.kind == Label::Kind::page && (space.memory == Memory::anon || (theirs.page_flags & kPageAnon));
    const bool lost =
        (theirs.entry.kind == EntryKind::present && page_there && !space.shared) || (theirs.entry.kind == EntryKind::swap && !space.shared);
    if (lost) BreakWords(PromiseId::F3, space, index, "a private page is left out of the child");
    return;
  }
  if (!Ask(PromiseId::F2)) return;
  uint64_t allowed = kSwapWpBit;
  if (mine.entry.kind == EntryKind::present) allowed = kAccessedBit | kDirtyBit | kWpBit | (judge_.facts_.saved_dirty ? kSavedDirtyBit : 0);
  if (mine.entry.kind == EntryKind::migration && space.page_size != kSmallPage) allowed |= kSwapSoftDirtyBit;
  if (mine.entry.kind == EntryKind::wp_none || mine.entry.kind == EntryKind::poison) allowed |= kSwapSoftDirtyBit;
  // Markers of several meanings may lose one.
  const bool same_kind = mine.entry.kind == theirs.entry.kind;
  if (!same_kind || mine.label != theirs.label || ((mine.word ^ theirs.word) & ~allowed)) {
    Violation& violation = Break(PromiseId::F2, space, index, "a word of the child is not the parent's");
    violation.evidence = Violation::Evidence::words;
    violation.before = theirs.word;
    violation.after = mine.word;
  }
}

}  // namespace pteron::promises
