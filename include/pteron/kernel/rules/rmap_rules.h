// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_RMAP_RULES_H_
#define PTERON_KERNEL_RULES_RMAP_RULES_H_

// Decisions of mm/rmap.c. A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// Which anon_vma of the parent's chain a forked VMA takes for its own, so that chains do not grow for ever.
enum class AnonVmaReuse : uint8_t {
  degree_below_two,      // one that is not the parent's own and whose children and VMAs together are fewer than two
  one_child_and_no_vma,  // one that is no VMA's own and has fewer than two children
};

struct RmapRules {
  AnonVmaReuse anon_vma_reuse = AnonVmaReuse::degree_below_two;
  // Pages remember that one process alone maps them (PG_anon_exclusive).
  bool anon_exclusive = false;
  bool operator==(const RmapRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_RMAP_RULES_H_
