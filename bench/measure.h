// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_MEASURE_H_
#define PTERON_BENCH_MEASURE_H_

#include <optional>
#include <string>

#include "bench/rows.h"

namespace pteron::bench {

// Nanoseconds an entry over rounds.
struct Sample {
  double median = 0;
  double spread = 0;  // distance of the quartiles, in parts of the median
};

// A row at a size, all in the same rounds.
struct Measured {
  size_t bytes = 0;  // of mapped memory
  Sample reference, fast, limit;
  std::optional<Sample> live;
  std::string live_refused;  // why not
  double reference_ratio() const { return reference.median / fast.median; }
  double limit_ratio() const { return fast.median / limit.median; }
};

struct MeasureOptions {
  int rounds = 9;
  size_t live_entries = 0;  // 0: the live kernel is not asked
};

Measured Measure(const Row& row, size_t bytes, const MeasureOptions& options);

// How many times faster two threads are than one, each on half of the tables: median of the rounds.
double TwoThreads(const Row& row, size_t bytes, int rounds);

}  // namespace pteron::bench

#endif  // PTERON_BENCH_MEASURE_H_
