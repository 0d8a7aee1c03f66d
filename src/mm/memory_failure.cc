// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/memory_failure.h"

#include <cerrno>

#include "src/mm/filemap.h"
#include "src/mm/huge_memory.h"
#include "src/mm/hugetlb_reserve.h"
#include "src/mm/rmap.h"
#include "src/mm/swap.h"
#include "src/mm/swapfile.h"
#include "src/mm/truncate.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// Takes the page from all processes that map it. False where one keeps it. Processes are not killed: nobody asks for early notice.
// mm/memory-failure.c:hwpoison_user_mappings(), v5.14.
bool hwpoison_user_mappings(MachineState& m, Pfn page) {
  KernelFunction function(m.journal, "hwpoison_user_mappings");
  if (!page_mapped(m, page)) return true;
  // A page that swap knows too is made a swap entry as by reclaim: whoever swaps it in learns of the failure.
  try_to_unmap(m, page, /*split_huge_pmd=*/false, /*hwpoison=*/!PageSwapCache(m, page));
  return !page_mapped(m, page);
}

// The page is still held by somebody other than memory failure itself and the `kept` holders that the action leaves.
int ResultOf(const MachineState& m, Pfn page, uint32_t kept) { return page_count(m, page) > 1 + kept ? -EBUSY : 0; }

// mm/memory-failure.c:me_swapcache_dirty(), me_swapcache_clean(): the only good copy is lost, or swap has one.
int HandleSwapCachePage(MachineState& m, Pfn page) {
  if (PageDirty(m, page)) {
    clear_page_flag(m, page, PG_dirty);
    return ResultOf(m, page, 1);
  }
  delete_from_swap_cache(m, page);
  return ResultOf(m, page, 0);
}

// mm/memory-failure.c:me_pagecache_clean(), me_pagecache_dirty().
int HandleLruPage(MachineState& m, Pfn page) {
  if (PageAnon(m, page)) return ResultOf(m, page, 0);
  const FileId file{m.frames.cold(page).mapping};
  if (!file) return -EBUSY;
  if (m.rules().migrate.failed_shmem_page == FailedCachePage::stays) return ResultOf(m, page, 1);
  truncate_inode_page(m, file, page);
  return ResultOf(m, page, 0);
}

// dissolve_free_huge_page() after the last put_page(): the pool loses the page; its first small page stays held, the rest is free.
// -EBUSY where the pool has promised all its free pages.
int DissolveHugePage(MachineState& m, Pfn head) {
  HugetlbPool& pool = m.hugetlb;
  if (m.frames.cold(head).hugetlb_restore_reserve) ++pool.resv_huge_pages;
  m.frames.mutable_cold(head).hugetlb_restore_reserve = false;
  if (pool.free_huge_pages + 1 == pool.resv_huge_pages) return -EBUSY;
  --pool.nr_huge_pages;
  m.frames.SplitBlock(head, 0);
  for (uint32_t i = 0; i < kHugePagePages; ++i) {
    m.frames.hot(head + i) = HotPage{};
    m.frames.mutable_cold(head + i) = ColdPage{};
    if (i > 0) m.frames.Free(head + i);
  }
  m.frames.hot(head).refcount = 1;
  set_page_flag(m, head, PG_hwpoison);
  return 0;
}

// mm/memory-failure.c:me_huge_page() for hugetlb.
int HandleHugetlbPage(MachineState& m, Pfn head) {
  if (PageAnon(m, head)) return DissolveHugePage(m, head);
  const FileId file{m.frames.cold(head).mapping};
  if (m.rules().migrate.failed_hugetlb_page == FailedCachePage::stays) return ResultOf(m, head, 1);
  const uint64_t index = m.frames.cold(head).index;
  clear_page_flag(m, head, PG_dirty);
  delete_from_page_cache(m, head);
  hugetlb_unreserve_pages(m, file, index, index + 1, 1);
  return ResultOf(m, head, 0);
}

// mm/memory-failure.c:memory_failure_hugetlb(), v5.14: the huge page is lost as a whole.
int memory_failure_hugetlb(MachineState& m, Pfn head) {
  if (PageHWPoison(m, head)) return -EHWPOISON;
  set_page_flag(m, head, PG_hwpoison);
  if (!hwpoison_user_mappings(m, head)) return -EBUSY;
  return HandleHugetlbPage(m, head);
}

// A zero page, which nobody can take from its users. A second failure of the same small page is told apart.
int FailZeroPage(MachineState& m, Pfn page) {
  const size_t which = is_huge_zero_pfn(page) ? 1 + page.value - kHugeZeroPagePfn.value : 0;
  if (m.zero_pages_hwpoison[which]) return -EHWPOISON;
  m.zero_pages_hwpoison.set(which);
  return -EBUSY;
}

}  // namespace

// mm/memory-failure.c, v5.14, with MF_COUNT_INCREASED. Leaves out memory of devices, free pages, and pages that the kernel itself uses,
// but for the zero pages.
int memory_failure(MachineState& m, Pfn page) {
  KernelFunction function(m.journal, "memory_failure");
  if (!m.frames.Contains(page)) return FailZeroPage(m, page);
  if (PageHuge(m, page)) return memory_failure_hugetlb(m, compound_head(m, page));
  if (PageHWPoison(m, page)) {
    put_page(m, page);
    return -EHWPOISON;
  }
  set_page_flag(m, page, PG_hwpoison);
  if (PageTransHuge(m, page)) {
    const bool may_split = PageAnon(m, page) || m.rules().migrate.failure_splits_file_thp;
    if (!may_split || !split_huge_page(m, page)) {
      put_page(m, page);
      return -EBUSY;
    }
  }
  lru_add_drain(m);  // shake_page()
  if (!hwpoison_user_mappings(m, page)) return -EBUSY;
  return PageSwapCache(m, page) && PageSwapBacked(m, page) ? HandleSwapCachePage(m, page) : HandleLruPage(m, page);
}

}  // namespace pteron
