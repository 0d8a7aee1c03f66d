// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/verdict_table.h"

#include "sim/promises/verdicts.h"
#include "sim/search/fuzzer.h"
#include "sim/search/parallel.h"

namespace pteron::search {

const char* StandingName(Standing standing) {
  constexpr const char* kNames[] = {"kept",        "broken",      "newly broken", "newly kept",
                                    "not claimed", "not reached", "not simulated"};
  return kNames[static_cast<int>(standing)];
}

Column Judge(const std::shared_ptr<const Kernel>& kernel, const Corpus& corpus, int jobs) {
  Column column;
  column.kernel = kernel->name();
  const promises::KernelFacts facts = promises::FactsOf(*kernel);
  for (const promises::Promise& promise : promises::AllPromises())
    column.claimed[static_cast<size_t>(promise.id)] = promise.claims(facts);
  if (kernel->words_only()) {
    column.simulated = false;
    column.not_simulated = "of " + kernel->name() + " Pteron knows the words alone";
    return column;
  }
  std::vector<promises::Judgement> judgements(corpus.scenarios.size());
  ForAll(judgements.size(), jobs,
         [&](size_t i) { judgements[i] = promises::JudgeScenario(corpus.scenarios[i], kernel); });
  for (const promises::Judgement& judgement : judgements) {
    for (size_t id = 0; id < promises::kPromises; ++id) column.judged[id] += judgement.judged[id];
    for (const promises::Finding& finding : judgement.findings)
      ++column.broken[static_cast<size_t>(finding.violation.promise)];
    if (judgement.not_simulated.empty() || !column.simulated) continue;
    column.simulated = false;
    column.not_simulated = judgement.scenario + ": " + judgement.not_simulated;
  }
  if (corpus.end_seed > corpus.first_seed) {
    FuzzOptions options{.first_seed = corpus.first_seed, .end_seed = corpus.end_seed, .jobs = jobs, .shrink = false};
    options.generator.hooks = corpus.hooks;
    const FuzzCounts counts = Fuzz(kernel, options).counts;
    for (size_t id = 0; id < promises::kPromises; ++id) {
      column.judged[id] += counts.judged[id];
      column.broken[id] += counts.broken[id];
    }
  }
  return column;
}

Standing StandingOf(const Column& column, const Column& against, promises::PromiseId promise) {
  const size_t id = static_cast<size_t>(promise);
  if (!column.simulated) return Standing::not_simulated;
  if (!column.claimed[id]) return Standing::not_claimed;
  const bool before = against.simulated && against.claimed[id];
  if (column.broken[id] > 0)
    return before && against.judged[id] > 0 && against.broken[id] == 0 ? Standing::newly_broken : Standing::broken;
  if (column.judged[id] == 0) return Standing::not_reached;
  return before && against.broken[id] > 0 ? Standing::newly_kept : Standing::kept;
}

}  // namespace pteron::search
