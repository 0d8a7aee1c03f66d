// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_PROMISES_TRANSLATOR_H_
#define PTERON_SIM_PROMISES_TRANSLATOR_H_

// From the scenario language to what the promises understand. Names become numbers; nothing is asked of a machine, so that golden
// files of real kernels are read by the same code.

#include <string>
#include <string_view>
#include <vector>

#include "pteron/promises/act.h"
#include "pteron/promises/ledger.h"
#include "sim/execute/observation.h"
#include "sim/language/statement.h"

namespace pteron::promises {

class Translator {
 public:
  Translator();

  // The statement as an act; names that it introduces are known from then on. Call it for each statement in order, before
  // Ledger::Apply() of that act.
  Act Translate(const language::Statement& statement, const Ledger& ledger);
  // Its outcomes. `outcome.object` is what the statement names.
  static Outcome TranslateOutcome(const execute::Outcome& outcome);
  static Outcome TranslateWords(std::string_view words);
  // The thread whose statement had this step; -1: none.
  int ThreadOfStep(int step) const;

  struct Mapping {
    std::string name;
    uint64_t start = 0, page_size = 4096;
    int64_t pages = 0;
    uint64_t end() const { return start + static_cast<uint64_t>(pages) * page_size; }
  };
  const std::vector<Mapping>& mappings() const { return mappings_; }
  // The name of the process with this number.
  const std::string& ProcessName(int process) const;
  int FindProcess(std::string_view name) const;
  int FindMapping(std::string_view name) const;

 private:
  struct Thread {
    int process = 0;
    std::string name;
  };
  struct ThreadStep {
    int step = 0, thread = 0;
  };
  struct File {
    std::string name;
    uint64_t page_size = 4096;
    int index = 0;  // in Ledger::files()
  };
  int FindFile(std::string_view name) const;
  int FindDescriptor(std::string_view name, const Ledger& ledger) const;
  void CoverMapping(const language::Range& range, Act& act) const;
  void CoverFile(const language::Range& range, const Ledger& ledger, Act& act) const;
  void PlaceMapping(const language::Statement& statement, const Ledger& ledger, Act& act);
  void PlaceMoved(const language::Statement& statement, Act& act);
  uint64_t OwnAddress() const;
  int ThreadNumber(int process, const std::string& name, int step);

  std::vector<std::string> processes_;
  std::vector<int> process_index_;
  std::vector<Mapping> mappings_;
  std::vector<File> files_;
  std::vector<std::string> descriptors_;
  std::vector<int> descriptor_index_;
  std::vector<Thread> threads_;
  std::vector<ThreadStep> thread_steps_;  // of each statement of a thread
};

}  // namespace pteron::promises

#endif  // PTERON_SIM_PROMISES_TRANSLATOR_H_
