// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/kernel/changes.h"

namespace pteron {
namespace {

// Patch N of "userfaultfd-wp: Support shmem and hugetlbfs", version 5, 15 July 2021. Patch 26 changes user-space tests alone and has no row.
Change Patch(std::string_view id, std::string_view subject, std::vector<std::string_view> needs, ChangeKind kind,
             void (*apply)(Rules&, EncodingFacts&)) {
  return Change{id, subject, "uffd-wp-v5", "", std::move(needs), kind, Evidence::golden, apply};
}

}  // namespace

std::span<const Change> UffdWpV5Changes() {
  static const std::vector<Change> rows = {
      Patch("uffd-wp-v5/01", "mm/shmem: Unconditionally set pte dirty in mfill_atomic_install_pte", {}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.uffd.fill_dirty = FillDirty::always;
              rules.shmem.mfill_marks_page_dirty = false;
            }),
      Patch("uffd-wp-v5/02", "shmem/userfaultfd: Take care of UFFDIO_COPY_MODE_WP", {"uffd-wp-v5/01"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.uffd.fill_wp = FillWp::everywhere;
            }),
      Patch("uffd-wp-v5/03", "mm: Clear vmf->pte after pte_unmap_same() returns", {}, ChangeKind::refactor,
            nullptr),
      Patch("uffd-wp-v5/04", "mm/userfaultfd: Introduce special pte for unmapped file-backed mem", {}, ChangeKind::refactor,
            [](Rules&, EncodingFacts& facts) { facts.special_pte = true; }),
      Patch("uffd-wp-v5/05", "mm/swap: Introduce the idea of special swap ptes", {"uffd-wp-v5/04"}, ChangeKind::refactor,
            [](Rules& rules, EncodingFacts&) {
              rules.protect.wp_none = ProtectWpNone::kept;
            }),
      Patch("uffd-wp-v5/06", "shmem/userfaultfd: Handle uffd-wp special pte in page fault handler", {"uffd-wp-v5/03", "uffd-wp-v5/04", "uffd-wp-v5/05"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.fault.on_wp_none = FaultOnWpNone::refault_write_protected;
              rules.fault.finish_fault_test = FinishFaultTest::same_word;
              rules.fault.fault_around_if_wp_registered = false;
            }),
      Patch("uffd-wp-v5/07", "mm: Drop first_index/last_index in zap_details", {}, ChangeKind::refactor,
            nullptr),
      Patch("uffd-wp-v5/08", "mm: Introduce zap_details.zap_flags", {"uffd-wp-v5/07"}, ChangeKind::refactor,
            nullptr),
      Patch("uffd-wp-v5/09", "mm: Introduce ZAP_FLAG_SKIP_SWAP", {"uffd-wp-v5/08"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.zap.swap_entries_stay = SwapEntriesStay::by_flag;
            }),
      Patch("uffd-wp-v5/10", "shmem/userfaultfd: Persist uffd-wp bit across zapping for file-backed", {"uffd-wp-v5/05", "uffd-wp-v5/08", "uffd-wp-v5/09"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.zap.wp_none = ZapWpNone::kept_unless_dropped;
              rules.zap.leaves_uffd_wp = LeavesUffdWp::always;
            }),
      Patch("uffd-wp-v5/11", "shmem/userfaultfd: Allow wr-protect none pte for file-backed mem", {"uffd-wp-v5/05"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.protect.wp_none = ProtectWpNone::set_and_dropped;
              rules.protect.tables_for_wp = ProtectTables::pte_tables;
            }),
      Patch("uffd-wp-v5/12", "shmem/userfaultfd: Allows file-back mem to be uffd wr-protected on thps", {"uffd-wp-v5/11"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.protect.wp_splits_file_huge_entries = true;
            }),
      Patch("uffd-wp-v5/13", "shmem/userfaultfd: Handle the left-overed special swap ptes", {"uffd-wp-v5/04"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.uffd.wp_none_is_none = true;
            }),
      Patch("uffd-wp-v5/14", "shmem/userfaultfd: Pass over uffd-wp special swap pte when fork()", {"uffd-wp-v5/05"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.fork.wp_none = ForkWpNone::copied_if_registered;
            }),
      Patch("uffd-wp-v5/15", "mm/hugetlb: Drop __unmap_hugepage_range definition from hugetlb.h", {}, ChangeKind::refactor,
            nullptr),
      Patch("uffd-wp-v5/16", "mm/hugetlb: Introduce huge pte version of uffd-wp helpers", {}, ChangeKind::refactor,
            nullptr),
      Patch("uffd-wp-v5/17", "hugetlb/userfaultfd: Hook page faults for uffd write protection", {"uffd-wp-v5/16"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.hugetlb.fault_reports_wp = true;
            }),
      Patch("uffd-wp-v5/18", "hugetlb/userfaultfd: Take care of UFFDIO_COPY_MODE_WP", {"uffd-wp-v5/16"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.hugetlb.copy_mode_wp = true;
            }),
      Patch("uffd-wp-v5/19", "hugetlb/userfaultfd: Handle UFFDIO_WRITEPROTECT", {"uffd-wp-v5/16"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.hugetlb.protect = HugetlbProtect::present_only;
              rules.uffd.wp_checks_hugetlb_alignment = true;
            }),
      Patch("uffd-wp-v5/20", "mm/hugetlb: Introduce huge version of special swap pte helpers", {"uffd-wp-v5/05"}, ChangeKind::refactor,
            nullptr),
      Patch("uffd-wp-v5/21", "hugetlb/userfaultfd: Handle uffd-wp special pte in hugetlb pf handler", {"uffd-wp-v5/18", "uffd-wp-v5/20"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.hugetlb.wp_none_is_none = true;
            }),
      Patch("uffd-wp-v5/22", "hugetlb/userfaultfd: Allow wr-protect none ptes", {"uffd-wp-v5/19", "uffd-wp-v5/20"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.hugetlb.protect_wp_none = HugetlbProtectWpNone::falls_through;
            }),
      Patch("uffd-wp-v5/23", "hugetlb/userfaultfd: Only drop uffd-wp special pte if required", {"uffd-wp-v5/10", "uffd-wp-v5/15", "uffd-wp-v5/20"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.hugetlb.zap_leaves = HugetlbZapLeaves::old_wp_none;
            }),
      Patch("uffd-wp-v5/24", "mm/pagemap: Recognize uffd-wp bit for shmem/hugetlbfs", {"uffd-wp-v5/05", "uffd-wp-v5/16"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) {
              rules.proc.pagemap_special_pte_shows_wp = true;
              rules.proc.pagemap_hugetlb_shows_wp = true;
            }),
      Patch("uffd-wp-v5/25", "mm/userfaultfd: Enable write protection for shmem & hugetlbfs", {}, ChangeKind::gate,
            [](Rules& rules, EncodingFacts&) {
              rules.uffd.wp_on_files = true;
              rules.uffd.api_features |= uint64_t{1} << 12;  // UFFD_FEATURE_WP_HUGETLBFS_SHMEM
            }),
  };
  return rows;
}

}  // namespace pteron
