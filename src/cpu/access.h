// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_CPU_ACCESS_H_
#define PTERON_SRC_CPU_ACCESS_H_

// What a load or store does: the hardware's walk with its accessed and dirty bits, and the page faults it takes
// (arch/x86/mm/fault.c:do_user_addr_fault()).

#include <optional>

#include "pteron/system_calls.h"
#include "src/mm/fault.h"

namespace pteron {

// How often the same access may meet the same word without an event before it counts as repeating for ever.
inline constexpr int kLivelockRepeats = 16;

// Loads or stores the first 64-bit word of the page at `address` (bytes; the page's start). In a hugetlb mapping the page is 2 MiB.
AccessResult Access(MachineState& m, MmId mm, uint64_t address, bool write, uint64_t value);

// The same as far as the entries allow it; empty where it would fault.
std::optional<AccessResult> AccessWithoutFault(MachineState& m, MmId mm, uint64_t address, bool write, uint64_t value);

// faultin_page() without touching memory, as MADV_POPULATE and other get_user_pages() callers do: makes the entry allow the access.
AccessResult FaultIn(MachineState& m, MmId mm, uint64_t address, bool write);

}  // namespace pteron

#endif  // PTERON_SRC_CPU_ACCESS_H_
