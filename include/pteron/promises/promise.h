// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_PROMISES_PROMISE_H_
#define PTERON_PROMISES_PROMISE_H_

// The list of what kernels promise: docs/promises.md as data.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "pteron/promises/kernel_facts.h"

namespace pteron::promises {

enum class PromiseId : uint8_t {
  U1,
  U2,
  U3,
  U4,
  U5,
  U6,
  U7,
  U8,
  U9,
  U10,
  U11,
  U12,
  U13,
  U14,
  U15,
  U16,
  W1,
  W2,
  W3,
  W4,
  W5,
  W6,
  Z1,
  Z2,
  Z3,
  Z4,
  Z5,
  Z6,
  F1,
  F2,
  F3,
  S1,
  S2,
  D1,
  C1,
  C2,
  C3,
  C4,
  C5,
  K1,
};
inline constexpr int kPromises = static_cast<int>(PromiseId::K1) + 1;

// How a promise is judged.
enum class Judging : uint8_t {
  observed,   // from words, outcomes and values: golden files too
  probed,     // from accesses on a copy
  simulator,  // from what only the simulator shows
};

struct Promise {
  PromiseId id;
  std::string_view name;  // "U9"
  std::string_view sentence;
  std::string_view claimed;  // which kernels and kinds of memory, in words
  std::string_view source;   // what it stands on
  Judging judging;
  // Whether the kernel claims it for some kind of memory. A claim says who promises, not who keeps.
  bool (*claims)(const KernelFacts& facts);
};

// All, in the order of PromiseId.
std::span<const Promise> AllPromises();
const Promise& PromiseOf(PromiseId id);
std::optional<PromiseId> FindPromise(std::string_view name);
const char* JudgingName(Judging judging);

}  // namespace pteron::promises

#endif  // PTERON_PROMISES_PROMISE_H_
