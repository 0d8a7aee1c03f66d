// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_KERNEL_RULE_FIELDS_H_
#define PTERON_SRC_KERNEL_RULE_FIELDS_H_

// The members of Rules by name, for whoever lists or changes them one by one.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pteron/kernel/rules.h"

namespace pteron {

// One decision.
struct RuleField {
  std::string_view name;                 // as in code: "zap.leaves_uffd_wp"
  std::vector<std::string_view> values;  // of an enumeration its enumerators, of a bool false and true; empty: a set of bits
  uint64_t (*get)(const Rules& rules);   // a number below values.size(), or the bits
  void (*set)(Rules& rules, uint64_t value);
};

// All of them, in the order of the headers. PlanOverride is no decision of a kernel and is not among them.
std::span<const RuleField> RuleFields();

}  // namespace pteron

#endif  // PTERON_SRC_KERNEL_RULE_FIELDS_H_
