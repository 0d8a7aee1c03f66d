// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/machine.h"

#include <cerrno>

#include "src/cpu/access.h"
#include "src/fs/proc/task_mmu.h"
#include "src/fs/userfaultfd.h"
#include "src/fs/hugetlbfs/inode.h"
#include "src/mm/hugetlb.h"
#include "src/mm/madvise.h"
#include "src/mm/mincore.h"
#include "src/mm/mmap.h"
#include "src/mm/mprotect.h"
#include "src/mm/mremap.h"
#include "src/mm/shmem.h"
#include "src/mm/swap.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

bool IsHugetlb(const MachineState& m, FileId file) { return m.file(file).kind == FileKind::hugetlb; }

uint64_t FilePageSize(const MachineState& m, FileId file) { return IsHugetlb(m, file) ? kPmdSize : kPageSize; }

bool IsOpen(const MachineState& m, UffdId uffd) {
  return uffd && static_cast<size_t>(uffd.value) < m.userfaultfds.size() && m.userfaultfds[static_cast<size_t>(uffd.value)].open;
}

// A fresh address space with an empty top table.
MmId NewMm(MachineState& m) {
  m.mms.emplace_back();
  m.mms.back().alive = true;
  m.mms.back().pgd = m.tables.Allocate();
  return MmId{static_cast<uint32_t>(m.mms.size() - 1)};
}

}  // namespace

Machine::Machine(std::shared_ptr<const Kernel> kernel, const MachineOptions& options) : state_(std::move(kernel)) {
  state_.swap.present = true;
  state_.swap.enabled = options.swap;
  state_.engine = options.engine;
  NewMm(state_);
}

// ---- Files.

FileId Machine::MemfdCreate(FileKind kind, uint64_t pages) {
  const FileId file = kind == FileKind::hugetlb ? hugetlb_file_setup(state_, pages * kPmdSize)
                                                : shmem_file_setup(state_, pages * kPageSize, /*kernel_mount=*/false);
  state_.file(file).open = true;
  return file;
}

int Machine::Ftruncate(FileId file, uint64_t pages) {
  const uint64_t size = pages * FilePageSize(state_, file);
  return IsHugetlb(state_, file) ? hugetlb_truncate(state_, file, size) : shmem_truncate(state_, file, size);
}

int Machine::PunchHole(FileId file, uint64_t first, uint64_t end) {
  // vfs_fallocate() refuses a range without length before the file system is asked.
  if (end <= first) return -EINVAL;
  const uint64_t page = FilePageSize(state_, file);
  return IsHugetlb(state_, file) ? hugetlb_punch_hole(state_, file, first * page, (end - first) * page)
                                 : shmem_punch_hole(state_, file, first * page, (end - first) * page);
}

int Machine::PwriteWord(FileId file, uint64_t page, uint64_t value) {
  // hugetlbfs has no write method.
  if (IsHugetlb(state_, file)) return -EINVAL;
  return shmem_file_write_word(state_, file, page * kPageSize, value);
}

int Machine::PreadWord(FileId file, uint64_t page, uint64_t* value, bool* eof) {
  *eof = false;
  *value = 0;
  const uint64_t offset = page * FilePageSize(state_, file);
  return IsHugetlb(state_, file) ? hugetlb_file_read_word(state_, file, offset, value, eof)
                                 : shmem_file_read_word(state_, file, offset, value, eof);
}

int Machine::Swapoff() { return swapoff(state_); }
int Machine::Swapon() { return swapon(state_); }

// ---- Memory of a process.

int Machine::Mmap(MmId mm, const MmapRequest& request) { return do_mmap(state_, mm, request); }
int Machine::Munmap(MmId mm, uint64_t start, uint64_t length) { return do_munmap(state_, mm, start, length); }
int Machine::Mremap(MmId mm, uint64_t start, uint64_t length, uint64_t new_start) {
  return mremap_to(state_, mm, start, length, new_start);
}
int Machine::Mprotect(MmId mm, uint64_t start, uint64_t length, Protection protection) {
  return do_mprotect(state_, mm, start, length, protection);
}
CallResult Machine::Madvise(MmId mm, uint64_t start, uint64_t length, Advice advice) {
  return do_madvise(state_, mm, start, length, advice);
}
int Machine::ClearRefs(MmId mm, ClearRefsType type) { return clear_refs_write(state_, mm, type); }
AccessResult Machine::Load(MmId mm, uint64_t address) { return Access(state_, mm, address, /*write=*/false, 0); }
AccessResult Machine::Store(MmId mm, uint64_t address, uint64_t value) { return Access(state_, mm, address, /*write=*/true, value); }

int Machine::Mincore(MmId mm, uint64_t address, bool* resident) { return do_mincore(state_, mm, address, resident); }

// ---- Processes.

std::optional<MmId> Machine::Fork(MmId parent, int* error, std::vector<ForkedUffd>* forked) {
  const MmId child = NewMm(state_);
  *error = dup_mmap(state_, child, parent, forked);
  if (*error == 0) return child;
  return std::nullopt;
}

