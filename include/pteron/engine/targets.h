// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ENGINE_TARGETS_H_
#define PTERON_ENGINE_TARGETS_H_

// Which instruction sets engine::fast is compiled for and uses. Chosen at run time, once.

#include <cstdint>
#include <string>
#include <vector>

namespace pteron::engine {

struct Target {
  int64_t id;
  std::string name;  // "AVX2"
};

// Those that this machine can run, the best first.
std::vector<Target> Targets();
// Uses this one from now on: for tests and measurements. Not while another thread is in engine::fast.
void UseTarget(const Target& target);

}  // namespace pteron::engine

#endif  // PTERON_ENGINE_TARGETS_H_
