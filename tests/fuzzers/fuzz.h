// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef TESTS_FUZZERS_FUZZ_H_
#define TESTS_FUZZERS_FUZZ_H_

// What the fuzzers share: how one reports a finding, which kernels it plays on, and the planted fault by which CI sees that it finds
// something at all.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "pteron/kernel.h"

namespace pteron::fuzz {

// Ends the program, for libFuzzer to keep the input.
[[noreturn]] inline void Found(std::string_view what) {
  std::fprintf(stderr, "found: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

// Whether PTERON_FUZZ_PLANT is set: then something harmless, which the corpus does not hold, counts as a finding.
inline bool IsPlanted() {
  static const bool planted = std::getenv("PTERON_FUZZ_PLANT") != nullptr;
  return planted;
}

// Those that are modelled whole.
inline const std::vector<std::shared_ptr<const Kernel>>& Kernels() {
  static const std::vector<std::shared_ptr<const Kernel>> kernels = [] {
    std::vector<std::shared_ptr<const Kernel>> all;
    for (const char* name : {"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v5.14-rc+uffd-wp-v5+vma_needs_copy", "v6.1"}) {
      all.push_back(std::make_shared<const Kernel>(*Kernel::Parse(name)));
    }
    return all;
  }();
  return kernels;
}

}  // namespace pteron::fuzz

#endif  // TESTS_FUZZERS_FUZZ_H_
