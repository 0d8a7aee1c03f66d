// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_RENDER_TEXT_H_
#define PTERON_SIM_RENDER_TEXT_H_

// For people: each step with its outcome, then every word that it changed, which kernel function did it and why, and what that did to
// pages and counters.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/render/renderer.h"

namespace pteron::render {

class TextRenderer : public Renderer {
 public:
  explicit TextRenderer(Sink sink) : sink_(std::move(sink)) {}
  bool WantsJournal() const override { return true; }
  void Begin(const language::Scenario& scenario, const Kernel& kernel) override;
  void Step(const execute::Step& step, const execute::Session& session) override;
  void Expectation(const execute::ExpectationResult& result) override;
  void End(const execute::ScenarioResult& result) override;

 private:
  // Labels by frame and by slot.
  struct Names {
    std::map<uint32_t, int> pages;
    std::map<int32_t, int> slots;
  };
  // Writes of one kind to words that lie side by side.
  struct Change {
    std::string place;      // "P A"; "P 0x7f..." where no mapping is
    int64_t first = -1;     // pages of the mapping; -1: none
    int64_t last = -1;
    Level level = Level::pte;
    uint64_t old_raw = 0, new_raw = 0;
    std::string old_brief, new_brief;  // without targets
    std::vector<std::string> old_targets, new_targets;
    std::vector<const char*> functions;
    const char* why = nullptr;
    bool Continues(const Change& next) const;
  };

  void Learn(const execute::Observation& state);
  std::string Target(const MachineState& m, const Names& first, const Names& second, Level level, uint64_t word) const;
  Change Describe(const WordWrite& write, const execute::Session& session) const;
  void PrintFaults(const execute::Step& step, const execute::Session& session);
  void PrintWrites(const execute::Step& step, const execute::Session& session);
  void Print(const Change& change);
  void PrintCounters(const execute::Observation& state);

  Sink sink_;
  bool first_run_ = true;
  Names before_, after_;          // what was numbered before the step, and behind it
  execute::Observation previous_;
};

}  // namespace pteron::render

#endif  // PTERON_SIM_RENDER_TEXT_H_
