// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What becomes of memory and files: mappings, processes, advice, accesses.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "src/promises/ledger_pages.h"

namespace pteron::promises {

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
    space.memory = huge ? (act.shared ? Memory::hugetlb_shared : Memory::hugetlb_private)
                        : (act.shared ? Memory::shmem_shared : Memory::shmem_private);
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
    const bool in_use = std::any_of(pages_.begin(), pages_.end(),
                                    [&](const Page& page) { return page.mapped && !page.dont_fork && page.uffd == static_cast<int>(i); });
    if (in_use) descriptors_.push_back({parent.holder, child, static_cast<int16_t>(i), parent.features, true});
  }
  const size_t spaces = spaces_.size();
  for (size_t i = 0; i < spaces; ++i) {
    if (spaces_[i].process != act.process) continue;
    Space space = spaces_[i];
    const uint32_t old_first = space.first_page;
    const bool in_use =
        std::any_of(pages_.begin() + old_first, pages_.begin() + old_first + space.pages, [](const Page& page) { return page.mapped; });
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

void Ledger::PoisonMemory(const Act& act) {
  // Whoever maps the page, by the file or after a fork, loses it.
  std::vector<std::pair<int, int>> hit;  // mapping and file of what lies there
  ForRange(act.process, act.start, act.end, [&](Space& space, uint32_t, Page&) { hit.emplace_back(space.mapping, space.file); });
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
      return each([&](Space&, uint32_t, Page& page) { page.dont_fork = act.advice == Advice::dontfork; });
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
    case Advice::hwpoison:
      if (outcome.answer == Answer::error && (outcome.error == EPERM || outcome.error == EINVAL)) return;
      return PoisonMemory(act);
    default:
      return;
  }
}

// ---- Accesses.

void Ledger::Access(const Act& act, int64_t number, const Outcome& outcome) {
  const uint64_t address = act.start + static_cast<uint64_t>(number - act.first) * act.page_size;
  // Where the name of a mapping of small pages, which never came to be, lies over hugetlb: what the first word of the page holds is not
  // touched.
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

}  // namespace pteron::promises
