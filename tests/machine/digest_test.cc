// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// The same scenario gives the same machine whatever built the program: this test runs with each compiler, optimisation and sanitizer,
// and compares with numbers that stand here.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "pteron/kernel.h"
#include "sim/execute/run_scenario.h"
#include "tests/catch.h"
#include "tests/execute/play.h"

namespace pteron {
namespace {

struct Expected {
  const char* kernel;
  uint64_t digest;  // of the digests of the machines at the end of all scenarios of tests/golden, in order of their names
};
// A change of what a machine holds changes these; a change of compiler must not.
constexpr Expected kExpected[] = {
    {"v5.14-rc", 0x28ca49cb34ba541a},
    {"v5.14-rc+uffd-wp-v5", 0x957e8865c5805616},
    {"v6.1", 0x98b8965d5f138a0d},
};

uint64_t DigestOfAll(const char* kernel_name) {
  const auto kernel = std::make_shared<const Kernel>(*Kernel::Parse(kernel_name));
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator("tests/golden/scenarios")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  uint64_t all = 0xcbf29ce484222325;
  for (const std::filesystem::path& file : files) {
    uint64_t last = 0;
    execute::RunScenario(ReadOrFail(file), kernel, {},
                         {.step = [&](const execute::Step&, const execute::Session& session) { last = session.machine().Digest(); },
                          .expectation = {}});
    all = (all ^ last) * 0x100000001b3;
  }
  return all;
}

TEST_CASE("one digest a scenario, whatever built the program") {
  for (const Expected& expected : kExpected) {
    const uint64_t digest = DigestOfAll(expected.kernel);
    std::cout << expected.kernel << ": " << std::hex << "0x" << digest << std::dec << "\n";
    CHECK(digest == expected.digest);
  }
}

}  // namespace
}  // namespace pteron
