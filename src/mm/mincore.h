// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MINCORE_H_
#define PTERON_SRC_MM_MINCORE_H_

// mm/mincore.c.

#include "src/mm/fault.h"

namespace pteron {

// mincore() of the one page at `address` (bytes). 0, -EINVAL (not aligned), or -ENOMEM where nothing is mapped.
int do_mincore(const MachineState& m, MmId mm, uint64_t address, bool* resident);

}  // namespace pteron

#endif  // PTERON_SRC_MM_MINCORE_H_