void Machine::Exit(MmId mm) {
  // The threads go first; what waits for a closed descriptor would otherwise be woken.
  for (userfaultfd_ctx& context : state_.userfaultfds) {
    if (context.mm != mm) continue;
    context.waiting.clear();
    context.woken.clear();
  }
  exit_mmap(state_, mm);
  for (size_t i = 0; i < state_.userfaultfds.size(); ++i) {
    const UffdId uffd{static_cast<int32_t>(i)};
    if (state_.userfaultfds[i].open && state_.userfaultfds[i].holder == mm) userfaultfd_release(state_, uffd);
  }
}

void Machine::LruAddDrain() { lru_add_drain(state_); }

// ---- userfaultfd.

int Machine::Userfaultfd(MmId mm, uint64_t features, UffdId* uffd) { return userfaultfd_create(state_, mm, features, uffd); }
int Machine::UffdRegister(UffdId uffd, uint64_t start, uint64_t length, RegisterModes modes) {
  return IsOpen(state_, uffd) ? userfaultfd_register(state_, uffd, start, length, modes) : -EBADF;
}
int Machine::UffdUnregister(UffdId uffd, uint64_t start, uint64_t length) {
  return IsOpen(state_, uffd) ? userfaultfd_unregister(state_, uffd, start, length) : -EBADF;
}
int Machine::UffdWriteprotect(UffdId uffd, uint64_t start, uint64_t length, bool protect) {
  return IsOpen(state_, uffd) ? userfaultfd_writeprotect(state_, uffd, start, length, protect) : -EBADF;
}
int Machine::UffdCopy(UffdId uffd, uint64_t start, uint64_t length, uint64_t value, bool wp) {
  return IsOpen(state_, uffd) ? userfaultfd_copy(state_, uffd, start, length, value, wp) : -EBADF;
}
int Machine::UffdZeropage(UffdId uffd, uint64_t start, uint64_t length) {
  return IsOpen(state_, uffd) ? userfaultfd_zeropage(state_, uffd, start, length) : -EBADF;
}
int Machine::UffdContinue(UffdId uffd, uint64_t start, uint64_t length, bool wp) {
  return IsOpen(state_, uffd) ? userfaultfd_continue(state_, uffd, start, length, wp) : -EBADF;
}
int Machine::UffdPoison(UffdId uffd, uint64_t start, uint64_t length) {
  return IsOpen(state_, uffd) ? userfaultfd_poison(state_, uffd, start, length) : -EBADF;
}
int Machine::UffdWake(UffdId uffd, uint64_t start, uint64_t length) {
  return IsOpen(state_, uffd) ? userfaultfd_wake(state_, uffd, start, length) : -EBADF;
}
int Machine::UffdClose(UffdId uffd) {
  if (!IsOpen(state_, uffd)) return -EBADF;
  userfaultfd_release(state_, uffd);
  return 0;
}

// ---- Threads.

AccessResult Machine::ThreadAccess(MmId mm, uint32_t thread, uint64_t address, bool write, uint64_t value) {
  const AccessResult result = Access(state_, mm, address, write, value);
  if (result.outcome == AccessOutcome::blocked) {
    userfaultfd_add_waiting(state_, result.uffd, {.thread = thread, .address = address, .write = write, .reason = result.blocked, .value = value});
  }
  return result;
}

std::vector<Machine::ResumedAccess> Machine::ResumeWoken() {
  std::vector<ResumedAccess> resumed;
  for (const WokenAccess& woken : userfaultfd_take_woken(state_)) {
    if (!state_.mm(woken.mm).alive) continue;
    const WaitingAccess& access = woken.access;
    resumed.push_back({woken.mm, access, ThreadAccess(woken.mm, access.thread, access.address, access.write, access.value)});
  }
  return resumed;
}

// ---- Looking.

WalkResult Machine::Walk(MmId mm, uint64_t address) const {
  const auto result = [address](Level level, uint64_t word) {
    const uint64_t span = uint64_t{1} << (kPageShift + 9 * (static_cast<unsigned>(level) - 1));
    return WalkResult{level, word, address & ~(span - 1), (address | (span - 1)) + 1};
  };
  const EntryRef p4d = p4d_offset(state_, mm, address);
  if (!(state_.tables.word(p4d) & kPagePresent)) return result(Level::p4d, state_.tables.word(p4d));
  const EntryRef pud = pud_offset(state_, p4d, address);
  if (!(state_.tables.word(pud) & kPagePresent) || (state_.tables.word(pud) & kPagePse)) return result(Level::pud, state_.tables.word(pud));
  const EntryRef pmd = pmd_offset(state_, pud, address);
  if (!(state_.tables.word(pmd) & kPagePresent) || (state_.tables.word(pmd) & kPagePse)) return result(Level::pmd, state_.tables.word(pmd));
  const EntryRef pte = pte_offset_map(state_, pmd, address);
  return result(Level::pte, state_.tables.word(pte));
}

}  // namespace pteron
