// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_PLAN_OVERRIDE_H_
#define PTERON_SRC_MM_PLAN_OVERRIDE_H_

// Numbers for the situations that plans tell apart, and PlanOverride as the plans apply it.

#include "pteron/kernel/rules.h"
#include "pteron/mm/vma.h"
#include "pteron/mm/zap_details.h"

namespace pteron {

// The VMA's kind, and whether it is registered for uffd-wp.
inline uint32_t VmaSituation(const vm_area_struct& vma) { return static_cast<uint32_t>(vma.kind) | (userfaultfd_wp(vma) ? 4u : 0u); }
inline uint32_t ZapSituation(const vm_area_struct& vma, const zap_details& details) {
  return VmaSituation(vma) | static_cast<uint32_t>(details.caller) << 4 | (details.even_cows ? 1u << 8 : 0u);
}
// By the child's VMA.
inline uint32_t ForkSituation(const vm_area_struct& dst_vma) { return VmaSituation(dst_vma); }
// `cp_flags`: ChangeProtectionFlag, of which only those about uffd-wp decide what is done.
inline uint32_t ProtectSituation(const vm_area_struct& vma, uint32_t cp_flags) { return VmaSituation(vma) | cp_flags >> 2 << 4; }
inline uint32_t FaultSituation(const vm_area_struct& vma, bool write) { return VmaSituation(vma) | (write ? 1u << 4 : 0u); }

// The end of every plan.
template <typename Actions>
void ApplyOverride(const Rules& rules, PlanOverride::Plan plan, uint32_t situation, Actions& actions) {
  const PlanOverride& override = rules.plan_override;
  if (override.plan != plan || override.situation != situation || override.entry >= actions.size()) [[likely]] return;
  actions[override.entry] = static_cast<typename Actions::value_type>(override.action);
}

}  // namespace pteron

#endif  // PTERON_SRC_MM_PLAN_OVERRIDE_H_
