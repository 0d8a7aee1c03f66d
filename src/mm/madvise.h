// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MADVISE_H_
#define PTERON_SRC_MM_MADVISE_H_

// mm/madvise.c.

#include "pteron/system_calls.h"
#include "src/mm/fault.h"

namespace pteron {

// do_madvise(). Start and length in bytes. CallResult::error is 0 or -EINVAL, -ENOMEM (a part is not mapped; the rest was done), -EACCES,
// -EFAULT, -EHWPOISON, -EBUSY, -EAGAIN.
CallResult do_madvise(MachineState& m, MmId mm, uint64_t start, uint64_t length, Advice advice);

}  // namespace pteron

#endif  // PTERON_SRC_MM_MADVISE_H_
