// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_EXECUTE_LABELS_H_
#define PTERON_SIM_EXECUTE_LABELS_H_

// The numbers that stand for frames and swap slots in outputs, so that two runs compare.

#include <cstdint>
#include <vector>

#include "pteron/machine_state.h"

namespace pteron::execute {

// Call BeginDump(), then Page() and Slot() for every entry in order, then Sweep(). A page keeps its number for as long as its frame
// stays allocated; a slot while an entry names it or a numbered page in the swap cache holds it.
class Labels {
 public:
  struct PageLabel {
    Pfn frame;
    uint8_t generation = 0;  // FrameTable::generation() of that life of the frame
    int number = 0;
    bool named = false;       // by an entry of the current dump
  };

  void BeginDump();
  int Page(const MachineState& m, Pfn frame);
  int Slot(int32_t slot);
  // The numbered pages that entries of this dump name, by number.
  std::vector<PageLabel> NamedPages() const;
  // Forgets what has been freed.
  void Sweep(const MachineState& m);

 private:
  struct SlotLabel {
    int32_t slot = -1;
    int number = 0;
    bool named = false;
  };
  bool IsAlive(const MachineState& m, const PageLabel& page) const;

  std::vector<PageLabel> pages_;  // by number
  std::vector<SlotLabel> slots_;  // by number
  std::vector<int> page_of_frame_;  // index in pages_ + 1 by frame number less kFirstDataPfn, 0: none
  int next_page_ = 1;
  int next_slot_ = 1;
};

}  // namespace pteron::execute

#endif  // PTERON_SIM_EXECUTE_LABELS_H_
