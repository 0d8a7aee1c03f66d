// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "sim/language/vocabulary.h"
#include "sim/search/shrink.h"

namespace pteron::search {
namespace {

bool NeedsHook(const World& world) {
  return std::any_of(world.statements.begin(), world.statements.end(),
                     [](const language::Statement& one) { return language::FormOf(one.verb).needs_hook; });
}

}  // namespace

Finding Describe(World world, const Target& target, const std::shared_ptr<const Kernel>& kernel) {
  Finding finding{.target = target, .world = std::move(world), .text = {}, .also = {}};
  finding.hooks = NeedsHook(finding.world);
  Play(finding.world, kernel, {},
       [&](size_t index, std::span<const promises::Violation> violations, const promises::JudgedSession& session) {
         std::vector<promises::PromiseId> others;
         bool found = false;
         for (const promises::Violation& violation : violations) {
           if (TargetOf(violation, finding.world.statements[index]) == target) {
             if (!found) finding.text = session.Text(violation);
             found = true;
           } else if (violation.promise != target.promise &&
                      std::find(others.begin(), others.end(), violation.promise) == others.end()) {
             others.push_back(violation.promise);
           }
         }
         if (found) {
           std::sort(others.begin(), others.end());
           finding.also = others;
         } else if (!violations.empty()) {
           finding.behind = true;
         }
         return !found;
       });
  return finding;
}

Finding MakeFinding(const World& world, const Target& target, const std::shared_ptr<const Kernel>& kernel) {
  return Describe(Shrink(world, Breaks(target, kernel)), target, kernel);
}

bool IsBetter(const Finding& a, const Finding& b) {
  const auto key = [](const Finding& f) {
    return std::tuple(f.behind, f.hooks, LengthOf(f.world), TextOf(f.world), f.seed);
  };
  return key(a) < key(b);
}

void Findings::Add(Finding finding) {
  const auto [at, fresh] = best_.try_emplace(CauseOf(finding.target, finding.world), finding);
  if (fresh) return;
  const uint64_t worlds = at->second.worlds + finding.worlds;
  if (IsBetter(finding, at->second)) at->second = std::move(finding);
  at->second.worlds = worlds;
}

std::vector<Finding> Findings::List() const {
  std::vector<const std::pair<const Cause, Finding>*> all;
  for (const auto& one : best_) all.push_back(&one);
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
    return a->first.promise != b->first.promise ? a->first.promise < b->first.promise : IsBetter(a->second, b->second);
  });
  std::array<bool, promises::kPromises> by_itself{};
  for (const auto* one : all) {
    if (one->second.behind) continue;
    by_itself[static_cast<size_t>(one->first.promise)] = true;
    for (const promises::PromiseId also : one->second.also) by_itself[static_cast<size_t>(also)] = true;
  }
  std::set<std::string> told;
  std::vector<std::pair<Cause, Finding>> list;
  for (const auto* one : all) {
    bool& known = by_itself[static_cast<size_t>(one->first.promise)];
    if (one->second.behind && known) continue;
    const auto covering =
        std::find_if(list.begin(), list.end(), [&](const auto& other) { return Covers(other.first, one->first); });
    if (covering != list.end()) {
      covering->second.worlds += one->second.worlds;
      continue;
    }
    if (!told.insert(TextOf(one->second.world)).second) continue;
    known = true;
    list.push_back(*one);
  }
  std::vector<Finding> findings;
  for (auto& [cause, finding] : list) findings.push_back(std::move(finding));
  return findings;
}

std::vector<std::string> NamesOf(std::span<const Finding> findings) {
  std::array<int, promises::kPromises> count{};
  std::vector<std::string> names;
  for (const Finding& finding : findings) {
    const int number = ++count[static_cast<size_t>(finding.target.promise)];
    names.push_back(fmt::format("{}-{}", promises::PromiseOf(finding.target.promise).name, number));
  }
  return names;
}

std::string FileText(const Finding& finding, const Kernel& kernel, const std::string& origin) {
  const promises::Promise& promise = promises::PromiseOf(finding.target.promise);
  std::string also;
  for (const promises::PromiseId id : finding.also)
    also += fmt::format("{}{}", also.empty() ? "" : ", ", promises::PromiseOf(id).name);
  std::vector<std::string> about = {
      fmt::format("{} {}", promise.name, promise.sentence),
      fmt::format("Broken by the last statement: {}", finding.text),
  };
  if (!also.empty()) about.push_back(fmt::format("The same statement breaks {}", also));
  about.push_back(fmt::format("Found on {} by {}", kernel.name(), origin));
  return TextOf(finding.world, about);
}

}  // namespace pteron::search
