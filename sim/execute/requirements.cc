// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/requirements.h"

#include <algorithm>
#include <iterator>

#include "pteron/mm/userfaultfd.h"

namespace pteron::execute {
namespace {

bool HasFeature(const Kernel& kernel, uint64_t feature) { return kernel.facts().uffd_wp && (kernel.rules().uffd.api_features & feature); }

}  // namespace

bool KernelHas(const Kernel& kernel, std::string_view word) {
  constexpr std::string_view kAlways[] = {"swap", "thp", "hugetlb", "hook"};
  if (std::find(std::begin(kAlways), std::end(kAlways), word) != std::end(kAlways)) return true;
  if (word == "soft-dirty") return kernel.facts().soft_dirty;
  if (word == "hwpoison") return kernel.facts().hwpoison;
  if (word == "uffd-wp") return HasFeature(kernel, kUffdFeaturePagefaultFlagWp);
  if (word == "uffd-wp-file") return HasFeature(kernel, kUffdFeatureWpHugetlbfsShmem);
  if (word == "wp-unpopulated") return HasFeature(kernel, kUffdFeatureWpUnpopulated);
  if (word == "wp-async") return HasFeature(kernel, kUffdFeatureWpAsync);
  if (word == "poison") return kernel.rules().uffd.api_features & kUffdFeaturePoison;
  if (word == "collapse") return kernel.rules().madvise.collapse;
  if (word == "guard") return kernel.facts().marker_mask & 4;
  return false;
}

std::optional<std::string> FirstMissing(const Kernel& kernel, const language::Scenario& scenario) {
  for (const language::Requirement& requirement : scenario.require) {
    if (!KernelHas(kernel, requirement.word)) return requirement.word;
  }
  return std::nullopt;
}

uint64_t FeaturesAlwaysAsked(const Kernel& kernel) {
  return kernel.rules().uffd.api_features & (kUffdFeaturePagefaultFlagWp | kUffdFeatureWpHugetlbfsShmem);
}

}  // namespace pteron::execute
