// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/mutants/reasons.h"

#include <algorithm>
#include <vector>

namespace pteron::mutants {
namespace {

bool Fits(std::string_view pattern, std::string_view text) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (size_t skipped = star; skipped <= text.size(); ++skipped) {
    if (Fits(rest, text.substr(skipped))) return true;
  }
  return false;
}

}  // namespace

std::span<const Reason> Reasons() {
  static const std::vector<Reason> reasons = {
      {Why::equivalent,
       "only v5.14-rc decides otherwise, and no word there says \"no page, write-protected\"",
       {"zap.wp_none=kept_unless_dropped", "fork.wp_none=copied_if_registered", "fault.on_wp_none=refault_write_protected",
        "protect.wp_none=set_and_dropped", "uffd.wp_none_is_none=true", "hugetlb.wp_none_is_none=true",
        "fault.finish_fault_test=same_word"}},
      {Why::equivalent,
       "where v6.1 asks, a VMA that is not registered has no word with uffd-wp: fork, mremap, unregistering and closing take it "
       "off; v5.14-rc has none in files",
       {"zap.leaves_uffd_wp=always", "rmap.uffd_wp_install_needs_registration=false"}},
      {Why::equivalent,
       "only v5.14-rc decides otherwise, and memory of files cannot be registered for write-protection there",
       {"rmap.unmap_keeps_file_uffd_wp=true", "fault.fault_around_if_wp_registered=false",
        "protect.wp_splits_file_huge_entries=true", "hugetlb.fault_reports_wp=true", "hugetlb.protect=present_only",
        "proc.pagemap_hugetlb_shows_wp=true"}},
      {Why::equivalent,
       "the kernels that decide otherwise have no special PTE",
       {"proc.pagemap_special_pte_shows_wp=true"}},
      {Why::equivalent,
       "where the others compute vm_page_prot anew, it comes out as it was: registration does not enter it",
       {"uffd.page_prot_follows_wp=true"}},
      {Why::equivalent,
       "the kernels that decide otherwise mark no page as exclusive",
       {"fork.unshares_exclusive_pages=true", "thp.split_keeps_exclusive=true", "migrate.remembers_exclusive=true"}},
      {Why::equivalent,
       "no statement asks for the feature",
       {"uffd.api_features, bit *"}},
      {Why::equivalent,
       "ranges of hugetlb mappings are whole huge pages in the language",
       {"uffd.wp_checks_hugetlb_alignment=*"}},
      {Why::equivalent,
       "mappings lie far above mmap_min_addr in the language",
       {"uffd.checks_mmap_min_addr=*"}},
      {Why::equivalent,
       "mremap's new address is free and its range whole pages in the language, so that both orders come to -EFAULT",
       {"mremap.looks_up_vma_first=*"}},
      {Why::equivalent,
       "the batch is emptied between statements, and within one no write meets a page of the VMA before",
       {"madvise.populate_drains_lru_batch=*"}},
      {Why::equivalent,
       "a page whose memory failed leaves the cache in the kernels that decide otherwise",
       {"shmem.hwpoison_pages_are_refused=true"}},
      {Why::equivalent,
       "in the kernels that decide otherwise memory failure splits a huge page first",
       {"thp.maps_poisoned_page_whole=true"}},
      {Why::equivalent,
       "only MADV_COLLAPSE asks, and the kernels that decide otherwise do not have it",
       {"thp.collapse_maps_huge_page=true"}},
      {Why::equivalent,
       "the words of the kernels that decide otherwise have no room for it",
       {"migrate.restored_young_dirty=from_migration_entry"}},
      {Why::equivalent,
       "no entry maps a page while it is being moved: all are migration entries",
       {"proc.pagemap_migration_shows_exclusive=*"}},
      {Why::gap,
       "the two agree unless somebody else holds a reference on the page",
       {"fault.swapin_reuse=exclusive_or_sole", "thp.cow_reuse=exclusive_or_sole"}},
      {Why::gap,
       "the kernels that decide otherwise mark no page as exclusive; what is left is mprotect() of a shared mapping that has "
       "protected entries and whose first writes are noticed",
       {"protect.upgrade=page_by_page"}},
      {Why::gap,
       "it decides where the reverse map looks, and could show only in which VMAs merge",
       {"rmap.anon_vma_reuse=*"}},
      {Why::gap,
       "`expect` has no words for smaps, and golden data has no private mapping of a file that is in swap",
       {"proc.smaps_hole_lookup=*"}},
      {Why::equivalent,
       "a child that is registered gets the same word either way",
       {"fork to file-wp, wp-none: copy"}},
      {Why::equivalent,
       "there is nothing to take off, and none stays none",
       {"*, none: clear wp", "*, none: becomes none"}},
      {Why::equivalent,
       "the word comes out the same: a special PTE is the bit alone, a marker has none beside its offset",
       {"*, special: set wp", "*, special: clear wp", "*, special: becomes wp-none", "*, marker: clear wp",
        "*, marker: becomes wp-none"}},
      {Why::equivalent,
       "do_set_pte() and hugetlb_no_page() look at the word that the fault began with",
       {"read of *, none: page of the file, wp", "write of *, none: page of the file, wp",
        "read of *, wp-none: page of the file", "write of *, wp-none: page of the file"}},
      {Why::equivalent,
       "do_wp_page() asks for itself whether the write is to be reported",
       {"write of *, present, read-only: tell userfaultfd", "write of *, present, read-only, wp: reuse or copy",
        "write of anon, present, read-only, wp: tell userfaultfd", "write of file, present, read-only, wp: tell userfaultfd"}},
      {Why::equivalent,
       "the same signal; the language does not show its code",
       {"*, hwpoison: SIGBUS"}},
      {Why::equivalent,
       "the entry stays as it is, since a page that is made for it is not put over it, and the access comes again",
       {"read of *, migration: *", "write of *, migration: *"}},
      {Why::equivalent,
       "the entry carries no uffd-wp that the child's would have to lose",
       {"fork to *, hwpoison: copy the word"}},
      {Why::equivalent,
       "a VMA that is not registered has no word with uffd-wp in the kernels that would not leave it behind",
       {"zap of file by zap_page_range, *: clear, leave wp-none if wp", "zap of file by unmap_mapping_pages*: clear, leave wp-none if wp"}},
      {Why::equivalent,
       "the entry carries no uffd-wp that could be left or taken off: nobody is registered",
       {"mprotect of file, *: * clear wp", "mprotect of anon, *: * clear wp", "mprotect of file, *: clear wp",
        "mprotect of anon, *: clear wp"}},
      {Why::equivalent,
       "a VMA that is not registered has neither",
       {"mprotect of file, special: *", "mprotect of file, marker: *"}},
      {Why::equivalent,
       "what is cleared and what is left in its place are the same word",
       {"zap of *, wp-none: clear, leave wp-none if wp"}},
      {Why::equivalent,
       "nobody is registered, and handle_userfault() then ends in the same signal",
       {"read of hugetlb, hwpoison: tell userfaultfd", "write of hugetlb, hwpoison: tell userfaultfd"}},
  };
  return reasons;
}

const Reason* ReasonFor(std::string_view mutant) {
  const std::span<const Reason> reasons = Reasons();
  const auto found = std::find_if(reasons.begin(), reasons.end(), [&](const Reason& reason) {
    return std::any_of(reason.patterns.begin(), reason.patterns.end(), [&](std::string_view pattern) { return Fits(pattern, mutant); });
  });
  return found == reasons.end() ? nullptr : &*found;
}

}  // namespace pteron::mutants
