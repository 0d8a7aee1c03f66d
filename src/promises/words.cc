// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What single words must be, and how often they may name a page.
#include "src/promises/step_judge.h"

namespace pteron::promises {
namespace {

// Whether an entry of this kind counts among a page's maps. What is of no kind has been told, and is given the benefit of the doubt.
bool NamesPage(EntryKind kind) { return kind == EntryKind::present || kind == EntryKind::invalid; }

}  // namespace

void StepJudge::JudgeWords() {
  ForPages([&](const Space& space, uint32_t index, Page& page) {
    if (page.changed) JudgeWord(space, index, page);
    JudgeLeftOver(space, index, page);
    JudgeSoftDirty(space, index, page);
  });
  CountNames();
  JudgeNames();
  JudgeSmaps();
}

void StepJudge::JudgeWord(const Space& space, uint32_t index, Page& page) {
  const Entry& entry = page.now.entry;
  const bool present = entry.kind == EntryKind::present;
  if (Ask(PromiseId::W1) && entry.kind == EntryKind::invalid) BreakWords(PromiseId::W1, space, index, entry.wrong);
  if (present && (page.modes & kWp) && Ask(PromiseId::W2) && entry.wp && entry.writable) {
    BreakWords(PromiseId::W2, space, index, "a word is write-protected by userfaultfd and writable");
  }
  constexpr uint64_t kDirtyBit = 1 << 6;
  if (present && judge_.facts_.since(606) && !entry.writable && Ask(PromiseId::W2) && (page.now.word & kDirtyBit)) {
    BreakWords(PromiseId::W2, space, index, "a read-only word has the hardware's dirty bit");
  }
  if (entry.kind == EntryKind::wp_none && Ask(PromiseId::W3) && space.memory == Memory::anon &&
      !(judge_.ledger_.FeaturesOf(page) & kWpUnpopulated) && page.uffd >= 0) {
    BreakWords(PromiseId::W3, space, index, "anonymous memory has a write-protected empty word");
  }
  const bool on_files = judge_.facts_.wp_on_files();
  const bool kind_shown =
      present || entry.kind == EntryKind::swap || (entry.kind == EntryKind::wp_none && on_files) || entry.kind == EntryKind::none;
  if (kind_shown && (space.memory == Memory::anon || on_files) && Ask(PromiseId::U14)) {
    if (entry.wp != ((page.now.pagemap & kPmWp) != 0)) {
      BreakWords(PromiseId::U14, space, index,
                 entry.wp ? "pagemap does not show a write-protected word" : "pagemap shows write-protection that the word has not");
    }
  }
}

// What must have lost its write-protection by this step, whether the word changed or not.
void StepJudge::JudgeLeftOver(const Space& space, uint32_t index, Page& page) {
  const Entry& entry = page.now.entry;
  if (step_.act.verb == Verb::fork && page.fresh && page.modes == 0 && Ask(PromiseId::U8) && entry.wp) {
    BreakWords(PromiseId::U8, space, index, "a child without the fork event has a write-protected word");
  }
  const bool left = page.modes_before != 0 && page.modes == 0;
  const KernelFacts& facts = judge_.facts_;
  const bool cleared = step_.act.verb == Verb::mremap                                  ? facts.since(613) || facts.release == 601
                       : step_.act.verb == Verb::close || step_.act.verb == Verb::exit ? facts.since(609) || facts.release == 601
                                                                                       : step_.act.verb == Verb::unregister;
  if (left && cleared && Ask(PromiseId::U11) && entry.wp)
    BreakWords(PromiseId::U11, space, index, "write-protection stays in a word that nobody watches any longer");
}

void StepJudge::JudgeSoftDirty(const Space& space, uint32_t index, Page& page) {
  if (!judge_.claimed_[static_cast<size_t>(PromiseId::D1)]) return;
  if (space.memory == Memory::hugetlb_shared || space.memory == Memory::hugetlb_private) return;
  const bool shown = page.now.pagemap & kPmSoftDirty;
  const Act& act = step_.act;
  if (act.verb == Verb::clear_refs && act.soft_dirty && act.process == space.process && Ok()) {
    if (Ask(PromiseId::D1) && shown) BreakWords(PromiseId::D1, space, index, "soft-dirty stays after clear-refs");
    return;
  }
  const EntryKind kind = page.now.entry.kind;
  if (!page.wrote) return;
  if (kind != EntryKind::present && kind != EntryKind::swap) {
    page.wrote = false;  // its word is gone, and nothing is promised of it
    return;
  }
  if ((!page.changed && act.verb != Verb::write) || !Ask(PromiseId::D1) || shown) return;
  BreakWords(PromiseId::D1, space, index, "a page that was stored to does not show soft-dirty");
  page.wrote = false;
}

// How many present entries name each page of the state.
void StepJudge::CountNames() {
  const StateView& state = *state_;
  std::vector<uint32_t>& counts = judge_.counts_;
  counts.assign(state.pages.size(), 0);
  size_t at = 0;  // pages mostly come in the order in which entries name them
  for (const EntryView& entry : state.entries) {
    if (entry.label.kind != Label::Kind::page) continue;
    for (size_t tried = 0; tried < counts.size() && state.pages[at].number != entry.label.number; ++tried)
      at = at + 1 == counts.size() ? 0 : at + 1;
    if (at < counts.size() && state.pages[at].number == entry.label.number &&
        NamesPage(judge_.decoder_.Decode(entry.level, entry.word, entry.label).kind)) {
      ++counts[at];
    }
    if (!counts.empty()) at = at + 1 == counts.size() ? 0 : at + 1;
  }
}

void StepJudge::JudgeNames() {
  const StateView& state = *state_;
  if (judge_.ledger_.lost_sight()) return;
  constexpr uint64_t kMiscounted = uint64_t{1} << 63;
  const bool told = judge_.unbalanced_ & kMiscounted;
  judge_.unbalanced_ &= ~kMiscounted;
  for (size_t i = 0; i < state.pages.size(); ++i) {
    const PageView& page = state.pages[i];
    if (page.flags & kPageThp) continue;
    if (Ask(PromiseId::C1) && page.mapcount != judge_.counts_[i]) {
      judge_.unbalanced_ |= kMiscounted;
      if (told) continue;
      Violation& violation = Break(PromiseId::C1, "a page's map count is not the number of entries that name it");
      violation.evidence = Violation::Evidence::counts;
      violation.before = judge_.counts_[i];
      violation.after = page.mapcount;
    }
  }
  ForPages([&](const Space& space, uint32_t index, Page& page) {
    const Seen& now = page.now;
    if (now.entry.kind != EntryKind::present || !now.entry.writable || !(now.page_flags & kPageAnon) || !Ask(PromiseId::W6)) return;
    for (size_t i = 0; i < state.pages.size(); ++i) {
      if (state.pages[i].number != now.label.number) continue;
      if (judge_.counts_[i] != 1) BreakWords(PromiseId::W6, space, index, "an anonymous page is writable here and named elsewhere too");
      break;
    }
  });
}

void StepJudge::JudgeSmaps() {
  const std::vector<Page>& pages = judge_.ledger_.pages();
  const auto touches = [&](const Space& space) {
    for (const Space& other : judge_.ledger_.spaces()) {
      if (&other != &space && other.process == space.process && other.start <= space.end() && other.end() >= space.start) return true;
    }
    return false;
  };
  for (const MappingView& view : state_->mappings) {
    for (const Space& space : judge_.ledger_.spaces()) {
      // Neighbours may be one VMA, which smaps shows as a whole.
      if (space.process != view.process || space.mapping != view.mapping || touches(space)) continue;
      const bool huge = space.memory == Memory::hugetlb_private || space.memory == Memory::hugetlb_shared;
      uint32_t rss = 0, swap = 0;
      bool plain = true, hidden = false, changed = false;
      for (uint32_t i = 0; i < space.pages; ++i) {
        const Page& page = pages[space.first_page + i];
        if (!page.mapped) hidden = true;
        if (!page.mapped || !page.now.shown) continue;
        changed |= page.changed;
        const EntryKind kind = page.now.entry.kind;
        if (kind == EntryKind::present) rss += page.now.label.kind == Label::Kind::page && !huge;
        if (kind == EntryKind::swap) ++swap;
        plain &= kind == EntryKind::present || kind == EntryKind::none || kind == EntryKind::swap || kind == EntryKind::wp_none;
      }
      if (!plain || hidden || !changed || !Ask(PromiseId::C2)) continue;
      const bool wrong_swap = space.memory == Memory::anon && view.swap != swap;
      if (view.rss == rss && !wrong_swap) continue;
      Violation& violation = Break(PromiseId::C2, wrong_swap ? "smaps shows another number of swapped pages than the entries"
                                                             : "smaps shows another rss than the entries");
      violation.memory = space.memory;
      violation.process = space.process;
      violation.mapping = space.mapping;
      violation.evidence = Violation::Evidence::counts;
      violation.before = wrong_swap ? swap : rss;
      violation.after = wrong_swap ? view.swap : view.rss;
    }
  }
}

}  // namespace pteron::promises
