// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// ColdPages against one ColdPage a frame: the same answers, however a group came to be what it is.
#include <random>
#include <vector>

#include "pteron/mm/cold_pages.h"
#include "tests/catch.h"

namespace pteron {
namespace {

constexpr size_t kFrames = 3 * ColdPages::kGroup;

TEST_CASE("runs hold what single entries would") {
  std::mt19937 random(1);
  ColdPages pages;
  pages.Resize(kFrames);
  std::vector<ColdPage> plain(kFrames);
  for (int step = 0; step < 200'000; ++step) {
    const size_t frame = random() % kFrames;
    switch (random() % 8) {
      case 0:
        pages.SetValue(frame, 7);
        plain[frame].value = 7;
        break;
      case 1:
        pages.Mutable(frame).swap_slot = 3;
        plain[frame].swap_slot = 3;
        break;
      case 2: {  // a run of frames in order, as a range that is populated
        const size_t end = std::min(kFrames, frame + random() % 100);
        const int32_t mapping = static_cast<int32_t>(random() % 2);
        for (size_t i = frame; i < end; ++i) {
          pages.SetMapping(i, mapping, 1000 + i);
          plain[i].mapping = mapping;
          plain[i].index = 1000 + i;
        }
        break;
      }
      case 3: {  // and taken away again
        const size_t end = std::min(kFrames, frame + random() % 100);
        for (size_t i = frame; i < end; ++i) {
          pages.Clear(i);
          plain[i] = ColdPage{};
        }
        break;
      }
      case 4: {
        const size_t group = frame / ColdPages::kGroup;
        pages.ClearGroup(group);
        std::fill_n(plain.begin() + static_cast<ptrdiff_t>(group * ColdPages::kGroup), ColdPages::kGroup, ColdPage{});
        break;
      }
      default:
        pages.Clear(frame);
        plain[frame] = ColdPage{};
    }
    if (step % 50 != 0) continue;
    ColdPages by_single_entries;
    by_single_entries.Resize(kFrames);
    for (size_t i = 0; i < kFrames; ++i) {
      REQUIRE(pages.Get(i) == plain[i]);
      by_single_entries.Mutable(i) = plain[i];
    }
    REQUIRE(pages == by_single_entries);
    const ColdPages copy = pages;
    REQUIRE(copy == pages);
  }
}

TEST_CASE("memory populated in order takes no entry a frame") {
  ColdPages pages;
  constexpr size_t kMany = 1 << 16;
  pages.Resize(kMany);
  for (size_t i = 0; i < kMany; ++i) pages.SetMapping(i, 1, 500 + i);
  CHECK(pages.bytes() <= 2 * kMany);
  CHECK(pages.Get(70).index == 570);
  pages.SetValue(70, 9);
  CHECK(pages.Get(70).value == 9);
  CHECK(pages.Get(71).value == 0);
}

}  // namespace
}  // namespace pteron
