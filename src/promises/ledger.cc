// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/promises/ledger.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace pteron::promises {
namespace {

constexpr uint64_t kSmallPage = 4096, kHugePage = 512 * kSmallPage;

// What a page holds that was never written.
void MakeBlank(const Space& space, Page& page) {
  page.own = space.memory == Memory::anon ? OwnCopy::yes : OwnCopy::no;
  page.freed = false;
  page.value_known = true;
  page.value = 0;
}

// What the ledger expects of a page that it has lost sight of.
void LoseSight(Page& page) {
  page.armed = Armed::any;
  page.value_known = false;
  if (page.own == OwnCopy::no) page.own = OwnCopy::maybe;
  page.wrote = false;
}

void Disarm(Page& page) {
  if (page.armed == Armed::on) page.armed = Armed::any;
}

void Unregister(Page& page) {
  page.modes = 0;
  page.uffd = -1;
  page.armed = page.armed == Armed::off ? Armed::off : Armed::any;
}

}  // namespace

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
  return (static_cast<uint64_t>(space.file_first) + index) * space.page_size >= (file.size + space.page_size - 1) / space.page_size * space.page_size;
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

// run(space, index, page) for every mapped page of the process in [start, end).
template <class Do>
void Ledger::ForRange(int process, uint64_t start, uint64_t end, const Do& run) {
  for (size_t i = 0; i < spaces_.size(); ++i) {
    Space& space = spaces_[i];
    if (space.process != process || space.end() <= start || space.start >= end) continue;
    const uint64_t first = start > space.start ? (start - space.start) / space.page_size : 0;
    const uint64_t last = std::min<uint64_t>(space.pages, (std::min(end, space.end()) - space.start + space.page_size - 1) / space.page_size);
    for (uint64_t at = first; at < last; ++at) {
      Page& page = pages_[space.first_page + at];
      if (page.mapped) run(space, static_cast<uint32_t>(at), page);
    }
  }
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

// ---- Mappings.

void Ledger::Map(const Act& act) {
  Unmap(act.process, act.start, act.end);
  Space space;
  space.process = act.process;
  space.mapping = act.created;
  space.shared = act.shared;
  space.start = act.start;
  space.page_size = act.page_size;
  space.pages = static_cast<uint32_t>((act.end - act.start) / act.page_size);
  space.first_page = static_cast<uint32_t>(pages_.size());
  if (act.verb == Verb::mmap_file) {
    space.file = act.file;
    space.file_first = act.first;
    LedgerFile& file = files_[static_cast<size_t>(act.file)];
    const bool huge = file.hugetlb;
    // A writable mapping of hugetlb makes the file as long as it is itself (hugetlbfs_file_mmap()).
    if (huge && act.protection == Protection::rw) {
      const size_t pages = static_cast<size_t>(act.first) + space.pages;
      file.size = std::max<uint64_t>(file.size, pages * file.page_size);
      file.pages.resize(std::max(file.pages.size(), pages));
    }
    space.memory = huge ? (act.shared ? Memory::hugetlb_shared : Memory::hugetlb_private) : (act.shared ? Memory::shmem_shared : Memory::shmem_private);
  } else if (act.shared) {
    LedgerFile file;
    file.anonymous = true;
    file.size = act.end - act.start;
    file.pages.resize(space.pages);
    space.file = static_cast<int16_t>(files_.size());
    files_.push_back(std::move(file));
    space.memory = Memory::shmem_shared;
  } else {
    space.memory = Memory::anon;
  }
  spaces_.push_back(space);
  Page page;
  page.mapped = page.fresh = true;
  page.protection = act.protection;
  page.unjudged = space.file >= 0 && files_[static_cast<size_t>(space.file)].poisoned;
  MakeBlank(space, page);
  pages_.resize(pages_.size() + space.pages, page);
}

void Ledger::Unmap(int process, uint64_t start, uint64_t end) {
  ForRange(process, start, end, [](Space&, uint32_t, Page& page) { page = Page{}; });
}

void Ledger::Remap(const Act& act) {
  // One new place for what lay in [start, end), which is in one VMA, or the call would have failed.
  uint32_t first = 0;
  const Space* const from = Find(act.process, act.start, &first);
  if (from == nullptr) return;
  Unmap(act.process, act.new_start, act.new_start + (act.end - act.start));
  Space space = *from;
  space.mapping = act.created;
  space.file_first = from->file_first + static_cast<int64_t>((act.start - from->start) / from->page_size);
  space.start = act.new_start;
  space.pages = static_cast<uint32_t>((act.end - act.start) / from->page_size);
  space.first_page = static_cast<uint32_t>(pages_.size());
  pages_.resize(pages_.size() + space.pages);
  for (uint32_t i = 0; i < space.pages; ++i) {
    uint32_t old = 0;
    if (Find(act.process, act.start + i * space.page_size, &old) == nullptr) continue;
    Page& page = pages_[space.first_page + i];
    page = pages_[old];
    page.fresh = true;
    page.probed = 0;
    if (!(FeaturesOf(page) & kEventRemap)) Unregister(page);
    pages_[old] = Page{};
  }
  spaces_.push_back(space);
}

void Ledger::Protect(const Act& act, bool ok) {
  ForRange(act.process, act.start, act.end, [&](Space&, uint32_t, Page& page) {
    page.protection = act.protection;
    page.protection_known = ok;
  });
}

// ---- Processes.

void Ledger::Fork(const Act& act) {
  const int16_t child = static_cast<int16_t>(alive_.size());
  alive_.push_back(1);
  const size_t descriptors = descriptors_.size();
  for (size_t i = 0; i < descriptors; ++i) {
    const Descriptor parent = descriptors_[i];
    if (!parent.open || parent.watched != act.process || !(parent.features & kEventFork)) continue;
    const bool in_use = std::any_of(pages_.begin(), pages_.end(), [&](const Page& page) {
      return page.mapped && !page.dont_fork && page.uffd == static_cast<int>(i);
    });
    if (in_use) descriptors_.push_back({parent.holder, child, static_cast<int16_t>(i), parent.features, true});
  }
  const size_t spaces = spaces_.size();
  for (size_t i = 0; i < spaces; ++i) {
    if (spaces_[i].process != act.process) continue;
    Space space = spaces_[i];
    const uint32_t old_first = space.first_page;
    const bool in_use = std::any_of(pages_.begin() + old_first, pages_.begin() + old_first + space.pages, [](const Page& page) { return page.mapped; });
    if (!in_use) continue;
    space.process = child;
    space.first_page = static_cast<uint32_t>(pages_.size());
    spaces_.push_back(space);
    pages_.resize(pages_.size() + space.pages);
    for (uint32_t k = 0; k < space.pages; ++k) {
      const Page& old = pages_[old_first + k];
      if (!old.mapped || old.dont_fork) continue;
      Page& page = pages_[space.first_page + k];
      page = old;
      page.fresh = true;
      page.wrote = false;
      page.probed = 0;
      page.before = page.now = Seen{};
      const int forked = (FeaturesOf(old) & kEventFork) ? ForkedDescriptor(child, old.uffd) : -1;
      page.uffd = static_cast<int16_t>(forked);
      if (forked < 0) {
        page.modes = 0;
        page.armed = Armed::off;
      }
      if (old.wipe_on_fork) {
        MakeBlank(space, page);
        page.unjudged = false;
        if (page.armed == Armed::on) page.armed = Armed::any;
      }
    }
  }
}

void Ledger::Close(int uffd) {
  descriptors_[static_cast<size_t>(uffd)].open = false;
  for (Page& page : pages_) {
    if (page.mapped && page.uffd == uffd) Unregister(page);
  }
}

void Ledger::Exit(int process) {
  alive_[static_cast<size_t>(process)] = 0;
  for (const Space& space : spaces_) {
    if (space.process != process) continue;
    for (uint32_t i = 0; i < space.pages; ++i) pages_[space.first_page + i] = Page{};
  }
  for (size_t i = 0; i < descriptors_.size(); ++i) {
    if (descriptors_[i].open && descriptors_[i].holder == process) Close(static_cast<int>(i));
  }
  std::erase_if(waiting_, [&](const WaitingThread& one) { return one.process == process; });
}

// ---- Files.

void Ledger::FillIn(const Act& act, std::span<const Outcome> outcomes) {
  LedgerFile& file = files_[static_cast<size_t>(act.file)];
  for (const Outcome& outcome : outcomes) {
    if (outcome.answer != Answer::ok || outcome.page < 0) continue;
    const size_t page = static_cast<size_t>(outcome.page);
    if (page >= file.pages.size()) file.pages.resize(page + 1);
    file.pages[page] = {true, act.value};
    file.size = std::max(file.size, page * file.page_size + 8);
  }
}

void Ledger::Truncate(int index, int64_t new_pages) {
  LedgerFile& file = files_[static_cast<size_t>(index)];
  const uint64_t old_size = file.size;
  file.size = static_cast<uint64_t>(new_pages) * file.page_size;
  file.pages.resize(static_cast<size_t>(new_pages));
  if (file.size >= old_size) return;
  for (Space& space : spaces_) {
    if (space.file != index) continue;
    for (uint32_t i = 0; i < space.pages; ++i) {
      Page& page = pages_[space.first_page + i];
      if (!page.mapped || space.file_first + static_cast<int64_t>(i) < new_pages) continue;
      Disarm(page);
      page.wrote = false;
      // A copy that the process had goes too; one in swap may have stayed (Z4), and then nobody knows what it reads once the file grows.
      const bool gone = page.before.entry.kind == EntryKind::none || page.before.entry.kind == EntryKind::present;
      if (space.shared) continue;
      page.own = page.own == OwnCopy::no || gone ? OwnCopy::no : OwnCopy::maybe;
    }
  }
}

void Ledger::Punch(int index, int64_t first, int64_t last, bool sure) {
  LedgerFile& file = files_[static_cast<size_t>(index)];
  for (int64_t i = first; i < last && i < static_cast<int64_t>(file.pages.size()); ++i) file.pages[static_cast<size_t>(i)] = {sure, 0};
  for (Space& space : spaces_) {
    if (space.file != index) continue;
    for (uint32_t i = 0; i < space.pages; ++i) {
      Page& page = pages_[space.first_page + i];
      const int64_t at = space.file_first + static_cast<int64_t>(i);
      if (!page.mapped || at < first || at >= last) continue;
      Disarm(page);
      if (space.shared) page.wrote = false;
    }
  }
}

// unmap_mapping_page() counts in small pages, a hugetlb file in huge ones, and a huge page goes as a whole: there any of them may be meant.
void Ledger::UnmapPage(const Act& act, std::span<const Outcome> outcomes) {
  const LedgerFile& file = files_[static_cast<size_t>(act.file)];
  const bool huge = file.hugetlb || file.may_be_huge;
  for (const Space& space : spaces_) {
    if (space.file != act.file) continue;
    for (uint32_t i = 0; i < space.pages; ++i) {
      Page& page = pages_[space.first_page + i];
      const int64_t at = space.file_first + static_cast<int64_t>(i);
      const bool meant = std::any_of(outcomes.begin(), outcomes.end(), [&](const Outcome& outcome) { return outcome.page == at; });
      if (page.mapped && (huge || meant)) LoseSight(page);
    }
  }
}

// ---- Advice.

void Ledger::AdviseZap(const Act& act, bool sure) {
  ForRange(act.process, act.start, act.end, [&](Space& space, uint32_t, Page& page) {
    page.wrote = false;
    if (space.shared) return;
    if (!sure) return LoseSight(page);
    if (space.memory == Memory::anon) page.armed = Armed::off;
    if (!page.unjudged) MakeBlank(space, page);
  });
}

void Ledger::Advise(const Act& act, const Outcome& outcome) {
  const bool ok = outcome.answer == Answer::ok;
  const auto each = [&](const auto& run) { ForRange(act.process, act.start, act.end, run); };
  switch (act.advice) {
    case Advice::dontneed:
      // Behind a hole in the range the rest is done all the same.
      if (ok || outcome.error == ENOMEM) AdviseZap(act, ok);
      return;
    case Advice::free:
      // Each page may keep what it has until memory is needed.
      return each([&](Space& space, uint32_t, Page& page) {
        if (space.memory != Memory::anon) return;
        Disarm(page);
        page.freed = true;
        page.value_known = false;
        page.wrote = false;
      });
    case Advice::remove: {
      // What lies before the place that is refused is gone.
      return each([&](Space& space, uint32_t index, Page& page) {
        if (space.file >= 0) Punch(space.file, space.file_first + index, space.file_first + index + 1, ok && !page.unjudged);
      });
    }
    case Advice::populate_read:
      return each([&](Space& space, uint32_t index, Page& page) {
        if (space.memory == Memory::hugetlb_private) MayCopy(space, index, page);
      });
    case Advice::populate_write:
      return each([&](Space& space, uint32_t index, Page& page) {
        if ((FeaturesOf(page) & kWpAsync) && page.armed != Armed::off) page.armed = Armed::any;
        MayCopy(space, index, page);
      });
    case Advice::hugepage:
    case Advice::collapse:
      return each([&](Space& space, uint32_t, Page&) {
        if (space.file >= 0) files_[static_cast<size_t>(space.file)].may_be_huge = true;
      });
    case Advice::dontfork:
    case Advice::dofork:
      return each([&](Space&, uint32_t, Page& page) {
        page.dont_fork = act.advice == Advice::dontfork;
      });
    case Advice::wipeonfork:
    case Advice::keeponfork:
      return each([&](Space& space, uint32_t, Page& page) {
        // It stops at the first mapping that is not private and anonymous: how far it came is not told.
        if (!ok) LoseSight(page);
        page.wipe_on_fork = act.advice == Advice::wipeonfork && space.memory == Memory::anon;
      });
    case Advice::guard_install:
    case Advice::guard_remove:
      if (!ok && outcome.error == EINVAL) return;
      return each([](Space&, uint32_t, Page& page) {
        LoseSight(page);
        page.unjudged = true;
      });
    case Advice::hwpoison: {
      if (outcome.answer == Answer::error && (outcome.error == EPERM || outcome.error == EINVAL)) return;
      // Whoever maps the page, by the file or after a fork, loses it.
      std::vector<std::pair<int, int>> hit;  // mapping and file of what lies there
      each([&](Space& space, uint32_t, Page&) { hit.emplace_back(space.mapping, space.file); });
      for (const auto& [mapping, file] : hit) {
        if (file >= 0) files_[static_cast<size_t>(file)].poisoned = true;
      }
      for (const Space& space : spaces_) {
        const bool same = std::any_of(hit.begin(), hit.end(), [&](const auto& one) {
          return one.first == space.mapping || (space.file >= 0 && one.second == space.file);
        });
        if (!same) continue;
        for (uint32_t i = 0; i < space.pages; ++i) {
          Page& page = pages_[space.first_page + i];
          if (!page.mapped) continue;
          LoseSight(page);
          page.unjudged = true;
        }
      }
      return;
    }
    default: return;
  }
}

// ---- Accesses.

void Ledger::Access(const Act& act, int64_t number, const Outcome& outcome) {
  const uint64_t address = act.start + static_cast<uint64_t>(number - act.first) * act.page_size;
  // Where the name of a mapping of small pages, which never came to be, lies over hugetlb: what the first word of the page holds is not touched.
  const auto inside = [&](const Space& space) { return (address - space.start) % space.page_size != 0; };
  if (act.verb == Verb::read) {
    // Where the file of a private hugetlb mapping has a hole, a load makes a page of its own.
    return ForRange(act.process, address, address + 1, [&](Space& space, uint32_t index, Page& page) {
      if (space.memory == Memory::hugetlb_private) MayCopy(space, index, page);
    });
  }
  if (outcome.answer != Answer::ok) {
    // The fault may have made a copy for the store before it was reported.
    return ForRange(act.process, address, address + 1, [&](Space& space, uint32_t index, Page& page) { MayCopy(space, index, page); });
  }
  ForRange(act.process, address, address + 1, [&](Space& space, uint32_t index, Page& page) {
    if (inside(space)) {
      MayCopy(space, index, page);
    } else {
      SetContent(space, index, page, true, act.value);
    }
    page.wrote = true;
    // Where it was armed the write should have been reported; with wp-async it ends the arming.
    if (page.armed != Armed::off) page.armed = (FeaturesOf(page) & kWpAsync) ? Armed::off : Armed::any;
  });
}

// ---- userfaultfd.

void Ledger::ActOfUffd(const Act& act, std::span<const Outcome> outcomes) {
  if (act.uffd < 0 || !descriptors_[static_cast<size_t>(act.uffd)].open) return;
  const int process = descriptors_[static_cast<size_t>(act.uffd)].watched;
  if (!IsAlive(process)) return;
  const Outcome first = outcomes.empty() ? Outcome{} : outcomes.front();
  const bool ok = first.answer == Answer::ok;
  // ENOENT does not count: later kernels arm what lies before the first VMA that is not registered.
  const bool refused = first.answer == Answer::error && (first.error == EINVAL || first.error == EBADF || first.error == ESRCH);
  const auto each = [&](const auto& run) { ForRange(process, act.start, act.end, run); };
  switch (act.verb) {
    case Verb::register_:
      if (!ok) return failing_ ? Doubt(process, act.start, act.end) : void();
      return each([&](Space&, uint32_t, Page& page) {
        if ((page.modes & kWp) && !(act.modes & kWp)) Disarm(page);
        page.modes = static_cast<uint8_t>(page.modes | act.modes);
        page.uffd = act.uffd;
      });
    case Verb::unregister:
      if (!ok && failing_) return Doubt(process, act.start, act.end);
      // It takes write-protection away before it finds out that it cannot split the VMA.
      if (!ok) return each([](Space&, uint32_t, Page& page) { Disarm(page); });
      return each([](Space&, uint32_t, Page& page) { Unregister(page); });
    case Verb::wp:
      return each([&](Space& space, uint32_t index, Page& page) {
        if (!ok) {
          if (!refused && page.armed == Armed::off) page.armed = Armed::any;
          return;
        }
        // Nothing is there that anonymous memory could be armed by.
        const bool armable = space.memory != Memory::anon || page.now.entry.kind != EntryKind::none || (FeaturesOf(page) & kWpUnpopulated);
        if (armable) page.armed = page.freed || BeyondEnd(space, index) ? Armed::any : Armed::on;
      });
    case Verb::unwp:
      return each([&](Space&, uint32_t, Page& page) {
        if (ok) {
          page.armed = Armed::off;
        } else if (!refused) {
          Disarm(page);
        }
      });
    case Verb::continue_:
      return each([&](Space&, uint32_t, Page& page) {
        if (ok) {
          page.armed = (act.modes & kWp) ? Armed::on : Armed::off;
        } else if (!refused && page.armed != Armed::any) {
          page.armed = Armed::any;
        }
      });
    case Verb::poison:
      if (refused) return;
      return each([](Space&, uint32_t, Page& page) {
        LoseSight(page);
        page.unjudged = true;
      });
    case Verb::copy:
    case Verb::zeropage:
      for (const Outcome& outcome : outcomes) {
        if (outcome.answer != Answer::ok || outcome.page < 0) continue;
        const uint64_t address = act.start + static_cast<uint64_t>(outcome.page - act.first) * act.page_size;
        ForRange(process, address, address + 1, [&](Space& space, uint32_t index, Page& page) {
          SetContent(space, index, page, true, act.verb == Verb::copy ? act.value : 0);
          page.armed = act.verb == Verb::copy && (act.modes & kWp) ? Armed::on : Armed::off;
        });
      }
      return;
    case Verb::close:
      if (ok) Close(act.uffd);
      return;
    default: return;
  }
}

void Ledger::Wake(const Act& act, std::span<const Woken> woken) {
  for (const Woken& one : woken) {
    const auto at = std::find_if(waiting_.begin(), waiting_.end(), [&](const WaitingThread& waits) { return waits.thread == one.thread; });
    if (at == waiting_.end()) continue;
    const WaitingThread waits = *at;
    if (one.outcome.answer == Answer::ok) {
      // Whether it read or wrote is not told apart here: what it may have written is not known.
      ForRange(waits.process, waits.address, waits.address + 1, [&](Space& space, uint32_t index, Page& page) {
        SetContent(space, index, page, false, 0);
        if (space.memory != Memory::anon && !space.shared) page.own = OwnCopy::maybe;
        Disarm(page);
      });
    }
    waiting_.erase(at);
    if (one.outcome.answer == Answer::blocked_wp || one.outcome.answer == Answer::blocked_missing || one.outcome.answer == Answer::blocked_minor) {
      waiting_.push_back({waits.process, waits.thread, waits.address, one.outcome.answer});
    }
  }
  // Whoever waits in a descriptor that is closed, or on memory that is gone, waits no longer or is not asked after.
  if (act.verb == Verb::close || act.verb == Verb::unregister || act.verb == Verb::munmap || act.verb == Verb::mremap) {
    std::erase_if(waiting_, [&](const WaitingThread& one) {
      uint32_t page = 0;
      return Find(one.process, one.address, &page) == nullptr || pages_[page].uffd < 0;
    });
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

// ---- One step.

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
    case Verb::fill: FillIn(act, outcomes); break;
    case Verb::truncate:
      if (ok) Truncate(act.file, act.pages);
      break;
    case Verb::punch:
      if (ok || (first.error != EINVAL && first.error != EBADF)) Punch(act.file, act.first, act.last, ok);
      break;
    case Verb::mmap_anon:
    case Verb::mmap_file:
      if (ok) Map(act);
      break;
    case Verb::munmap:
      if (ok) Unmap(act.process, act.start, act.end);
      else if (failing_) Doubt(act.process, act.start, act.end);
      break;
    case Verb::mremap:
      if (ok) Remap(act);
      else if (failing_) Doubt(act.process, act.start, act.end);
      break;
    case Verb::mprotect: Protect(act, ok); break;
    case Verb::madvise: Advise(act, first); break;
    case Verb::read:
    case Verb::write:
    case Verb::at:
      // When in the midst of the statement above it happened is not said.
      if (act.verb == Verb::at) {
        for (size_t process = 0; process < alive_.size(); ++process) Doubt(static_cast<int>(process), act.start, act.end);
      }
      for (const Outcome& outcome : outcomes) {
        if (outcome.page >= 0 && act.verb != Verb::at) Access(act, outcome.page, outcome);
        const bool blocked = outcome.answer == Answer::blocked_wp || outcome.answer == Answer::blocked_missing || outcome.answer == Answer::blocked_minor;
        if (blocked && act.thread >= 0) waiting_.push_back({act.process, act.thread, act.start, outcome.answer});
      }
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
    case Verb::close: ActOfUffd(act, outcomes); break;
    case Verb::fork:
      if (ok) Fork(act);
      break;
    case Verb::clear_refs:
      if (ok && act.soft_dirty) {
        for (const Space& space : spaces_) {
          if (space.process != act.process) continue;
          for (uint32_t i = 0; i < space.pages; ++i) pages_[space.first_page + i].wrote = false;
        }
      }
      break;
    case Verb::exit:
      if (ok) Exit(act.process);
      break;
    case Verb::freeze:
      for (const Outcome& outcome : outcomes) frozen_ += outcome.answer == Answer::ok;
      break;
    case Verb::thaw:
      for (const Outcome& outcome : outcomes) frozen_ -= outcome.answer == Answer::ok;
      break;
    case Verb::unmap_page:
      UnmapPage(act, outcomes);
      break;
    case Verb::collapse_file: files_[static_cast<size_t>(act.file)].may_be_huge = true; break;
    case Verb::fail: fail_next_ = true; break;
    default: break;
  }
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
    add(file.size << 4 | uint64_t{file.poisoned} << 3 | uint64_t{file.may_be_huge} << 2 | uint64_t{file.hugetlb} << 1 | uint64_t{file.anonymous});
    for (const LedgerFile::Content& page : file.pages) add_value(page.known, page.value);
  }
  for (const Space& space : spaces_) {
    bool any = false;
    for (uint32_t i = 0; i < space.pages; ++i) {
      const Page& page = pages_[space.first_page + i];
      if (!page.mapped) continue;
      any = true;
      add(i << 16 | static_cast<uint64_t>(page.armed) << 14 | static_cast<uint64_t>(page.own) << 12 | static_cast<uint64_t>(page.protection) << 10 |
          uint64_t{page.modes} << 7 | uint64_t{page.protection_known} << 6 | uint64_t{page.wipe_on_fork} << 5 | uint64_t{page.dont_fork} << 4 |
          uint64_t{page.wrote} << 3 | uint64_t{page.unjudged} << 2 | uint64_t{page.freed} << 1);
      add(static_cast<uint64_t>(page.uffd + 1));
      if (page.own != OwnCopy::no) add_value(page.value_known, page.value);
    }
    if (any) add(static_cast<uint64_t>(space.process) << 32 | static_cast<uint64_t>(space.mapping) << 16 | static_cast<uint64_t>(space.file + 1));
    if (any) add(space.start ^ static_cast<uint64_t>(space.file_first));
  }
  for (const Descriptor& one : descriptors_) {
    add(static_cast<uint64_t>(one.holder) << 32 | static_cast<uint64_t>(one.watched) << 16 | uint64_t{one.features} << 1 | uint64_t{one.open});
  }
  for (const WaitingThread& one : waiting_) add(one.address ^ static_cast<uint64_t>(one.thread) << 8 ^ static_cast<uint64_t>(one.reason));
  add(static_cast<uint64_t>(frozen_) << 3 | uint64_t{half_done_} << 2 | uint64_t{lost_sight_} << 1 | uint64_t{fail_next_});
  return hash;
}

}  // namespace pteron::promises
