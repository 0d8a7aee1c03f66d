// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/kernel/changes.h"

// What v6.1 has and v5.14-rc has not, by first release. "6.1.y" is what came to 6.1 by its stable releases only.

namespace pteron {
namespace {

constexpr ChangeKind kBehaviour = ChangeKind::behaviour;

// 5.15 to 5.18.
std::vector<Change> UpTo518() {
  return {
      {"writeprotect-live-mm", "userfaultfd: fix a race between writeprotect and exit_mmap()", "5.15", "cb185d5f1ebf", {}, kBehaviour,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.uffd.wp_needs_live_process = true; }},
      {"fill-dirty", "mm/shmem: unconditionally set pte dirty in mfill_atomic_install_pte", "5.16", "9ae0f87d009c", {}, kBehaviour,
       Evidence::golden,
       [](Rules& rules, EncodingFacts&) {
         rules.uffd.fill_dirty = FillDirty::always;
         rules.shmem.mfill_marks_page_dirty = false;
       }},
      {"hwpoison-file-pmd", "mm: filemap: check if THP has hwpoisoned subpage for PMD page fault", "5.15", "eac96c3efdb5", {}, kBehaviour,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.thp.maps_poisoned_page_whole = false; }},
      {"smaps-hole-index", "mm/smaps: fix shmem pte hole swap calculation", "5.16", "10c848c8b480", {}, kBehaviour, Evidence::source,
       [](Rules& rules, EncodingFacts&) { rules.proc.smaps_hole_lookup = SmapsHoleLookup::page_index; }},
      {"hugetlb-mremap", "mm, hugepages: add mremap() support for hugepage backed vma", "5.16", "550a7d60bd5e", {}, kBehaviour,
       Evidence::golden,
       [](Rules& rules, EncodingFacts&) {
         rules.mremap.hugetlb_can_move = true;
         rules.mremap.looks_up_vma_first = true;
       }},
      {"hwpoison-file-thp", "mm: hwpoison: handle non-anonymous THP correctly", "5.16", "4966455d9100", {"hwpoison-file-pmd"}, kBehaviour, Evidence::source,
       [](Rules& rules, EncodingFacts&) { rules.migrate.failure_splits_file_thp = true; }},
      {"truncate-large-folios", "truncate,shmem: Handle truncates that split large folios", "5.17", "b9a8a4195c7d", {}, kBehaviour,
       Evidence::source,
       [](Rules& rules, EncodingFacts&) { rules.shmem.partial_huge_page = PartialHugePage::dirty_zero_and_split; }},
      {"shmem-keeps-hwpoison", "mm: shmem: don't truncate page if memory failure happens", "5.17", "a76054266661", {}, kBehaviour,
       Evidence::source,
       [](Rules& rules, EncodingFacts&) {
         rules.shmem.hwpoison_pages_are_refused = true;
         rules.migrate.failed_shmem_page = FailedCachePage::stays;
       }},
      {"pagemap-migration", "fs/proc: task_mmu.c: don't read mapcount for migration entry", "5.17", "24d7275ce279", {}, ChangeKind::refactor,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.proc.pagemap_migration_shows_exclusive = false; }},
      {"swap-read-clean", "mm: fix unexpected zeroed page mapping with zram swap", "5.18", "e914d8f00391", {}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.swap.read_dirties_page_of_one_user = false; }},
      {"zap-swap-rework", "mm: rework swap handling of zap_pte_range", "5.18", "8018db852594", {}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) {
         rules.zap.swap_entries_stay = SwapEntriesStay::unless_even_cows;
         rules.zap.migration_entries_as_their_page = true;
       }},
      {"cow-reuse", "mm: optimize do_wp_page() for exclusive pages in the swapcache", "5.18", "53a05ad9f21d", {}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.fault.cow_reuse = CowReuse::exclusive_or_sole; }},
      {"swapin-reuse", "mm: streamline COW logic in do_swap_page()", "5.18", "c145e0b47c77", {}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.fault.swapin_reuse = SwapinReuse::exclusive_or_sole; }},
      {"huge-cow-reuse", "mm/huge_memory: streamline COW logic in do_huge_pmd_wp_page()", "5.18", "3bff7e3f1f16", {}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.thp.cow_reuse = HugeCowReuse::exclusive_or_sole; }},
      {"hugetlb-dontneed", "mm: enable MADV_DONTNEED for hugetlb mappings", "5.18", "90e7e7f5ef3f", {}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.madvise.dontneed_of_hugetlb = true; }},
      {"populate-drains", "mm/munlock: mlock_page() munlock_page() batch by pagevec", "5.18", "2fbb0c10d1e8", {}, ChangeKind::refactor, Evidence::source,
       [](Rules& rules, EncodingFacts&) { rules.madvise.populate_drains_lru_batch = true; }},
      {"exact-address", "userfaultfd: provide unmasked address on page-fault", "5.18", "824ddc601adc", {}, ChangeKind::gate,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.uffd.api_features |= uint64_t{1} << 11; }},
  };
}

