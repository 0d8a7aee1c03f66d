// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_DO_SWAP_PAGE_H_
#define PTERON_SRC_MM_DO_SWAP_PAGE_H_

// mm/memory.c: the parts of a fault that call each other across files here.

#include "src/mm/fault.h"

namespace pteron {

// do_swap_page() for a genuine swap entry vmf.orig_pte at vmf.pte: brings the page back.
vm_fault_t do_swap_page(MachineState& m, vm_fault& vmf);
vm_fault_t do_wp_page(MachineState& m, vm_fault& vmf);
vm_fault_t do_fault(MachineState& m, vm_fault& vmf);

}  // namespace pteron

#endif  // PTERON_SRC_MM_DO_SWAP_PAGE_H_
