// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_KERNEL_OPTIONS_H_
#define PTERON_SRC_KERNEL_OPTIONS_H_

// The configuration part of a kernel's text: ",soft-dirty=off".

#include <string>
#include <string_view>
#include <vector>

#include "pteron/arch/x86/encoding.h"

namespace pteron {

// Options by name, with their values, in the order of the table in options.cc; defaults are not kept.
struct KernelOptions {
  std::vector<std::pair<std::string, std::string>> values;
};

// Sets an option. False, with *why, where there is no such option or value.
bool ApplyOption(std::string_view name, std::string_view value, KernelOptions& options, std::string* why);
void ApplyOptions(const KernelOptions& options, EncodingFacts& facts);
// ",a=b,c=d", in the table's order; empty where all are at their defaults.
std::string OptionsText(const KernelOptions& options);

}  // namespace pteron

#endif  // PTERON_SRC_KERNEL_OPTIONS_H_
