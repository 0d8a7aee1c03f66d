// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "pteron/check.h"
#include "pteron/mm/page_table.h"

namespace pteron {

PageTables::PageTables(const PageTables& other) { *this = other; }

// Costs what has been touched on either side.
PageTables& PageTables::operator=(const PageTables& other) {
  if (this == &other) return *this;
  tables_.resize(std::min(tables_.size(), other.tables_.size()));
  for (size_t table = 0; table < tables_.size(); ++table) {
    ForEachTouched(table, [&](size_t first) { std::fill_n(tables_[table].begin() + first, kLine, 0); });
  }
  tables_.resize(other.tables_.size());
  touched_ = other.touched_;
  busy_ = other.busy_;
  first_free_ = other.first_free_;
  used_ = other.used_;
  for (size_t table = 0; table < tables_.size(); ++table) {
    ForEachTouched(table, [&](size_t first) { std::copy_n(other.tables_[table].begin() + first, kLine, tables_[table].begin() + first); });
  }
  return *this;
}

uint32_t PageTables::Allocate() {
  while (first_free_ < busy_.size() && busy_[first_free_]) ++first_free_;
  if (first_free_ == busy_.size()) {
    busy_.push_back(true);
    // Room for an eighth more at a time: see FrameTable::Grow().
    if (tables_.size() == tables_.capacity()) tables_.reserve(tables_.size() + tables_.size() / 8 + 8);
    tables_.emplace_back();
    touched_.push_back(0);
  }
  busy_[first_free_] = true;
  ++used_;
  return first_free_++;
}

void PageTables::Free(uint32_t table) {
  PTERON_CHECK(IsAllocated(table), "only an allocated table is freed");
  ForEachTouched(table, [&](size_t first) { std::fill_n(tables_[table].begin() + first, kLine, 0); });
  touched_[table] = 0;
  busy_[table] = false;
  --used_;
  first_free_ = std::min(first_free_, table);
}

}  // namespace pteron
