// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_PROMISES_MACHINE_PROBER_H_
#define PTERON_SIM_PROMISES_MACHINE_PROBER_H_

#include <optional>

#include "pteron/promises/prober.h"
#include "sim/execute/session.h"

namespace pteron::promises {

// Probes on a copy of a machine. The copy's memory is kept from one probe to the next.
class MachineProber : public Prober {
 public:
  // A copy of a prober shares nothing with it and watches nothing.
  MachineProber() = default;
  MachineProber(const MachineProber&) : MachineProber() {}
  MachineProber& operator=(const MachineProber&) {
    session_ = nullptr;
    return *this;
  }

  // Probes ask the machine of this session from now on; it must outlive them.
  void Watch(const execute::Session* session) { session_ = session; }
  void Try(std::span<const ProbeAccess> accesses, std::span<Outcome> answers) override;

 private:
  const execute::Session* session_ = nullptr;
  std::optional<Machine> copy_;
};

}  // namespace pteron::promises

#endif  // PTERON_SIM_PROMISES_MACHINE_PROBER_H_
