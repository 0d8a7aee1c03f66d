// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/promises/judge.h"

#include <cstdio>

#include "src/promises/step_judge.h"

namespace pteron::promises {

Judge::Judge(const KernelFacts& facts) : facts_(facts), decoder_(facts), ledger_(facts) {
  for (const Promise& promise : AllPromises()) claimed_[static_cast<size_t>(promise.id)] = promise.claims(facts);
}

void Judge::Step(const StepView& step, std::vector<Violation>* violations) { StepJudge(*this, step, *violations).Run(); }

std::string Describe(const Violation& violation) {
  char text[96] = "";
  switch (violation.evidence) {
    case Violation::Evidence::none:
      break;
    case Violation::Evidence::words:
      std::snprintf(text, sizeof text, ": %016llx -> %016llx", static_cast<unsigned long long>(violation.before),
                    static_cast<unsigned long long>(violation.after));
      break;
    case Violation::Evidence::answer:
      std::snprintf(text, sizeof text, ": %s", AnswerName(static_cast<Answer>(violation.after)));
      break;
    case Violation::Evidence::values:
      std::snprintf(text, sizeof text, ": %llu instead of %llu", static_cast<unsigned long long>(violation.after),
                    static_cast<unsigned long long>(violation.before));
      break;
    case Violation::Evidence::counts:
      std::snprintf(text, sizeof text, ": %llu, not %llu", static_cast<unsigned long long>(violation.after),
                    static_cast<unsigned long long>(violation.before));
      break;
  }
  std::string told = violation.what + std::string(text);
  if (violation.more_pages > 0) told += " (and " + std::to_string(violation.more_pages) + " more pages)";
  return told;
}

}  // namespace pteron::promises
