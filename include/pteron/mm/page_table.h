// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_PAGE_TABLE_H_
#define PTERON_MM_PAGE_TABLE_H_

// Page tables: 512 words each, in frames of their own. The frame number of table i is kFirstTablePfn + i, so that an upper
// entry names its table as the hardware's does, and a table is found from an entry by one subtraction.

#include <array>
#include <cstdint>
#include <vector>

#include "pteron/arch/x86/pgtable_types.h"
#include "pteron/mm/types.h"

namespace pteron {

class PageTables {
 public:
  // A table of 512 zero words. Its lowest free number is taken.
  uint32_t Allocate();
  // Precondition: allocated. Its words are cleared, so that equal machines are equal bit for bit.
  void Free(uint32_t table);

  uint64_t& word(EntryRef ref) { return tables_[ref.table][ref.index]; }
  uint64_t word(EntryRef ref) const { return tables_[ref.table][ref.index]; }
  // The 512 words of a table, for loops over whole tables.
  uint64_t* words(uint32_t table) { return tables_[table].data(); }
  const uint64_t* words(uint32_t table) const { return tables_[table].data(); }

  uint64_t used() const { return used_; }
  bool IsAllocated(uint32_t table) const { return table < busy_.size() && busy_[table]; }
  bool operator==(const PageTables&) const = default;

  // The physical address of a table, as an upper entry holds it, and back.
  static constexpr uint64_t Address(uint32_t table) {
    return (static_cast<uint64_t>(kFirstTablePfn.value) + table) << kPageShift;
  }
  static constexpr uint32_t FromPfn(uint64_t pfn) { return static_cast<uint32_t>(pfn - kFirstTablePfn.value); }

 private:
  using Table = std::array<uint64_t, 512>;
  std::vector<Table> tables_;
  std::vector<bool> busy_;
  uint32_t first_free_ = 0;
  uint64_t used_ = 0;
};

}  // namespace pteron

#endif  // PTERON_MM_PAGE_TABLE_H_
