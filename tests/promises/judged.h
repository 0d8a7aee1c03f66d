// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef TESTS_PROMISES_JUDGED_H_
#define TESTS_PROMISES_JUDGED_H_

// Scenarios judged, and answers of a kernel with something in them changed.

#include <set>
#include <string>
#include <vector>

#include "sim/promises/verdicts.h"
#include "tests/catch.h"
#include "tests/execute/play.h"

namespace pteron::promises {

inline std::shared_ptr<const Kernel> KernelOf(const std::string& text) {
  std::string error;
  const std::optional<Kernel> kernel = Kernel::Parse(text, &error);
  INFO(error);
  REQUIRE(kernel);
  return std::make_shared<const Kernel>(*kernel);
}

// The scenario on the simulated kernel, with probes.
inline Judgement JudgeText(const std::string& kernel, const std::string& scenario) {
  return JudgeScenario(ParseOrFail(scenario), KernelOf(kernel));
}
inline Judgement JudgeFile(const std::string& kernel, const std::string& path) { return JudgeText(kernel, testing::ReadFile(path)); }

inline std::set<std::string> Broken(const Judgement& judgement) {
  std::set<std::string> names;
  for (const Finding& finding : judgement.findings) names.emplace(PromiseOf(finding.violation.promise).name);
  return names;
}

struct Replacement {
  std::string from, to;
};

// The answers with each `from` in step `step` replaced, once; it has to be there.
inline std::string Changed(const std::string& raw, int step, const std::vector<Replacement>& changes) {
  const std::string head = "@ " + std::to_string(step) + " ";
  const size_t start = raw.starts_with(head) ? 0 : raw.find("\n" + head);
  REQUIRE(start != std::string::npos);
  const size_t end = std::min(raw.find("\n@ ", start + 1), raw.size());
  std::string part = raw.substr(start, end - start);
  for (const Replacement& change : changes) {
    const size_t at = part.find(change.from);
    INFO("step " << step << " has no '" << change.from << "':\n" << part);
    REQUIRE(at != std::string::npos);
    part.replace(at, change.from.size(), change.to);
  }
  return raw.substr(0, start) + part + raw.substr(end);
}

}  // namespace pteron::promises

#endif  // TESTS_PROMISES_JUDGED_H_
