// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_SHMEM_RULES_H_
#define PTERON_KERNEL_RULES_SHMEM_RULES_H_

// Decisions of mm/shmem.c. A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// How shmem_undo_range() gets rid of a part of a huge page.
enum class PartialHugePage : uint8_t {
  split_when_met,  // splits it when it comes to the first of its small pages; one that cannot be split is cleared bit
                   // by bit
  dirty_zero_and_split,  // marks the whole page dirty, clears the range in it, then splits it
};

struct ShmemRules {
  // UFFDIO_COPY and UFFDIO_ZEROPAGE mark the page itself dirty, besides what they do to the entry.
  bool mfill_marks_page_dirty = true;
  PartialHugePage partial_huge_page = PartialHugePage::split_when_met;
  // A page whose memory failed stays in the page cache; reading and writing it is -EIO.
  bool hwpoison_pages_are_refused = false;
  bool operator==(const ShmemRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_SHMEM_RULES_H_
