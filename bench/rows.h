// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_ROWS_H_
#define PTERON_BENCH_ROWS_H_

// What is measured: a loop over a filling, against its reference, its limit and the live kernel.

#include <functional>
#include <string>
#include <vector>

#include "bench/live_kernel.h"
#include "bench/world.h"

namespace pteron::bench {

// Which loops a run goes through: entries [first, end) of a world.
using Pass = std::function<void(World&, size_t first, size_t end)>;

// What a row must show with AVX-512. Ratios to the limit; with ns set, `small` is nanoseconds an entry.
struct Aim {
  double large = 0;  // 1 GiB and 64 GiB
  double small = 0;  // 64 MiB
  bool small_is_ns = false;
  double reference = 0;  // times faster than the reference
};

struct Row {
  std::string loop;
  std::string population;
  Filling filling;
  bool changes_words, changes_child, changes_pages;  // what is restored before each pass
  Pass reference, fast, limit;
  Aim aim;
  LiveCall live = LiveCall::none;
  double live_aim = 0;  // times under the live kernel's cost
};

std::vector<Row> Rows();

}  // namespace pteron::bench

#endif  // PTERON_BENCH_ROWS_H_
