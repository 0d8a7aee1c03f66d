// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_COLD_PAGES_H_
#define PTERON_MM_COLD_PAGES_H_

// The metadata of frames that zap and fork do not touch for each page, kept by runs: a terabyte of memory that was populated in order
// needs one ColdPage for every 64 frames, and only frames that were treated alone have one each.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace pteron {

struct ColdPage {
  uint64_t value = 0;         // the page's first 64-bit word
  uint64_t index = 0;         // offset in the mapping, in 4 KiB pages (hugetlb: in huge pages)
  int32_t mapping = -1;       // AnonVmaId when PG_anon, else FileId
  int32_t swap_slot = -1;     // slot in the swap cache, with PG_swapcache
  uint32_t entire_mapcount = 0;  // head: huge entries that name the whole
  bool hugetlb = false;          // head: a page of the hugetlb pool
  bool hugetlb_restore_reserve = false;  // head: HPageRestoreReserve
  bool operator==(const ColdPage&) const = default;
};

// One ColdPage for each frame, by its number less kFirstDataPfn.
//
// Invariants, for each group of 64 frames
//  1. It holds a run or all 64 apart, never both.
//  2. A run [first, end) of frames: what `page` says of `first` holds for each, with an index that counts up by one. Frames outside are ColdPage{}.
class ColdPages {
 public:
  static constexpr size_t kGroup = 64;

  void Resize(size_t frames) { groups_.resize((frames + kGroup - 1) / kGroup); }
  ColdPage Get(size_t frame) const {
    const Group& group = groups_[frame / kGroup];
    const size_t i = frame % kGroup;
    if (group.apart) return (*group.apart)[i];
    if (i < group.first || i >= group.end) return ColdPage{};
    ColdPage page = group.page;
    page.index += i - group.first;
    return page;
  }
  // To be changed at will: the group is taken apart.
  ColdPage& Mutable(size_t frame) {
    Group& group = groups_[frame / kGroup];
    if (!group.apart) TakeApart(group);
    return (*group.apart)[frame % kGroup];
  }
  // The same as through Mutable(), but a frame that carries on the run before it joins it.
  void SetMapping(size_t frame, int32_t mapping, uint64_t index);
  void SetValue(size_t frame, uint64_t value);
  // ColdPage{} again.
  void Clear(size_t frame);
  // Of a group none of whose frames is in use any more: one run again, an empty one.
  void ClearGroup(size_t group) { groups_[group] = Group{}; }

  // Bytes that it takes.
  uint64_t bytes() const;
  // Frame by frame, however each side keeps them.
  bool operator==(const ColdPages& other) const;

 private:
  struct Group {
    Group() = default;
    Group(const Group& other);
    Group& operator=(const Group& other);
    Group(Group&&) = default;
    Group& operator=(Group&&) = default;

    ColdPage page;
    uint8_t first = 0, end = 0;
    std::unique_ptr<std::array<ColdPage, kGroup>> apart;
  };
  void TakeApart(Group& group);

  std::vector<Group> groups_;
};

}  // namespace pteron

#endif  // PTERON_MM_COLD_PAGES_H_
