// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_ENGINE_ENGINES_H_
#define PTERON_SRC_ENGINE_ENGINES_H_

// The two engines behind pteron/engine/table_loops.h.

#include "pteron/engine/table_loops.h"

namespace pteron {

namespace reference {
ScanSums ScanEntries(const ScanPlan& plan, const uint64_t* words, size_t count, uint64_t* matches);
PageSums ZapEntries(const ZapLoopPlan& plan, uint64_t* words, size_t count, HotPage* pages, LoopOutput* output);
PageSums ForkEntries(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t count, HotPage* pages, LoopOutput* output);
uint64_t ProtectEntries(const ProtectLoopPlan& plan, uint64_t* words, size_t count, LoopOutput* output);
}  // namespace reference

namespace fast {
ScanSums ScanEntries(const ScanPlan& plan, const uint64_t* words, size_t count, uint64_t* matches);
PageSums ZapEntries(const ZapLoopPlan& plan, uint64_t* words, size_t count, HotPage* pages, LoopOutput* output);
PageSums ForkEntries(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t count, HotPage* pages, LoopOutput* output);
uint64_t ProtectEntries(const ProtectLoopPlan& plan, uint64_t* words, size_t count, LoopOutput* output);
}  // namespace fast

}  // namespace pteron

#endif  // PTERON_SRC_ENGINE_ENGINES_H_
