// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_RENDER_RAW_H_
#define PTERON_SIM_RENDER_RAW_H_

// The raw state format of docs/raw-format.md: what golden data of real kernels is written in.

#include <string>

#include "sim/execute/observation.h"

namespace pteron::render {

// A step: its head line, outcomes, and the state. Ends with a newline. Empty for a step that was not simulated.
std::string Raw(const execute::Step& step);
// The state lines alone.
std::string RawState(const execute::Observation& state);
// One entry line without a newline.
std::string RawEntry(const execute::MappingState& mapping, const execute::EntryState& entry);

}  // namespace pteron::render

#endif  // PTERON_SIM_RENDER_RAW_H_
