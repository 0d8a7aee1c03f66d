// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_ENGINE_FACTS_H_
#define PTERON_SRC_ENGINE_FACTS_H_

// What both engines ask of an Encoding and of frames.

#include "pteron/arch/x86/classify.h"
#include "pteron/arch/x86/pte_marker.h"
#include "pteron/engine/table.h"

namespace pteron::engine {

// The word that means "no page, write-protected by userfaultfd" and nothing else; 0 where the kernel has none.
inline uint64_t WpNoneWord(const Encoding& e) {
  if (e.uffd_wp_special != 0) return e.uffd_wp_special;
  const pte_t marker = make_pte_marker(e, kPteMarkerUffdWp);
  return classify(e, marker) == EntryClass::marker ? marker.pte : 0;
}

inline bool IsWpNone(EntryClass entry_class) { return entry_class == EntryClass::special || entry_class == EntryClass::marker; }

// vm_normal_page() finds no page behind these.
inline bool IsPageless(uint64_t pfn) {
  return pfn == kNoPfn.value || pfn == kZeroPagePfn.value || (pfn >= kHugeZeroPagePfn.value && pfn < kHugeZeroPagePfn.value + kPtesPerPmd);
}

inline bool Contains(const Frames& frames, uint64_t pfn) { return pfn >= frames.first && pfn - frames.first < frames.count; }

// Adds frames to the run before, where they follow it.
inline void AddFreed(List<FrameRun>* freed, uint32_t first, uint32_t count) {
  if (!freed->empty() && freed->back().first + freed->back().count == first) {
    freed->back().count += count;
  } else {
    freed->Add({first, count});
  }
}

}  // namespace pteron::engine

#endif  // PTERON_SRC_ENGINE_FACTS_H_
