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

// What f takes. To ask the clock is a system call, which takes a third of a microsecond, as long as a loop over a few tables: that is taken off.
template <class F>
double Nanoseconds(F f) {
  static const double asking = [] {
    std::vector<double> times;
    for (int i = 0; i < 1001; ++i) {
      const double start = ThreadNanoseconds();
      times.push_back(ThreadNanoseconds() - start);
    }
    return Median(times);
  }();
  const double start = ThreadNanoseconds();
  f();
  return ThreadNanoseconds() - start - asking;
}

}  // namespace pteron::bench

#endif  // PTERON_BENCH_CLOCK_H_
