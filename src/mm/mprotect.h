// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MPROTECT_H_
#define PTERON_SRC_MM_MPROTECT_H_

// mm/mprotect.c.

#include <array>

#include "pteron/arch/x86/entry_class.h"
#include "src/mm/mmap.h"

namespace pteron {

enum ChangeProtectionFlag : uint32_t {
  MM_CP_DIRTY_ACCT = 1 << 0,
  MM_CP_TRY_CHANGE_WRITABLE = 1 << 0,  // what the same bit means in kernels that decide page by page
  MM_CP_PROT_NUMA = 1 << 1,            // NUMA balancing does not exist here: nobody sets it
  MM_CP_UFFD_WP = 1 << 2,
  MM_CP_UFFD_WP_RESOLVE = 1 << 3,
};

// What change_pte_range() does with an entry. "wp" is the uffd-wp bit that the kind of entry has.
enum class ProtectAction : uint8_t {
  keep,                  // nothing
  protect,               // gets the new protection
  protect_set_wp,        // and loses write permission, gets wp
  protect_clear_wp,      // and loses wp
  make_readable,         // a writable migration or device entry becomes a readable one
  make_readable_set_wp,  // and any of them gets wp
  make_readable_clear_wp,
  set_wp,
  clear_wp,
  install_wp_none,  // becomes "no page, write-protected"
  clear,            // becomes none
};

// The decisions of one call for the VMA at hand.
struct ProtectPlan {
  std::array<ProtectAction, kEntryClasses> action{};
  ProtectAction on(EntryClass entry) const { return action[static_cast<size_t>(entry)]; }
  // An entry that is protected may get write permission by ProtectRules::upgrade.
  bool upgrade = false;
  // Which tables are made where none are.
  ProtectTables tables = ProtectTables::none;
  // Huge entries are split also where the range covers them whole.
  bool split_huge_entries = false;
  bool operator==(const ProtectPlan&) const = default;
};

// The plan of change_protection() with these flags (ChangeProtectionFlag) for a VMA that is not hugetlb's.
ProtectPlan plan_protect(const Rules& rules, const vm_area_struct& vma, uint32_t cp_flags);
const char* Name(ProtectAction action);

// change_protection(): gives every entry of [start, end) of the VMA the protection newprot. Returns entries changed, or
// -ENOMEM. Splits huge entries that the range cuts; makes tables where the plan says so, and warns where that fails.
long change_protection(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end, pgprot_t newprot,
                       uint32_t cp_flags);
// do_mprotect_pkey(). 0, -EINVAL (alignment), -ENOMEM (a hole; what lies before it has changed), -EACCES.
int do_mprotect(MachineState& m, MmId mm, uint64_t start, uint64_t length, Protection protection);

}  // namespace pteron

#endif  // PTERON_SRC_MM_MPROTECT_H_