// 5.19: exclusive anonymous pages, swap errors.
std::vector<Change> AnonExclusive() {
  return {
      {"anon-exclusive", "mm: remember exclusively mapped anonymous pages with PG_anon_exclusive", "5.19", "6c287605fd56", {},
       kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts& facts) {
         facts.migration_types = 3;
         rules.rmap.anon_exclusive = true;
         rules.fork.unshares_exclusive_pages = true;
         rules.migrate.remembers_exclusive = true;
         rules.thp.split_keeps_exclusive = true;
       }},
      {"swp-exclusive", "x86/pgtable: support __HAVE_ARCH_PTE_SWP_EXCLUSIVE", "5.19", "3e20889cfbee", {"anon-exclusive"}, kBehaviour,
       Evidence::golden, [](Rules&, EncodingFacts& facts) { facts.swp_exclusive = true; }},
      {"swapin-error", "mm/swapfile: unuse_pte can map random data if swap read fails", "5.19", "9f186f9e5fa9", {}, kBehaviour,
       Evidence::golden, [](Rules&, EncodingFacts& facts) { facts.swapin_error_type = true; }},
      {"free-poison", "mm/madvise: free hwpoison and swapin error entry in madvise_free_pte_range", "5.19", "7b49514fa1db",
       {"swapin-error"}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.madvise.free_clears_poison = true; }},
      {"swapoff-keeps-bits", "mm/swapfile: fix lost swap bits in unuse_pte()", "5.19", "14a762dd1977", {}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.swap.unuse_keeps_swap_bits = true; }},
  };
}

