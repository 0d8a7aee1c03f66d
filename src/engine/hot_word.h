// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_ENGINE_HOT_WORD_H_
#define PTERON_SRC_ENGINE_HOT_WORD_H_

// HotPage as one 64-bit word, so that a mapping and a reference are added or taken off at once.

#include <bit>
#include <cstdint>

#include "pteron/mm/page.h"

namespace pteron {

inline constexpr unsigned kHotFlagsShift = 56;
inline constexpr uint64_t kHotRefcountMask = 0xffffffff;
inline constexpr uint64_t kHotMapcountMask = uint64_t{0xffffff} << 32;
inline constexpr uint64_t kHotOneMapping = (uint64_t{1} << 32) | 1;  // one entry that names the page, with its reference
constexpr int HotFlagShift(PageFlag flag) { return static_cast<int>(kHotFlagsShift) + std::countr_zero(static_cast<unsigned>(flag)); }
constexpr uint64_t HotFlag(PageFlag flag) { return static_cast<uint64_t>(flag) << kHotFlagsShift; }
// Pages of which more hangs on an entry than hot metadata.
inline constexpr uint64_t kHotNeedsMore = HotFlag(PG_compound) | HotFlag(PG_swapcache);

// HotPage consists of bit-fields of uint64_t, which compilers for this ABI lay out from the lowest bit up; tests/engine/ checks it.
inline uint64_t* HotWords(HotPage* pages) { return reinterpret_cast<uint64_t*>(pages); }

}  // namespace pteron

#endif  // PTERON_SRC_ENGINE_HOT_WORD_H_
