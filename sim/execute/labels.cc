// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/labels.h"

#include <algorithm>

#include "src/state/primitives.h"

namespace pteron::execute {

void Labels::BeginDump() {
  for (PageLabel& page : pages_) page.named = false;
  for (SlotLabel& slot : slots_) slot.named = false;
}

bool Labels::IsAlive(const MachineState& m, const PageLabel& page) const {
  return m.frames.Contains(page.frame) && m.frames.IsAllocated(page.frame) && m.frames.generation(page.frame) == page.generation;
}

int Labels::Page(const MachineState& m, Pfn frame) {
  const size_t at = frame.value - kFirstDataPfn.value;
  if (at >= page_of_frame_.size()) page_of_frame_.resize(at + 1, 0);
  const uint8_t generation = m.frames.generation(frame);
  if (const int index = page_of_frame_[at]; index > 0) {
    PageLabel& page = pages_[static_cast<size_t>(index - 1)];
    if (page.generation == generation) {
      page.named = true;
      return page.number;
    }
  }
  pages_.push_back({frame, generation, next_page_++, true});
  page_of_frame_[at] = static_cast<int>(pages_.size());
  return pages_.back().number;
}

int Labels::Slot(int32_t slot) {
  for (SlotLabel& known : slots_) {
    if (known.slot != slot) continue;
    known.named = true;
    return known.number;
  }
  slots_.push_back({slot, next_slot_++, true});
  return slots_.back().number;
}

std::vector<Labels::PageLabel> Labels::NamedPages() const {
  std::vector<PageLabel> named;
  for (const PageLabel& page : pages_) {
    if (page.named) named.push_back(page);
  }
  return named;
}

void Labels::Sweep(const MachineState& m) {
  std::erase_if(slots_, [&](const SlotLabel& slot) {
    if (slot.named) return false;
    return std::none_of(pages_.begin(), pages_.end(), [&](const PageLabel& page) {
      if (!IsAlive(m, page)) return false;
      const Pfn head = m.frames.head(page.frame);
      if (!page_flag(m, head, PG_swapcache)) return false;
      return m.frames.cold(head).swap_slot + static_cast<int32_t>(page.frame.value - head.value) == slot.slot;
    });
  });
  std::erase_if(pages_, [&](const PageLabel& page) { return !page.named && !IsAlive(m, page); });
  std::fill(page_of_frame_.begin(), page_of_frame_.end(), 0);
  for (size_t i = 0; i < pages_.size(); ++i) page_of_frame_[pages_[i].frame.value - kFirstDataPfn.value] = static_cast<int>(i) + 1;
}

}  // namespace pteron::execute
