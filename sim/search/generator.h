// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_GENERATOR_H_
#define PTERON_SIM_SEARCH_GENERATOR_H_

#include <cstdint>

#include "sim/search/world.h"

namespace pteron::search {

struct GeneratorOptions {
  int steps = 40;      // statements
  bool hooks = false;  // some worlds use statements that need more than system calls
};

// The random world of a seed: the same for every kernel, so that kernels can be compared on it. Each seed draws its own
// taste first - which kinds of memory, how often which statement, whether there is swap - so that worlds differ more
// than their statements do. Most statements make sense; some are refused: wrong ranges, closed descriptors, memory that
// is not registered, processes that have ended.
World Generate(uint64_t seed, const GeneratorOptions& options);

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_GENERATOR_H_
