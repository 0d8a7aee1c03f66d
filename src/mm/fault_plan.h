// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_FAULT_PLAN_H_
#define PTERON_SRC_MM_FAULT_PLAN_H_

// What a page fault does with each kind of entry of the lowest level (hugetlb: of a huge page).

#include <array>
#include <cstdint>

#include "pteron/arch/x86/pgtable_types.h"
#include "pteron/kernel.h"
#include "pteron/mm/vma.h"

namespace pteron {

enum class FaultEntry : uint8_t {
  none,
  writable,    // present
  read_only,   // present, without uffd-wp
  read_only_wp,
  swap,
  migration,
  hwpoison,
  swapin_error,
  wp_none,     // no page, write-protected: special PTE or uffd-wp marker
  other,       // device, poison, guard and words that no kernel writes
  kCount
};

enum class FaultAction : uint8_t {
  new_page,           // the zero page to a read, a page of zeroes to a write
  from_file,          // a page of the file; to a write of a private mapping a copy of it
  from_file_wp,       // the same, and the entry comes back write-protected
  from_swap,          // do_swap_page()
  mark_young,         // nothing but the accessed bit, and to a write the dirty bit
  write_or_copy,      // do_wp_page(), hugetlb_wp(): the entry becomes writable, or that of a copy
  report_wp,          // userfaultfd is told; the entry stays
  wait,               // until the page has been moved; then the access comes again
  clear,              // becomes none, and the access comes again
  hwpoison,           // SIGBUS: the memory failed
  sigbus,
  repeat_for_ever,    // nothing happens, and the access comes again
};

struct FaultPlan {
  std::array<FaultAction, static_cast<size_t>(FaultEntry::kCount)> action{};
  FaultAction on(FaultEntry entry) const { return action[static_cast<size_t>(entry)]; }
  bool operator==(const FaultPlan&) const = default;
};

// The plan for an access that the VMA allows. Missing and minor events come before what the plan says of a page that is to be had.
FaultPlan plan_fault(const Rules& rules, const vm_area_struct& vma, bool write);

FaultEntry ClassifyForFault(const Encoding& e, pte_t pte);

const char* Name(FaultEntry entry);
const char* Name(FaultAction action);

}  // namespace pteron

#endif  // PTERON_SRC_MM_FAULT_PLAN_H_
