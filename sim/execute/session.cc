// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/session.h"

#include <utility>

#include "sim/execute/statement_runner.h"

namespace pteron::execute {
namespace {

template <class Named>
std::optional<int> FindByName(const std::vector<Named>& all, std::string_view name) {
  for (size_t i = all.size(); i-- > 0;) {
    if (all[i].name == name) return static_cast<int>(i);
  }
  return std::nullopt;
}

}  // namespace

Session::Session(std::shared_ptr<const Kernel> kernel, const SessionOptions& options)
    : machine_(std::move(kernel), MachineOptions{.swap = options.swap, .engine = options.engine}) {
  machine_.state().journal.recording = options.record;
  processes_.push_back({.name = "P", .mm = MmId{0}, .alive = true, .hidden = {}});
}

std::optional<int> Session::FindProcess(std::string_view name) const { return FindByName(processes_, name); }
std::optional<int> Session::FindMapping(std::string_view name) const { return FindByName(mappings_, name); }
std::optional<int> Session::FindFile(std::string_view name) const { return FindByName(files_, name); }
std::optional<int> Session::FindDescriptor(std::string_view name) const { return FindByName(descriptors_, name); }

bool Session::IsVisible(int process, int mapping, uint64_t address) const {
  for (const NamedProcess::Hidden& hidden : processes_[static_cast<size_t>(process)].hidden) {
    if (hidden.mapping == mapping && address >= hidden.start && address < hidden.end) return false;
  }
  return true;
}

void Session::Arm(const language::Statement& at) {
  Step unused;
  StatementRunner(*this, at, unused).Arm();
}

Step Session::ExecuteOnly(const language::Statement& statement) {
  Journal& journal = machine_.state().journal;
  journal.writes.clear();
  journal.faults.clear();
  journal.misuses.clear();
  Step step;
  step.number = statement.step;
  step.text = statement.text;
  StatementRunner(*this, statement, step).Run();
  step.writes = std::move(journal.writes);
  step.faults = std::move(journal.faults);
  step.misuses = std::move(journal.misuses);
  journal.writes.clear();
  journal.faults.clear();
  journal.misuses.clear();
  const std::vector<Splat>& splats = machine_.state().splats;
  step.splats.assign(splats.begin() + static_cast<ptrdiff_t>(splats_shown_), splats.end());
  splats_shown_ = splats.size();
  return step;
}

Step Session::Execute(const language::Statement& statement) {
  Step step = ExecuteOnly(statement);
  machine_.LruAddDrain();
  if (step.not_simulated.empty() && !machine_.state().dead) step.state = Observe();
  return step;
}

}  // namespace pteron::execute
