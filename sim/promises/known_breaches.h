// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_PROMISES_KNOWN_BREACHES_H_
#define PTERON_SIM_PROMISES_KNOWN_BREACHES_H_

// What real kernels break in tests/golden, each with its cause: the whole of it. A promise that breaks elsewhere is wrong, or has found
// something.

#include <span>
#include <string_view>

#include "pteron/promises/promise.h"

namespace pteron::promises {

struct KnownBreach {
  PromiseId promise;
  std::string_view kernels;  // names, with a blank between them
  std::string_view places;   // SCENARIO:LINE, with a blank between them; line 0 where the kernel died before it could answer
  std::string_view cause;
};

std::span<const KnownBreach> KnownBreaches();

}  // namespace pteron::promises

#endif  // PTERON_SIM_PROMISES_KNOWN_BREACHES_H_
