// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_H_
#define PTERON_KERNEL_RULES_H_

// Everything in which the code of the modelled kernels differs, one small struct a function family. A member is named after the
// decision that it holds, never after a release or a patch; code under src/mm and src/fs asks these and nothing else.

#include "pteron/kernel/rules/fault_rules.h"
#include "pteron/kernel/rules/fork_rules.h"
#include "pteron/kernel/rules/hugetlb_rules.h"
#include "pteron/kernel/rules/madvise_rules.h"
#include "pteron/kernel/rules/migrate_rules.h"
#include "pteron/kernel/rules/mmap_rules.h"
#include "pteron/kernel/rules/mremap_rules.h"
#include "pteron/kernel/rules/plan_override.h"
#include "pteron/kernel/rules/proc_rules.h"
#include "pteron/kernel/rules/protect_rules.h"
#include "pteron/kernel/rules/rmap_rules.h"
#include "pteron/kernel/rules/shmem_rules.h"
#include "pteron/kernel/rules/swap_rules.h"
#include "pteron/kernel/rules/thp_rules.h"
#include "pteron/kernel/rules/uffd_rules.h"
#include "pteron/kernel/rules/zap_rules.h"

namespace pteron {

struct Rules {
  ZapRules zap;
  ForkRules fork;
  FaultRules fault;
  ProtectRules protect;
  UffdRules uffd;
  MremapRules mremap;
  MadviseRules madvise;
  MmapRules mmap;
  ShmemRules shmem;
  RmapRules rmap;
  SwapRules swap;
  HugetlbRules hugetlb;
  ThpRules thp;
  MigrateRules migrate;
  ProcRules proc;
  PlanOverride plan_override;
  bool operator==(const Rules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_H_
