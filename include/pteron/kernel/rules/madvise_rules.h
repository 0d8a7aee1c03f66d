// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_MADVISE_RULES_H_
#define PTERON_KERNEL_RULES_MADVISE_RULES_H_

// Decisions of madvise (mm/madvise.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// What a shared file VMA needs for MADV_REMOVE.
enum class RemoveNeeds : uint8_t {
  write,      // write permission now
  may_write,  // that mprotect() could give it
};

// Whose count of entries tells MADV_FREE that a huge page, mapped by small entries, is this process's alone.
enum class SharersOf : uint8_t {
  this_part,   // the small page that the entry names
  first_part,  // the first small page of the huge one, as an estimate
};

struct MadviseRules {
  RemoveNeeds remove_needs = RemoveNeeds::write;
  SharersOf free_asks_sharers = SharersOf::this_part;
  // MADV_DONTNEED works on whole huge pages of hugetlb; before, it is -EINVAL there.
  bool dontneed_of_hugetlb = false;
  // MADV_FREE clears hwpoison entries and those of pages that could not be read from swap.
  bool free_clears_poison = false;
  // MADV_POPULATE empties the batch of pages that wait for their LRU list when it is through with a VMA.
  bool populate_drains_lru_batch = false;
  // MADV_COLLAPSE exists.
  bool collapse = false;
  bool operator==(const MadviseRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_MADVISE_RULES_H_
