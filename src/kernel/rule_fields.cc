// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/kernel/rule_fields.h"

#include <type_traits>
#include <utility>

namespace pteron {
namespace {

template <auto kGroup, auto kMember>
RuleField Field(std::string_view name, std::vector<std::string_view> values) {
  return RuleField{name, std::move(values), [](const Rules& rules) { return static_cast<uint64_t>(rules.*kGroup.*kMember); },
                   [](Rules& rules, uint64_t value) {
                     auto& member = rules.*kGroup.*kMember;
                     member = static_cast<std::remove_reference_t<decltype(member)>>(value);
                   }};
}

}  // namespace

std::span<const RuleField> RuleFields() {
  static const std::vector<std::string_view> kBool = {"false", "true"};
  static const std::vector<RuleField> fields = {
      Field<&Rules::zap, &ZapRules::swap_entries_stay>("zap.swap_entries_stay", {"with_any_details", "by_flag", "unless_even_cows"}),
      Field<&Rules::zap, &ZapRules::migration_entries_as_their_page>("zap.migration_entries_as_their_page", kBool),
      Field<&Rules::zap, &ZapRules::wp_none>("zap.wp_none", {"read_as_swap", "kept_unless_dropped"}),
      Field<&Rules::zap, &ZapRules::leaves_uffd_wp>("zap.leaves_uffd_wp", {"never", "always", "if_registered"}),
      Field<&Rules::fork, &ForkRules::copies_uffd_wp_vmas>("fork.copies_uffd_wp_vmas", kBool),
      Field<&Rules::fork, &ForkRules::copies_hugetlb_vmas>("fork.copies_hugetlb_vmas", kBool),
      Field<&Rules::fork, &ForkRules::wp_none>("fork.wp_none", {"read_as_swap", "copied_if_registered"}),
      Field<&Rules::fork, &ForkRules::unshares_exclusive_pages>("fork.unshares_exclusive_pages", kBool),
      Field<&Rules::fault, &FaultRules::on_wp_none>("fault.on_wp_none", {"ignored", "refault_write_protected"}),
      Field<&Rules::fault, &FaultRules::finish_fault_test>("fault.finish_fault_test", {"none", "same_word"}),
      Field<&Rules::fault, &FaultRules::fault_around_if_wp_registered>("fault.fault_around_if_wp_registered", kBool),
      Field<&Rules::fault, &FaultRules::cow_reuse>("fault.cow_reuse", {"sole_reference", "exclusive_or_sole"}),
      Field<&Rules::fault, &FaultRules::swapin_reuse>("fault.swapin_reuse", {"reuse_swap_page", "exclusive_or_sole"}),
      Field<&Rules::protect, &ProtectRules::wp_none>("protect.wp_none", {"taken_for_swap_entry", "kept", "set_and_dropped"}),
      Field<&Rules::protect, &ProtectRules::tables_for_wp>("protect.tables_for_wp", {"none", "pte_tables", "all_levels"}),
      Field<&Rules::protect, &ProtectRules::wp_splits_file_huge_entries>("protect.wp_splits_file_huge_entries", kBool),
      Field<&Rules::protect, &ProtectRules::upgrade>("protect.upgrade", {"dirty_accountable", "page_by_page"}),
      Field<&Rules::uffd, &UffdRules::api_features>("uffd.api_features", {}),
      Field<&Rules::uffd, &UffdRules::wp_on_files>("uffd.wp_on_files", kBool),
      Field<&Rules::uffd, &UffdRules::fill_dirty>("uffd.fill_dirty", {"writable_or_private", "always"}),
      Field<&Rules::uffd, &UffdRules::fill_wp>("uffd.fill_wp", {"private_writable", "everywhere"}),
      Field<&Rules::uffd, &UffdRules::wp_none_is_none>("uffd.wp_none_is_none", kBool),
      Field<&Rules::uffd, &UffdRules::fill_refuses_huge_swap_entry>("uffd.fill_refuses_huge_swap_entry", kBool),
      Field<&Rules::uffd, &UffdRules::wp_checks_hugetlb_alignment>("uffd.wp_checks_hugetlb_alignment", kBool),
      Field<&Rules::uffd, &UffdRules::wp_needs_live_process>("uffd.wp_needs_live_process", kBool),
      Field<&Rules::uffd, &UffdRules::unregister_resets_wp>("uffd.unregister_resets_wp", kBool),
      Field<&Rules::uffd, &UffdRules::close_resets_wp>("uffd.close_resets_wp", kBool),
      Field<&Rules::uffd, &UffdRules::page_prot_follows_wp>("uffd.page_prot_follows_wp", kBool),
      Field<&Rules::uffd, &UffdRules::checks_mmap_min_addr>("uffd.checks_mmap_min_addr", kBool),
      Field<&Rules::mremap, &MremapRules::hugetlb_can_move>("mremap.hugetlb_can_move", kBool),
      Field<&Rules::mremap, &MremapRules::looks_up_vma_first>("mremap.looks_up_vma_first", kBool),
      Field<&Rules::mremap, &MremapRules::uffd_wp_without_event>("mremap.uffd_wp_without_event", {"kept", "cleared"}),
      Field<&Rules::madvise, &MadviseRules::remove_needs>("madvise.remove_needs", {"write", "may_write"}),
      Field<&Rules::madvise, &MadviseRules::free_asks_sharers>("madvise.free_asks_sharers", {"this_part", "first_part"}),
      Field<&Rules::madvise, &MadviseRules::dontneed_of_hugetlb>("madvise.dontneed_of_hugetlb", kBool),
      Field<&Rules::madvise, &MadviseRules::free_clears_poison>("madvise.free_clears_poison", kBool),
      Field<&Rules::madvise, &MadviseRules::populate_drains_lru_batch>("madvise.populate_drains_lru_batch", kBool),
      Field<&Rules::madvise, &MadviseRules::collapse>("madvise.collapse", kBool),
      Field<&Rules::mmap, &MmapRules::new_mapping_merge>("mmap.new_mapping_merge", {"as_vma_merge", "next_first"}),
      Field<&Rules::mmap, &MmapRules::uffd_merge_offset>("mmap.uffd_merge_offset", {"of_whole_vma", "of_part"}),
      Field<&Rules::mmap, &MmapRules::writenotify_for_soft_dirty_hugetlb>("mmap.writenotify_for_soft_dirty_hugetlb", kBool),
      Field<&Rules::mmap, &MmapRules::writenotify_for_uffd_wp>("mmap.writenotify_for_uffd_wp", kBool),
      Field<&Rules::shmem, &ShmemRules::mfill_marks_page_dirty>("shmem.mfill_marks_page_dirty", kBool),
      Field<&Rules::shmem, &ShmemRules::partial_huge_page>("shmem.partial_huge_page", {"split_when_met", "dirty_zero_and_split"}),
      Field<&Rules::shmem, &ShmemRules::hwpoison_pages_are_refused>("shmem.hwpoison_pages_are_refused", kBool),
      Field<&Rules::rmap, &RmapRules::anon_vma_reuse>("rmap.anon_vma_reuse", {"degree_below_two", "one_child_and_no_vma"}),
      Field<&Rules::rmap, &RmapRules::anon_exclusive>("rmap.anon_exclusive", kBool),
      Field<&Rules::swap, &SwapRules::unuse_keeps_swap_bits>("swap.unuse_keeps_swap_bits", kBool),
      Field<&Rules::swap, &SwapRules::read_dirties_page_of_one_user>("swap.read_dirties_page_of_one_user", kBool),
      Field<&Rules::hugetlb, &HugetlbRules::fault_reports_wp>("hugetlb.fault_reports_wp", kBool),
      Field<&Rules::hugetlb, &HugetlbRules::wp_none_is_none>("hugetlb.wp_none_is_none", kBool),
      Field<&Rules::hugetlb, &HugetlbRules::shared_write_never_copies>("hugetlb.shared_write_never_copies", kBool),
      Field<&Rules::hugetlb, &HugetlbRules::copy_mode_wp>("hugetlb.copy_mode_wp", kBool),
      Field<&Rules::hugetlb, &HugetlbRules::copy_private_checks_size>("hugetlb.copy_private_checks_size", kBool),
      Field<&Rules::hugetlb, &HugetlbRules::protect>("hugetlb.protect", {"ignores_uffd_wp", "present_only"}),
      Field<&Rules::hugetlb, &HugetlbRules::protect_wp_none>("hugetlb.protect_wp_none", {"untouched", "falls_through", "handled_alone"}),
      Field<&Rules::hugetlb, &HugetlbRules::protect_makes_tables>("hugetlb.protect_makes_tables", kBool),
      Field<&Rules::hugetlb, &HugetlbRules::protect_all_migration_entries>("hugetlb.protect_all_migration_entries", kBool),
      Field<&Rules::hugetlb, &HugetlbRules::zap_leaves>("hugetlb.zap_leaves", {"nothing", "old_wp_none", "wp_none_for_uffd_wp"}),
      Field<&Rules::hugetlb, &HugetlbRules::fork_wp_none>("hugetlb.fork_wp_none", {"taken_for_present", "copied_if_registered"}),
      Field<&Rules::thp, &ThpRules::cow_reuse>("thp.cow_reuse", {"reuse_swap_page", "exclusive_or_sole"}),
      Field<&Rules::thp, &ThpRules::zero_page_split_keeps_uffd_wp>("thp.zero_page_split_keeps_uffd_wp", kBool),
      Field<&Rules::thp, &ThpRules::zap_marks_file_page_dirty>("thp.zap_marks_file_page_dirty", kBool),
      Field<&Rules::thp, &ThpRules::protect_all_migration_entries>("thp.protect_all_migration_entries", kBool),
      Field<&Rules::thp, &ThpRules::split_keeps_exclusive>("thp.split_keeps_exclusive", kBool),
      Field<&Rules::thp, &ThpRules::migration_entry_keeps_uffd_wp>("thp.migration_entry_keeps_uffd_wp", kBool),
      Field<&Rules::thp, &ThpRules::collapse_spares_uffd_wp_tables>("thp.collapse_spares_uffd_wp_tables", kBool),
      Field<&Rules::thp, &ThpRules::collapse_maps_huge_page>("thp.collapse_maps_huge_page", kBool),
      Field<&Rules::thp, &ThpRules::maps_poisoned_page_whole>("thp.maps_poisoned_page_whole", kBool),
      Field<&Rules::migrate, &MigrateRules::restored_young_dirty>("migrate.restored_young_dirty",
            {"old_and_clean", "from_migration_entry"}),
      Field<&Rules::migrate, &MigrateRules::remembers_exclusive>("migrate.remembers_exclusive", kBool),
      Field<&Rules::migrate, &MigrateRules::readable_entry_restores_read_only>("migrate.readable_entry_restores_read_only", kBool),
      Field<&Rules::migrate, &MigrateRules::failed_shmem_page>("migrate.failed_shmem_page", {"leaves_cache", "stays"}),
      Field<&Rules::migrate, &MigrateRules::failed_hugetlb_page>("migrate.failed_hugetlb_page", {"leaves_cache", "stays"}),
      Field<&Rules::migrate, &MigrateRules::failure_splits_file_thp>("migrate.failure_splits_file_thp", kBool),
      Field<&Rules::proc, &ProcRules::smaps_hole_lookup>("proc.smaps_hole_lookup", {"address_as_index", "page_index"}),
      Field<&Rules::proc, &ProcRules::smaps_passes_over_protnone_pmd>("proc.smaps_passes_over_protnone_pmd", kBool),
      Field<&Rules::proc, &ProcRules::pagemap_huge_pmd_shows_file>("proc.pagemap_huge_pmd_shows_file", kBool),
      Field<&Rules::proc, &ProcRules::pagemap_migration_shows_exclusive>("proc.pagemap_migration_shows_exclusive", kBool),
      Field<&Rules::proc, &ProcRules::pagemap_special_pte_shows_wp>("proc.pagemap_special_pte_shows_wp", kBool),
      Field<&Rules::proc, &ProcRules::pagemap_hugetlb_shows_wp>("proc.pagemap_hugetlb_shows_wp", kBool),
  };
  return fields;
}

}  // namespace pteron
