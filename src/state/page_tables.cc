// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "pteron/check.h"
#include "pteron/mm/page_table.h"

namespace pteron {

uint32_t PageTables::Allocate() {
  while (first_free_ < busy_.size() && busy_[first_free_]) ++first_free_;
  if (first_free_ == busy_.size()) {
    busy_.push_back(true);
    tables_.emplace_back();
  }
  busy_[first_free_] = true;
  ++used_;
  return first_free_++;
}

void PageTables::Free(uint32_t table) {
  PTERON_CHECK(IsAllocated(table), "only an allocated table is freed");
  tables_[table].fill(0);
  busy_[table] = false;
  --used_;
  first_free_ = std::min(first_free_, table);
}

}  // namespace pteron
