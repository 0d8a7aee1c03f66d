// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/mutants/evidence.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <variant>

#include "sim/execute/run_scenario.h"
#include "sim/golden/compare.h"
#include "sim/render/raw.h"

namespace pteron::mutants {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// The files below a folder with this ending, by name.
std::vector<fs::path> FilesBelow(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, failed)) {
    if (entry.path().extension() == ending) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// What tests ask of a scenario on a kernel; *raw (may be null) is the answer in the raw format.
Evidence::Asked Ask(const language::Scenario& scenario, const std::shared_ptr<const Kernel>& kernel, std::string* raw) {
  Evidence::Asked asked;
  execute::RunCallbacks callbacks;
  callbacks.step = [&](const execute::Step& step, const execute::Session&) {
    if (raw) *raw += render::Raw(step);
    for (const Splat& splat : step.splats) asked.splats.push_back(splat.function);
  };
  const execute::ScenarioResult result = execute::RunScenario(scenario, kernel, {}, callbacks);
  for (const execute::ExpectationResult& expectation : result.expectations) {
    if (expectation.verdict == execute::Verdict::failed) asked.failing.push_back(expectation.expectation->at.line);
  }
  return asked;
}

}  // namespace

bool Evidence::LoadGolden(const std::string& folder, std::string* error) {
  const fs::path answers = fs::path(folder) / kernel_->name();
  for (const fs::path& answer : FilesBelow(answers, ".raw")) {
    Piece piece{.golden = true, .raw = ReadAll(answer)};
    const fs::path scenario = fs::path(folder) / "scenarios" / (answer.stem().string() + ".scn");
    piece.file = scenario.string();
    piece.text = ReadAll(scenario);
    const golden::Comparison itself = golden::CompareScenario(kernel_, piece.file, piece.text, piece.raw, true);
    if (!itself.skipped.empty()) continue;
    if (!itself.all_equal()) {
      *error = piece.file + " on " + kernel_->name() + " differs from the real kernel without any mutation; expected none to, as `pteron fidelity` shows";
      return false;
    }
    piece.books_balance = itself.broken_invariant.empty();
    pieces_.push_back(std::move(piece));
  }
  if (!pieces_.empty()) return true;
  *error = "no answers of " + kernel_->name() + " in " + folder + "; expected " + answers.string() + "/*.raw";
  return false;
}

bool Evidence::LoadScenarios(const std::string& folder, std::string* error) {
  for (const fs::path& file : FilesBelow(folder, ".scn")) {
    std::variant<language::Scenario, language::Error> parsed = language::Parse(file.string(), ReadAll(file));
    if (const auto* wrong = std::get_if<language::Error>(&parsed)) {
      *error = wrong->Format();
      return false;
    }
    Piece piece{.file = file.string(), .scenario = std::move(std::get<language::Scenario>(parsed))};
    piece.asked = Ask(piece.scenario, kernel_, &piece.raw);
    pieces_.push_back(std::move(piece));
  }
  return true;
}

std::optional<Evidence> Evidence::Load(std::shared_ptr<const Kernel> kernel, const std::string& golden, const std::string& scenarios,
                                       std::string* error) {
  Evidence evidence;
  evidence.kernel_ = std::move(kernel);
  if (!evidence.LoadGolden(golden, error) || !evidence.LoadScenarios(scenarios, error)) return std::nullopt;
  return evidence;
}

std::string Evidence::Notice(size_t number, const std::shared_ptr<const Kernel>& mutant) const {
  const Piece& piece = pieces_[number];
  if (!piece.golden) return Ask(piece.scenario, mutant, nullptr) == piece.asked ? "" : "expectations";
  const golden::Comparison comparison = golden::CompareScenario(mutant, piece.file, piece.text, piece.raw, true);
  if (!comparison.all_equal()) return "the real kernel's answer";
  return comparison.broken_invariant.empty() || !piece.books_balance ? "" : "the machine's books";
}

std::string Evidence::Report() const {
  std::string text;
  for (const Piece& piece : pieces_) {
    const std::string where = piece.file + " on " + kernel_->name() + ": ";
    if (piece.golden && !piece.books_balance) text += where + "the books do not balance\n";
    for (const int line : piece.asked.failing) text += where + "the expectation in line " + std::to_string(line) + " does not hold\n";
    for (const std::string& splat : piece.asked.splats) text += where + "a splat in " + splat + "\n";
  }
  return text;
}

bool Evidence::Differs(size_t number, const std::shared_ptr<const Kernel>& mutant) const {
  const Piece& piece = pieces_[number];
  if (piece.golden) return false;  // Notice() has compared all of it
  std::string raw;
  Ask(piece.scenario, mutant, &raw);
  return raw != piece.raw;
}

}  // namespace pteron::mutants
