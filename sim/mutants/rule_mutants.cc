// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/mutants/mutant.h"
#include "src/kernel/rule_fields.h"

namespace pteron::mutants {
namespace {

constexpr uint64_t kUffdFeatureBits = 16;  // as many as UffdFeature numbers

Mutant WithValue(const RuleField& field, uint64_t value) {
  return Mutant{MutantKind::rule, fmt::format("{}={}", field.name, field.values[value]), [&field, value](const Kernel& kernel) {
                  std::optional<Rules> rules = kernel.rules();
                  if (field.get(*rules) == value) return std::optional<Rules>();
                  field.set(*rules, value);
                  return rules;
                }};
}

Mutant WithBitTurned(const RuleField& field, uint64_t bit) {
  return Mutant{MutantKind::rule, fmt::format("{}, bit {} turned", field.name, bit), [&field, bit](const Kernel& kernel) {
                  std::optional<Rules> rules = kernel.rules();
                  field.set(*rules, field.get(*rules) ^ uint64_t{1} << bit);
                  return rules;
                }};
}

}  // namespace

std::vector<Mutant> RuleMutants() {
  std::vector<Mutant> mutants;
  for (const RuleField& field : RuleFields()) {
    for (uint64_t value = 0; value < field.values.size(); ++value) mutants.push_back(WithValue(field, value));
    if (!field.values.empty()) continue;
    for (uint64_t bit = 0; bit < kUffdFeatureBits; ++bit) mutants.push_back(WithBitTurned(field, bit));
  }
  return mutants;
}

}  // namespace pteron::mutants
