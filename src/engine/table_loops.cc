// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/engine/table_loops.h"

#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/pte_marker.h"
#include "pteron/check.h"
#include "src/engine/engines.h"

namespace pteron {

LoopWords WordsForLoops(const Encoding& e) {
  LoopWords words{.pfn_mask = e.pte_pfn_mask,
                  .uffd_wp = e.page_uffd_wp,
                  .dirty_bits = e.page_dirty_bits,
                  .saved_dirty = e.page_saved_dirty,
                  .wp_none = e.uffd_wp_special,
                  .max_swapfiles = e.max_swapfiles};
  if (words.wp_none == 0 && (e.pte_marker_mask & kPteMarkerUffdWp) != 0) words.wp_none = make_pte_marker(e, kPteMarkerUffdWp).pte;
  return words;
}

ScanSums ScanEntries(Engine engine, const ScanPlan& plan, const uint64_t* words, size_t count, uint64_t* matches) {
  return engine == Engine::fast ? fast::ScanEntries(plan, words, count, matches) : reference::ScanEntries(plan, words, count, matches);
}

PageSums ZapEntries(Engine engine, const ZapLoopPlan& plan, uint64_t* words, size_t count, HotPage* pages, LoopOutput* output) {
  return engine == Engine::fast ? fast::ZapEntries(plan, words, count, pages, output) : reference::ZapEntries(plan, words, count, pages, output);
}

PageSums ForkEntries(Engine engine, const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t count, HotPage* pages, LoopOutput* output) {
  return engine == Engine::fast ? fast::ForkEntries(plan, parent, child, count, pages, output)
                                : reference::ForkEntries(plan, parent, child, count, pages, output);
}

uint64_t ProtectEntries(Engine engine, const ProtectLoopPlan& plan, uint64_t* words, size_t count, LoopOutput* output) {
  PTERON_CHECK(plan.set & kPagePresent, "PROT_NONE is nothing that the loop can say");
  return engine == Engine::fast ? fast::ProtectEntries(plan, words, count, output) : reference::ProtectEntries(plan, words, count, output);
}

}  // namespace pteron
