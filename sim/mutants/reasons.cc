// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/mutants/reasons.h"

#include <algorithm>
#include <vector>

namespace pteron::mutants {
namespace {

bool Fits(std::string_view pattern, std::string_view text) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (size_t skipped = star; skipped <= text.size(); ++skipped) {
    if (Fits(rest, text.substr(skipped))) return true;
  }
  return false;
}

}  // namespace

std::span<const Reason> Reasons() {
  static const std::vector<Reason> reasons = {
  };
  return reasons;
}

const Reason* ReasonFor(std::string_view mutant) {
  const std::span<const Reason> reasons = Reasons();
  const auto found = std::find_if(reasons.begin(), reasons.end(), [&](const Reason& reason) { return Fits(reason.pattern, mutant); });
  return found == reasons.end() ? nullptr : &*found;
}

}  // namespace pteron::mutants
