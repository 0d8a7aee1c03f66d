// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_ROWS_H_
#define PTERON_BENCH_ROWS_H_

// What is measured: a loop over a population, beside the memory traffic that it cannot avoid.

#include <optional>
#include <string>
#include <vector>

#include "bench/live_kernel.h"
#include "bench/population.h"

namespace pteron::bench {

enum class Loop { scan, zap, zap_keeping_markers, fork, protect, unprotect };
const char* Name(Loop loop);

// The aims, for a machine with AVX-512; a machine with AVX2 alone may take twice the time. 0: none.
struct Aim {
  double large_ratio = 0;     // to the limit, at 1 GiB and 64 GiB
  double small_ratio = 0;     // at 64 MiB
  double small_ns = 0;        // at 64 MiB, an entry, instead of a ratio
  double reference = 0;       // times faster than the reference engine
};

struct Row {
  Loop loop;
  Population population;
  Aim aim;
  std::optional<LiveOperation> live = {};
  double live_aim = 0;  // how many times the kernel's cost is to be that of the loop
  std::string Name() const;
};
const std::vector<Row>& Rows();

// Nanoseconds an entry.
struct Spread {
  double median = 0, low = 0, high = 0;  // low and high: the 10th and 90th of 100
};
struct Measured {
  Row row;
  size_t bytes = 0;  // of memory that is mapped
  int rounds = 0;
  Spread limit, fast, reference;
  double to_limit = 0, to_reference = 0;  // medians of the rounds' fast / limit and reference / fast
};
// Runs limit, fast and reference engine in turn, `rounds` times.
Measured Measure(const Row& row, size_t bytes, int rounds);

}  // namespace pteron::bench

#endif  // PTERON_BENCH_ROWS_H_
