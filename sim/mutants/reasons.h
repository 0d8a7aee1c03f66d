// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_MUTANTS_REASONS_H_
#define PTERON_SIM_MUTANTS_REASONS_H_

// Why nothing notices some mutants: written by hand, each looked into.

#include <span>
#include <string_view>
#include <vector>

namespace pteron::mutants {

enum class Why : uint8_t {
  equivalent,  // no scenario can tell it from the kernel
  gap,         // a kernel could tell, and nothing asks
};

struct Reason {
  Why why = Why::equivalent;
  std::string_view text;
  std::vector<std::string_view> patterns;  // of mutants' names; * stands for any text
};

std::span<const Reason> Reasons();
// The first one that fits; null where none does.
const Reason* ReasonFor(std::string_view mutant);

}  // namespace pteron::mutants

#endif  // PTERON_SIM_MUTANTS_REASONS_H_
