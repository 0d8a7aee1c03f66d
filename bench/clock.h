// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_CLOCK_H_
#define PTERON_BENCH_CLOCK_H_

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pteron::bench {

// What this thread has run for, in user space and in the kernel: what others do on a shared machine meanwhile does not count.
inline double ThreadNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Precondition: there is a value.
inline double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

}  // namespace pteron::bench

#endif  // PTERON_BENCH_CLOCK_H_
