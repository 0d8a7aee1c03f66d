// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_PROMISES_ACT_H_
#define PTERON_PROMISES_ACT_H_

// One statement of a scenario and what came of it, in numbers. Processes, mappings, files and descriptors are counted from 0 in the
// order in which statements introduce them, whether these succeed or not; process 0 exists at the start.

#include <array>
#include <cstdint>
#include <span>

namespace pteron::promises {

// The statements of docs/scenario-language.md, in its order.
enum class Verb : uint8_t {
  file_shmem,
  file_hugetlb,
  fill,
  peek,
  truncate,
  punch,
  swapoff,
  swapon,
  mmap_anon,
  mmap_file,
  munmap,
  mremap,
  mprotect,
  madvise,
  read,
  write,
  uffd,
  register_,
  unregister,
  wp,
  unwp,
  copy,
  zeropage,
  continue_,
  poison,
  close,
  fork,
  clear_refs,
  exit,
  pagemap_scan,
  mincore,
  wake,
  migrate,
  freeze,
  thaw,
  reclaim,
  unmap_page,
  collapse_file,
  fail,
  at,
};
inline constexpr int kVerbs = static_cast<int>(Verb::at) + 1;
const char* VerbName(Verb verb);

// Whether a descriptor of userfaultfd is told to do it, to the process that it watches. (close is told to the descriptor itself.)
constexpr bool ActsThroughDescriptor(Verb verb) {
  switch (verb) {
    case Verb::register_:
    case Verb::unregister:
    case Verb::wp:
    case Verb::unwp:
    case Verb::copy:
    case Verb::zeropage:
    case Verb::continue_:
    case Verb::poison:
    case Verb::wake:
      return true;
    default:
      return false;
  }
}

enum class Protection : uint8_t { none, r, rw };

enum class Advice : uint8_t {
  dontneed,
  free,
  cold,
  pageout,
  willneed,
  remove,
  hugepage,
  nohugepage,
  collapse,
  populate_read,
  populate_write,
  dontfork,
  dofork,
  wipeonfork,
  keeponfork,
  guard_install,
  guard_remove,
  hwpoison,
};

// Bits of Act::modes and of Page::modes.
inline constexpr uint8_t kMissing = 1, kWp = 2, kMinor = 4;
// Bits of Act::features.
inline constexpr uint8_t kSigbus = 1, kEventFork = 2, kEventRemap = 4, kWpUnpopulated = 8, kWpAsync = 16;

struct Act {
  Verb verb = Verb::swapoff;
  int16_t process = -1;  // who acts; -1: nobody (files, the machine)
  int16_t thread = -1;   // read, write, at: a named thread of the process, -1 the process itself
  int16_t mapping = -1;  // what it acts on; of `at` too
  int16_t file = -1;
  int16_t uffd = -1;     // the descriptor; -1 also where no fork event brought it
  int16_t created = -1;  // the number of the process, mapping, file or descriptor that the statement introduces
  // Addresses in bytes: what a statement of a mapping covers; for mmap where the new one lies; for mremap the old place.
  uint64_t start = 0, end = 0;
  uint64_t new_start = 0;  // mremap
  uint64_t page_size = 4096;
  // Pages of the mapping (statements of a mapping) or of the file (fill, peek, punch, mmap_file, hooks); half-open.
  int64_t first = 0, last = 0;
  int64_t pages = 0;         // file_*, truncate: the new size
  uint64_t value = 0;        // what it stores: the step's number
  uint8_t modes = 0;         // register_: all three; copy, continue_: kWp
  uint8_t features = 0;      // uffd
  bool shared = false;       // mmap
  bool soft_dirty = false;   // clear_refs: soft-dirty, else referenced
  bool write = false;        // at: the access is a store
  bool interleaved = false;  // accesses of `at` statements happened in its midst
  Protection protection = Protection::rw;
  Advice advice = Advice::dontneed;
};

enum class Answer : uint8_t {
  ok,
  error,
  sigbus,
  sigsegv,
  blocked_wp,
  blocked_missing,
  blocked_minor,
  eof,
  livelock,
  waits,
  not_reached,
  oom,
  kernel_bug,
};
const char* AnswerName(Answer answer);

// One outcome line.
struct Outcome {
  Answer answer = Answer::ok;
  int16_t error = 0;  // Answer::error: the errno, positive
  bool has_value = false;
  uint64_t value = 0;  // the word that a read or peek brought
  int64_t page = -1;   // of the mapping or file that the line concerns; -1: the bare line
};

// An access of a thread that the statement woke, and what came of it when it was made again.
struct Woken {
  int16_t thread = -1;
  Outcome outcome;
};

}  // namespace pteron::promises

#endif  // PTERON_PROMISES_ACT_H_
