// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/population.h"

#include <algorithm>

namespace pteron::bench {
namespace {

constexpr uint64_t kPresentWord = kPagePresent | kPageRw | kPageUser | kPageAccessed | kPageDirty | kPageNx;
constexpr uint64_t kSwapWord = ~uint64_t{0} << 14 & ~(uint64_t{31} << 59);  // type 0, offset 0

// A sequence of numbers without a pattern, the same for the same seed.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint32_t Next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state_ >> 33);
  }

 private:
  uint64_t state_;
};

}  // namespace

const char* Name(Population population) {
  switch (population) {
    case Population::none: return "none";
    case Population::markers: return "markers";
    case Population::present: return "present, frames in a row";
    case Population::present_random: return "present, random frames";
    case Population::mixed: return "mixed, entry by entry";
    case Population::runs: return "mixed, in runs of about 16";
  }
  return "?";
}

void Resize(Tables& tables, size_t entries) {
  tables.words.assign(entries, 0);
  tables.child.assign(entries, 0);
  tables.pages.assign(entries, HotPage{});
  tables.frames.assign(entries, 0);
}

void Fill(Tables& tables, const LoopWords& words, Population population, uint32_t references, uint64_t seed) {
  const size_t entries = tables.entries();
  Random random(seed);
  tables.frames.resize(entries);
  size_t pages = 0;
  uint32_t kind = 2;
  for (size_t i = 0; i < entries; ++i) {
    if (population == Population::mixed || (population == Population::runs && random.Next() % 16 == 0)) kind = random.Next() % 4;
    if (population == Population::none) kind = 0;
    if (population == Population::markers) kind = 1;
    if (kind == 2) {
      tables.frames[pages] = static_cast<uint32_t>(pages);
      ++pages;
    }
    tables.words[i] = kind == 0 ? 0 : kind == 1 ? words.wp_none : kind == 2 ? kPresentWord : kSwapWord;
  }
  tables.frames.resize(pages);
  if (population == Population::present_random) {
    for (size_t i = pages; i > 1; --i) std::swap(tables.frames[i - 1], tables.frames[(uint64_t{random.Next()} * i) >> 31]);
  }
  size_t page = 0;
  for (uint64_t& word : tables.words) {
    if (word == kPresentWord) word |= (uint64_t{kFirstDataPfn.value} + tables.frames[page++]) << kPageShift;
  }
  HotPage hot;
  hot.refcount = references;
  hot.mapcount = 1;
  hot.flags = PG_anon | PG_swapbacked | PG_dirty;
  std::fill(tables.pages.begin(), tables.pages.begin() + static_cast<ptrdiff_t>(pages), hot);
}

}  // namespace pteron::bench
