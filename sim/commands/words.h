// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_WORDS_H_
#define PTERON_SIM_COMMANDS_WORDS_H_

// `pteron decode`, `pteron encode`, `pteron word`: page-table words on their own. Words are hexadecimal, 0x optional.

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/commands/command.h"

namespace pteron::commands {

std::function<int()> RegisterDecode(CLI::App& app);
std::function<int()> RegisterEncode(CLI::App& app);
std::function<int()> RegisterWord(CLI::App& app);

// A word as people write it: 1 to 16 hexadecimal digits, with 0x or without.
std::optional<uint64_t> ParseWord(std::string_view text);

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_WORDS_H_
