// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_RENDER_JSON_H_
#define PTERON_SIM_RENDER_JSON_H_

// One JSON document for all runs, for programs: {"pteron": VERSION, "runs": [{file, kernel, steps, expectations, ...}]}. Words are hex
// strings, since JSON has no 64-bit numbers.

#include <memory>
#include <utility>

#include "sim/render/renderer.h"

namespace pteron::render {

class JsonRenderer : public Renderer {
 public:
  explicit JsonRenderer(Sink sink);
  ~JsonRenderer() override;
  bool WantsJournal() const override { return true; }
  void Begin(const language::Scenario& scenario, const Kernel& kernel) override;
  void Step(const execute::Step& step, const execute::Session& session) override;
  void Expectation(const execute::ExpectationResult& result) override;
  void End(const execute::ScenarioResult& result) override;
  void Finish() override;

 private:
  struct Document;
  Sink sink_;
  std::unique_ptr<Document> document_;
};

}  // namespace pteron::render

#endif  // PTERON_SIM_RENDER_JSON_H_
