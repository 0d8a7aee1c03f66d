// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_POPULATION_H_
#define PTERON_BENCH_POPULATION_H_

// Page tables as benchmarks want them: full of one kind of entry, or of a mixture.

#include <cstdint>
#include <string>

#include "pteron/engine/table_loops.h"
#include "pteron/mm/arena.h"

namespace pteron::bench {

enum class Population { none, markers, present, present_random, mixed, runs };
const char* Name(Population population);

// Entries of some memory with the hot metadata of its pages.
struct Tables {
  ArenaVector<uint64_t> words;
  ArenaVector<uint64_t> child;   // tables of a process that is being forked
  ArenaVector<HotPage> pages;
  ArenaVector<uint32_t> frames;  // of each page that is mapped, less kFirstDataPfn, in the order of the entries

  size_t entries() const { return words.size(); }
  static constexpr size_t kEntriesPerTable = 512;
};

// Room for `entries` entries, a multiple of 512.
void Resize(Tables& tables, size_t entries);
// Fills the words, and gives each page one mapping and one reference (`references` of them). Mixtures hold a quarter each of none, markers, pages and
// swap entries, changing at every entry or about every 16. What is random in them depends on `seed`.
void Fill(Tables& tables, const LoopWords& words, Population population, uint32_t references, uint64_t seed = 1);

}  // namespace pteron::bench

#endif  // PTERON_BENCH_POPULATION_H_
