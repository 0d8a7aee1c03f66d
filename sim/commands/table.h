// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_TABLE_H_
#define PTERON_SIM_COMMANDS_TABLE_H_

// `pteron table`: prints what a kernel does to each kind of entry.

#include <string>

#include "pteron/kernel.h"
#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterTable(CLI::App& app);

// The plans that `pteron table` knows, in text: zap, fork, protect, fault. `vma` is empty or the name of one kind of VMA; empty
// where plan or VMA is unknown.
std::string PlanTable(const Kernel& kernel, const std::string& plan, const std::string& vma, bool markdown);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_TABLE_H_
