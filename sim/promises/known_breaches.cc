// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/promises/known_breaches.h"

namespace pteron::promises {
namespace {

constexpr std::string_view kNoTables =
    "change_protection() makes no table above the lowest two: where a pud or p4d entry is empty it protects nothing and "
    "answers ok (the series' patch 11; change_hugetlb_pages likewise, patch 22)";
constexpr std::string_view kSwapoff = "unuse_pte() makes the word anew and forgets bits of the swap entry (14a762dd1977, 5.19)";
constexpr std::string_view kWritenotify =
    "mprotect() gives write permission back to shared pages that are write-protected: writenotify does not know of "
    "userfaultfd (51d3d5eb74ff, 6.2 and 6.1.y)";
constexpr std::string_view kHugetlbChild =
    "copy_hugetlb_page_range() copies the write-protection of present entries into a child that nobody watches (5a2f8d22ace4, "
    "6.4)";
constexpr std::string_view kNotCopied =
    "copy_page_range() copies nothing of a VMA without anon_vma, and so loses write-protection of zero pages, empty words and "
    "shared pages (vma_needs_copy, c56d1b62cce8, 5.19)";
constexpr std::string_view kWaitsForNobody =
    "hugetlb_wp() leaves a write-protected word alone in the hope that userfaultfd has been told; in the child nobody is "
    "(5a2f8d22ace4, 6.4)";
constexpr std::string_view kGuardRepeats =
    "MADV_GUARD_INSTALL zaps and tries again until the range is empty; a zap leaves write-protection of files behind, so that "
    "it never is";
constexpr std::string_view kSpecialReleased =
    "hugetlb_change_protection() takes the special PTE for a present entry when it is released (patch 22)";
constexpr std::string_view kHugetlbHole = "hugetlb_vmdelete_list() unmaps private copies of the hole's pages as well";
constexpr std::string_view kZeroPageInHole =
    "zap_pte_range() spares private copies in a hole, and takes the zero page that UFFDIO_ZEROPAGE has put into a private mapping for none";
constexpr std::string_view kSwapPassedOver =
    "zap_pte_range() passes over swap entries when a part of a file is unmapped, private copies too (8018db852594, 5.18)";
constexpr std::string_view kCopiedShared =
    "the child's write-protected word of a shared page is copied on write, as if it were private: its stores go into a page "
    "of its own (patch 17 looks for userfaultfd alone)";
constexpr std::string_view kReleaseWritable =
    "Releasing write-protection makes shared pages writable that clear-refs had write-protected: the next store is seen by "
    "nobody (real in 6.1, gone in 6.12)";
constexpr std::string_view kSmapsProtnone =
    "smaps looks a huge page up by follow_trans_huge_pmd(), which refuses PROT_NONE (474098edac26, 6.1)";
constexpr std::string_view kSpecialProtected =
    "hugetlb_change_protection() takes the special PTE for a page of its own when it is protected again (patch 22), and later "
    "meets what it has made";

constexpr KnownBreach kBreaches[] = {
    {PromiseId::U3, "v5.14-rc+uffd-wp-v5",
     "copy-shmem-onto-marker:7 random-005:13 random-011:12 random-016:15 random-020:9 random-021:14 random-022:12 "
     "random-025:7 random-027:17 random-029:13 random-033:26 random-044:24 random-049:13 random-049:19 random-056:10 "
     "random-059:13 random-069:10 random-069:12 random-069:13 random-075:11 random-075:17 random-080:16 random-081:9 "
     "random-105:11 random-112:9 random-115:16 random-133:8 random-134:13 random-134:20 random-134:33 random-146:13 "
     "random-150:18 wp-fault-around-marker:8 wp-hugetlb-none-no-table:7 wp-pmd-boundary-shmem:9 wp-private-none:8 "
     "wp-shmem-fill-under-marker:7 wp-shmem-none:8",
     kNoTables},
    {PromiseId::U4, "v5.10 v5.14-rc v5.14-rc+uffd-wp-v5", "wp-anon-swapoff:9", kSwapoff},
    {PromiseId::U4, "v5.14-rc+uffd-wp-v5", "wp-private-swapoff:10", kSwapoff},
    {PromiseId::U6, "v5.14-rc+uffd-wp-v5",
     "wp-hugetlb-mprotect:10 wp-readonly-mapping:11 wp-shmem-mprotect-bypass:10 wp-shmem-mprotect-bypass:14", kWritenotify},
    {PromiseId::U8, "v5.14-rc+uffd-wp-v5", "random-134:32 wp-hugetlb-fork:9", kHugetlbChild},
    {PromiseId::U8, "v5.14-rc+uffd-wp-v5 v6.1", "wp-hugetlb-private:15", kHugetlbChild},
    {PromiseId::U9, "v5.10 v5.14-rc v5.14-rc+uffd-wp-v5", "random-096:23", kNotCopied},
    {PromiseId::U9, "v5.14-rc+uffd-wp-v5", "random-003:33 random-004:25 wp-private-fork-no-anon-vma-event:10 wp-shmem-fork-event:10",
     kNotCopied},
    {PromiseId::U15, "v6.1", "wp-hugetlb-private:17", kWaitsForNobody},
    {PromiseId::U15, "v7.2", "random-084:20 random-111:22", kGuardRepeats},
    {PromiseId::W1, "v5.14-rc+uffd-wp-v5", "random-142:0", kSpecialReleased},
    {PromiseId::Z3, "v5.14-rc+uffd-wp-v5 v6.1 v6.12 v7.2", "random-130:22", kHugetlbHole},
    {PromiseId::Z3, "v5.14-rc+uffd-wp-v5", "random-059:19", kZeroPageInHole},
    {PromiseId::Z3, "v7.2", "random-143:9", kHugetlbHole},
    {PromiseId::Z4, "v5.14-rc+uffd-wp-v5", "wp-private-cow-punch-truncate:13", kSwapPassedOver},
    {PromiseId::Z5, "v5.14-rc+uffd-wp-v5", "wp-hugetlb-fork:12", kCopiedShared},
    {PromiseId::S2, "v5.10 v5.14-rc v5.14-rc+uffd-wp-v5", "anon-swapoff-brings-back:7 wp-anon-swapoff:9", kSwapoff},
    {PromiseId::S2, "v5.14-rc+uffd-wp-v5", "random-file-016:23 wp-private-swapoff:10", kSwapoff},
    {PromiseId::D1, "v5.14-rc+uffd-wp-v5 v6.1", "random-042:26 random-042:28 wp-shmem-soft-dirty:15", kReleaseWritable},
    {PromiseId::C2, "v6.1", "random-thp-001:10 random-thp-003:6", kSmapsProtnone},
    {PromiseId::K1, "v5.14-rc+uffd-wp-v5", "random-144:0", kSpecialProtected},
};

}  // namespace

std::span<const KnownBreach> KnownBreaches() { return kBreaches; }

}  // namespace pteron::promises
