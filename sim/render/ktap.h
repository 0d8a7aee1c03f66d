// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_RENDER_KTAP_H_
#define PTERON_SIM_RENDER_KTAP_H_

// KTAP version 1 (the kernel's Documentation/dev-tools/ktap.rst): a test for each run, with a subtest for each expectation.

#include <string>
#include <utility>

#include "sim/render/renderer.h"

namespace pteron::render {

class KtapRenderer : public Renderer {
 public:
  KtapRenderer(const Plan& plan, Sink sink) : plan_(plan), sink_(std::move(sink)) {}
  void Begin(const language::Scenario& scenario, const Kernel& kernel) override;
  void Step(const execute::Step&, const execute::Session&) override {}
  void Expectation(const execute::ExpectationResult& result) override;
  void End(const execute::ScenarioResult& result) override;

 private:
  Plan plan_;
  Sink sink_;
  int runs_ = 0;
  std::string name_;      // of the run in hand
  std::string subtests_;  // its lines, held back until their number is known
  int count_ = 0;
};

}  // namespace pteron::render

#endif  // PTERON_SIM_RENDER_KTAP_H_
