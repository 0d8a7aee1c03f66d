// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_MUTANTS_EVIDENCE_H_
#define PTERON_SIM_MUTANTS_EVIDENCE_H_

// What a mutant of one kernel is held against: the stored answers of the real kernel, the books of the machine, the `expect` lines of
// scenarios and the warnings that they meet.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pteron/kernel.h"
#include "sim/language/scenario.h"

namespace pteron::mutants {

class Evidence {
 public:
  // What tests/scenarios asks of a scenario on a kernel.
  struct Asked {
    std::vector<int> failing;         // lines of the `expect`s that do not hold
    std::vector<std::string> splats;  // functions whose WARN or BUG was met
    bool operator==(const Asked&) const = default;
  };

  // Of the kernel, from GOLDEN/KERNEL/*.raw with GOLDEN/scenarios, and all *.scn below SCENARIOS. Empty, with *error, where there is none or a
  // scenario is wrong. How the kernel itself fares is what a mutant is compared with.
  static std::optional<Evidence> Load(std::shared_ptr<const Kernel> kernel, const std::string& golden, const std::string& scenarios,
                                      std::string* error);

  const Kernel& kernel() const { return *kernel_; }
  size_t size() const { return pieces_.size(); }
  // The scenario's file, for messages.
  const std::string& Name(size_t piece) const { return pieces_[piece].file; }
  // Plays a piece on a mutant. Empty: nothing is noticed; else what is, in a few words.
  std::string Notice(size_t piece, const std::shared_ptr<const Kernel>& mutant) const;
  // How the kernel itself fares where a piece shows something: a line each.
  std::string Report() const;
  // Whether a mutant that is not noticed answers the piece otherwise than the kernel.
  bool Differs(size_t piece, const std::shared_ptr<const Kernel>& mutant) const;

 private:
  struct Piece {
    std::string file;
    bool golden = false;
    std::string text;            // golden: the scenario
    std::string raw;             // golden: the real kernel's answer; else the simulated one's
    bool books_balance = true;   // golden: on the kernel itself
    language::Scenario scenario; // else
    Asked asked;                 // else: how the kernel itself fares
  };
  bool LoadGolden(const std::string& folder, std::string* error);
  bool LoadScenarios(const std::string& folder, std::string* error);

  std::shared_ptr<const Kernel> kernel_;
  std::vector<Piece> pieces_;
};

}  // namespace pteron::mutants

#endif  // PTERON_SIM_MUTANTS_EVIDENCE_H_
