// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_MACHINE_H_
#define PTERON_BENCH_MACHINE_H_

// What a whole simulated machine takes.

#include <cstdint>

#include "bench/population.h"

namespace pteron::bench {

struct MemoryCost {
  double populate_ns = 0;  // a page
  double fork_ns = 0;      // an entry, the second time: the child's tables are memory that the machine has already
  double copy_loop_ns = 0; // an entry: the fork loop alone over the same tables
  double munmap_ns = 0;    // an entry
  double bytes_a_page = 0; // frames and tables
};
// One process populates `bytes` of anonymous memory, forks, and unmaps it. With `forks` false only populates.
MemoryCost MeasureMemory(uint64_t bytes, bool forks);

// Statements a second of a small world with two processes, anonymous and shared memory, userfaultfd and swap; nothing recorded, on one core.
double StatementsPerSecond();

// How many times faster two threads are over disjoint ranges than one is over both: to zap them, and to change their words and their pages'
// metadata and nothing else (limits.h). Precondition: the frames of `population` lie in a row.
struct TwoThreadRatios {
  double zap = 0, limit = 0;
};
TwoThreadRatios TwoThreads(Population population, uint64_t bytes);

}  // namespace pteron::bench

#endif  // PTERON_BENCH_MACHINE_H_
