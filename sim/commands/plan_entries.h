// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_PLAN_ENTRIES_H_
#define PTERON_SIM_COMMANDS_PLAN_ENTRIES_H_

// The situations that plans tell apart, by sample, and the kinds of entries that a kernel can have in them.

#include <span>

#include "pteron/arch/x86/entry_class.h"
#include "pteron/kernel.h"
#include "pteron/mm/vma.h"
#include "pteron/mm/zap_details.h"
#include "src/mm/fault_plan.h"
#include "src/mm/fork_plan.h"
#include "src/mm/zap_plan.h"

namespace pteron::commands {

// A kind of VMA.
struct SampleVma {
  const char* name;   // as --vma takes it: "file-wp"
  const char* title;
  VmaKind kind;
  uint64_t flags;
};
std::span<const SampleVma> SampleVmas();
vm_area_struct Sample(const SampleVma& vma);

// A caller of a zap.
struct SampleCaller {
  const char* name;
  zap_details details;
};
std::span<const SampleCaller> SampleCallers();
// Whether it goes by a file, and so never comes to anonymous memory.
bool IsByFile(const SampleCaller& caller);

// Whether this kernel has such entries in this VMA.
bool Has(const Kernel& kernel, ZapEntry entry, const vm_area_struct& vma);
bool Has(const Kernel& kernel, ForkEntry entry);
bool Has(const Kernel& kernel, EntryClass entry, const vm_area_struct& vma);
bool Has(const Kernel& kernel, FaultEntry entry, const vm_area_struct& vma);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_PLAN_ENTRIES_H_
