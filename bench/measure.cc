// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/measure.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "pteron/kernel.h"

namespace pteron::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Small worlds are gone through several times a round, until so much has been measured.
constexpr double kEnough = 2e6;  // nanoseconds
constexpr int kMostPasses = 200;

double Quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(part * static_cast<double>(values.size() - 1) + 0.5)];
}

Sample Summarise(const std::vector<double>& values) {
  const double median = Quantile(values, 0.5);
  return {median, (Quantile(values, 0.75) - Quantile(values, 0.25)) / median};
}

const Encoding& MeasuredEncoding() {
  static const std::unique_ptr<Kernel> kernel = std::make_unique<Kernel>(*Kernel::Parse("v6.1"));
  return kernel->encoding();
}

void Restore(const Row& row, World& world) { world.Restore(row.changes_words, row.changes_child, row.changes_pages); }

double TimeOnce(const Pass& pass, World& world) {
  const auto start = Clock::now();
  pass(world, 0, world.entries());
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

// Nanoseconds an entry of one round.
double TimeRound(const Row& row, const Pass& pass, World& world) {
  std::vector<double> times;
  for (double sum = 0; sum < kEnough && times.size() < kMostPasses; sum += times.back()) {
    Restore(row, world);
    times.push_back(TimeOnce(pass, world));
  }
  return Quantile(times, 0.5) / static_cast<double>(world.entries());
}

double TimeThreads(const Row& row, World& world, int threads) {
  Restore(row, world);
  std::atomic<int> ready = 0;
  std::atomic<bool> go = false;
  std::vector<std::thread> running;
  const size_t share = world.entries() / static_cast<size_t>(threads);
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, first = share * static_cast<size_t>(i)] {
      ++ready;
      while (!go) {}
      row.fast(world, first, first + share);
    });
  }
  while (ready < threads) {}
  const auto start = Clock::now();
  go = true;
  for (std::thread& thread : running) thread.join();
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

}  // namespace

Measured Measure(const Row& row, size_t bytes, const MeasureOptions& options) {
  World world(MeasuredEncoding(), row.filling, bytes >> kPageShift);
  std::vector<double> reference, fast, limit, live;
  Measured measured{.bytes = bytes};
  for (int round = 0; round < options.rounds; ++round) {
    reference.push_back(TimeRound(row, row.reference, world));
    limit.push_back(TimeRound(row, row.limit, world));
    fast.push_back(TimeRound(row, row.fast, world));
    if (row.live == LiveCall::none || options.live_entries == 0 || !measured.live_refused.empty()) continue;
    const std::optional<double> time = MeasureLive(row.live, options.live_entries, &measured.live_refused);
    if (time) live.push_back(*time);
  }
  measured.reference = Summarise(reference);
  measured.fast = Summarise(fast);
  measured.limit = Summarise(limit);
  if (!live.empty()) measured.live = Summarise(live);
  return measured;
}

double TwoThreads(const Row& row, size_t bytes, int rounds) {
  World world(MeasuredEncoding(), row.filling, bytes >> kPageShift);
  std::vector<double> gains;
  for (int round = 0; round < rounds; ++round) {
    const double one = TimeThreads(row, world, 1);
    gains.push_back(one / TimeThreads(row, world, 2));
  }
  return Quantile(gains, 0.5);
}

}  // namespace pteron::bench
