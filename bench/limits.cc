// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/limits.h"

#include <algorithm>

#include "src/engine/hot_word.h"

// Vectors of whatever width the machine has.
#if defined(__GNUC__) && !defined(__clang__)
#define PTERON_WIDE __attribute__((optimize("O3"), target_clones("avx512f", "avx2", "default"), noinline))
#else
#define PTERON_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#endif

namespace pteron::bench {
namespace {

// Table by table, as the loops are called.
constexpr size_t kStep = Tables::kEntriesPerTable;

PTERON_WIDE uint64_t ReadTable(const uint64_t* words) {
  uint64_t all = 0;
  for (size_t i = 0; i < kStep; ++i) all |= words[i];
  return all;
}

PTERON_WIDE void ChangeTable(uint64_t* words, uint64_t by) {
  for (size_t i = 0; i < kStep; ++i) words[i] ^= by;
}

PTERON_WIDE void CopyTable(const uint64_t* words, uint64_t* child, uint64_t by) {
  for (size_t i = 0; i < kStep; ++i) child[i] = words[i] ^ by;
}

PTERON_WIDE void ChangeRow(uint64_t* hot, size_t count) {
  for (size_t i = 0; i < count; ++i) hot[i] += kHotOneMapping;
}

}  // namespace

uint64_t ReadWords(const Tables& tables) {
  uint64_t all = 0;
  for (size_t i = 0; i < tables.entries(); i += kStep) all |= ReadTable(&tables.words[i]);
  return all;
}

void ChangeWords(Tables& tables, size_t first, size_t end) {
  for (size_t i = first; i < end; i += kStep) ChangeTable(&tables.words[i], 3);
}

void CopyWords(Tables& tables) {
  for (size_t i = 0; i < tables.entries(); i += kStep) CopyTable(&tables.words[i], &tables.child[i], 3);
}

void ChangePagesInRow(Tables& tables, size_t first, size_t end) { ChangeRow(HotWords(tables.pages.data()) + first, end - first); }

void ChangePages(Tables& tables) {
  uint64_t* hot = HotWords(tables.pages.data());
  for (const uint32_t frame : tables.frames) hot[frame] += kHotOneMapping;
}

}  // namespace pteron::bench
