// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SYSTEM_CALLS_H_
#define PTERON_SYSTEM_CALLS_H_

// What system calls take and answer.

#include <cstdint>

#include "pteron/mm/types.h"
#include "pteron/mm/userfaultfd.h"

namespace pteron {

enum class Protection : uint8_t { none, read, read_write };

struct MmapRequest {
  uint64_t address = 0;   // bytes, page aligned (hugetlb: 2 MiB); MAP_FIXED_NOREPLACE unless replace
  uint64_t length = 0;    // bytes
  bool shared = false;
  Protection protection = Protection::read_write;
  FileId file;            // none: anonymous
  uint64_t offset = 0;    // in the file, bytes
  bool replace = false;   // MAP_FIXED: what lies there is unmapped first
};

// MADV_*, which user space's headers define as macros.
enum class Advice : uint8_t {
  dontneed, free, cold, pageout, willneed, remove, hugepage, nohugepage, collapse, populate_read, populate_write,
  dontfork, dofork, wipeonfork, keeponfork, guard_install, guard_remove, hwpoison,
};

// What a call came to: an errno, or what interrupted it.
struct CallResult {
  int error = 0;              // 0 or a negative errno
  UffdReason blocked = UffdReason::none;  // it waits for userfaultfd
  bool sigbus = false;        // the call itself raised it
  bool livelock = false;      // it repeats for ever
};

enum class AccessOutcome : uint8_t { ok, sigbus, sigsegv, blocked, livelock, oom };

struct AccessResult {
  AccessOutcome outcome = AccessOutcome::ok;
  UffdReason blocked = UffdReason::none;  // with AccessOutcome::blocked
  UffdId uffd{};                          // which descriptor it waits for
  uint64_t value = 0;                     // what a load brought
  bool hwpoison = false;                  // with AccessOutcome::sigbus: the page's memory has failed (BUS_MCEERR_AR)
};

// UFFDIO_REGISTER_MODE_*.
struct RegisterModes { bool missing = false, wp = false, minor = false; };

// A descriptor's context and the one that fork made of it for the child (UFFD_FEATURE_EVENT_FORK).
struct ForkedUffd { UffdId parent, child; };

// /proc/PID/clear_refs: what is written to it is 1 (referenced) or 4 (soft_dirty).
enum class ClearRefsType : uint8_t { referenced, soft_dirty };

}  // namespace pteron

#endif  // PTERON_SYSTEM_CALLS_H_
