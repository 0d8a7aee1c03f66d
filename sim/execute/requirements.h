// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_EXECUTE_REQUIREMENTS_H_
#define PTERON_SIM_EXECUTE_REQUIREMENTS_H_

// What a kernel has, in the words of `require`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pteron/kernel.h"
#include "sim/language/scenario.h"

namespace pteron::execute {

// Whether the kernel has what a word of `require` names. Unknown words: false.
bool KernelHas(const Kernel& kernel, std::string_view word);
// The first word of the scenario's `require` lines that the kernel lacks; empty where it has all.
std::optional<std::string> FirstMissing(const Kernel& kernel, const language::Scenario& scenario);
// The UFFD_FEATURE bits that every `uffd` statement asks for: WP and WP_HUGETLBFS_SHMEM where the kernel has them.
uint64_t FeaturesAlwaysAsked(const Kernel& kernel);

}  // namespace pteron::execute

#endif  // PTERON_SIM_EXECUTE_REQUIREMENTS_H_
