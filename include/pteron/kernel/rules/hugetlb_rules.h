// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_HUGETLB_RULES_H_
#define PTERON_KERNEL_RULES_HUGETLB_RULES_H_

// Decisions of hugetlb (mm/hugetlb.c, fs/hugetlbfs/inode.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// What hugetlb_change_protection() does with uffd-wp.
enum class HugetlbProtect : uint8_t {
  ignores_uffd_wp,
  present_only,    // present entries, and migration entries that were writable
};

// How hugetlb_change_protection() treats entries without a page.
enum class HugetlbProtectWpNone : uint8_t {
  untouched,             // "no page, write-protected" is not known
  falls_through,         // none becomes wp-none; a wp-none entry, cleared or not, is then changed as if it were present
  handled_alone,         // none becomes wp-none, and back; nothing else happens to it
};

// What a zap leaves in place of an entry that goes.
enum class HugetlbZapLeaves : uint8_t {
  nothing,
  old_wp_none,           // an entry that was wp-none stays
  wp_none_for_uffd_wp,   // every entry that carried uffd-wp
};

// What fork makes of wp-none in hugetlb.
enum class HugetlbForkWpNone : uint8_t {
  taken_for_present,     // its frame number is used: an oops
  copied_if_registered,
};

struct HugetlbRules {
  // hugetlb_fault() hands a write to a uffd-wp page to userfaultfd.
  bool fault_reports_wp = false;
  // hugetlb_fault() and UFFDIO_COPY treat wp-none as none; a fault brings the page back write-protected.
  bool wp_none_is_none = false;
  // hugetlb_wp() does not copy in shared mappings: it makes the entry writable.
  bool shared_write_never_copies = false;
  // UFFDIO_COPY maps dirty also where the page is not writable, and honours MODE_WP.
  bool copy_mode_wp = false;
  // UFFDIO_COPY into a private mapping beyond the end of the file is refused.
  bool copy_private_checks_size = true;
  HugetlbProtect protect = HugetlbProtect::ignores_uffd_wp;
  HugetlbProtectWpNone protect_wp_none = HugetlbProtectWpNone::untouched;
  // Write-protecting makes page tables where none are.
  bool protect_makes_tables = false;
  // (Un)protecting also changes migration entries that were not writable, and an anonymous page's become readable-exclusive.
  bool protect_all_migration_entries = false;
  HugetlbZapLeaves zap_leaves = HugetlbZapLeaves::nothing;
  HugetlbForkWpNone fork_wp_none = HugetlbForkWpNone::taken_for_present;
  bool operator==(const HugetlbRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_HUGETLB_RULES_H_
