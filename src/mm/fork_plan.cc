// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/fork_plan.h"

#include "src/mm/plan_override.h"

namespace pteron {

ForkPlan plan_fork(const Rules& rules, const vm_area_struct& dst_vma) {
  ForkPlan plan;
  plan.action.fill(ForkAction::copy);
  plan.action[static_cast<size_t>(ForkEntry::none)] = ForkAction::skip;
  ForkAction& wp_none = plan.action[static_cast<size_t>(ForkEntry::wp_none)];
  switch (rules.fork.wp_none) {
    case ForkWpNone::read_as_swap: wp_none = ForkAction::repeat_for_ever; break;
    case ForkWpNone::copied_if_registered: wp_none = userfaultfd_wp(dst_vma) ? ForkAction::copy_word : ForkAction::skip; break;
  }
  ApplyOverride(rules, PlanOverride::Plan::fork, ForkSituation(dst_vma), plan.action);
  return plan;
}

ForkEntry ClassifyForFork(EntryClass entry_class) {
  switch (entry_class) {
    case EntryClass::present: return ForkEntry::present;
    case EntryClass::swap: return ForkEntry::swap;
    case EntryClass::migration: return ForkEntry::migration;
    case EntryClass::hwpoison: return ForkEntry::hwpoison;
    case EntryClass::swapin_error: return ForkEntry::swapin_error;
    case EntryClass::special:
    case EntryClass::marker: return ForkEntry::wp_none;
    default: return ForkEntry::none;
  }
}

const char* Name(ForkEntry entry) {
  switch (entry) {
    case ForkEntry::none: return "none";
    case ForkEntry::present: return "present";
    case ForkEntry::swap: return "swap";
    case ForkEntry::migration: return "migration";
    case ForkEntry::hwpoison: return "hwpoison";
    case ForkEntry::swapin_error: return "swapin error";
    case ForkEntry::wp_none: return "wp-none";
    case ForkEntry::kCount: break;
  }
  return "?";
}

const char* Name(ForkAction action) {
  switch (action) {
    case ForkAction::skip: return "skip";
    case ForkAction::copy: return "copy";
    case ForkAction::copy_word: return "copy the word";
    case ForkAction::repeat_for_ever: return "repeat for ever";
  }
  return "?";
}

}  // namespace pteron
