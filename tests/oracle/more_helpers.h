// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_TESTS_ORACLE_MORE_HELPERS_H_
#define PTERON_TESTS_ORACLE_MORE_HELPERS_H_

// Pteron's side of helpers_more.h: helpers that the public table WordHelpers() leaves out.

#include <cstdint>
#include <span>
#include <string_view>

#include "pteron/arch/x86/encoding.h"

namespace pteron {

struct MoreHelper {
  std::string_view name;
  int arity;
  uint64_t (*call)(const Encoding& e, uint64_t a, uint64_t b);
};

std::span<const MoreHelper> MoreHelpers();

}  // namespace pteron

#endif  // PTERON_TESTS_ORACLE_MORE_HELPERS_H_
