// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_FUZZER_H_
#define PTERON_SIM_SEARCH_FUZZER_H_

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sim/search/finding.h"
#include "sim/search/generator.h"

namespace pteron::search {

struct FuzzOptions {
  uint64_t first_seed = 0;
  uint64_t end_seed = 0;  // behind the last
  double seconds = 0;     // > 0: no further block of seeds begins behind this time
  GeneratorOptions generator;
  int jobs = 1;
  bool shrink = true;                          // false: count what is broken, and find nothing
  uint64_t shard = 0, shards = 1;              // only seeds that leave this remainder
  std::optional<promises::PromiseId> promise;  // shrink what breaks this one alone
};

// What came of it, added up over worlds.
struct FuzzCounts {
  uint64_t worlds = 0, statements = 0, probes = 0;
  uint64_t ended = 0;          // worlds that ended early: the modelled kernel died
  uint64_t next_seed = 0;      // the first that was not played
  double seconds = 0;          // by the clock, shrinking included
  double playing_seconds = 0;  // of processors, in worlds, over all threads
  std::array<uint64_t, promises::kPromises> judged{}, broken{};
};

struct FuzzResult {
  FuzzCounts counts;
  Findings findings;
};

// Plays the worlds of the seeds and shrinks what they break. Seeds are played in blocks of a fixed size and looked at
// in order, so that the result depends on the seeds alone and not on the number of jobs. `progress` (may be empty) is
// called after each block.
FuzzResult Fuzz(const std::shared_ptr<const Kernel>& kernel, const FuzzOptions& options,
                const std::function<void(const FuzzCounts&, size_t findings)>& progress = {});

// The seed that the calling thread plays, for messages about a Pteron that broke down.
uint64_t SeedInHand();

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_FUZZER_H_
