// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/swap.h"

#include <algorithm>

#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr size_t kPagevecSize = 15;  // PAGEVEC_SIZE

}  // namespace

void lru_cache_add(MachineState& m, Pfn page) {
  get_page(m, page);
  m.lru_batch.push_back(page);
  if (m.lru_batch.size() == kPagevecSize || PageCompound(m, page)) lru_add_drain(m);
}

void lru_add_drain(MachineState& m) {
  for (const Pfn page : m.lru_batch) put_page(m, page);
  m.lru_batch.clear();
}

bool PageLRU(const MachineState& m, Pfn page) {
  return std::find(m.lru_batch.begin(), m.lru_batch.end(), compound_head(m, page)) == m.lru_batch.end();
}

}  // namespace pteron
