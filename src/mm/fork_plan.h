// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_FORK_PLAN_H_
#define PTERON_SRC_MM_FORK_PLAN_H_

// What fork does with each kind of entry, decided once before its loop.

#include <array>
#include <cstdint>

#include "pteron/arch/x86/entry_class.h"
#include "pteron/kernel.h"
#include "pteron/mm/vma.h"

namespace pteron {

enum class ForkEntry : uint8_t { none, present, swap, migration, hwpoison, swapin_error, wp_none, kCount };

enum class ForkAction : uint8_t {
  skip,             // the child gets none
  copy,             // the child names the same page or slot; uffd-wp only where its VMA is registered
  copy_word,        // the child gets the same word
  repeat_for_ever,  // taken for a swap entry whose count cannot be raised
};

struct ForkPlan {
  std::array<ForkAction, static_cast<size_t>(ForkEntry::kCount)> action{};
  ForkAction on(ForkEntry entry) const { return action[static_cast<size_t>(entry)]; }
  bool operator==(const ForkPlan&) const = default;
};

// The plan for the child's VMA (not hugetlb).
ForkPlan plan_fork(const Rules& rules, const vm_area_struct& dst_vma);
ForkEntry ClassifyForFork(EntryClass entry_class);

const char* Name(ForkEntry entry);
const char* Name(ForkAction action);

}  // namespace pteron

#endif  // PTERON_SRC_MM_FORK_PLAN_H_
