// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_FAULT_RULES_H_
#define PTERON_KERNEL_RULES_FAULT_RULES_H_

// Decisions of handle_mm_fault() and what it calls, swap-in and copy-on-write included (mm/memory.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// What a fault on "no page, write-protected" (special PTE or uffd-wp marker) does.
enum class FaultOnWpNone : uint8_t {
  ignored,                 // do_swap_page() warns and returns: the access repeats for ever
  refault_write_protected, // as on none; the page comes back write-protected. Cleared first where the VMA is not registered
};

// What finish_fault() asks of the entry before it installs a page.
enum class FinishFaultTest : uint8_t {
  none,       // pte_none()
  same_word,  // the word that the fault started from
};

// When a write to a write-protected anonymous page may keep the page instead of copying it (do_wp_page()).
enum class CowReuse : uint8_t {
  sole_reference,         // its one entry holds the only reference: the swap cache's counts too
  exclusive_or_sole,      // PG_anon_exclusive, or no other reference once it is out of the swap cache
};

// When a page that is swapped in may be mapped writable, or counted as exclusive (do_swap_page()).
enum class SwapinReuse : uint8_t {
  reuse_swap_page,        // a write fault, and nobody else names page or slot
  exclusive_or_sole,      // the swap entry's exclusive bit, or a fresh page, or no other reference
};

struct FaultRules {
  FaultOnWpNone on_wp_none = FaultOnWpNone::ignored;
  FinishFaultTest finish_fault_test = FinishFaultTest::none;
  // Fault-around also maps pages of a VMA that is registered for write-protection.
  bool fault_around_if_wp_registered = true;
  CowReuse cow_reuse = CowReuse::sole_reference;
  SwapinReuse swapin_reuse = SwapinReuse::reuse_swap_page;
  bool operator==(const FaultRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_FAULT_RULES_H_
