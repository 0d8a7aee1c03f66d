// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_LEVEL_H_
#define PTERON_ARCH_X86_LEVEL_H_

#include <cstdint>

namespace pteron {

// The level of the table that holds a word. With 4-level paging the top table's entries are p4d entries: pgd is folded.
enum class Level : uint8_t { pte = 1, pmd = 2, pud = 3, p4d = 4, pgd = 5 };

}  // namespace pteron

#endif  // PTERON_ARCH_X86_LEVEL_H_
