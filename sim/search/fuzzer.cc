// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/fuzzer.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <ctime>
#include <map>
#include <utility>

#include "sim/search/parallel.h"

namespace pteron::search {
namespace {

constexpr size_t kBlock = 256;         // seeds that are played before what they broke is shrunk

thread_local uint64_t seed_in_hand = 0;

// Processor time of this thread, in seconds.
double Worked() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// Of one seed.
struct Played {
  uint64_t statements = 0, probes = 0;
  bool ended = false;
  double seconds = 0;
  std::array<uint64_t, promises::kPromises> judged{}, broken{};
  std::vector<std::pair<Target, size_t>> breaches;  // each target once, with the index of the statement
};

Played PlaySeed(uint64_t seed, const std::shared_ptr<const Kernel>& kernel, const FuzzOptions& options) {
  seed_in_hand = seed;
  const double start = Worked();
  Played played;
  const World world = Generate(seed, options.generator);
  const auto visit = [&](size_t index, std::span<const promises::Violation> violations,
                         const promises::JudgedSession&) {
    for (const promises::Violation& violation : violations) {
      if (options.promise && violation.promise != *options.promise) continue;
      const Target target = TargetOf(violation, world.statements[index]);
      const bool known = std::any_of(played.breaches.begin(), played.breaches.end(),
                                     [&](const auto& one) { return one.first == target; });
      if (!known) played.breaches.emplace_back(target, index);
    }
    return true;
  };
  const promises::JudgedSession session = Play(world, kernel, {}, visit);
  played.statements = session.statements();
  played.probes = session.probes();
  played.ended = session.ended();
  for (size_t i = 0; i < promises::kPromises; ++i) {
    played.judged[i] = session.judge().judged(static_cast<promises::PromiseId>(i));
    played.broken[i] = session.judge().broken(static_cast<promises::PromiseId>(i));
  }
  played.seconds = Worked() - start;
  return played;
}

void AddUp(const Played& played, FuzzCounts& counts) {
  ++counts.worlds;
  counts.statements += played.statements;
  counts.probes += played.probes;
  counts.ended += played.ended;
  counts.playing_seconds += played.seconds;
  for (size_t i = 0; i < promises::kPromises; ++i) {
    counts.judged[i] += played.judged[i];
    counts.broken[i] += played.broken[i];
  }
}

// A breach to shrink.
struct Job {
  uint64_t seed = 0;
  Target target;
  size_t index = 0;
};

}  // namespace

uint64_t SeedInHand() { return seed_in_hand; }

FuzzResult Fuzz(const std::shared_ptr<const Kernel>& kernel, const FuzzOptions& options,
                const std::function<void(const FuzzCounts&, size_t findings)>& progress) {
  FuzzResult result;
  FuzzCounts& counts = result.counts;
  std::map<Target, uint64_t> seen;
  const double start = Now();
  uint64_t seed = options.first_seed;
  std::vector<uint64_t> seeds;
  while (seed < options.end_seed && (options.seconds <= 0 || counts.seconds < options.seconds)) {
    seeds.clear();
    for (; seed < options.end_seed && seeds.size() < kBlock; ++seed) {
      if (seed % options.shards == options.shard) seeds.push_back(seed);
    }
    std::vector<Played> played(seeds.size());
    ForAll(seeds.size(), options.jobs, [&](size_t i) { played[i] = PlaySeed(seeds[i], kernel, options); });
    std::vector<Job> jobs;
    for (size_t i = 0; i < seeds.size(); ++i) {
      AddUp(played[i], counts);
      if (!options.shrink) continue;
      for (const auto& [target, index] : played[i].breaches) {
        // The first worlds of each target, and ever fewer of the later ones, in case they are shorter or have another
        // cause.
        const uint64_t times = ++seen[target];
        if (times == 3 || std::has_single_bit(times)) jobs.push_back({seeds[i], target, index});
      }
    }
    std::vector<Finding> shrunk(jobs.size());
    ForAll(jobs.size(), options.jobs, [&](size_t i) {
      seed_in_hand = jobs[i].seed;
      shrunk[i] = MakeFinding(Generate(jobs[i].seed, options.generator), jobs[i].target, kernel);
      shrunk[i].seed = jobs[i].seed;
    });
    for (Finding& finding : shrunk) result.findings.Add(std::move(finding));
    counts.next_seed = seed;
    counts.seconds = Now() - start;
    if (progress) progress(counts, result.findings.List().size());
  }
  return result;
}

}  // namespace pteron::search
