// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_VERDICT_TABLE_H_
#define PTERON_SIM_SEARCH_VERDICT_TABLE_H_

// What kernels make of a corpus: scenarios, and the worlds of a range of seeds.

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pteron/kernel.h"
#include "pteron/promises/promise.h"
#include "sim/language/scenario.h"

namespace pteron::search {

struct Corpus {
  std::vector<language::Scenario> scenarios;
  uint64_t first_seed = 0, end_seed = 0;
  bool hooks = true;  // in the worlds of seeds
};

enum class Standing : uint8_t { kept, broken, newly_broken, newly_kept, not_claimed, not_reached, not_simulated };
const char* StandingName(Standing standing);

// Of one kernel.
struct Column {
  std::string kernel;
  bool simulated = true;      // all of the corpus that the kernel has what is needed for
  std::string not_simulated;  // the first that was not
  std::array<uint64_t, promises::kPromises> judged{}, broken{};
  std::array<bool, promises::kPromises> claimed{};
};

// Plays the corpus on a kernel.
Column Judge(const std::shared_ptr<const Kernel>& kernel, const Corpus& corpus, int jobs);

// How a kernel stands with a promise against another one: newly broken where that kept it, newly kept where that broke
// it.
Standing StandingOf(const Column& column, const Column& against, promises::PromiseId id);

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_VERDICT_TABLE_H_
