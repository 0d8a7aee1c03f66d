// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_PROMISES_MACHINE_VIEW_H_
#define PTERON_SIM_PROMISES_MACHINE_VIEW_H_

#include "pteron/promises/ledger.h"
#include "pteron/promises/state.h"
#include "sim/execute/session.h"

namespace pteron::promises {

// What the raw state format would show of the session now, straight from the machine: no text, and frames and slots are labels as they
// are. Which mapping has an address the ledger says, which must be that of the session's steps. `view` keeps its memory.
void ViewMachine(const execute::Session& session, const Ledger& ledger, StateView* view);

}  // namespace pteron::promises

#endif  // PTERON_SIM_PROMISES_MACHINE_VIEW_H_
