// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/requirements.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "pteron/mm/userfaultfd.h"

namespace pteron::execute {
namespace {

struct Release {
  int major = 0, minor = 0;
  auto operator<=>(const Release&) const = default;
};

Release ReleaseOf(const Kernel& kernel) {
  Release release;
  const std::string text(kernel.release());
  std::sscanf(text.c_str(), "%d.%d", &release.major, &release.minor);
  return release;
}

bool HasChange(const Kernel& kernel, std::string_view id) {
  const std::span<const std::string> changes = kernel.changes();
  return std::find(changes.begin(), changes.end(), id) != changes.end();
}

// Words that user space can use from a release on.
struct Since {
  std::string_view word;
  Release release;
};

constexpr std::array kSince = {
    Since{"swap", {0, 0}},           Since{"thp", {0, 0}},        Since{"hugetlb", {0, 0}}, Since{"hwpoison", {0, 0}},
    Since{"hook", {0, 0}},           Since{"uffd-wp-file", {5, 19}}, Since{"collapse", {6, 1}}, Since{"wp-unpopulated", {6, 4}},
    Since{"poison", {6, 6}},         Since{"wp-async", {6, 7}},   Since{"guard", {6, 13}},
};

}  // namespace

bool KernelHas(const Kernel& kernel, std::string_view word) {
  if (word == "soft-dirty") return kernel.facts().soft_dirty;
  if (word == "uffd-wp") return kernel.facts().uffd_wp;
  if (word == "uffd-wp-file" && HasChange(kernel, "uffd-wp-v5/25")) return kernel.facts().uffd_wp;
  if (word == "uffd-wp-file" && !kernel.facts().uffd_wp) return false;
  for (const Since& since : kSince) {
    if (since.word == word) return ReleaseOf(kernel) >= since.release;
  }
  return false;
}

std::optional<std::string> FirstMissing(const Kernel& kernel, const language::Scenario& scenario) {
  for (const language::Requirement& requirement : scenario.require) {
    if (!KernelHas(kernel, requirement.word)) return requirement.word;
  }
  return std::nullopt;
}

uint64_t FeaturesAlwaysAsked(const Kernel& kernel) {
  uint64_t features = 0;
  if (KernelHas(kernel, "uffd-wp")) features |= kUffdFeaturePagefaultFlagWp;
  if (KernelHas(kernel, "uffd-wp-file")) features |= kUffdFeatureWpHugetlbfsShmem;
  return features;
}

}  // namespace pteron::execute
