// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ENGINE_COPY_H_
#define PTERON_ENGINE_COPY_H_

// Copying entries at fork: the loop of mm/memory.c:copy_pte_range().

#include <array>

#include "pteron/arch/x86/encoding.h"
#include "pteron/engine/table.h"
#include "pteron/mm/mm_struct.h"

namespace pteron::engine {

// What becomes of present and swap entries, which are always copied, and of "no page, write-protected".
struct CopySteps {
  bool wrprotect = false;     // a copy-on-write mapping: present entries lose write permission, in the parent too
  bool clean = false;         // VM_SHARED: the child's are clean
  bool keep_uffd_wp = false;  // the child's VMA is registered
  bool unshare = false;       // pages and swap entries stop being exclusive to the parent
  bool copy_wp_none = false;  // else the child gets none
};

// What a call adds to.
struct CopyResult {
  std::array<int64_t, kRssCounters> rss{};  // of the child
  // Swap entries that were copied, with the parent's word before: their slots get a user.
  List<EntryWord> swap;
  // Entries that nothing was done to: of pages that are part of a huge one, of frames that are not among `frames`, and of all other kinds.
  List<EntryWord> left;

  void Clear() {
    rss = {};
    swap.Clear();
    left.Clear();
  }
  bool operator==(const CopyResult&) const = default;
};

namespace reference {
// Copies src[0, count) to dst, count at most kMaxEntries. dst must be all zero. A page gets an entry and a reference.
// Adds to *result, which holds one call's lists at most: Clear() it in between.
void CopyPtes(const Encoding& e, const CopySteps& steps, uint64_t* src, uint64_t* dst, size_t count, const Frames& frames, CopyResult* result);
}  // namespace reference

namespace fast {
void CopyPtes(const Encoding& e, const CopySteps& steps, uint64_t* src, uint64_t* dst, size_t count, const Frames& frames, CopyResult* result);
}  // namespace fast

}  // namespace pteron::engine

#endif  // PTERON_ENGINE_COPY_H_
