// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_ZAP_DETAILS_H_
#define PTERON_MM_ZAP_DETAILS_H_

// zap_details of include/linux/mm.h: what the caller of a zap wants spared. Which fields a kernel honours, and what a missing
// zap_details means, is in ZapRules; here stands what the caller says, in the terms that all kernels share.

#include <cstdint>

#include "pteron/mm/types.h"

namespace pteron {

// Who calls a zap. Every kernel gives each of them a zap_details of its own: see ZapRules::details.
enum class ZapCaller : uint8_t {
  unmap_vmas,           // munmap, exit, MAP_FIXED, the old range of mremap
  zap_page_range,       // MADV_DONTNEED and its like
  unmap_mapping_pages,  // truncation, hole punching, invalidation: a range of a file
  unmap_mapping_page,   // one locked page of a file
  zap_vma_ptes,         // drivers; the out-of-memory reaper
  kCount
};

struct zap_details {
  ZapCaller caller = ZapCaller::zap_page_range;
  bool even_cows = true;   // unmap_mapping_pages: also the private copies
  FileId zap_mapping{};      // the file whose pages are meant
  Pfn single_page{};        // unmap_mapping_page: the page
};

}  // namespace pteron

#endif  // PTERON_MM_ZAP_DETAILS_H_
