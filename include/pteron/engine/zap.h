// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ENGINE_ZAP_H_
#define PTERON_ENGINE_ZAP_H_

// Taking entries away: the loop of mm/memory.c:zap_pte_range().

#include <array>

#include "pteron/arch/x86/encoding.h"
#include "pteron/engine/table.h"
#include "pteron/mm/mm_struct.h"

namespace pteron::engine {

enum class ZapStep : uint8_t {
  keep,   // the entry stays
  clear,  // it goes
  leave,  // nothing is done: it comes back in ZapResult::left
};

// What is done to each kind of entry.
struct ZapSteps {
  ZapStep zero_page = ZapStep::keep;  // present without a page
  ZapStep file_page = ZapStep::keep;  // keep or clear
  ZapStep anon_page = ZapStep::keep;  // keep or clear
  ZapStep swap = ZapStep::keep;
  ZapStep wp_none = ZapStep::keep;    // "no page, write-protected": special PTE or uffd-wp marker
  ZapStep other = ZapStep::leave;     // keep or leave
  // A present or swap entry that carries uffd-wp becomes "no page, write-protected" where it would be cleared.
  bool leave_wp = false;
};

// What a call adds to.
struct ZapResult {
  std::array<int64_t, kRssCounters> rss{};
  // Swap entries that are gone: their slots lose a user.
  List<EntryWord> swap;
  // Frames that nobody holds any more, in the order in which they were dropped. Their hot metadata is zero; all else is the caller's.
  List<FrameRun> freed;
  // Entries that nothing was done to: of ZapStep::leave, of pages that are part of a huge one, in the swap cache, or not counted, and of
  // frames that are not among `frames`.
  List<EntryWord> left;

  void Clear() {
    rss = {};
    swap.Clear();
    freed.Clear();
    left.Clear();
  }
  bool operator==(const ZapResult&) const = default;
};

namespace reference {
// Zaps words[0, count), count at most kMaxEntries. A page loses an entry and a reference; one of a file whose entry was dirty gets PG_dirty.
// Adds to *result, which holds one call's lists at most: Clear() it in between.
void ZapPtes(const Encoding& e, const ZapSteps& steps, uint64_t* words, size_t count, const Frames& frames, ZapResult* result);
}  // namespace reference

namespace fast {
void ZapPtes(const Encoding& e, const ZapSteps& steps, uint64_t* words, size_t count, const Frames& frames, ZapResult* result);
}  // namespace fast

}  // namespace pteron::engine

#endif  // PTERON_ENGINE_ZAP_H_