// 5.19: the merged form of the userfaultfd-wp series, with PTE markers in place of the special PTE.
std::vector<Change> UffdWpMerged() {
  return {
      {"pte-markers", "mm: introduce PTE_MARKER swap entry", "5.19", "679d10331910", {}, kBehaviour, Evidence::golden,
       [](Rules&, EncodingFacts& facts) { facts.pte_markers = true; }},
      {"finish-fault-orig-pte", "mm: check against orig_pte for finish_fault()", "5.19", "f46f2adecdcc", {}, ChangeKind::refactor,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.fault.finish_fault_test = FinishFaultTest::same_word; }},
      {"marker-uffd-wp", "mm/uffd: PTE_MARKER_UFFD_WP", "5.19", "1db9dbc2ef05", {"pte-markers"}, ChangeKind::refactor,
       Evidence::header_oracle, [](Rules&, EncodingFacts& facts) { facts.marker_mask = 1; }},
      {"shmem-copy-mode-wp", "mm/shmem: take care of UFFDIO_COPY_MODE_WP", "5.19", "8ee79edff6d6",
       {"fill-dirty", "marker-uffd-wp"}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) {
         rules.uffd.fill_wp = FillWp::everywhere;
         rules.uffd.wp_none_is_none = true;
       }},
      {"shmem-wp-fault", "mm/shmem: handle uffd-wp special pte in page fault handler", "5.19", "9c28a205c061",
       {"marker-uffd-wp", "finish-fault-orig-pte"}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) {
         rules.fault.on_wp_none = FaultOnWpNone::refault_write_protected;
         rules.fault.fault_around_if_wp_registered = false;
       }},
      {"shmem-wp-zap", "mm/shmem: persist uffd-wp bit across zapping for file-backed", "5.19", "999dad824c39",
       {"marker-uffd-wp", "zap-swap-rework"}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) {
         rules.zap.wp_none = ZapWpNone::kept_unless_dropped;
         rules.zap.leaves_uffd_wp = LeavesUffdWp::if_registered;
       }},
      {"shmem-wp-none", "mm/shmem: allow uffd wr-protect none pte for file-backed mem", "5.19", "fe2567eb5521", {"marker-uffd-wp"},
       kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) {
         rules.protect.wp_none = ProtectWpNone::set_and_dropped;
         rules.protect.tables_for_wp = ProtectTables::all_levels;
       }},
      {"shmem-wp-thp", "mm/shmem: allows file-back mem to be uffd wr-protected on thps", "5.19", "019c2d8b959c", {"shmem-wp-none"},
       kBehaviour, Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.protect.wp_splits_file_huge_entries = true; }},
      {"khugepaged-spares-wp", "mm/khugepaged: don't recycle vma pgtable if uffd-wp registered", "5.19", "deb4c93a9871", {}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.thp.collapse_spares_uffd_wp_tables = true; }},
      {"shmem-wp-fork", "mm/shmem: handle uffd-wp during fork()", "5.19", "c56d1b62cce8", {"marker-uffd-wp"}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.fork.wp_none = ForkWpNone::copied_if_registered; }},
      {"hugetlb-wp-fault", "mm/hugetlb: hook page faults for uffd write protection", "5.19", "166f3ecc0daf", {}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.hugetlb.fault_reports_wp = true; }},
      {"hugetlb-copy-mode-wp", "mm/hugetlb: take care of UFFDIO_COPY_MODE_WP", "5.19", "6041c6917903", {}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.hugetlb.copy_mode_wp = true; }},
      {"hugetlb-writeprotect", "mm/hugetlb: handle UFFDIO_WRITEPROTECT", "5.19", "5a90d5a103c2", {}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) {
         rules.hugetlb.protect = HugetlbProtect::present_only;
         rules.uffd.wp_checks_hugetlb_alignment = true;
       }},
      {"hugetlb-wp-none-fault", "mm/hugetlb: handle pte markers in page faults", "5.19", "c64e912c865a", {"marker-uffd-wp"}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.hugetlb.wp_none_is_none = true; }},
      {"hugetlb-wp-none", "mm/hugetlb: allow uffd wr-protect none ptes", "5.19", "60dfaad65aa9",
       {"hugetlb-writeprotect", "hugetlb-wp-none-fault"}, kBehaviour, Evidence::source,
       [](Rules& rules, EncodingFacts&) { rules.hugetlb.protect_wp_none = HugetlbProtectWpNone::falls_through; }},
      {"hugetlb-wp-zap", "mm/hugetlb: only drop uffd-wp special pte if required", "5.19", "05e90bd05eea", {"marker-uffd-wp"}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.hugetlb.zap_leaves = HugetlbZapLeaves::wp_none_for_uffd_wp; }},
      {"hugetlb-wp-fork", "mm/hugetlb: handle uffd-wp during fork()", "5.19", "bc70fbf269fd", {"marker-uffd-wp"}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.hugetlb.fork_wp_none = HugetlbForkWpNone::copied_if_registered; }},
      {"pagemap-wp", "mm/pagemap: recognize uffd-wp bit for shmem/hugetlbfs", "5.19", "8e165e733bfa", {"marker-uffd-wp"}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.proc.pagemap_hugetlb_shows_wp = true; }},
      {"wp-on-files", "mm/uffd: enable write protection for shmem & hugetlbfs", "5.19", "b1f9e876862d", {}, ChangeKind::gate,
       Evidence::golden,
       [](Rules& rules, EncodingFacts&) {
         rules.uffd.wp_on_files = true;
         rules.uffd.api_features |= uint64_t{1} << 12;  // UFFD_FEATURE_WP_HUGETLBFS_SHMEM
       }},
  };
}

