// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_PGTABLE_H_
#define PTERON_ARCH_X86_PGTABLE_H_

// All helpers for page-table words but those of swap entries (swapops.h) and huge pages of hugetlb (hugetlb.h).

#include "pteron/arch/x86/pgprot.h"        // IWYU pragma: export
#include "pteron/arch/x86/pmd.h"           // IWYU pragma: export
#include "pteron/arch/x86/pte.h"           // IWYU pragma: export
#include "pteron/arch/x86/upper_levels.h"  // IWYU pragma: export

#endif  // PTERON_ARCH_X86_PGTABLE_H_
