// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_ZAP_PLAN_H_
#define PTERON_SRC_MM_ZAP_PLAN_H_

// What a zap does to each kind of entry, decided once before its loop.

#include <array>
#include <cstdint>

#include "pteron/kernel.h"
#include "pteron/mm/vma.h"
#include "pteron/mm/zap_details.h"

namespace pteron {

// Kinds of entries that a zap tells apart.
enum class ZapEntry : uint8_t {
  none,
  zero_page,        // present without a page behind it
  file_page,        // present, a page of the file
  anon_page,        // present, a private page
  swap,
  migration_file,   // a page of the file is being moved
  migration_anon,
  hwpoison,
  swapin_error,
  device,
  wp_none,          // no page, write-protected: special PTE or uffd-wp marker
  kCount
};

enum class ZapAction : uint8_t {
  keep,            // the entry stays as it is
  clear,           // becomes none
  clear_leave_wp,  // becomes none, or "no page, write-protected" where it carried uffd-wp
};

struct ZapPlan {
  std::array<ZapAction, static_cast<size_t>(ZapEntry::kCount)> action{};
  ZapAction on(ZapEntry entry) const { return action[static_cast<size_t>(entry)]; }
  bool operator==(const ZapPlan&) const = default;
};

// The plan for a VMA (not hugetlb) and a caller.
ZapPlan plan_zap(const Rules& rules, const vm_area_struct& vma, const zap_details& details);

const char* Name(ZapEntry entry);
const char* Name(ZapAction action);
const char* Name(ZapCaller caller);

// The details of zap_page_range() with a null zap_details.
inline constexpr zap_details kNoZapDetails{};

// Whether this caller removes "no page, write-protected" and leaves none: ZAP_FLAG_DROP_FILE_UFFD_WP, ZAP_FLAG_DROP_MARKER.
inline bool zap_drop_file_uffd_wp(const zap_details& details) {
  return details.caller == ZapCaller::unmap_vmas || details.caller == ZapCaller::unmap_mapping_page;
}

}  // namespace pteron

#endif  // PTERON_SRC_MM_ZAP_PLAN_H_
