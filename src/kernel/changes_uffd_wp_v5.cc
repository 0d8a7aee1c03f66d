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
            [](Rules& rules, EncodingFacts&) { /*01*/ }),
      Patch("uffd-wp-v5/02", "shmem/userfaultfd: Take care of UFFDIO_COPY_MODE_WP", {"uffd-wp-v5/01"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*02*/ }),
      Patch("uffd-wp-v5/03", "mm: Clear vmf->pte after pte_unmap_same() returns", {}, ChangeKind::refactor,
            nullptr),
      Patch("uffd-wp-v5/04", "mm/userfaultfd: Introduce special pte for unmapped file-backed mem", {}, ChangeKind::refactor,
            [](Rules&, EncodingFacts& facts) { facts.special_pte = true; }),
      Patch("uffd-wp-v5/05", "mm/swap: Introduce the idea of special swap ptes", {"uffd-wp-v5/04"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*05*/ }),
      Patch("uffd-wp-v5/06", "shmem/userfaultfd: Handle uffd-wp special pte in page fault handler", {"uffd-wp-v5/03", "uffd-wp-v5/04", "uffd-wp-v5/05"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*06*/ }),
      Patch("uffd-wp-v5/07", "mm: Drop first_index/last_index in zap_details", {}, ChangeKind::refactor,
            nullptr),
      Patch("uffd-wp-v5/08", "mm: Introduce zap_details.zap_flags", {"uffd-wp-v5/07"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*08*/ }),
      Patch("uffd-wp-v5/09", "mm: Introduce ZAP_FLAG_SKIP_SWAP", {"uffd-wp-v5/08"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*09*/ }),
      Patch("uffd-wp-v5/10", "shmem/userfaultfd: Persist uffd-wp bit across zapping for file-backed", {"uffd-wp-v5/05", "uffd-wp-v5/08", "uffd-wp-v5/09"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*10*/ }),
      Patch("uffd-wp-v5/11", "shmem/userfaultfd: Allow wr-protect none pte for file-backed mem", {"uffd-wp-v5/05"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*11*/ }),
      Patch("uffd-wp-v5/12", "shmem/userfaultfd: Allows file-back mem to be uffd wr-protected on thps", {"uffd-wp-v5/11"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*12*/ }),
      Patch("uffd-wp-v5/13", "shmem/userfaultfd: Handle the left-overed special swap ptes", {"uffd-wp-v5/04"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*13*/ }),
      Patch("uffd-wp-v5/14", "shmem/userfaultfd: Pass over uffd-wp special swap pte when fork()", {"uffd-wp-v5/05"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*14*/ }),
      Patch("uffd-wp-v5/15", "mm/hugetlb: Drop __unmap_hugepage_range definition from hugetlb.h", {}, ChangeKind::refactor,
            nullptr),
      Patch("uffd-wp-v5/16", "mm/hugetlb: Introduce huge pte version of uffd-wp helpers", {}, ChangeKind::refactor,
            nullptr),
      Patch("uffd-wp-v5/17", "hugetlb/userfaultfd: Hook page faults for uffd write protection", {"uffd-wp-v5/16"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*17*/ }),
      Patch("uffd-wp-v5/18", "hugetlb/userfaultfd: Take care of UFFDIO_COPY_MODE_WP", {"uffd-wp-v5/16"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*18*/ }),
      Patch("uffd-wp-v5/19", "hugetlb/userfaultfd: Handle UFFDIO_WRITEPROTECT", {"uffd-wp-v5/16"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*19*/ }),
      Patch("uffd-wp-v5/20", "mm/hugetlb: Introduce huge version of special swap pte helpers", {"uffd-wp-v5/05"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*20*/ }),
      Patch("uffd-wp-v5/21", "hugetlb/userfaultfd: Handle uffd-wp special pte in hugetlb pf handler", {"uffd-wp-v5/18", "uffd-wp-v5/20"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*21*/ }),
      Patch("uffd-wp-v5/22", "hugetlb/userfaultfd: Allow wr-protect none ptes", {"uffd-wp-v5/19", "uffd-wp-v5/20"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*22*/ }),
      Patch("uffd-wp-v5/23", "hugetlb/userfaultfd: Only drop uffd-wp special pte if required", {"uffd-wp-v5/10", "uffd-wp-v5/15", "uffd-wp-v5/20"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*23*/ }),
      Patch("uffd-wp-v5/24", "mm/pagemap: Recognize uffd-wp bit for shmem/hugetlbfs", {"uffd-wp-v5/05", "uffd-wp-v5/16"}, ChangeKind::behaviour,
            [](Rules& rules, EncodingFacts&) { /*24*/ }),
      Patch("uffd-wp-v5/25", "mm/userfaultfd: Enable write protection for shmem & hugetlbfs", {}, ChangeKind::gate,
            [](Rules& rules, EncodingFacts&) { /*25*/ }),
  };
  return rows;
}

}  // namespace pteron
