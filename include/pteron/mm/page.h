// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_PAGE_H_
#define PTERON_MM_PAGE_H_

// Page frames and their metadata: what struct page holds, as far as page-table code reads or changes it.
//
// Invariants
//  1. A frame is free exactly when its refcount is 0; a free frame's metadata is all zero.
//  2. refcount of a head = entries that name any part of it + page-cache slots + swap cache + pins (in pages: a huge page
//     in the page cache counts 512, as in the kernel).
//  3. Tails have refcount 0 and PG_compound; their mapcount counts PTEs that name that small page.
//  4. The hot word holds what zap and fork change and nothing else; everything else is cold.

#include <cstdint>
#include <optional>
#include <vector>

#include "pteron/mm/arena.h"
#include "pteron/mm/cold_pages.h"
#include "pteron/mm/types.h"

namespace pteron {

// Flags in the hot word of a frame. Names are the kernel's page flags; `anon` is its PAGE_MAPPING_ANON. PG_referenced and PG_active are
// left out: they order the LRU lists, which are not modelled.
enum PageFlag : uint8_t {
  PG_dirty = 1 << 0,
  PG_anon = 1 << 1,
  PG_anon_exclusive = 1 << 2,  // 5.19 on, per small page (of a hugetlb page: on the head)
  PG_swapbacked = 1 << 3,
  PG_swapcache = 1 << 4,
  PG_hwpoison = 1 << 5,
  PG_compound = 1 << 6,        // part of a huge page, head or tail
};

// The 8 bytes that zap and fork change for each page.
struct HotPage {
  uint64_t refcount : 32 = 0;
  uint64_t mapcount : 24 = 0;  // page-table entries of the small kind that name this very frame
  uint64_t flags : 8 = 0;      // PageFlag
  bool operator==(const HotPage&) const = default;
};
static_assert(sizeof(HotPage) == 8);

// All frames of the machine. Hands out the lowest free frame (or aligned block), so that runs repeat.
class FrameTable {
 public:
  // A frame of order 0, or a block of order 9 whose head has PG_compound. refcount 1, everything else zero.
  // Empty when `limit` frames are in use.
  std::optional<Pfn> Allocate(unsigned order);
  // Frees a frame, or the whole block that `head` leads. Its refcount must be 0 and no entry may name it.
  void Free(Pfn head);
  // Frees frames whose hot metadata is all zero already: what ZapEntries() leaves.
  void FreeCleared(uint32_t first, uint32_t count);  // frame numbers less kFirstDataPfn
  // Turns the block of `head` into 512 frames of order 0, each with the given refcount; their other metadata stays.
  void SplitBlock(Pfn head, uint32_t refcount);

  bool IsAllocated(Pfn pfn) const;
  bool Contains(Pfn pfn) const { return pfn.value - kFirstDataPfn.value < hot_.size(); }

  HotPage& hot(Pfn pfn) { return hot_[pfn.value - kFirstDataPfn.value]; }
  const HotPage& hot(Pfn pfn) const { return hot_[pfn.value - kFirstDataPfn.value]; }
  // The metadata by frame number less kFirstDataPfn, for loops over many.
  HotPage* hot_pages() { return hot_.data(); }
  // Everything that is not hot. Where it is to be changed, the first two of these are the cheap ways: see ColdPages.
  ColdPage cold(Pfn pfn) const { return cold_.Get(pfn.value - kFirstDataPfn.value); }
  void SetMapping(Pfn pfn, int32_t mapping, uint64_t index) { cold_.SetMapping(pfn.value - kFirstDataPfn.value, mapping, index); }
  void SetValue(Pfn pfn, uint64_t value) { cold_.SetValue(pfn.value - kFirstDataPfn.value, value); }
  ColdPage& mutable_cold(Pfn pfn) { return cold_.Mutable(pfn.value - kFirstDataPfn.value); }

  // compound_head(), compound_nr(): the page itself and 1 for an order 0 page. A huge page starts at a frame number that 512 divides.
  Pfn head(Pfn pfn) const { return (hot(pfn).flags & PG_compound) ? Pfn{pfn.value & ~511u} : pfn; }
  uint32_t nr(Pfn head) const { return (hot(head).flags & PG_compound) ? 512 : 1; }

  uint64_t used() const { return used_; }
  void set_limit(uint64_t frames) { limit_ = frames; }
  // Past the highest frame that was ever used.
  Pfn end() const { return Pfn{kFirstDataPfn.value + static_cast<uint32_t>(hot_.size())}; }
  // How often the frame has been freed, modulo 256: tells one life of a frame from the next, for who looks between any two of them.
  uint8_t generation(Pfn pfn) const { return generation_[pfn.value - kFirstDataPfn.value]; }
  // Bytes that all of it takes.
  uint64_t bytes() const;

  // Equal state, frame by frame. Generations do not count: they tell lives apart, they are not state of the machine.
  bool operator==(const FrameTable& other) const { return hot_ == other.hot_ && cold_ == other.cold_; }

 private:
  void Grow(size_t frames);
  void SetBusy(size_t first, size_t count);
  std::optional<size_t> FindFree(size_t count);

  ArenaVector<HotPage> hot_;
  ColdPages cold_;
  ArenaVector<uint8_t> generation_;
  std::vector<uint64_t> busy_;  // a bit a frame
  size_t first_free_word_ = 0;  // no word of busy_ before this one has a free bit
  uint64_t used_ = 0;
  uint64_t limit_ = 1u << 29;
};

}  // namespace pteron

#endif  // PTERON_MM_PAGE_H_
