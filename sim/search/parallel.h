// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_PARALLEL_H_
#define PTERON_SIM_SEARCH_PARALLEL_H_

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace pteron::search {

// Calls run(i) for each i in [0, count) on `jobs` threads, in any order, and waits for all.
template <class Run>
void ForAll(size_t count, int jobs, const Run& run) {
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < count; i = next++) run(i);
  };
  std::vector<std::thread> threads;
  for (int job = 1; job < jobs && static_cast<size_t>(job) < count; ++job) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_PARALLEL_H_
