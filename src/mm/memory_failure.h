// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MEMORY_FAILURE_H_
#define PTERON_SRC_MM_MEMORY_FAILURE_H_

// mm/memory-failure.c: what becomes of a page whose memory has failed.

#include "src/mm/fault.h"

namespace pteron {

// memory_failure(): the caller's reference to `page` stays with it for good, so that nobody gets the frame again; where the page
// could not be taken from its users it may be dropped. 0 or a negative errno (-EBUSY, -EHWPOISON, -EOPNOTSUPP).
int memory_failure(MachineState& m, Pfn page);

}  // namespace pteron

#endif  // PTERON_SRC_MM_MEMORY_FAILURE_H_
