// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_EXPLAIN_H_
#define PTERON_ARCH_X86_EXPLAIN_H_

// Words in words, for people.

#include <cstdint>
#include <string>

#include "pteron/arch/x86/encoding.h"
#include "pteron/arch/x86/level.h"

namespace pteron {

// What `word` means in a table of `level`: a first line that names its class, then a line for every field and every set bit, each
// ended by a newline. Flags of swap entries come before their offset and type. Every word is accepted. A PMD or PUD that only
// hugetlb could have written is explained as hugetlb's.
std::string Explain(const Encoding& e, uint64_t word, Level level);

}  // namespace pteron

#endif  // PTERON_ARCH_X86_EXPLAIN_H_
