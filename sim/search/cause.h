// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_CAUSE_H_
#define PTERON_SIM_SEARCH_CAUSE_H_

#include <set>
#include <string>

#include "sim/search/target.h"
#include "sim/search/world.h"

namespace pteron::search {

// What a shrunk world says about why it breaks a promise: which kinds of statements it needs besides those that make
// memory, watch it, protect it, touch it and look at it. "madvise remove" counts as punch, and so on.
struct Cause {
  promises::PromiseId promise = promises::PromiseId::U1;
  promises::Memory memory = promises::Memory::none;  // by kind
  std::string_view what;
  std::set<std::string> statements;
  std::string last;  // of the statement that breaks the promise, where it is one of them or is what protects

  auto operator<=>(const Cause&) const = default;
};

Cause CauseOf(const Target& target, const World& shrunk);

// Whether a world of cause `b` shows what a world of cause `a` shows already: the same fault in the same kind of
// memory, by the same statement or by an innocent one, with nothing left out.
bool Covers(const Cause& a, const Cause& b);

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_CAUSE_H_
