// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_INPUTS_H_
#define PTERON_SIM_COMMANDS_INPUTS_H_

// What every subcommand that plays scenarios reads first. Each function says on standard error what is wrong and returns false.

#include <memory>
#include <string>
#include <vector>

#include "pteron/kernel.h"
#include "sim/language/scenario.h"

namespace pteron::commands {

inline constexpr const char* kDefaultKernel = "v5.14-rc+uffd-wp-v5";

// The kernels of these texts; the default one where there are none.
bool ParseKernels(const std::vector<std::string>& texts, std::vector<std::shared_ptr<const Kernel>>* kernels);
// The scenarios in these files; "-" is standard input.
bool ReadScenarios(const std::vector<std::string>& files, std::vector<language::Scenario>* scenarios);
// A file's whole content.
bool ReadFile(const std::string& file, std::string* content);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_INPUTS_H_