// 6.0 and 6.1.
std::vector<Change> UpTo61() {
  return {
      {"mprotect-upgrade", "mm/mprotect: try avoiding write faults for exclusive anonymous pages when changing protection", "6.0",
       "64fe24a3e05e", {"anon-exclusive"}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.protect.upgrade = ProtectUpgrade::page_by_page; }},
      {"unregister-resets-wp", "mm/uffd: reset write protection when unregister with wp-mode", "6.0", "f369b07c8614", {}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.uffd.unregister_resets_wp = true; }},
      {"hugetlb-lazy-fork", "hugetlb: lazy page table copies in fork()", "6.0", "bcd51a3c679d", {"vma_needs_copy"}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.fork.copies_hugetlb_vmas = false; }},
      {"hugetlb-no-soft-dirty", "mm/hugetlb: fix hugetlb not supporting softdirty tracking", "6.0", "f96f7a40874d", {}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.mmap.writenotify_for_soft_dirty_hugetlb = false; }},
      {"hugetlb-shared-write", "mm/hugetlb: support write-faults in shared mappings", "6.0", "1d8d14641fd9", {}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.hugetlb.shared_write_never_copies = true; }},
      {"anon-vma-degree", "mm/rmap: Fix anon_vma->degree ambiguity leading to double-reuse", "6.0", "2555283eb40d", {}, ChangeKind::refactor,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.rmap.anon_vma_reuse = AnonVmaReuse::one_child_and_no_vma; }},
      {"hugetlb-truncate-race", "hugetlb: clean up code checking for fault/truncation races", "6.1", "fa27759af4a6", {}, kBehaviour,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.hugetlb.copy_private_checks_size = false; }},
      {"mmap-region-maple", "mm/mmap: use advanced maple tree API for mmap_region()", "6.1", "4dd1b84140c1", {}, kBehaviour,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.mmap.new_mapping_merge = NewMappingMerge::next_first; }},
      {"swp-offset-pfn", "mm/swap: add swp_offset_pfn() to fetch PFN from swap entry", "6.1", "0d206b5d2e0d", {}, ChangeKind::refactor,
       Evidence::header_oracle, [](Rules&, EncodingFacts& facts) { facts.pfn_in_low_offset_bits = true; }},
      {"migration-young-dirty", "mm: remember young/dirty bit for page migrations", "6.1", "2e3468778dbe", {"swp-offset-pfn"}, kBehaviour,
       Evidence::golden,
       [](Rules& rules, EncodingFacts& facts) {
         facts.migration_young_dirty = true;
         rules.migrate.restored_young_dirty = RestoredYoungDirty::from_migration_entry;
       }},
      {"nonleaf-young", "mm: x86: add CONFIG_ARCH_HAS_NONLEAF_PMD_YOUNG", "6.1", "eed9a328aa1a", {}, ChangeKind::refactor,
       Evidence::header_oracle, [](Rules&, EncodingFacts& facts) { facts.pmd_bad_ignores_accessed = true; }},
      {"follow-protnone", "mm/gup: replace FOLL_NUMA by gup_can_follow_protnone()", "6.1", "474098edac26", {}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.proc.smaps_passes_over_protnone_pmd = true; }},
      {"madv-collapse", "mm/madvise: introduce MADV_COLLAPSE sync hugepage collapse", "6.1", "7d8faaf15545", {}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.madvise.collapse = true; }},
      {"collapse-maps-huge", "mm/khugepaged: attempt to map file/shmem-backed pte-mapped THPs by pmds", "6.1", "58ac9a8993a1", {},
       kBehaviour, Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.thp.collapse_maps_huge_page = true; }},
  };
}

