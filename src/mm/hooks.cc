// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/hooks.h"

#include <algorithm>
#include <utility>

#include "pteron/check.h"
#include "src/cpu/access.h"
#include "src/fs/userfaultfd.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr InterleavingPoint kPoints[] = {
    {"collapse.before-retract", "mm/khugepaged.c:collapse_file()",
     "the file has its huge page, which is locked; page tables of the small pages, empty by now, still stand"},
    {"copy.before-install", "mm/userfaultfd.c:mfill_atomic_install_pte()",
     "a new page is filled (of a file: in its cache, and locked); the entry has not been looked at"},
    {"cow.before-recheck", "mm/memory.c:wp_page_copy()",
     "the copy is made; whether the entry is still the one that faulted has not been asked"},
    {"fault.before-recheck", "mm/memory.c:finish_fault(), do_anonymous_page()",
     "the page is there (of a file: locked); the entry has not been looked at again"},
    {"fork.between-tables", "mm/memory.c:copy_pmd_range()",
     "a page table has been copied and more may follow; no fault of the parent gets through, only what its entries allow"},
    {"punch.after-unmap", "mm/shmem.c:shmem_fallocate(), fs/hugetlbfs/inode.c:hugetlbfs_punch_hole()",
     "nothing maps the range; its pages are still in the file. Faults of shmem there wait for the end"},
    {"truncate.after-unmap", "mm/shmem.c:shmem_setattr(), fs/hugetlbfs/inode.c:hugetlb_vmtruncate()",
     "the file is shorter and nothing maps its old end; the pages there are still in the cache"},
    {"truncate.before-unmap", "mm/shmem.c:shmem_setattr(), fs/hugetlbfs/inode.c:hugetlb_vmtruncate()",
     "the file is shorter; its old end is still mapped"},
};

// What another thread did belongs to another call: the functions of this one are put aside.
class OwnJournal {
 public:
  explicit OwnJournal(Journal& journal) : journal_(journal), functions_(std::exchange(journal.functions, {})), why_(std::exchange(journal.why, nullptr)) {}
  ~OwnJournal() {
    journal_.functions = std::move(functions_);
    journal_.why = why_;
  }
  OwnJournal(const OwnJournal&) = delete;
  OwnJournal& operator=(const OwnJournal&) = delete;

 private:
  Journal& journal_;
  std::vector<const char*> functions_;
  const char* why_;
};

// The access while `held` is held: it is made, or it turns out that it has to wait.
void MakeAccessAtPoint(MachineState& m, ArmedAccess& access, const HeldAtPoint& held) {
  const OwnJournal own(m.journal);
  if (held.mmap_lock && held.mm == access.mm) {
    const std::optional<AccessResult> result = AccessWithoutFault(m, access.mm, access.address, access.write, access.value);
    access.state = result ? ArmedAccess::State::done : ArmedAccess::State::waits;
    if (result) access.result = *result;
    return;
  }
  const HeldAtPoint outer = std::exchange(m.held, held);
  const PendingUserfault pending = std::exchange(m.pending_userfault, PendingUserfault{});
  access.result = Access(m, access.mm, access.address, access.write, access.value);
  access.state = m.held.met && access.result.outcome == AccessOutcome::livelock ? ArmedAccess::State::waits : ArmedAccess::State::done;
  m.held = outer;
  m.pending_userfault = pending;
}

// A thread's access that blocks is queued with its descriptor.
void QueueIfBlocked(MachineState& m, const ArmedAccess& access) {
  if (!access.by_thread || access.state != ArmedAccess::State::done || access.result.outcome != AccessOutcome::blocked) return;
  userfaultfd_add_waiting(m, access.result.uffd,
                          {.thread = access.thread, .address = access.address, .write = access.write, .reason = access.result.blocked, .value = access.value});
}

}  // namespace

std::span<const InterleavingPoint> InterleavingPoints() { return kPoints; }

const InterleavingPoint* FindInterleavingPoint(std::string_view name) {
  const auto found = std::find_if(std::begin(kPoints), std::end(kPoints), [&](const InterleavingPoint& point) { return name == point.name; });
  return found == std::end(kPoints) ? nullptr : found;
}

void ReachPoint(MachineState& m, std::string_view name, const HeldAtPoint& held) {
  PTERON_CHECK(FindInterleavingPoint(name) != nullptr, "every point in the code is listed");
  for (size_t i = 0; i < m.armed.size(); ++i) {
    ArmedAccess access = m.armed[i];
    if (access.state != ArmedAccess::State::armed || name != access.point) continue;
    m.armed[i].state = ArmedAccess::State::done;  // an access that comes to the same point does not start itself
    MakeAccessAtPoint(m, access, held);
    QueueIfBlocked(m, access);
    m.armed[i] = access;
  }
  m.any_armed = std::any_of(m.armed.begin(), m.armed.end(), [](const ArmedAccess& access) { return access.state == ArmedAccess::State::armed; });
}

bool IsLocked(const MachineState& m, Pfn page) {
  if (page == kNoPfn || !m.frames.Contains(page)) return false;
  const Pfn head = compound_head(m, page);
  return head == m.held.page ||
         std::any_of(m.frozen_pages.begin(), m.frozen_pages.end(), [&](const FrozenPage& frozen) { return frozen.head == head; });
}

bool WaitsForPunch(MachineState& m, FileId file, uint64_t index) {
  if (!m.held.punched || m.held.punched != file || index < m.held.first || index >= m.held.end) return false;
  m.held.met = true;
  return true;
}

void MakeAccess(MachineState& m, ArmedAccess& access) {
  const OwnJournal own(m.journal);
  access.result = Access(m, access.mm, access.address, access.write, access.value);
  access.state = ArmedAccess::State::done;
  QueueIfBlocked(m, access);
}

}  // namespace pteron
