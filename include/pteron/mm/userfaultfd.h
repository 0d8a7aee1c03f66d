// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_USERFAULTFD_H_
#define PTERON_MM_USERFAULTFD_H_

// A userfaultfd: userfaultfd_ctx of fs/userfaultfd.c, with the accesses that wait in it.

#include <cstdint>
#include <vector>

#include "pteron/mm/types.h"

namespace pteron {

// UFFD_FEATURE_* of include/uapi/linux/userfaultfd.h (6.7 numbering), which user space's headers define as macros.
// Which of them a kernel takes is UffdRules::api_features.
enum UffdFeature : uint64_t {
  kUffdFeaturePagefaultFlagWp = 1 << 0,
  kUffdFeatureEventFork = 1 << 1,
  kUffdFeatureEventRemap = 1 << 2,
  kUffdFeatureSigbus = 1 << 7,
  kUffdFeatureExactAddress = 1 << 11,
  kUffdFeatureWpHugetlbfsShmem = 1 << 12,
  kUffdFeatureWpUnpopulated = 1 << 13,
  kUffdFeaturePoison = 1 << 14,
  kUffdFeatureWpAsync = 1 << 15,
};

// Why an access is handed to user space.
enum class UffdReason : uint8_t { none, missing, wp, minor };

// An access of a thread that waits until the descriptor's holder wakes it.
struct WaitingAccess {
  uint32_t thread = 0;   // number given by the caller
  uint64_t address = 0;  // bytes, the accessed page (hugetlb: the huge page)
  bool write = false;
  UffdReason reason = UffdReason::none;
  uint64_t value = 0;  // what a write will store
  bool operator==(const WaitingAccess&) const = default;
};

// Invariants: `initialized` and `waiting` only while `open`; open and released never both.
struct userfaultfd_ctx {
  MmId mm;                             // whose memory it watches; the process may have ended
  MmId holder;                         // the process that has the descriptor open
  uint64_t features = 0;               // UffdFeature
  bool open = false;                   // the descriptor is open
  bool initialized = false;            // UFFDIO_API has succeeded; without it every other ioctl is -EINVAL
  bool released = false;               // closed: what still waits is woken
  std::vector<WaitingAccess> waiting;  // in the order in which they began to wait
  std::vector<WaitingAccess> woken;    // woken and not yet executed again, in the order in which they began to wait

  bool operator==(const userfaultfd_ctx&) const = default;
};

}  // namespace pteron

#endif  // PTERON_MM_USERFAULTFD_H_
