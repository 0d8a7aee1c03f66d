// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_WORLD_H_
#define PTERON_BENCH_WORLD_H_

// The tables and frames of so much mapped memory, filled in one of several ways, and put back after each run.

#include <cstdint>
#include <cstring>
#include <string>

#include "bench/arena.h"
#include "pteron/arch/x86/encoding.h"
#include "pteron/engine/table.h"

namespace pteron::bench {

enum class Filling : uint8_t {
  none,
  markers,         // all "no page, write-protected"
  anon_in_order,   // private pages of one process, frames one after the other
  anon_random,     // the same, frames in random order
  shmem_random,    // pages of a file, which the page cache holds too
  entry_by_entry,  // a quarter each, at random: private page, none, swap, marker
  runs,            // the same in runs of 16 on average
};

class World {
 public:
  World(const Encoding& e, Filling filling, size_t entries);

  // As it was in the beginning: words, child's words, metadata.
  void Restore(bool words, bool child, bool pages);

  size_t entries() const { return words.size(); }
  // Entries with a page.
  size_t present() const { return present_; }
  bool random_frames() const { return random_frames_; }
  engine::Frames frames() { return {.hot = pages.data(), .count = static_cast<uint32_t>(pages.size())}; }

  const Encoding& e;
  Arena<uint64_t> words, child;
  Arena<HotPage> pages;

 private:
  Arena<uint64_t> first_words_;
  HotPage page_;
  size_t present_ = 0;
  bool random_frames_ = false;
};

}  // namespace pteron::bench

#endif  // PTERON_BENCH_WORLD_H_
