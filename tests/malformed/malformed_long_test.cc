// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// A million damaged scenarios and a million damaged words.
#include <iostream>

#include "tests/malformed/malformed.h"

namespace pteron::testing {
namespace {

void Report(const char* what, const MalformedCounts& counts) {
  std::cout << what << ": " << counts.good << " good, " << counts.bad << " bad, " << counts.played << " played, the longest took "
            << counts.longest << " s\n";
}

TEST_CASE("a million malformed scenarios") {
  const MalformedCounts counts = TryScenarios(43, 1'000'000, 8);
  Report("scenarios", counts);
  CHECK(counts.good + counts.bad == 1'000'000);
  CHECK(counts.good > 100'000);
  CHECK(counts.played > 10'000);
}

TEST_CASE("a million malformed words") {
  const MalformedCounts counts = TryWords(44, 1'000'000);
  Report("words", counts);
  CHECK(counts.good + counts.bad == 1'000'000);
  CHECK(counts.good > 100'000);
}

}  // namespace
}  // namespace pteron::testing
