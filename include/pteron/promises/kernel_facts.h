// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_PROMISES_KERNEL_FACTS_H_
#define PTERON_PROMISES_KERNEL_FACTS_H_

// What the promises know of a kernel: its release, whether it has the uffd-wp series, and how its words are made. Nothing of what
// its code decides: a promise says what a kernel claims, and that follows from where the kernel stands in history.

#include <cstdint>

#include "pteron/kernel.h"

namespace pteron::promises {

struct KernelFacts {
  int release = 0;      // 510, 514, 601, 612, 618, 702: major * 100 + minor
  bool series = false;  // some or all of the patches of uffd-wp-v5
  // ---- Configuration.
  bool soft_dirty = true;
  bool device_private = false;
  bool memory_failure = true;
  bool migration = true;
  // ---- What changes that came to a release later or by themselves say about words. Numbers of swap types are derived in decoder.cc.
  int migration_types = 2;
  int device_types = 0;                // that are configured
  bool marker_type = false;            // 5.19 on
  bool swapin_error_type = false;      // 5.19 to 6.1
  bool swp_exclusive = false;          // 5.19 on
  bool saved_dirty = false;            // 6.6 on
  bool migration_young_dirty = false;  // 6.1 on
  int devmap_bit = -1;                 // of present words: 58 (to 6.5), 57 (to 6.16), -1
  bool special_pte = false;            // the series: the word 4
  int marker_mask = 0;                 // bits that a marker may carry

  bool since(int first_release) const { return release >= first_release; }
  // Write-protection of shmem and hugetlb: the series, or 5.19 and later.
  bool wp_on_files() const { return series || release >= 519; }
  bool operator==(const KernelFacts&) const = default;
};

// From the kernel's name, release and configuration.
KernelFacts FactsOf(const Kernel& kernel);

}  // namespace pteron::promises

#endif  // PTERON_PROMISES_KERNEL_FACTS_H_
