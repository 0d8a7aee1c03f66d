// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_SHRINK_H_
#define PTERON_SIM_SEARCH_SHRINK_H_

#include <compare>
#include <functional>
#include <optional>

#include "sim/search/target.h"
#include "sim/search/world.h"

namespace pteron::search {

// How long a world is: statements first, then its text, then the numbers in it.
struct Length {
  size_t statements = 0, bytes = 0;
  long numbers = 0;
  auto operator<=>(const Length&) const = default;
};
Length LengthOf(const World& world);

// The index of the statement at which a world shows what is looked for; empty where it does not.
using Shows = std::function<std::optional<size_t>(const World& world)>;

// Delta debugging: the shortest world found that still shows it, with names in order (A, B for mappings, F for files, U
// for descriptors, C for children). No statement, no pair of statements and none of the tried simplifications of
// operands can be left out of it. Precondition: shows(world).
World Shrink(World world, const Shows& shows);

// Whether a world on a kernel breaks the target, and where.
Shows Breaks(const Target& target, const std::shared_ptr<const Kernel>& kernel);

// Without statements [first, last) and all that need a name that one of them introduces.
World Without(const World& world, size_t first, size_t last);
// With names in order.
World Renamed(const World& world);

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_SHRINK_H_
