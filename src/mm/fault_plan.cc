// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/fault_plan.h"

#include "pteron/arch/x86/classify.h"
#include "src/mm/plan_override.h"

namespace pteron {
namespace {

FaultAction OnWpNone(const Rules& rules, const vm_area_struct& vma) {
  if (is_vm_hugetlb_page(vma)) {
    return rules.hugetlb.wp_none_is_none ? FaultAction::from_file_wp : FaultAction::repeat_for_ever;
  }
  if (rules.fault.on_wp_none == FaultOnWpNone::ignored) return FaultAction::repeat_for_ever;
  return userfaultfd_wp(vma) && !vma_is_anonymous(vma) ? FaultAction::from_file_wp : FaultAction::clear;
}

bool ReportsWp(const Rules& rules, const vm_area_struct& vma) {
  return userfaultfd_wp(vma) && (!is_vm_hugetlb_page(vma) || rules.hugetlb.fault_reports_wp);
}

}  // namespace

FaultPlan plan_fault(const Rules& rules, const vm_area_struct& vma, bool write) {
  FaultPlan plan;
  const auto set = [&](FaultEntry entry, FaultAction action) { plan.action[static_cast<size_t>(entry)] = action; };
  const FaultAction write_or_copy = write ? FaultAction::write_or_copy : FaultAction::mark_young;
  set(FaultEntry::none, vma_is_anonymous(vma) ? FaultAction::new_page : FaultAction::from_file);
  set(FaultEntry::writable, FaultAction::mark_young);
  set(FaultEntry::read_only, write_or_copy);
  set(FaultEntry::read_only_wp, write && ReportsWp(rules, vma) ? FaultAction::report_wp : write_or_copy);
  set(FaultEntry::swap, FaultAction::from_swap);
  set(FaultEntry::migration, FaultAction::wait);
  set(FaultEntry::hwpoison, FaultAction::hwpoison);
  set(FaultEntry::swapin_error, FaultAction::sigbus);
  set(FaultEntry::wp_none, OnWpNone(rules, vma));
  set(FaultEntry::other, FaultAction::sigbus);
  ApplyOverride(rules, PlanOverride::Plan::fault, FaultSituation(vma, write), plan.action);
  return plan;
}

FaultEntry ClassifyForFault(const Encoding& e, pte_t pte) {
  switch (classify(e, pte)) {
    case EntryClass::none: return FaultEntry::none;
    case EntryClass::present:
      if (pte_write(e, pte)) return FaultEntry::writable;
      return pte_uffd_wp(e, pte) ? FaultEntry::read_only_wp : FaultEntry::read_only;
    case EntryClass::swap: return FaultEntry::swap;
    case EntryClass::migration: return FaultEntry::migration;
    case EntryClass::hwpoison: return FaultEntry::hwpoison;
    case EntryClass::swapin_error: return FaultEntry::swapin_error;
    case EntryClass::special:
    case EntryClass::marker: return FaultEntry::wp_none;
    default: return FaultEntry::other;
  }
}

const char* Name(FaultEntry entry) {
  switch (entry) {
    case FaultEntry::none: return "none";
    case FaultEntry::writable: return "present, writable";
    case FaultEntry::read_only: return "present, read-only";
    case FaultEntry::read_only_wp: return "present, read-only, wp";
    case FaultEntry::swap: return "swap";
    case FaultEntry::migration: return "migration";
    case FaultEntry::hwpoison: return "hwpoison";
    case FaultEntry::swapin_error: return "swapin error";
    case FaultEntry::wp_none: return "wp-none";
    case FaultEntry::other: return "other";
    case FaultEntry::kCount: break;
  }
  return "?";
}

const char* Name(FaultAction action) {
  switch (action) {
    case FaultAction::new_page: return "new page";
    case FaultAction::from_file: return "page of the file";
    case FaultAction::from_file_wp: return "page of the file, wp";
    case FaultAction::from_swap: return "swap in";
    case FaultAction::mark_young: return "young";
    case FaultAction::write_or_copy: return "reuse or copy";
    case FaultAction::report_wp: return "tell userfaultfd";
    case FaultAction::wait: return "wait";
    case FaultAction::clear: return "becomes none, again";
    case FaultAction::hwpoison: return "SIGBUS (hwpoison)";
    case FaultAction::sigbus: return "SIGBUS";
    case FaultAction::repeat_for_ever: return "repeat for ever";
  }
  return "?";
}

}  // namespace pteron
