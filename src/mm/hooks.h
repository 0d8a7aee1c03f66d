// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_HOOKS_H_
#define PTERON_SRC_MM_HOOKS_H_

// Named points in the modelled code where the kernel holds no lock, or not all of them, so that another thread's access may come in
// between. A machine with one CPU makes such an access only where it has been told to: Machine::Arm().

#include <span>
#include <string_view>

#include "src/mm/fault.h"

namespace pteron {

struct InterleavingPoint {
  const char* name;      // "punch.after-unmap"
  const char* function;  // the kernel function that reaches it, as file:function()
  const char* where;     // what has been done by then, and what has not
};

// All points, by name.
std::span<const InterleavingPoint> InterleavingPoints();
// Null where there is none of that name.
const InterleavingPoint* FindInterleavingPoint(std::string_view name);

// Makes the accesses that are armed for the point `name` and have not been made. `held`: what the call holds there.
void ReachPoint(MachineState& m, std::string_view name, const HeldAtPoint& held);

// One line in modelled code, and one branch where nothing is armed. Afterwards entries may have changed; VMA lists have not.
inline void Point(MachineState& m, std::string_view name, const HeldAtPoint& held = {}) {
  if (m.any_armed) [[unlikely]] ReachPoint(m, name, held);
}

// Whether the page of this frame is locked: by the call in whose midst an access is made, or since a hook keeps it under migration.
bool IsLocked(const MachineState& m, Pfn page);
inline bool IsLockedAtPoint(const MachineState& m, Pfn page) {
  if (m.held.page == kNoPfn && m.frozen_pages.empty()) [[likely]] return false;
  return IsLocked(m, page);
}
// lock_page(), and the wait for a hole that is being punched in a file, for those who would have to wait: HeldAtPoint::met says that somebody
// has. Who needs a page under migration waits for ever, as nothing else runs.
inline bool WaitsForPage(MachineState& m, Pfn page) {
  if (!IsLockedAtPoint(m, page)) [[likely]] return false;
  m.held.met = true;
  return true;
}
bool WaitsForPunch(MachineState& m, FileId file, uint64_t index);

// Makes an armed access now.
void MakeAccess(MachineState& m, ArmedAccess& access);

}  // namespace pteron

#endif  // PTERON_SRC_MM_HOOKS_H_
