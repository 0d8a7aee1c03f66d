// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_PROMISES_LEDGER_PAGES_H_
#define PTERON_SRC_PROMISES_LEDGER_PAGES_H_

// What the parts of the ledger share.

#include <algorithm>

#include "pteron/promises/ledger.h"

namespace pteron::promises {

inline constexpr uint64_t kSmallPage = 4096, kHugePage = 512 * kSmallPage;

// What a page holds that was never written.
inline void MakeBlank(const Space& space, Page& page) {
  page.own = space.memory == Memory::anon ? OwnCopy::yes : OwnCopy::no;
  page.freed = false;
  page.value_known = true;
  page.value = 0;
}

// What the ledger expects of a page that it has lost sight of.
inline void LoseSight(Page& page) {
  page.armed = Armed::any;
  page.value_known = false;
  if (page.own == OwnCopy::no) page.own = OwnCopy::maybe;
  page.wrote = false;
}

// Nothing is expected of a page that was armed.
inline void Disarm(Page& page) {
  if (page.armed == Armed::on) page.armed = Armed::any;
}

// No descriptor watches the page any longer; its word may tell otherwise.
inline void Unregister(Page& page) {
  page.modes = 0;
  page.uffd = -1;
  page.armed = page.armed == Armed::off ? Armed::off : Armed::any;
}

// run(space, index, page) for every mapped page of the process in [start, end).
template <class Do>
void Ledger::ForRange(int process, uint64_t start, uint64_t end, const Do& run) {
  for (size_t i = 0; i < spaces_.size(); ++i) {
    Space& space = spaces_[i];
    if (space.process != process || space.end() <= start || space.start >= end) continue;
    const uint64_t first = start > space.start ? (start - space.start) / space.page_size : 0;
    const uint64_t last =
        std::min<uint64_t>(space.pages, (std::min(end, space.end()) - space.start + space.page_size - 1) / space.page_size);
    for (uint64_t at = first; at < last; ++at) {
      Page& page = pages_[space.first_page + at];
      if (page.mapped) run(space, static_cast<uint32_t>(at), page);
    }
  }
}

}  // namespace pteron::promises

#endif  // PTERON_SRC_PROMISES_LEDGER_PAGES_H_
