// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/zap_plan.h"

#include "src/mm/plan_override.h"

namespace pteron {
namespace {

// Whether the caller passes a zap_details at all. unmap_vmas() began to with the flag that drops uffd-wp information; that it has
// one matters to no entry.
bool HasDetails(const zap_details& details) {
  return details.caller == ZapCaller::unmap_mapping_pages || details.caller == ZapCaller::unmap_mapping_page;
}

bool WantsCows(const zap_details& details) { return !HasDetails(details) || details.even_cows; }

bool SwapEntryStays(const ZapRules& rules, const zap_details& details) {
  switch (rules.swap_entries_stay) {
    case SwapEntriesStay::with_any_details: return HasDetails(details);
    case SwapEntriesStay::by_flag: return details.caller == ZapCaller::unmap_mapping_pages;
    case SwapEntriesStay::unless_even_cows: return !WantsCows(details);
  }
  return false;
}

bool LeavesUffdWpIn(const ZapRules& rules, const vm_area_struct& vma, const zap_details& details) {
  if (rules.leaves_uffd_wp == LeavesUffdWp::never || vma_is_anonymous(vma) || zap_drop_file_uffd_wp(details)) return false;
  return rules.leaves_uffd_wp == LeavesUffdWp::always || userfaultfd_wp(vma);
}

}  // namespace

ZapPlan plan_zap(const Rules& rules, const vm_area_struct& vma, const zap_details& details) {
  const ZapAction clear = LeavesUffdWpIn(rules.zap, vma, details) ? ZapAction::clear_leave_wp : ZapAction::clear;
  const ZapAction private_page = WantsCows(details) ? clear : ZapAction::keep;
  const ZapAction swap = SwapEntryStays(rules.zap, details) ? ZapAction::keep : clear;
  ZapPlan plan;
  const auto set = [&](ZapEntry entry, ZapAction action) { plan.action[static_cast<size_t>(entry)] = action; };
  set(ZapEntry::none, ZapAction::keep);
  set(ZapEntry::zero_page, clear);
  set(ZapEntry::file_page, clear);
  set(ZapEntry::anon_page, private_page);
  set(ZapEntry::swap, swap);
  set(ZapEntry::migration_file, rules.zap.migration_entries_as_their_page ? clear : swap);
  set(ZapEntry::migration_anon, rules.zap.migration_entries_as_their_page ? private_page : swap);
  set(ZapEntry::hwpoison, swap);
  set(ZapEntry::swapin_error, swap);
  set(ZapEntry::device, private_page);
  const ZapAction wp_none = zap_drop_file_uffd_wp(details) ? ZapAction::clear : ZapAction::keep;
  set(ZapEntry::wp_none, rules.zap.wp_none == ZapWpNone::kept_unless_dropped ? wp_none : swap);
  ApplyOverride(rules, PlanOverride::Plan::zap, ZapSituation(vma, details), plan.action);
  return plan;
}

const char* Name(ZapEntry entry) {
  switch (entry) {
    case ZapEntry::none: return "none";
    case ZapEntry::zero_page: return "present, zero page";
    case ZapEntry::file_page: return "present, file page";
    case ZapEntry::anon_page: return "present, private page";
    case ZapEntry::swap: return "swap";
    case ZapEntry::migration_file: return "migration, file page";
    case ZapEntry::migration_anon: return "migration, private page";
    case ZapEntry::hwpoison: return "hwpoison";
    case ZapEntry::swapin_error: return "swapin error";
    case ZapEntry::device: return "device";
    case ZapEntry::wp_none: return "wp-none";
    case ZapEntry::kCount: break;
  }
  return "?";
}

const char* Name(ZapAction action) {
  switch (action) {
    case ZapAction::keep: return "keep";
    case ZapAction::clear: return "clear";
    case ZapAction::clear_leave_wp: return "clear, leave wp-none if wp";
  }
  return "?";
}

const char* Name(ZapCaller caller) {
  switch (caller) {
    case ZapCaller::unmap_vmas: return "unmap_vmas";
    case ZapCaller::zap_page_range: return "zap_page_range";
    case ZapCaller::unmap_mapping_pages: return "unmap_mapping_pages";
    case ZapCaller::unmap_mapping_page: return "unmap_mapping_page";
    case ZapCaller::zap_vma_ptes: return "zap_vma_ptes";
    case ZapCaller::kCount: break;
  }
  return "?";
}

}  // namespace pteron
