// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What is registered, armed, brought in, and who waits.
#include <algorithm>
#include <cerrno>

#include "src/promises/ledger_pages.h"

namespace pteron::promises {

// UFFDIO_WRITEPROTECT, set or clear, and UFFDIO_CONTINUE on one page of their range. `refused`: before its first page.
void Ledger::Arm(const Act& act, bool ok, bool refused, const Space& space, uint32_t index, Page& page) const {
  if (!ok) {
    // It may have come to this page or not.
    if (!refused && !(act.verb == Verb::wp && page.armed == Armed::on) && !(act.verb == Verb::unwp && page.armed == Armed::off))
      page.armed = Armed::any;
    return;
  }
  if (act.verb == Verb::unwp) {
    page.armed = Armed::off;
  } else if (act.verb == Verb::continue_) {
    page.armed = (act.modes & kWp) ? Armed::on : Armed::off;
  } else {
    // Where nothing is mapped, anonymous memory has nothing to be armed by.
    const bool armable = space.memory != Memory::anon || page.now.entry.kind != EntryKind::none || (FeaturesOf(page) & kWpUnpopulated);
    if (armable) page.armed = page.freed || BeyondEnd(space, index) ? Armed::any : Armed::on;
  }
}

// UFFDIO_COPY and UFFDIO_ZEROPAGE, page by page.
void Ledger::BringIn(const Act& act, int process, std::span<const Outcome> outcomes) {
  for (const Outcome& outcome : outcomes) {
    if (outcome.answer != Answer::ok || outcome.page < 0) continue;
    const uint64_t address = act.start + static_cast<uint64_t>(outcome.page - act.first) * act.page_size;
    ForRange(process, address, address + 1, [&](Space& space, uint32_t index, Page& page) {
      SetContent(space, index, page, true, act.verb == Verb::copy ? act.value : 0);
      page.armed = act.verb == Verb::copy && (act.modes & kWp) ? Armed::on : Armed::off;
    });
  }
}

void Ledger::ActOfUffd(const Act& act, std::span<const Outcome> outcomes) {
  if (act.uffd < 0 || !descriptors_[static_cast<size_t>(act.uffd)].open) return;
  const Outcome first = outcomes.empty() ? Outcome{} : outcomes.front();
  const bool ok = first.answer == Answer::ok;
  if (act.verb == Verb::close && ok) return Close(act.uffd);
  const int process = descriptors_[static_cast<size_t>(act.uffd)].watched;
  if (!IsAlive(process)) return;
  // ENOENT does not count: later kernels arm what lies before the first VMA that is not registered.
  const bool refused = first.answer == Answer::error && (first.error == EINVAL || first.error == EBADF || first.error == ESRCH);
  const auto each = [&](const auto& run) { ForRange(process, act.start, act.end, run); };
  switch (act.verb) {
    case Verb::register_:
      if (!ok) return failing_ ? Doubt(process, act.start, act.end) : void();
      return each([&](Space&, uint32_t, Page& page) {
        page.uffd = act.uffd;
        if ((page.modes & act.modes) == act.modes) return;  // nothing to add: it stays as it is
        if ((page.modes & kWp) && !(act.modes & kWp)) Disarm(page);
        page.modes = act.modes;  // instead of those before
      });
    case Verb::unregister:
      if (!ok && failing_) return Doubt(process, act.start, act.end);
      // It takes write-protection away before it finds out that it cannot split the VMA.
      if (!ok) return each([](Space&, uint32_t, Page& page) { Disarm(page); });
      return each([](Space&, uint32_t, Page& page) { Unregister(page); });
    case Verb::wp:
    case Verb::unwp:
    case Verb::continue_:
      return each([&](Space& space, uint32_t index, Page& page) { Arm(act, ok, refused, space, index, page); });
    case Verb::poison:
      if (refused) return;
      return each([](Space&, uint32_t, Page& page) {
        LoseSight(page);
        page.unjudged = true;
      });
    case Verb::copy:
    case Verb::zeropage:
      return BringIn(act, process, outcomes);
    default:
      return;
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
    if (one.outcome.answer == Answer::blocked_wp || one.outcome.answer == Answer::blocked_missing ||
        one.outcome.answer == Answer::blocked_minor) {
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

}  // namespace pteron::promises
