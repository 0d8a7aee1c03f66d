// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_FAULT_H_
#define PTERON_SRC_MM_FAULT_H_

// What travels through a page fault: vm_fault, the flags of a fault and of its outcome (include/linux/mm.h, mm_types.h).

#include "pteron/machine_state.h"

namespace pteron {

enum FaultFlag : uint32_t {
  FAULT_FLAG_WRITE = 0x01,
  FAULT_FLAG_ALLOW_RETRY = 0x04,
  FAULT_FLAG_TRIED = 0x20,
  FAULT_FLAG_USER = 0x40,
  FAULT_FLAG_UNSHARE = 0x400,
};

enum VmFault : uint32_t {
  VM_FAULT_NONE = 0,
  VM_FAULT_OOM = 0x0001,
  VM_FAULT_SIGBUS = 0x0002,
  VM_FAULT_MAJOR = 0x0004,
  VM_FAULT_WRITE = 0x0008,
  VM_FAULT_HWPOISON = 0x0010,
  VM_FAULT_SIGSEGV = 0x0040,
  VM_FAULT_NOPAGE = 0x0100,
  VM_FAULT_LOCKED = 0x0200,
  VM_FAULT_RETRY = 0x0400,
  VM_FAULT_FALLBACK = 0x0800,
  VM_FAULT_DONE_COW = 0x1000,
};
inline constexpr uint32_t kVmFaultError = VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_HWPOISON | VM_FAULT_SIGSEGV | VM_FAULT_FALLBACK;
using vm_fault_t = uint32_t;

struct vm_fault {
  MmId mm{};
  vm_area_struct* vma = nullptr;  // never dangles: a fault changes no VMA list
  uint32_t flags = 0;             // FaultFlag
  uint64_t address = 0;           // bytes, page aligned
  uint64_t pgoff = 0;             // linear_page_index()
  EntryRef pmd{};                  // false where a table above is missing
  pmd_t orig_pmd{0};
  EntryRef pte{};                  // false where there is no table
  pte_t orig_pte{0};
  bool orig_pte_valid = false;    // FAULT_FLAG_ORIG_PTE_VALID
  Pfn page = kNoPfn;              // what vm_ops->fault found; a reference is held
  Pfn cow_page = kNoPfn;

  bool write() const { return flags & FAULT_FLAG_WRITE; }
};

// What a call returns, instead of an errno, where the kernel would repeat it for ever.
inline constexpr int kRepeatsForEver = -4096;

}  // namespace pteron

#endif  // PTERON_SRC_MM_FAULT_H_
