// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Every scenario of tests/golden on every kernel that is modelled, word for word; and after every step the books must balance.
#include <iostream>

#include "pteron/kernel.h"
#include "sim/commands/fidelity.h"
#include "sim/golden/compare.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"

namespace pteron {
namespace {

// What has been reached, and may not be lost.
struct Floor {
  const char* kernel;
  size_t scenarios;
  size_t equal_steps;
};
constexpr Floor kFloors[] = {
    {"v5.14-rc", 180, 3198},
    {"v5.14-rc+uffd-wp-v5", 320, 5932},
    {"v6.1", 323, 5986},
};

// Where the modelled kernel itself unbalances its books: hugetlb_cow() of the series copies a page of a shared mapping that fork has left
// write-protected in a child that is not registered, and takes the copy from a reservation that the file's own page has used already.
constexpr const char* kReservationUsedTwice = "hugetlb: -1 pages reserved";

bool IsKnown(const std::string& kernel, const std::string& broken) {
  return kernel == "v5.14-rc+uffd-wp-v5" && broken.find(kReservationUsedTwice) != std::string::npos;
}

TEST_CASE("golden data: every step equals the real kernel's, and the books balance after it") {
  for (const Floor& floor : kFloors) {
    const auto kernel = std::make_shared<const Kernel>(*Kernel::Parse(floor.kernel));
    std::string error;
    const std::vector<golden::Comparison> comparisons = golden::CompareFolder("tests/golden", kernel, &error, true);
    size_t scenarios = 0, steps = 0, equal = 0, not_simulated = 0, words = 0, known = 0;
    for (const golden::Comparison& comparison : comparisons) {
      if (!comparison.skipped.empty()) continue;
      ++scenarios;
      steps += comparison.steps;
      equal += comparison.equal;
      not_simulated += comparison.not_simulated;
      words += comparison.words;
      INFO(floor.kernel << " " << comparison.scenario << "\n" << comparison.first_difference);
      CHECK(comparison.all_equal());
      if (IsKnown(floor.kernel, comparison.broken_invariant)) {
        ++known;
      } else {
        CHECK(comparison.broken_invariant == "");
      }
    }
    std::cout << floor.kernel << ": " << scenarios << " scenarios, " << steps << " steps, " << equal << " equal, " << not_simulated
              << " not simulated, " << words << " words compared; " << known << " scenarios in which the kernel uses a reservation twice\n";
    INFO(floor.kernel << " " << error);
    CHECK(scenarios >= floor.scenarios);
    CHECK(equal >= floor.equal_steps);
  }
}

TEST_CASE("FIDELITY.md is what pteron fidelity prints") {
  int status = 0;
  std::string error;
  const std::string report = commands::FidelityReport(commands::FidelityKernels(), "tests/golden", &status, &error);
  CHECK(error == "");
  CHECK(testing::ReadFile("FIDELITY.md") == report);
}

TEST_CASE("a wrong answer is noticed") {
  const auto kernel = std::make_shared<const Kernel>(*Kernel::Parse("v6.1"));
  const std::string right = testing::ReadFile("tests/golden/v6.1/anon-read-then-write.raw");
  REQUIRE(right.size() > 100);
  const std::string text = testing::ReadFile("tests/golden/scenarios/anon-read-then-write.scn");
  CHECK(golden::CompareScenario(kernel, "right", text, right).all_equal());
  std::string wrong = right;
  const size_t at = wrong.find("867 page=");
  REQUIRE(at != std::string::npos);
  wrong[at] = '9';
  const golden::Comparison comparison = golden::CompareScenario(kernel, "wrong", text, wrong);
  CHECK_FALSE(comparison.all_equal());
  CHECK(comparison.first_difference.find("967") != std::string::npos);
}

}  // namespace
}  // namespace pteron
