// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_PAGE_TABLE_H_
#define PTERON_MM_PAGE_TABLE_H_

// Page tables: 512 words each, in frames of their own. The frame number of table i is kFirstTablePfn + i, so that an upper
// entry names its table as the hardware's does, and a table is found from an entry by one subtraction.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pteron/arch/x86/pgtable_types.h"
#include "pteron/mm/arena.h"
#include "pteron/mm/types.h"

namespace pteron {

class PageTables {
 public:
  PageTables() = default;
  PageTables(const PageTables& other);
  PageTables& operator=(const PageTables& other);
  PageTables(PageTables&&) = default;
  PageTables& operator=(PageTables&&) = default;

  // A table of 512 zero words. Its lowest free number is taken.
  uint32_t Allocate();
  // Precondition: allocated. Its words are cleared, so that equal machines are equal bit for bit.
  void Free(uint32_t table);

  uint64_t word(EntryRef ref) const { return tables_[ref.table][ref.index]; }
  uint64_t& mutable_word(EntryRef ref) {
    touched_[ref.table] |= uint64_t{1} << (ref.index / kLine);
    return tables_[ref.table][ref.index];
  }
  // The 512 words of a table, for loops over whole tables.
  const uint64_t* words(uint32_t table) const { return tables_[table].data(); }
  // Entries [first, end) of it, end > first.
  uint64_t* mutable_words(uint32_t table, uint32_t first, uint32_t end) {
    const uint32_t lines = (end - 1) / kLine - first / kLine + 1;
    touched_[table] |= (lines == 64 ? ~uint64_t{0} : (uint64_t{1} << lines) - 1) << (first / kLine);
    return &tables_[table][first];
  }

  uint64_t used() const { return used_; }
  // Bytes that all of them take, the free ones too.
  uint64_t bytes() const { return tables_.capacity() * sizeof(Table); }
  bool IsAllocated(uint32_t table) const { return table < busy_.size() && busy_[table]; }
  bool operator==(const PageTables& other) const { return busy_ == other.busy_ && tables_ == other.tables_; }

  // The physical address of a table, as an upper entry holds it, and back.
  static constexpr uint64_t Address(uint32_t table) {
    return (static_cast<uint64_t>(kFirstTablePfn.value) + table) << kPageShift;
  }
  static constexpr uint32_t FromPfn(uint64_t pfn) { return static_cast<uint32_t>(pfn - kFirstTablePfn.value); }

 private:
  static constexpr size_t kLine = 8;  // words
  using Table = std::array<uint64_t, 512>;
  // Calls f with the first index of each touched line.
  template <class F>
  void ForEachTouched(size_t table, F f) const {
    for (uint64_t lines = touched_[table]; lines != 0; lines &= lines - 1) f(static_cast<size_t>(std::countr_zero(lines)) * kLine);
  }

  ArenaVector<Table> tables_;
  // Of each table a bit for each line of words that has been written since it was allocated; the others are zero. Copies of small machines, whose
  // tables are nearly empty, are quick by that.
  std::vector<uint64_t> touched_;
  std::vector<bool> busy_;
  uint32_t first_free_ = 0;
  uint64_t used_ = 0;
};

}  // namespace pteron

#endif  // PTERON_MM_PAGE_TABLE_H_