// Later commits that stable releases brought to 6.1.
std::vector<Change> Stable61() {
  return {
      {"wp-writenotify", "mm/userfaultfd: enable writenotify while userfaultfd-wp is enabled for a VMA", "6.1.y", "51d3d5eb74ff", {},
       kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) {
         rules.mmap.writenotify_for_uffd_wp = true;
         rules.uffd.page_prot_follows_wp = true;
       }},
      {"hugetlb-marker-alone", "mm/hugetlb: fix PTE marker handling in hugetlb_change_protection()", "6.1.y", "0e678153f5be",
       {"hugetlb-wp-none"}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.hugetlb.protect_wp_none = HugetlbProtectWpNone::handled_alone; }},
      {"hugetlb-wp-tables", "mm/hugetlb: pre-allocate pgtable pages for uffd wr-protects", "6.1.y", "fed15f1345dc", {"hugetlb-wp-none"},
       kBehaviour, Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.hugetlb.protect_makes_tables = true; }},
      {"hugetlb-wp-migration", "mm/hugetlb: fix uffd-wp handling for migration entries in hugetlb_change_protection()", "6.1.y",
       "44f86392bdd1", {"hugetlb-writeprotect"}, kBehaviour, Evidence::source,
       [](Rules& rules, EncodingFacts&) { rules.hugetlb.protect_all_migration_entries = true; }},
      {"huge-zero-split-wp", "mm/userfaultfd: propagate uffd-wp bit when PTE-mapping the huge zeropage", "6.1.y", "42b2af2c9b7e", {},
       kBehaviour, Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.thp.zero_page_split_keeps_uffd_wp = true; }},
      {"thp-wp-migration", "mm/userfaultfd: fix uffd-wp handling for THP migration entries", "6.1.y", "24bf08c4376b", {}, kBehaviour,
       Evidence::source,
       [](Rules& rules, EncodingFacts&) {
         rules.thp.protect_all_migration_entries = true;
         rules.thp.migration_entry_keeps_uffd_wp = true;
       }},
      {"modify-keeps-pat", "x86/mm: Fix PAT bit missing from page protection modify mask", "6.1.y", "548cb932051f", {},
       ChangeKind::refactor, Evidence::header_oracle, [](Rules&, EncodingFacts& facts) { facts.modify_keeps_pat = true; }},
      {"free-estimates-sharers",
       "madvise:madvise_free_pte_range(): don't use mapcount() against large folio for sharing check", "6.1.y", "0e0e9bd5f7b9", {},
       kBehaviour, Evidence::source, [](Rules& rules, EncodingFacts&) { rules.madvise.free_asks_sharers = SharersOf::first_part; }},
      {"hwpoison-pfn-entry", "mm,swapops: update check in is_pfn_swap_entry for hwpoison entries", "6.1.y", "07a57a338adb", {},
       kBehaviour, Evidence::golden, [](Rules&, EncodingFacts& facts) { facts.hwpoison_is_pfn_entry = true; }},
      {"pagemap-huge-file", "fs/proc/task_mmu: indicate PM_FILE for PMD-mapped file THP", "6.1.y", "3f9f022e975d", {}, kBehaviour,
       Evidence::golden, [](Rules& rules, EncodingFacts&) { rules.proc.pagemap_huge_pmd_shows_file = true; }},
      {"remove-may-write", "mm: drop the assumption that VM_SHARED always implies writable", "6.1.y", "e8e17ee90eaf", {}, kBehaviour,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.madvise.remove_needs = RemoveNeeds::may_write; }},
      {"below-mmap-min-addr", "userfaultfd: allow registration of ranges below mmap_min_addr", "6.1.y", "161ce69c2c89", {}, ChangeKind::gate,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.uffd.checks_mmap_min_addr = false; }},
      {"close-resets-wp", "mm/userfaultfd: reset ptes when close() for wr-protected ones", "6.1.y", "c88033efe9a3",
       {"unregister-resets-wp"}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.uffd.close_resets_wp = true; }},
      {"fill-huge-swap", "userfaultfd: fix checks for huge PMDs", "6.1.y", "71c186efc1b2", {}, kBehaviour, Evidence::source,
       [](Rules& rules, EncodingFacts&) { rules.uffd.fill_refuses_huge_swap_entry = true; }},
      {"mremap-clears-wp", "mm: clear uffd-wp PTE/PMD state on mremap()", "6.1.y", "0cef0bb836e3", {}, kBehaviour, Evidence::golden,
       [](Rules& rules, EncodingFacts&) { rules.mremap.uffd_wp_without_event = MovedUffdWp::cleared; }},
      {"hugetlb-keeps-hwpoison", "hugetlbfs: don't delete error page from pagecache", "6.1.y", "8625147cafaa", {}, kBehaviour, Evidence::source,
       [](Rules& rules, EncodingFacts&) { rules.migrate.failed_hugetlb_page = FailedCachePage::stays; }},
      {"migration-read-only", "mm/migrate: fix wrongly apply write bit after mkdirty on sparc64", "6.1.y", "96a9c287e25d", {}, kBehaviour,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.migrate.readable_entry_restores_read_only = true; }},
      {"huge-zap-dirties", "mm/huge_memory: transfer the pmd dirty bit to the folio on zap", "6.1.y", "fe6cf984939d", {}, kBehaviour,
       Evidence::source, [](Rules& rules, EncodingFacts&) { rules.thp.zap_marks_file_page_dirty = true; }},
  };
}

}  // namespace

std::span<const Change> V61Changes() {
  static const std::vector<Change> rows = [] {
    std::vector<Change> all;
    for (const std::vector<Change>& part : {UpTo518(), AnonExclusive(), UffdWpMerged(), UpTo61(), Stable61()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return rows;
}

}  // namespace pteron
