// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MACHINE_STATE_H_
#define PTERON_MACHINE_STATE_H_

// Everything that a simulated machine holds, as a value: copy it to try something out, compare it, go back to it.
//
// Invariants
//  1. A Machine holds no pointer into itself; copying copies all of it. The kernel is immutable and shared.
//  2. Nothing depends on anything but the calls made: lowest frame, table and slot first, no clock, no hash order.
//  3. Every write of a page-table word goes through src/state/primitives.h.

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pteron/engine.h"
#include "pteron/journal.h"
#include "pteron/kernel.h"
#include "pteron/mm/anon_vma.h"
#include "pteron/mm/file.h"
#include "pteron/mm/hugetlb.h"
#include "pteron/mm/mm_struct.h"
#include "pteron/mm/page.h"
#include "pteron/mm/page_table.h"
#include "pteron/mm/swap.h"
#include "pteron/mm/userfaultfd.h"
#include "pteron/system_calls.h"

namespace pteron {

// Allocations that the next statement's `fail` lines make fail: the N-th of its kind, counted from 1; 0: none.
struct FailInjection {
  uint32_t table = 0;
  uint32_t page = 0;
  uint32_t slot = 0;
  bool operator==(const FailInjection&) const = default;
};

// A page whose entries a hook keeps as migration entries, with a reference to it; `mm` and `address` (bytes) name it to whoever ends that.
struct FrozenPage {
  Pfn head;
  MmId mm;
  uint64_t address = 0;
  bool operator==(const FrozenPage&) const = default;
};

// An access to be made in the midst of the next call, when that comes to a named point: see src/mm/hooks.h.
struct ArmedAccess {
  enum class State : uint8_t {
    armed,  // the point has not been reached
    waits,  // it was, but the call holds what the access needs: it comes when the call is done
    done,
  };
  const char* point = nullptr;  // one of InterleavingPoints()
  MmId mm;
  uint64_t address = 0;  // bytes
  bool write = false;
  uint64_t value = 0;           // what a write stores
  bool by_thread = false;       // where it blocks, it stays waiting as `thread`
  uint32_t thread = 0;
  State state = State::armed;
  AccessResult result;          // with State::done
};

// What a call holds at a named point, so that another access has to wait for it. Everything else is free for all.
struct HeldAtPoint {
  bool mmap_lock = false;  // of `mm`, for writing: no fault there
  MmId mm;
  Pfn page{};              // head of a locked page of the page cache; kNoPfn: none
  FileId punched;          // a file of shmem in which a hole is being punched: no fault on its pages [first, end)
  uint64_t first = 0, end = 0;
  bool met = false;        // the access needed it
};

// An access that could not be finished and what it waits for; set by handle_userfault(), read by whoever started the fault.
struct PendingUserfault {
  UffdId uffd;
  UffdReason reason = UffdReason::none;
  uint64_t address = 0;
  bool operator==(const PendingUserfault&) const = default;
};

struct MachineState {
  explicit MachineState(std::shared_ptr<const Kernel> with_kernel) : kernel(std::move(with_kernel)) {}

  const Encoding& encoding() const { return kernel->encoding(); }
  const Rules& rules() const { return kernel->rules(); }

  std::shared_ptr<const Kernel> kernel;
  FrameTable frames;
  PageTables tables;
  std::vector<mm_struct> mms;
  std::vector<File> files;
  std::vector<anon_vma> anon_vmas;
  std::vector<userfaultfd_ctx> userfaultfds;
  SwapDevice swap;
  std::vector<Pfn> lru_batch;  // new pages on their way to the LRU lists, each referenced: see src/mm/swap.h
  HugetlbPool hugetlb;
  bool huge_zero_page_allocated = false;
  // Zero pages that memory failure has been told of: bit 0 the small one, bit 1 + i the small page i of the huge one. Nothing comes of
  // it but another errno the next time.
  std::bitset<513> zero_pages_hwpoison;
  FailInjection fail;
  PendingUserfault pending_userfault;
  std::vector<FrozenPage> frozen_pages;
  std::vector<Splat> splats;
  bool dead = false;  // a BUG has ended the machine

  // Only while a call runs, never compared: accesses that are to happen in its midst, whether any is still to come, and what the call
  // holds while one does.
  std::vector<ArmedAccess> armed;
  bool any_armed = false;
  HeldAtPoint held;
  Journal journal;  // not part of the state: never compared
  Engine engine = Engine::fast;  // nor is this

  // Whether `entries` neighbouring entries are worth the fast loops, which tell nobody what they write and let nobody in.
  bool UsesFastLoops(uint64_t entries) const { return engine == Engine::fast && entries >= 64 && !journal.recording && !any_armed; }

  mm_struct& mm(MmId id) { return mms[id.value]; }
  const mm_struct& mm(MmId id) const { return mms[id.value]; }
  File& file(FileId id) { return files[static_cast<size_t>(id.value)]; }
  const File& file(FileId id) const { return files[static_cast<size_t>(id.value)]; }
  userfaultfd_ctx& uffd(UffdId id) { return userfaultfds[static_cast<size_t>(id.value)]; }

  // The modelled kernel's WARN_ON_ONCE and BUG_ON. A warning is reported once a function and reason.
  void Warn(const char* function, const char* reason);
  void Bug(const char* function, const char* reason);
  // Where a modelled kernel hands `word` to a helper that is not meant for its class: see Journal::misuses.
  void ReportMisuse(const char* function, const char* helper, uint64_t word);

  // The same machine, frame for frame and slot for slot.
  bool operator==(const MachineState& other) const;
};

}  // namespace pteron

#endif  // PTERON_MACHINE_STATE_H_
