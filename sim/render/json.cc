// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/render/json.h"

#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pteron/version.h"
#include "sim/execute/entry_bits.h"

namespace pteron::render {
namespace {

using Json = nlohmann::ordered_json;  // members in the order in which they are written
using execute::EntryBits;

std::string Hex(uint64_t word) { return fmt::format("{:016x}", word); }

Json BitNames(const EntryBits& bits) {
  Json names = Json::array();
  const std::pair<bool, const char*> all[] = {
      {bits.rw, "rw"},     {bits.user, "user"},       {bits.young, "young"}, {bits.dirty, "dirty"},
      {bits.saved_dirty, "saved-dirty"}, {bits.soft_dirty, "soft-dirty"}, {bits.wp, "wp"}, {bits.special_bit, "special-bit"},
      {bits.huge, "huge"}, {bits.nx, "nx"},           {bits.exclusive, "exclusive"}, {bits.protnone, "protnone"},
  };
  for (const auto& [set, name] : all) {
    if (set) names.push_back(name);
  }
  return names;
}

Json LabelJson(const execute::Label& label) {
  using Kind = execute::Label::Kind;
  switch (label.kind) {
    case Kind::none: return nullptr;
    case Kind::page: return {{"page", label.number}};
    case Kind::swap: return {{"swap", label.number}};
    case Kind::zero: return {{"page", "zero"}};
    case Kind::huge_zero: return {{"page", "hugezero"}};
  }
  return nullptr;
}

Json EntryJson(const MachineState& m, const execute::EntryState& entry) {
  return {{"page", entry.page},
          {"level", execute::LevelText(entry.level)},
          {"word", Hex(entry.word)},
          {"raw", Hex(entry.raw)},
          {"class", std::string(EntryClassName(entry.entry_class))},
          {"bits", BitNames(execute::BitsOf(m, entry.level, entry.word))},
          {"names", LabelJson(entry.label)},
          {"pagemap", execute::PagemapText(entry.pagemap)}};
}

Json MappingJson(const MachineState& m, const execute::MappingState& mapping) {
  Json entries = Json::array();
  for (const execute::EntryState& entry : mapping.entries) entries.push_back(EntryJson(m, entry));
  const Smaps& smaps = mapping.smaps;
  return {{"process", mapping.process_name},
          {"mapping", mapping.mapping_name},
          {"entries", std::move(entries)},
          {"smaps", {{"rss", smaps.rss}, {"anonymous", smaps.anonymous}, {"swap", smaps.swap}, {"dirty", smaps.dirty}}}};
}

Json OutcomeJson(const execute::Outcome& outcome) {
  if (outcome.object.empty()) return {{"outcome", outcome.words}};
  return {{"object", outcome.object}, {"first", outcome.first}, {"end", outcome.end}, {"outcome", outcome.words}};
}

Json WriteJson(const execute::Session& session, const WordWrite& write) {
  Json functions = Json::array();
  for (const char* name : write.functions) functions.push_back(name);
  std::string process;
  for (const execute::NamedProcess& one : session.processes()) {
    if (one.mm == write.mm) process = one.name;
  }
  return {{"process", process},
          {"address", fmt::format("{:#x}", write.address)},
          {"level", execute::LevelText(write.level)},
          {"old", Hex(write.old_word)},
          {"new", Hex(write.new_word)},
          {"functions", std::move(functions)},
          {"why", write.why == nullptr ? Json(nullptr) : Json(write.why)}};
}

}  // namespace

struct JsonRenderer::Document {
  Json whole{{"pteron", kVersion}, {"runs", Json::array()}};
  Json run;
};

JsonRenderer::JsonRenderer(Sink sink) : sink_(std::move(sink)), document_(std::make_unique<Document>()) {}
JsonRenderer::~JsonRenderer() = default;

void JsonRenderer::Begin(const language::Scenario& scenario, const Kernel& kernel) {
  document_->run = {{"file", scenario.file},       {"kernel", kernel.name()},          {"about", scenario.about},
                    {"steps", Json::array()}, {"expectations", Json::array()}};
}

void JsonRenderer::Step(const execute::Step& step, const execute::Session& session) {
  const MachineState& m = session.machine().state();
  Json one{{"step", step.number}, {"statement", step.text}};
  Json& outcomes = one["outcomes"] = Json::array();
  for (const execute::Outcome& outcome : step.outcomes) outcomes.push_back(OutcomeJson(outcome));
  Json& woken = one["woken"] = Json::array();
  for (const execute::WokenAccess& access : step.woken) {
    Json line = OutcomeJson(access.outcome);
    line["step"] = access.step;
    woken.push_back(std::move(line));
  }
  Json& mappings = one["mappings"] = Json::array();
  for (const execute::MappingState& mapping : step.state.mappings) mappings.push_back(MappingJson(m, mapping));
  Json& pages = one["pages"] = Json::array();
  for (const execute::PageState& page : step.state.pages) {
    pages.push_back({{"page", page.number}, {"mapcount", page.mapcount}, {"flags", execute::KpageFlagsText(page.flags)}});
  }
  Json& writes = one["writes"] = Json::array();
  for (const WordWrite& write : step.writes) writes.push_back(WriteJson(session, write));
  Json& faults = one["faults"] = Json::array();
  for (const PageFault& fault : step.faults) faults.push_back({{"address", Hex(fault.address)}, {"error_code", fault.error_code}});
  Json& splats = one["splats"] = Json::array();
  for (const Splat& splat : step.splats) splats.push_back({{"function", splat.function}, {"reason", splat.reason}, {"bug", splat.bug}});
  Json& misuses = one["misuses"] = Json::array();
  for (const Misuse& misuse : step.misuses) {
    misuses.push_back({{"helper", misuse.helper}, {"function", misuse.function == nullptr ? "" : misuse.function}, {"word", Hex(misuse.word)}});
  }
  document_->run["steps"].push_back(std::move(one));
}

void JsonRenderer::Expectation(const execute::ExpectationResult& result) {
  static constexpr const char* kVerdicts[] = {"passed", "failed", "not for this kernel"};
  Json one{{"step", result.step},
           {"line", result.expectation->at.line},
           {"text", result.expectation->text},
           {"verdict", kVerdicts[static_cast<int>(result.verdict)]}};
  if (!result.reason.empty()) one["reason"] = result.reason;
  document_->run["expectations"].push_back(std::move(one));
}

void JsonRenderer::End(const execute::ScenarioResult& result) {
  if (!result.missing.empty()) document_->run["skipped"] = "no " + result.missing;
  if (!result.not_simulated.empty()) document_->run["not_simulated"] = result.not_simulated;
  if (result.kernel_bug) document_->run["kernel_bug"] = true;
  document_->whole["runs"].push_back(std::move(document_->run));
}

void JsonRenderer::Finish() {
  // A file's name may hold any bytes.
  sink_(document_->whole.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace pteron::render
