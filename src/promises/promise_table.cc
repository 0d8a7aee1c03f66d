// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <iterator>

#include "pteron/promises/promise.h"

namespace pteron::promises {
namespace {

using F = const KernelFacts&;

bool Always(F) { return true; }
bool OnFiles(F facts) { return facts.wp_on_files(); }
// 6.1.192 has the later fix by its stable releases.
template <int release>
bool SinceOrStable6_1(F facts) {
  return facts.since(release) || facts.release == 601;
}
template <int release>
bool Since(F facts) {
  return facts.since(release);
}
bool SoftDirty(F facts) { return facts.soft_dirty; }

constexpr Promise kPromises_[] = {
    {PromiseId::U1, "U1", "A write to an armed page is reported to userfaultfd (SIGBUS with `sigbus`), and stores nothing.",
     "anonymous: all; shmem, hugetlb: uffd-wp-v5, 5.19 on",
     "userfaultfd.rst, \"Write Protect Notifications\"; ioctl_userfaultfd(2), UFFDIO_WRITEPROTECT", Judging::probed, Always},
    {PromiseId::U2, "U2", "A write to a page that was never armed, or was released, raises no write-protect event.", "all",
     "userfaultfd.rst, \"Write Protect Notifications\": ranges are protected by UFFDIO_WRITEPROTECT, and released by it", Judging::probed,
     Always},
    {PromiseId::U3, "U3",
     "UFFDIO_WRITEPROTECT, COPY and CONTINUE with wp that answer ok arm every page of their range: of files mapped or not, of anonymous "
     "memory those that are mapped.",
     "mapped anonymous: all; files: uffd-wp-v5, 5.19 on; unmapped anonymous: 6.4 on with wp-unpopulated; when an allocation fails: C5",
     "cover letter of uffd-wp-v5; 2bad466cc9d9 (UFFD_FEATURE_WP_UNPOPULATED)", Judging::probed, Always},
    {PromiseId::U4, "U4",
     "Arming survives what the process did not ask for: reclaim, swap-out and -in, swapoff, migration, splitting, collapsing.", "all",
     "f45ec5ff16a7 (swap, migration), 14a762dd1977 (swapoff), 42b2af2c9b7e (split), deb4c93a9871 (collapse)", Judging::probed, Always},
    {PromiseId::U5, "U5", "Arming of pages of files survives MADV_DONTNEED and MADV_PAGEOUT.", "uffd-wp-v5, 5.19 on",
     "cover letter of uffd-wp-v5: \"persist the uffd-wp bit across zapping\"; 999dad824c39", Judging::probed, OnFiles},
    {PromiseId::U6, "U6", "Arming survives every sequence of mprotect() that ends with the first protection.", "all",
     "mprotect(2) says nothing of userfaultfd; 51d3d5eb74ff (writenotify)", Judging::probed, Always},
    {PromiseId::U7, "U7", "Reading an armed page gives its content and leaves it armed.", "all",
     "userfaultfd.rst, \"Write Protect Notifications\"", Judging::probed, Always},
    {PromiseId::U8, "U8", "Fork without the fork event: no word of the child is write-protected, and none of its writes raises an event.",
     "all", "userfaultfd.rst, UFFD_FEATURE_EVENT_FORK; 8f34f1eac382, 5a2f8d22ace4 (hugetlb)", Judging::observed, Always},
    {PromiseId::U9, "U9", "Fork with the fork event: a page is armed in the child exactly if it is armed in the parent.",
     "anonymous: all; files: uffd-wp-v5, 5.19 on", "userfaultfd.rst, UFFD_FEATURE_EVENT_FORK; c56d1b62cce8", Judging::probed, Always},
    {PromiseId::U10, "U10", "Fork, and whatever another process does, leaves what a process has armed.", "all",
     "fork(2): the two memories are apart", Judging::probed, Always},
    {PromiseId::U11, "U11",
     "No write-protection is left in words: of a range after UFFDIO_UNREGISTER, of all after the last close, at the new place after "
     "mremap() without its event.",
     "unregister: 6.0 on; close: 6.9 on and 6.1.y; mremap: 6.13 on and 6.1.y", "f369b07c8614, c88033efe9a3, 0cef0bb836e3",
     Judging::observed, Since<600>},
    {PromiseId::U12, "U12", "mremap() with the remap event moves arming page by page.", "anonymous: all; files: uffd-wp-v5, 5.19 on",
     "userfaultfd.rst, UFFD_FEATURE_EVENT_REMAP", Judging::probed, Always},
    {PromiseId::U13, "U13",
     "UFFDIO_COPY succeeds over nothing, protected or not, and never over a page, a swap entry or a poisoned page: these are -EEXIST and "
     "stay.",
     "all", "ioctl_userfaultfd(2), UFFDIO_COPY, EEXIST", Judging::observed, Always},
    {PromiseId::U14, "U14", "pagemap shows uffd-wp exactly where the word carries it, in every kind of entry.",
     "anonymous: 5.14 on; files: uffd-wp-v5, 5.19 on", "pagemap.rst, bit 57; fb8e37f35a2f, 8e165e733bfa", Judging::observed, Since<514>},
    {PromiseId::U15, "U15", "A blocked access goes on at the first wake or resolve that covers it; no access and no call goes on for ever.",
     "all", "userfaultfd.rst, UFFDIO_WAKE", Judging::observed, Always},
    {PromiseId::U16, "U16", "With wp-async a write raises no event, and ends the arming of its own page alone.", "6.7 on",
     "d61ea1cb0095 (UFFD_FEATURE_WP_ASYNC)", Judging::observed, Since<607>},
    {PromiseId::W1, "W1", "Every word is of exactly one kind, and bits that have to be 0 are 0.", "all",
     "arch/x86/include/asm/pgtable_types.h, include/linux/swapops.h", Judging::observed, Always},
    {PromiseId::W2, "W2",
     "A present word of memory registered for wp is never write-protected by userfaultfd and writable at once (6.3 on); a read-only word "
     "has no hardware dirty bit (6.6 on).",
     "6.3 on", "f1eb1bacfba9; \"x86/mm: Introduce _PAGE_SAVED_DIRTY\" (6.6)", Judging::observed, Since<603>},
    {PromiseId::W3, "W3", "\"Nothing mapped, write-protected\" stands only in memory of files, or in anonymous memory with wp-unpopulated.",
     "uffd-wp-v5, 5.19 on", "2bad466cc9d9; the series' patch 04", Judging::observed, OnFiles},
    {PromiseId::W4, "W4",
     "A word that is not present changes its kind, its swap type or the page or slot that it names only by being filled, restored, zapped "
     "or made read-only for fork; changing a bit never does that.",
     "all", "include/linux/swapops.h", Judging::observed, Always},
    {PromiseId::W5, "W5", "No helper is given a word of a kind that it is not meant for.", "all",
     "the helpers' own comments in include/linux/", Judging::simulator, Always},
    {PromiseId::W6, "W6", "An anonymous page that is mapped writable is named by exactly one entry.", "all",
     "mm/memory.c, copy-on-write; 6c287605fd56", Judging::observed, Always},
    {PromiseId::Z1, "Z1", "After munmap(), exit and MAP_FIXED no word of the old range remains.", "all", "munmap(2)", Judging::simulator,
     Always},
    {PromiseId::Z2, "Z2",
     "MADV_DONTNEED leaves 0, a guard, or \"nothing mapped, write-protected\"; the latter exactly if the memory is of a file and the old "
     "word was write-protected.",
     "uffd-wp-v5, 5.19 on", "999dad824c39", Judging::observed, OnFiles},
    {PromiseId::Z3, "Z3", "Punching a hole never changes what a private mapping reads from its own copies.", "all",
     "fallocate(2), mmap(2) MAP_PRIVATE", Judging::probed, Always},
    {PromiseId::Z4, "Z4", "Beyond the end of a file an access is SIGBUS, and no entry names a page or a slot, private copies included.",
     "all; not where a file may have huge pages of tmpfs, which reach beyond it", "mmap(2), SIGBUS; truncate(2)", Judging::observed,
     Always},
    {PromiseId::Z5, "Z5", "No store to shared memory is lost.", "all", "mmap(2) MAP_SHARED", Judging::observed, Always},
    {PromiseId::Z6, "Z6",
     "A call changes no word outside its range (rounded to huge entries that it has to split) nor of another process; refused before its "
     "first page it changes none.",
     "all", "the calls' man pages", Judging::observed, Always},
    {PromiseId::F1, "F1",
     "The child reads what the parent had at the fork; private stores stay private, and a process reads what it stored last.", "all",
     "fork(2), mmap(2) MAP_PRIVATE", Judging::observed, Always},
    {PromiseId::F2, "F2",
     "Fork changes the parent's words only in RW, the place of dirty (6.6 on), exclusive and the type of migration entries; copied words "
     "of the child differ from them only in accessed, dirty and write-protection.",
     "all", "mm/memory.c, copy_page_range()", Judging::observed, Always},
    {PromiseId::F3, "F3",
     "What fork does not copy can be faulted in again: no anonymous page and no swap entry of private memory is left out.", "all",
     "mm/memory.c, copy_page_range()", Judging::observed, Always},
    {PromiseId::S1, "S1", "A swap slot counts the words and cached pages that name it; a slot that nobody names is free.", "all",
     "mm/swapfile.c", Judging::simulator, Always},
    {PromiseId::S2, "S2", "Soft-dirty and write-protection go into swap entries and come back.", "all",
     "f45ec5ff16a7; 14a762dd1977 (swapoff, 5.19)", Judging::observed, Always},
    {PromiseId::D1, "D1",
     "After clear-refs no page shows soft-dirty; from then on each page stored to does, as long as it is mapped or swapped.",
     "soft-dirty=on; not hugetlb", "soft-dirty.rst", Judging::observed, SoftDirty},
    {PromiseId::C1, "C1", "A page's map count is the number of entries that name it; its references are these, caches and pins.", "all",
     "include/linux/mm_types.h", Judging::observed, Always},
    {PromiseId::C2, "C2", "smaps, rss counters and table counts are what the tables hold.", "all", "proc(5), smaps", Judging::observed,
     Always},
    {PromiseId::C3, "C3", "Pages, files and entries name one another: an anonymous page is in no file, and nothing names a free frame.",
     "all", "include/linux/mm_types.h", Judging::simulator, Always},
    {PromiseId::C4, "C4",
     "Of the pool of huge pages at no time fewer than none or more than the free ones are reserved; when all is gone, nothing is left "
     "over.",
     "all", "hugetlbpage.rst", Judging::simulator, Always},
    {PromiseId::C5, "C5", "When an allocation fails in it, no call disarms a page or leaves it unarmed and says ok.", "6.3 on",
     "d1751118c886 (detect pgtable allocation failures)", Judging::probed, Since<603>},
    {PromiseId::K1, "K1", "No sequence of system calls makes the kernel warn or die.", "all",
     "process/coding-style.rst: WARN() is for what cannot happen", Judging::simulator, Always},
};
static_assert(std::size(kPromises_) == kPromises);

}  // namespace

std::span<const Promise> AllPromises() { return kPromises_; }

const Promise& PromiseOf(PromiseId id) { return kPromises_[static_cast<size_t>(id)]; }

std::optional<PromiseId> FindPromise(std::string_view name) {
  for (const Promise& promise : kPromises_) {
    if (promise.name == name) return promise.id;
  }
  return std::nullopt;
}

const char* JudgingName(Judging judging) {
  constexpr const char* kNames[] = {"observed", "probed", "simulator"};
  return kNames[static_cast<int>(judging)];
}

}  // namespace pteron::promises
