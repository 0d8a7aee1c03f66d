// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_HUGETLB_RULES_H_
#define PTERON_KERNEL_RULES_HUGETLB_RULES_H_

// Decisions of hugetlb (mm/hugetlb.c, fs/hugetlbfs/inode.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

struct HugetlbRules {
  bool operator==(const HugetlbRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_HUGETLB_RULES_H_
