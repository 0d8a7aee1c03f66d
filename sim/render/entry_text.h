// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_RENDER_ENTRY_TEXT_H_
#define PTERON_SIM_RENDER_ENTRY_TEXT_H_

// A page-table word in a few words, in the vocabulary of `expect` lines: "present rw young dirty soft-dirty", "wp-none (special PTE)",
// "swap soft-dirty wp".

#include <cstdint>
#include <string>

#include "pteron/arch/x86/encoding.h"
#include "pteron/arch/x86/level.h"

namespace pteron::render {

std::string WordText(const Encoding& e, Level level, uint64_t word);

}  // namespace pteron::render

#endif  // PTERON_SIM_RENDER_ENTRY_TEXT_H_
