// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MACHINE_H_
#define PTERON_MACHINE_H_

// A whole simulated machine: start here. Processes call into it as into a kernel; their page tables can be read word by word
// after every call. A Machine is a value: copy it, try something on the copy, compare the two.
//
//   auto kernel = std::make_shared<const Kernel>(*Kernel::Parse("v6.1"));
//   Machine machine(kernel, {.swap = true});
//   FileId file = machine.MemfdCreate(FileKind::shmem, 4);
//   machine.Mmap(MmId{0}, {.address = 0x100000000000, .length = 4 * kPageSize, .shared = true, .file = file});
//   machine.Store(MmId{0}, 0x100000000000, 42);
//   uint64_t word = machine.Walk(MmId{0}, 0x100000000000).word;

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "pteron/machine_state.h"
#include "pteron/system_calls.h"

namespace pteron {

struct MachineOptions {
  bool swap = false;  // a swap device exists and is on
  Engine engine = Engine::fast;
};

// Where the hardware's walk for an address ends.
struct WalkResult {
  Level level = Level::pte;   // of the table that holds the word; an empty top entry is Level::p4d
  uint64_t word = 0;
  uint64_t first = 0;         // first byte that the word covers
  uint64_t end = 0;           // first byte behind
};

class Machine {
 public:
  // One process, mm 0, with an empty address space.
  explicit Machine(std::shared_ptr<const Kernel> kernel, const MachineOptions& options = {});

  // ---- Files. Sizes and ranges in pages of the file: 4 KiB, hugetlb 2 MiB. Errors are negative errnos.
  FileId MemfdCreate(FileKind kind, uint64_t pages);
  int Ftruncate(FileId file, uint64_t pages);
  int PunchHole(FileId file, uint64_t first, uint64_t end);
  int PwriteWord(FileId file, uint64_t page, uint64_t value);
  // *eof is set at or beyond the end of the file.
  int PreadWord(FileId file, uint64_t page, uint64_t* value, bool* eof);
  int Swapoff();
  int Swapon();

  // ---- Memory of a process. Addresses and lengths in bytes.
  int Mmap(MmId mm, const MmapRequest& request);
  int Munmap(MmId mm, uint64_t start, uint64_t length);
  int Mremap(MmId mm, uint64_t start, uint64_t length, uint64_t new_start);
  int Mprotect(MmId mm, uint64_t start, uint64_t length, Protection protection);
  CallResult Madvise(MmId mm, uint64_t start, uint64_t length, Advice advice);
  int ClearRefs(MmId mm, ClearRefsType type);
  AccessResult Load(MmId mm, uint64_t address);
  AccessResult Store(MmId mm, uint64_t address, uint64_t value);
  // Whether the page is in memory, as mincore() says it. -ENOMEM where nothing is mapped.
  int Mincore(MmId mm, uint64_t address, bool* resident);

  // ---- Processes.
  // The child's mm, or a negative errno in *error. Contexts that the child gets by UFFD_FEATURE_EVENT_FORK are appended to *forked.
  std::optional<MmId> Fork(MmId parent, int* error, std::vector<ForkedUffd>* forked);
  // The process ends: its memory goes, the descriptors that it holds are closed.
  void Exit(MmId mm);

  // Empties the batch of pages on their way to the LRU lists (lru_add_drain_all()), whose references a write fault notices. Whoever
  // compares with golden data drains before each statement and before each look, as the guest program does.
  void LruAddDrain();

  // ---- userfaultfd. A closed or unknown context is -EBADF.
  int Userfaultfd(MmId mm, uint64_t features, UffdId* uffd);
  int UffdRegister(UffdId uffd, uint64_t start, uint64_t length, RegisterModes modes);
  int UffdUnregister(UffdId uffd, uint64_t start, uint64_t length);
  int UffdWriteprotect(UffdId uffd, uint64_t start, uint64_t length, bool protect);
  int UffdCopy(UffdId uffd, uint64_t start, uint64_t length, uint64_t value, bool wp);
  int UffdZeropage(UffdId uffd, uint64_t start, uint64_t length);
  int UffdContinue(UffdId uffd, uint64_t start, uint64_t length, bool wp);
  int UffdPoison(UffdId uffd, uint64_t start, uint64_t length);
  int UffdWake(UffdId uffd, uint64_t start, uint64_t length);
  int UffdClose(UffdId uffd);

  // ---- Threads: accesses that wait for userfaultfd until somebody wakes them.
  // As Load and Store; where it blocks, the access stays waiting. `thread` is the caller's number for who waits.
  AccessResult ThreadAccess(MmId mm, uint32_t thread, uint64_t address, bool write, uint64_t value);
  struct ResumedAccess {
    MmId mm;
    WaitingAccess access;
    AccessResult result;
  };
  // Executes every access again that has been woken since the last call, from its start; one that blocks again waits again.
  std::vector<ResumedAccess> ResumeWoken();

  // ---- Hooks: what needs more than system calls. 0, -ENOENT where there is no such page, or what the kernel function answers.
  int ReclaimPage(FileId file, uint64_t page);     // shrink_page_list(): -EBUSY where it stays
  int UnmapPage(FileId file, uint64_t page);       // unmap_mapping_page()
  int MigratePage(MmId mm, uint64_t address);      // migrate_pages(): -ENOMEM, -EAGAIN where somebody else holds the page
  int FreezePage(MmId mm, uint64_t address);       // try_to_migrate(), and there it stays
  // remove_migration_ptes(), in place: of the page whose migration entry is there, or that was frozen by this address.
  int ThawPage(MmId mm, uint64_t address);
  // khugepaged over the 2 MiB parts that pages [first, end) of a shmem file touch: collapse_file(). -EINVAL (hugetlb, nothing cached, a huge page
  // already), -ENOMEM, -EAGAIN (somebody holds a page). Parts before the one that fails stay collapsed.
  int CollapseFile(FileId file, uint64_t first, uint64_t end);

  // ---- Accesses in the midst of calls, at the named points that src/mm/hooks.h lists.
  // The next call makes this access when it comes to access.point, the first time.
  void Arm(const ArmedAccess& access);
  // After the call: accesses that had to wait for its end are made; all that were armed, in the order of arming. One whose point was not reached
  // is State::armed.
  std::vector<ArmedAccess> TakeArmed();

  // ---- Looking.
  WalkResult Walk(MmId mm, uint64_t address) const;
  const MachineState& state() const { return state_; }
  MachineState& state() { return state_; }
  // The same for machines that differ only in which frames and slots their pages have.
  uint64_t Digest() const;
  // Checks the invariants of docs/invariants.md: reference and map counts, counters, slots, table pages. Empty: all hold; else the first
  // one that does not, in words.
  std::optional<std::string> CheckInvariants() const;

  bool operator==(const Machine& other) const { return state_ == other.state_; }

 private:
  MachineState state_;
};

}  // namespace pteron

#endif  // PTERON_MACHINE_H_
