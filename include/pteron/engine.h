// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ENGINE_H_
#define PTERON_ENGINE_H_

#include <cstdint>

namespace pteron {

// Which loops go over page-table entries: one entry after the other, as the kernel's do, or the fast ones of pteron/engine/table_loops.h, which do the same.
enum class Engine : uint8_t { reference, fast };

}  // namespace pteron

#endif  // PTERON_ENGINE_H_
