// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_SWAP_H_
#define PTERON_MM_SWAP_H_

// The swap device: one, synchronous (SWP_SYNCHRONOUS_IO, as zram), type 0.

#include <cstdint>
#include <vector>

#include "pteron/mm/types.h"

namespace pteron {

struct SwapSlot {
  uint32_t count = 0;  // swap_map without SWAP_HAS_CACHE: entries and shmem cache slots that name it
  Pfn cache;           // the page in the swap cache, kNoPfn for none
  uint64_t value = 0;  // what was written out: the page's value
  bool used() const { return count > 0 || cache != kNoPfn; }
  bool operator==(const SwapSlot&) const = default;
};

struct SwapDevice {
  bool present = false;         // a device exists (`require swap`)
  bool enabled = false;         // swapon
  std::vector<SwapSlot> slots;  // slot 0 is the header and never used
  bool operator==(const SwapDevice&) const = default;
};

}  // namespace pteron

#endif  // PTERON_MM_SWAP_H_
