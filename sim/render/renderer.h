// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_RENDER_RENDERER_H_
#define PTERON_SIM_RENDER_RENDERER_H_

// What every output format answers to.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sim/execute/run_scenario.h"

namespace pteron::render {

// Takes a piece of output.
using Sink = std::function<void(std::string_view text)>;

struct Plan {
  size_t runs = 1;  // scenarios times kernels
};

// Begin, then Step and Expectation as they come, then End, for each run; Finish after the last.
class Renderer {
 public:
  virtual ~Renderer() = default;
  // Whether steps need their journal.
  virtual bool WantsJournal() const { return false; }
  virtual void Begin(const language::Scenario& scenario, const Kernel& kernel) = 0;
  virtual void Step(const execute::Step& step, const execute::Session& session) = 0;
  virtual void Expectation(const execute::ExpectationResult& result) = 0;
  virtual void End(const execute::ScenarioResult& result) = 0;
  virtual void Finish() {}
};

// "text", "raw", "ktap" or "json"; null for anything else.
std::unique_ptr<Renderer> MakeRenderer(std::string_view format, const Plan& plan, Sink sink);

}  // namespace pteron::render

#endif  // PTERON_SIM_RENDER_RENDERER_H_
