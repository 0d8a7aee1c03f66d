// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_FINDING_H_
#define PTERON_SIM_SEARCH_FINDING_H_

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/search/cause.h"
#include "sim/search/target.h"
#include "sim/search/world.h"

namespace pteron::search {

// A promise that a kernel breaks, with the shortest world found for it.
struct Finding {
  Target target;
  World world;                            // shrunk; its last statement (and its `at` lines) breaks the promise
  std::string text;                       // "C A[0]: what was seen"
  uint64_t seed = 0;                      // of the world that it comes from; an explorer has none
  bool hooks = false;                     // needs more than system calls
  bool behind = false;                    // an earlier statement of the world breaks another promise
  std::vector<promises::PromiseId> also;  // other promises that the same statement breaks
  uint64_t worlds = 1;                    // in which the same was seen, and was shrunk or left out as equal
};

// Shrinks the world, of which one statement breaks the target, and describes what is left.
Finding MakeFinding(const World& world, const Target& target, const std::shared_ptr<const Kernel>& kernel);
// Describes a world as it is. Precondition: its last statement breaks the target.
Finding Describe(World world, const Target& target, const std::shared_ptr<const Kernel>& kernel);

// What a reader wants to see first: not behind another one, system calls alone, few statements.
bool IsBetter(const Finding& a, const Finding& b);

// Findings, equal causes once: of those with the same cause the best one.
class Findings {
 public:
  void Add(Finding finding);
  void AddAll(const Findings& others) {
    for (const auto& [cause, finding] : others.best_) Add(finding);
  }
  // In the order of promises, the best first. Left out are those whose cause another one covers, those whose world is
  // another one's, and those behind another one if their promise is broken by itself too, or by a better one.
  std::vector<Finding> List() const;
  bool empty() const { return best_.empty(); }

 private:
  std::map<Cause, Finding> best_;
};

// "U9-1" and so on: the promise and a number, in the order of the list.
std::vector<std::string> NamesOf(std::span<const Finding> findings);

// The scenario as a file: what it shows in `about` lines, and the statements.
std::string FileText(const Finding& finding, const Kernel& kernel, const std::string& origin);

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_FINDING_H_
