// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_MREMAP_RULES_H_
#define PTERON_KERNEL_RULES_MREMAP_RULES_H_

// Decisions of move_page_tables() and mremap (mm/mremap.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

struct MremapRules {
  bool operator==(const MremapRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_MREMAP_RULES_H_
