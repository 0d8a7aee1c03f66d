// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef TESTS_EXECUTE_PLAY_H_
#define TESTS_EXECUTE_PLAY_H_

// A scenario from a string literal, played to its end.

#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "sim/execute/run_scenario.h"
#include "sim/language/scenario.h"
#include "sim/render/raw.h"
#include "sim/render/renderer.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"

namespace pteron {

struct Played {
  std::shared_ptr<language::Scenario> scenario;  // the results point into it
  std::vector<execute::Step> steps;
  execute::ScenarioResult result;
  std::shared_ptr<execute::Session> session;     // as it is at the end

  // The outcome lines of a step, from 1, in one string.
  std::string Outcomes(size_t step) const {
    std::string text;
    for (const execute::Outcome& outcome : steps.at(step - 1).outcomes) text += (text.empty() ? "" : "; ") + outcome.Text();
    for (const execute::WokenAccess& woken : steps.at(step - 1).woken) text += "; ~ " + std::to_string(woken.step) + " " + woken.outcome.Text();
    return text;
  }
  std::string State(size_t step) const { return render::RawState(steps.at(step - 1).state); }
};

inline language::Scenario ParseOrFail(const std::string& text, const std::string& name = "test.scn") {
  std::variant<language::Scenario, language::Error> parsed = language::Parse(name, text);
  if (const auto* error = std::get_if<language::Error>(&parsed)) FAIL(error->Format());
  return std::get<language::Scenario>(parsed);
}

inline language::Scenario ReadOrFail(const std::filesystem::path& file) { return ParseOrFail(testing::ReadFile(file), file.string()); }

inline Played Play(const std::string& kernel, const std::string& text) {
  Played played;
  played.scenario = std::make_shared<language::Scenario>(ParseOrFail(text));
  played.result = execute::RunScenario(*played.scenario, std::make_shared<const Kernel>(*Kernel::Parse(kernel)), {.check_invariants = true},
                                       {.step =
                                            [&](const execute::Step& step, const execute::Session& session) {
                                              played.steps.push_back(step);
                                              played.session = std::make_shared<execute::Session>(session);
                                            },
                                        .expectation = {}});
  return played;
}

// What a renderer makes of a scenario.
inline std::string Render(const std::string& format, const std::string& kernel, const std::string& text) {
  const language::Scenario scenario = ParseOrFail(text);
  const auto parsed_kernel = std::make_shared<const Kernel>(*Kernel::Parse(kernel));
  std::string out;
  const std::unique_ptr<render::Renderer> renderer =
      render::MakeRenderer(format, {.runs = 1}, [&out](std::string_view piece) { out += piece; });
  renderer->Begin(scenario, *parsed_kernel);
  renderer->End(execute::RunScenario(
      scenario, parsed_kernel, {.record = renderer->WantsJournal()},
      {.step = [&](const execute::Step& step, const execute::Session& session) { renderer->Step(step, session); },
       .expectation = [&](const execute::ExpectationResult& one) { renderer->Expectation(one); }}));
  renderer->Finish();
  return out;
}

}  // namespace pteron

#endif  // TESTS_EXECUTE_PLAY_H_
