// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ENGINE_TABLE_H_
#define PTERON_ENGINE_TABLE_H_

// What the loops over page tables take and give. Each loop works on entries of one table of the lowest level, and exists twice with the same
// arguments and the same results: engine::reference reads like the kernel's, one entry at a time; engine::fast classifies many at once and
// works on runs.
//
// A loop does to plain entries all that there is to do: words, the frames' hot metadata, counters. What needs more than that comes back in
// lists: the caller does the rest, entry by entry. All functions can run at once on tables and frames that are not the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "pteron/arch/x86/pgtable_types.h"
#include "pteron/mm/page.h"

namespace pteron::engine {

// At most so many entries a call.
inline constexpr size_t kMaxEntries = kPtrsPerTable;

// The hot metadata of frames first, first + 1, ...; first is at least kFirstDataPfn. Entries that name other frames come back as left.
struct Frames {
  HotPage* hot = nullptr;
  uint32_t first = kFirstDataPfn.value;
  uint32_t count = 0;
};

// An entry that was not plain: which, and its word before the call.
struct EntryWord {
  uint32_t index;
  uint64_t word;
  bool operator==(const EntryWord&) const = default;
};

struct FrameRun {
  uint32_t first;
  uint32_t count;
  bool operator==(const FrameRun&) const = default;
};

// As many as one call can have to say. Only what has been added is initialised.
template <class T>
class List {
 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }
  const T& operator[](size_t i) const { return items_[i]; }
  T& back() { return items_[size_ - 1]; }
  void Add(const T& item) { items_[size_++] = item; }
  void Clear() { size_ = 0; }
  bool operator==(const List& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

 private:
  size_t size_ = 0;
  T items_[kMaxEntries];
};

}  // namespace pteron::engine

#endif  // PTERON_ENGINE_TABLE_H_
