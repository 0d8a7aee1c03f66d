// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/promises/ledger.h"

#include <algorithm>
#include <cerrno>

#include "src/promises/ledger_pages.h"

namespace pteron::promises {

Ledger::Ledger(const KernelFacts& facts) : facts_(facts), alive_{1} {}

int Ledger::ForkedDescriptor(int process, int parent) const {
  for (size_t i = 0; i < descriptors_.size(); ++i) {
    if (descriptors_[i].parent == parent && descriptors_[i].watched == process && parent >= 0) return static_cast<int>(i);
  }
  return -1;
}

const Space* Ledger::Find(int process, uint64_t address, uint32_t* page) const {
  for (const Space& space : spaces_) {
    if (space.process != process || address < space.start || address >= space.end()) continue;
    const uint32_t at = space.first_page + static_cast<uint32_t>((address - space.start) / space.page_size);
    if (!pages_[at].mapped) continue;  // a newer mapping may lie there
    *page = at;
    return &space;
  }
  return nullptr;
}

bool Ledger::BeyondEnd(const Space& space, uint32_t index) const {
  if (space.file < 0) return false;
  const LedgerFile& file = files_[static_cast<size_t>(space.file)];
  return (static_cast<uint64_t>(space.file_first) + index) * space.page_size >=
         (file.size + space.page_size - 1) / space.page_size * space.page_size;
}

bool Ledger::Value(const Space& space, const Page& page, uint32_t index, uint64_t* value) const {
  if (page.own != OwnCopy::no) *value = page.value;
  if (page.own == OwnCopy::yes || (page.own == OwnCopy::maybe && !page.value_known)) return page.value_known;
  if (space.file < 0) return false;
  const LedgerFile& file = files_[static_cast<size_t>(space.file)];
  const size_t at = static_cast<size_t>(space.file_first) + index;
  if (at >= file.pages.size() || !file.pages[at].known) return false;
  if (page.own == OwnCopy::maybe) return page.value == file.pages[at].value;
  *value = file.pages[at].value;
  return true;
}

void Ledger::Doubt(int process, uint64_t start, uint64_t end) {
  ForRange(process, start, end, [&](Space& space, uint32_t index, Page& page) {
    LoseSight(page);
    page.protection_known = false;
    if (space.shared) SetContent(space, index, page, false, 0);
  });
}

void Ledger::SetContent(Space& space, uint32_t index, Page& page, bool known, uint64_t value) {
  if (!space.shared) {
    page.own = OwnCopy::yes;
    page.freed = false;
    page.value_known = known;
    page.value = value;
    return;
  }
  LedgerFile& file = files_[static_cast<size_t>(space.file)];
  const size_t at = static_cast<size_t>(space.file_first) + index;
  if (at >= file.pages.size()) file.pages.resize(at + 1, {true, 0});
  file.pages[at] = {known, value};
}

void Ledger::MayCopy(Space& space, uint32_t index, Page& page) {
  if (space.shared || page.own == OwnCopy::yes) return;
  // A copy may have been made before, when the file held something else.
  page.value_known = Value(space, page, index, &page.value);
  page.own = OwnCopy::maybe;
}

void Ledger::Believe(const Space& space, uint32_t index, uint64_t value) {
  Page& page = pages_[space.first_page + index];
  if (page.own != OwnCopy::no) {
    page.own = OwnCopy::yes;
    page.value = value;
    page.value_known = true;
  } else if (space.file >= 0) {
    LedgerFile& file = files_[static_cast<size_t>(space.file)];
    const size_t at = static_cast<size_t>(space.file_first) + index;
    // Others may still see something else.
    if (at < file.pages.size()) file.pages[at] = {false, 0};
  }
}

// Calls differ in how they round a range that ends within a huge page of hugetlb: such pages are not judged any longer.
void Ledger::GiveUpParts(const Act& act, bool ok) {
  if (act.end <= act.start || (act.page_size == kHugePage && act.start % kHugePage == 0)) return;
  const auto give_up = [&](Space& space, uint32_t index, Page& page) {
    const uint64_t first = space.start + index * space.page_size;
    if (space.page_size != kHugePage || (act.start <= first && act.end >= first + space.page_size)) return;
    LoseSight(page);
    page.unjudged = true;
    page.modes = 0;
    if (space.shared) SetContent(space, index, page, false, 0);
    if (ok && (act.verb == Verb::mremap || act.verb == Verb::munmap)) lost_sight_ = true;
  };
  for (size_t process = 0; process < alive_.size(); ++process) ForRange(static_cast<int>(process), act.start, act.end, give_up);
}

// A call that never ends has done a part of its work.
void Ledger::GiveUpAll() {
  for (Page& page : pages_) {
    LoseSight(page);
    page.unjudged = page.mapped;
  }
  for (LedgerFile& file : files_) {
    for (LedgerFile::Content& content : file.pages) content.known = false;
  }
  lost_sight_ = half_done_ = true;
}

// Accesses in the midst of a call that takes pages from a file: what they met is not known.
void Ledger::GiveUpFile(const Act& act) {
  const bool remove = act.verb == Verb::madvise && act.advice == Advice::remove;
  if (act.verb != Verb::punch && act.verb != Verb::truncate && !remove) return;
  for (const Space& space : spaces_) {
    if (space.file < 0 || (!remove && space.file != act.file)) continue;
    for (uint32_t i = 0; i < space.pages; ++i) {
      if (pages_[space.first_page + i].mapped) LoseSight(pages_[space.first_page + i]);
    }
  }
}

// Statements about files.
void Ledger::ApplyToFiles(const Act& act, std::span<const Outcome> outcomes, bool ok) {
  const Outcome first = outcomes.empty() ? Outcome{} : outcomes.front();
  switch (act.verb) {
    case Verb::file_shmem:
    case Verb::file_hugetlb: {
      LedgerFile file;
      file.hugetlb = act.verb == Verb::file_hugetlb;
      file.page_size = file.hugetlb ? kHugePage : kSmallPage;
      file.size = static_cast<uint64_t>(act.pages) * file.page_size;
      file.pages.resize(static_cast<size_t>(act.pages));
      files_.push_back(std::move(file));
      break;
    }
    case Verb::fill:
      FillIn(act, outcomes);
      break;
    case Verb::truncate:
      if (ok) Truncate(act.file, act.pages);
      break;
    case Verb::punch:
      if (ok || (first.error != EINVAL && first.error != EBADF)) Punch(act.file, act.first, act.last, ok);
      break;
    default:
      break;
  }
}

// Statements of a process.
void Ledger::ApplyToMemory(const Act& act, std::span<const Outcome> outcomes, bool ok) {
  const Outcome first = outcomes.empty() ? Outcome{} : outcomes.front();
  switch (act.verb) {
    case Verb::mmap_anon:
    case Verb::mmap_file:
      if (ok) Map(act);
      break;
    case Verb::munmap:
      if (ok)
        Unmap(act.process, act.start, act.end);
      else if (failing_)
        Doubt(act.process, act.start, act.end);
      break;
    case Verb::mremap:
      if (ok)
        Remap(act);
      else if (failing_)
        Doubt(act.process, act.start, act.end);
      break;
    case Verb::mprotect:
      Protect(act, ok);
      break;
    case Verb::madvise:
      Advise(act, first);
      break;
    case Verb::read:
    case Verb::write:
    case Verb::at:
      ApplyAccesses(act, outcomes);
      break;
    case Verb::uffd: {
      // The kernel adds wp-unpopulated to wp-async by itself.
      const uint8_t features = act.features & kWpAsync ? act.features | kWpUnpopulated : act.features;
      descriptors_.push_back({act.process, act.process, -1, features, ok});
      break;
    }
    case Verb::register_:
    case Verb::unregister:
    case Verb::wp:
    case Verb::unwp:
    case Verb::copy:
    case Verb::zeropage:
    case Verb::continue_:
    case Verb::poison:
    case Verb::close:
      ActOfUffd(act, outcomes);
      break;
    case Verb::fork:
      if (ok) Fork(act);
      break;
    case Verb::clear_refs:
      if (ok && act.soft_dirty) ForgetStores(act.process);
      break;
    case Verb::exit:
      if (ok) Exit(act.process);
      break;
    default:
      break;
  }
}

void Ledger::ApplyAccesses(const Act& act, std::span<const Outcome> outcomes) {
  // When in the midst of the statement above it happened is not said.
  if (act.verb == Verb::at) {
    for (size_t process = 0; process < alive_.size(); ++process) Doubt(static_cast<int>(process), act.start, act.end);
  }
  for (const Outcome& outcome : outcomes) {
    if (outcome.page >= 0 && act.verb != Verb::at) Access(act, outcome.page, outcome);
    const bool blocked =
        outcome.answer == Answer::blocked_wp || outcome.answer == Answer::blocked_missing || outcome.answer == Answer::blocked_minor;
    if (blocked && act.thread >= 0) waiting_.push_back({act.process, act.thread, act.start, outcome.answer});
  }
}

void Ledger::ForgetStores(int process) {
  for (const Space& space : spaces_) {
    if (space.process != process) continue;
    for (uint32_t i = 0; i < space.pages; ++i) pages_[space.first_page + i].wrote = false;
  }
}

// What needs more than system calls.
void Ledger::ApplyHooks(const Act& act, std::span<const Outcome> outcomes) {
  switch (act.verb) {
    case Verb::freeze:
      for (const Outcome& outcome : outcomes) frozen_ += outcome.answer == Answer::ok;
      break;
    case Verb::thaw:
      for (const Outcome& outcome : outcomes) frozen_ -= outcome.answer == Answer::ok;
      break;
    case Verb::unmap_page:
      UnmapPage(act, outcomes);
      break;
    case Verb::collapse_file:
      files_[static_cast<size_t>(act.file)].may_be_huge = true;
      break;
    case Verb::fail:
      fail_next_ = true;
      break;
    default:
      break;
  }
}

void Ledger::Apply(const Act& act, std::span<const Outcome> outcomes, std::span<const Woken> woken) {
  for (Page& page : pages_) page.fresh = false;
  failing_ = fail_next_;
  if (act.verb != Verb::fail) fail_next_ = false;
  const Outcome first = outcomes.empty() ? Outcome{} : outcomes.front();
  const bool ok = first.answer == Answer::ok;
  const bool access = act.verb == Verb::read || act.verb == Verb::write || act.verb == Verb::at;
  if (act.mapping >= 0 && !access) GiveUpParts(act, ok);
  if (first.answer == Answer::livelock && !access) GiveUpAll();
  if (act.interleaved) GiveUpFile(act);
  ApplyToFiles(act, outcomes, ok);
  ApplyToMemory(act, outcomes, ok);
  ApplyHooks(act, outcomes);
  Wake(act, woken);
}

uint64_t Ledger::Digest() const {
  uint64_t hash = 0x243f6a8885a308d3;
  const auto add = [&hash](uint64_t value) {
    hash ^= value + 0x9e3779b97f4a7c15;
    hash *= 0xbf58476d1ce4e5b9;
    hash ^= hash >> 29;
  };
  // Stored values by first appearance; 0 is itself.
  std::vector<uint64_t> values;
  const auto add_value = [&](bool known, uint64_t value) {
    if (!known || value == 0) return add(known ? 1 : 0);
    auto at = std::find(values.begin(), values.end(), value);
    if (at == values.end()) at = values.insert(values.end(), value);
    add(2 + static_cast<uint64_t>(at - values.begin()));
  };
  for (const uint8_t one : alive_) add(one);
  for (const LedgerFile& file : files_) {
    add(file.size << 4 | uint64_t{file.poisoned} << 3 | uint64_t{file.may_be_huge} << 2 | uint64_t{file.hugetlb} << 1 |
        uint64_t{file.anonymous});
    for (const LedgerFile::Content& page : file.pages) add_value(page.known, page.value);
  }
  for (const Space& space : spaces_) {
    bool any = false;
    for (uint32_t i = 0; i < space.pages; ++i) {
      const Page& page = pages_[space.first_page + i];
      if (!page.mapped) continue;
      any = true;
      add(i << 16 | static_cast<uint64_t>(page.armed) << 14 | static_cast<uint64_t>(page.own) << 12 |
          static_cast<uint64_t>(page.protection) << 10 | uint64_t{page.modes} << 7 | uint64_t{page.protection_known} << 6 |
          uint64_t{page.wipe_on_fork} << 5 | uint64_t{page.dont_fork} << 4 | uint64_t{page.wrote} << 3 | uint64_t{page.unjudged} << 2 |
          uint64_t{page.freed} << 1);
      add(static_cast<uint64_t>(page.uffd + 1));
      if (page.own != OwnCopy::no) add_value(page.value_known, page.value);
    }
    if (any)
      add(static_cast<uint64_t>(space.process) << 32 | static_cast<uint64_t>(space.mapping) << 16 | static_cast<uint64_t>(space.file + 1));
    if (any) add(space.start ^ static_cast<uint64_t>(space.file_first));
  }
  for (const Descriptor& one : descriptors_) {
    add(static_cast<uint64_t>(one.holder) << 32 | static_cast<uint64_t>(one.watched) << 16 | uint64_t{one.features} << 1 |
        uint64_t{one.open});
  }
  for (const WaitingThread& one : waiting_) add(one.address ^ static_cast<uint64_t>(one.thread) << 8 ^ static_cast<uint64_t>(one.reason));
  add(static_cast<uint64_t>(frozen_) << 3 | uint64_t{half_done_} << 2 | uint64_t{lost_sight_} << 1 | uint64_t{fail_next_});
  return hash;
}

}  // namespace pteron::promises
