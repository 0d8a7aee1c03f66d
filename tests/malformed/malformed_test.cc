// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Damaged scenarios, words and kernels: no crash, no hang, an answer to each. The long version has a million.
#include "tests/malformed/malformed.h"

namespace pteron::testing {
namespace {

TEST_CASE("malformed scenarios") {
  const MalformedCounts counts = TryScenarios(41, 10'000, 4);
  CHECK(counts.good > 1000);
  CHECK(counts.bad > 1000);
  CHECK(counts.played > 250);
}

TEST_CASE("malformed words and kernels") {
  const MalformedCounts counts = TryWords(42, 10'000);
  CHECK(counts.good > 1000);
  CHECK(counts.bad > 1000);
}

}  // namespace
}  // namespace pteron::testing
