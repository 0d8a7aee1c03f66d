// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_RENDER_RAW_H_
#define PTERON_SIM_RENDER_RAW_H_

// The raw state format of docs/raw-format.md: what golden data of real kernels is written in.

#include <string>
#include <utility>

#include "sim/execute/observation.h"
#include "sim/render/renderer.h"

namespace pteron::render {

// A step: its head line, outcomes, and the state. Ends with a newline. Empty for a step that was not simulated,
// and for one in which the modelled kernel ended with a BUG: nobody is left to answer.
std::string Raw(const execute::Step& step);
// The state lines alone.
std::string RawState(const execute::Observation& state);
// One entry line without a newline.
std::string RawEntry(const execute::MappingState& mapping, const execute::EntryState& entry);

// Several runs are headed by a line `# FILE KERNEL`. Expectations have no lines here.
class RawRenderer : public Renderer {
 public:
  RawRenderer(const Plan& plan, Sink sink) : plan_(plan), sink_(std::move(sink)) {}
  void Begin(const language::Scenario& scenario, const Kernel& kernel) override;
  void Step(const execute::Step& step, const execute::Session& session) override;
  void Expectation(const execute::ExpectationResult&) override {}
  void End(const execute::ScenarioResult& result) override;

 private:
  Plan plan_;
  Sink sink_;
};

}  // namespace pteron::render

#endif  // PTERON_SIM_RENDER_RAW_H_
