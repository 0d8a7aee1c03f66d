// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// The fast engine against the reference: every kind of table, ragged ranges, every kernel's words, every instruction set that the machine has.
#include <algorithm>
#include <cstring>
#include <iostream>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "hwy/targets.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/swapops.h"
#include "pteron/engine/table_loops.h"
#include "pteron/kernel.h"
#include "src/engine/hot_word.h"
#include "tests/catch.h"

namespace pteron {
namespace {

constexpr size_t kEntries = 512;
constexpr uint32_t kFrames = 2048;

enum class Population {
  none, present_in_a_row, present_random, wp_none, swap, entry_by_entry, in_runs, with_rest, present_with_rest, no_pages_in_a_row, one_word, kCount
};

// One table with the metadata of its pages, as a machine could hold them.
struct World {
  std::vector<uint64_t> words = std::vector<uint64_t>(kEntries);
  std::vector<uint64_t> child = std::vector<uint64_t>(kEntries);
  std::vector<HotPage> pages = std::vector<HotPage>(kFrames);
  bool operator==(const World&) const = default;
};

class Maker {
 public:
  Maker(const Encoding& e, uint32_t seed) : e_(e), words_(WordsForLoops(e)), random_(seed) {}

  World Make(Population population) {
    world_ = World{};
    next_frame_ = random_() % 64;
    shared_ = random_() % 2;
    MakeAlike();
    Population kind = population;
    if (population == Population::one_word) {  // the zero page's, a slot's, or what else is neither a page nor empty
      std::fill(world_.words.begin(), world_.words.end(), Chance(2) ? Rest() : WordOf(Population::swap));
      if (Chance(2)) world_.words[random_() % kEntries] = 0;
      return world_;
    }
    for (size_t i = 0; i < kEntries; ++i) {
      if (population == Population::entry_by_entry || (population == Population::in_runs && random_() % 16 == 0) || population == Population::with_rest) {
        kind = static_cast<Population>(random_() % 5);
        if (population == Population::with_rest && random_() % 3 == 0) kind = Population::with_rest;
      }
      if (population == Population::in_runs && kind == population) kind = Population::present_in_a_row;
      if (population == Population::present_with_rest) kind = Chance(20) ? population : Population::present_random;
      world_.words[i] = WordOf(kind);
    }
    return world_;
  }

 private:
  bool Chance(uint32_t one_in) { return random_() % one_in == 0; }

  // In half of the worlds all pages are alike, with one entry each, but for a few odd ones at times: what the fast engine does with all of them at once. In
  // half of those, so are the words.
  void MakeAlike() {
    alike_ = random_() % 2;
    alike_words_ = alike_ && Chance(2);
    if (!alike_) return;
    alike_page_.flags = shared_ ? PG_swapbacked : PG_anon | PG_swapbacked | (Chance(2) ? PG_anon_exclusive : 0);
    alike_page_.refcount = 1 + random_() % 2;
    alike_page_.mapcount = 1;
    odd_one_in_ = Chance(2) ? 300 : 1'000'000;
    frames_.resize(kFrames);
    std::iota(frames_.begin(), frames_.end(), 0);
    switch (random_() % 6) {
      case 0: std::shuffle(frames_.begin(), frames_.end(), random_); break;
      case 1:  // two rows, of which the second goes on where the first ends, and a block of no row between them
        std::shuffle(frames_.begin() + kFrames / 2, frames_.end(), random_);
        std::rotate(frames_.begin() + 64, frames_.end() - 64, frames_.end());
        next_frame_ = 0;
        break;
      case 2:  // each page in two entries
        for (size_t i = 0; i < kFrames; ++i) frames_[i] = static_cast<uint32_t>(i / 2);
        next_frame_ = 0;
        alike_page_.refcount += 1;
        alike_page_.mapcount = 2;
        break;
      case 3:  // a row, but for a page from elsewhere now and then, in whose place is one that other tables map
        for (size_t i = 0; i < kFrames / 2; ++i) {
          if (!Chance(60)) continue;
          world_.pages[i] = alike_page_;
          std::swap(frames_[i], frames_[kFrames / 2 + i]);
        }
        next_frame_ = 0;
        break;
      case 4:  // pages on which more hangs than the loops know
        alike_page_.flags |= Chance(2) ? PG_compound : PG_swapcache;
        break;
    }
  }

  uint32_t NextFrame(Population kind) {
    if (alike_) return frames_[next_frame_++ % kFrames];
    return (kind == Population::present_in_a_row ? next_frame_++ : random_()) % kFrames;
  }

  void MapAlike(HotPage& page) {
    if (page.refcount != 0) {
      if (alike_page_.mapcount == 2 && page == alike_page_) return;  // the second entry
      page.refcount += 1;
      page.mapcount += 1;
      return;
    }
    page = alike_page_;
    if (!Chance(odd_one_in_)) return;
    page.refcount += 1;
    page.mapcount += Chance(2);
    if (Chance(2)) page.flags |= PG_dirty;
    if (Chance(4)) page.flags |= Chance(2) ? PG_compound : PG_swapcache;
  }

  uint64_t Present(uint32_t frame) {
    uint64_t word = (uint64_t{kFirstDataPfn.value} + frame) << kPageShift | kPagePresent | kPageUser | kPageNx;
    if (alike_words_ && !Chance(odd_one_in_)) {
      MapAlike(world_.pages[frame]);
      return word | kPageRw | kPageDirty | kPageAccessed;
    }
    if (!Chance(4)) word |= kPageAccessed;
    if (Chance(4)) {
      word |= e_.page_uffd_wp;
    } else if (Chance(2)) {
      word |= kPageRw;
    }
    if (Chance(2)) word |= (word & kPageRw) || e_.page_saved_dirty == 0 ? kPageDirty : e_.page_saved_dirty;
    if (e_.page_saved_dirty != 0 && Chance(16)) word |= kPageDirty;  // a shadow stack's, where there is no write permission
    if (Chance(2)) word |= e_.page_soft_dirty;
    HotPage& page = world_.pages[frame];
    if (alike_) {
      MapAlike(page);
      return word;
    }
    if (page.refcount == 0) {
      // What all pages of a table have in common is what the uniform cases are about; a few differ.
      const bool odd = Chance(200);
      page.flags = shared_ != odd ? PG_swapbacked : PG_anon | PG_swapbacked | (Chance(2) ? PG_anon_exclusive : 0);
      if (odd && Chance(2)) page.flags = 0;
      if (Chance(2)) page.flags |= PG_dirty;
      if (!(page.flags & PG_anon)) page.refcount = 1;  // the page cache's
    }
    page.refcount += 1;
    page.mapcount += 1;
    if (Chance(100)) {
      page.refcount += 1;
      page.mapcount += Chance(2);
    }
    return word;
  }

  uint64_t WordOf(Population kind) {
    switch (kind) {
      case Population::present_in_a_row:
      case Population::present_random: {
        const uint64_t word = Present(NextFrame(kind));
        // A machine would invert the frame number of such a PROT_NONE entry. But a row ends where one is not present, whatever else it says.
        return Chance(alike_words_ ? 2000 : 500) ? (word & ~kPagePresent) | kPageProtnone : word;
      }
      case Population::wp_none: return words_.wp_none;
      case Population::swap:
        return swp_entry_to_pte(e_, swp_entry(Chance(8) ? random_() % e_.max_swapfiles : 0, random_() % 4096)).pte | (Chance(2) ? e_.swp_uffd_wp : 0) |
               (Chance(2) ? e_.swp_soft_dirty : 0);
      case Population::with_rest: return Rest();
      case Population::no_pages_in_a_row: return uint64_t{kFirstDataPfn.value - kEntries + next_frame_++ % kEntries} << kPageShift | kPagePresent | kPageUser;
      case Population::present_with_rest: return PresentRest();
      default: return 0;
    }
  }

  // What is left to the caller, though present: for what the page is.
  uint64_t PresentRest() {
    if (Chance(3)) return (uint64_t{kZeroPagePfn.value} << kPageShift) | kPagePresent | kPageUser | kPageSpecial;
    const uint32_t frame = random_() % kFrames;
    const uint64_t word = Present(frame);
    world_.pages[frame].flags |= Chance(2) ? PG_compound : PG_swapcache;
    return word;
  }

  uint64_t Rest() {
    const uint32_t frame = random_() % kFrames;
    switch (random_() % 6) {
      case 0: return (~((uint64_t{kFirstDataPfn.value} + frame) << kPageShift) & e_.pte_pfn_mask) | kPageProtnone | kPageAccessed;  // PROT_NONE
      case 1: return swp_entry_to_pte(e_, make_readable_migration_entry(e_, kFirstDataPfn.value + frame)).pte;
      case 2: return swp_entry_to_pte(e_, make_hwpoison_entry(e_, kFirstDataPfn.value + frame)).pte;
      default: return PresentRest();
    }
  }

  const Encoding& e_;
  LoopWords words_;
  std::mt19937 random_;
  World world_;
  uint32_t next_frame_ = 0;
  bool shared_ = false;
  bool alike_ = false, alike_words_ = false;  // see MakeAlike()
  HotPage alike_page_;
  uint32_t odd_one_in_ = 0;
  std::vector<uint32_t> frames_;  // in the order in which they are taken
};

struct Range {
  size_t first, count;
};

// Whole tables, ragged ends, and nothing at all.
std::vector<Range> Ranges(std::mt19937& random) {
  std::vector<Range> ranges = {{0, kEntries}, {0, 0}, {1, kEntries - 1}, {0, 63}, {63, 66}, {random() % (kEntries - 4), 1 + random() % 4}};
  for (int i = 0; i < 4; ++i) {
    const size_t first = random() % kEntries;
    ranges.push_back({first, random() % (kEntries - first + 1)});
  }
  return ranges;
}

std::vector<uint32_t> Freed(const LoopOutput& output) {
  std::vector<uint32_t> frames;
  for (uint32_t i = 0; i < output.freed_count; ++i) {
    REQUIRE(output.freed[i].count > 0);
    for (uint32_t k = 0; k < output.freed[i].count; ++k) frames.push_back(output.freed[i].first + k);
  }
  std::sort(frames.begin(), frames.end());
  return frames;
}

bool SameOutput(const LoopOutput& a, const LoopOutput& b) {
  return a.rest_count == b.rest_count && std::equal(a.rest.begin(), a.rest.begin() + a.rest_count, b.rest.begin()) && Freed(a) == Freed(b);
}

// Runs the loop in both engines on copies of `world` and compares all that they leave.
template <class Loop>
void Compare(const World& world, const Range& range, const Loop& loop) {
  World by_reference = world, by_fast = world;
  LoopOutput reference_output, fast_output;
  const auto reference_sums = loop(Engine::reference, by_reference, range, &reference_output);
  const auto fast_sums = loop(Engine::fast, by_fast, range, &fast_output);
  REQUIRE(by_reference.words == by_fast.words);
  REQUIRE(by_reference.child == by_fast.child);
  REQUIRE(by_reference.pages == by_fast.pages);
  REQUIRE(reference_sums == fast_sums);
  REQUIRE(SameOutput(reference_output, fast_output));
}

void CompareScan(const LoopWords& kinds, const World& world, const Range& range, std::mt19937& random) {
  const uint32_t wanted = random();
  const ScanPlan plan{kinds, (wanted & 1) != 0, (wanted & 2) != 0, (wanted & 4) != 0, (wanted & 8) != 0};
  Compare(world, range, [&](Engine engine, World& w, const Range& r, LoopOutput* output) {
    output->rest_count = output->freed_count = 0;
    // The bits go where a comparison of worlds sees them.
    return ScanEntries(engine, plan, w.words.data() + r.first, r.count, w.child.data());
  });
}

void CompareZap(const LoopWords& kinds, const World& world, const Range& range, std::mt19937& random) {
  const uint32_t flags = random();
  const ZapLoopPlan plan{kinds, flags % 8 != 0, flags / 8 % 8 != 0, (flags & 64) != 0, (flags & 128) != 0 && kinds.wp_none != 0};
  Compare(world, range, [&](Engine engine, World& w, const Range& r, LoopOutput* output) {
    return ZapEntries(engine, plan, w.words.data() + r.first, r.count, w.pages.data(), output);
  });
}

void CompareFork(const LoopWords& kinds, const World& world, const Range& range, std::mt19937& random) {
  const uint32_t flags = random();
  const ForkLoopPlan plan{kinds, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0, (flags & 16) != 0};
  Compare(world, range, [&](Engine engine, World& w, const Range& r, LoopOutput* output) {
    return ForkEntries(engine, plan, w.words.data() + r.first, w.child.data() + r.first, r.count, w.pages.data(), output);
  });
}

void CompareProtect(const Encoding& e, const LoopWords& kinds, const World& world, const Range& range, std::mt19937& random) {
  const uint32_t flags = random();
  ProtectLoopPlan plan{.words = kinds, .keep = e.page_chg_mask, .set = kPagePresent | kPageUser | kPageNx};
  if (flags & 1) plan.set |= kPageRw;
  if (flags & 2) {
    plan.set |= e.page_uffd_wp;
    plan.none_becomes = kinds.wp_none;
    plan.swap_set = e.swp_uffd_wp;
    if (flags & 16) plan.swap_keep = ~e.swp_uffd_wp;
  } else {
    plan.keep &= ~e.page_uffd_wp;
    plan.swap_keep = ~e.swp_uffd_wp;
  }
  plan.wp_none_becomes = flags & 4 ? 0 : kinds.wp_none;
  // What no kernel asks for, but a plan can.
  if (flags % 0x40 == 0x20) plan.none_becomes = swp_entry_to_pte(e, swp_entry(0, 5)).pte;
  if (flags & 0x200) plan.words.max_swapfiles = 8;
  if (kinds.saved_dirty != 0) {
    plan.dirty = plan.set & kPageRw ? DirtyShift::from_saved : flags & 8 ? DirtyShift::to_saved : DirtyShift::to_saved_if_was_writable;
  }

  Compare(world, range, [&](Engine engine, World& w, const Range& r, LoopOutput* output) {
    return ProtectEntries(engine, plan, w.words.data() + r.first, r.count, output);
  });
}

TEST_CASE("a HotPage is the word that the fast engine takes it for") {
  HotPage page;
  page.refcount = 0x89abcdef;
  page.mapcount = 0x234567;
  page.flags = 0x81;
  CHECK(*HotWords(&page) == 0x8123456789abcdef);
}

// One section for each instruction set, so that one of them can be run by itself: tests/avx512 does.
TEST_CASE("both engines do the same") {
  const char* kernels[] = {"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1", "v6.12", "v7.2"};
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    DYNAMIC_SECTION(hwy::TargetName(target)) {
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(target);
      for (const char* kernel_name : kernels) {
        const Kernel kernel = *Kernel::Parse(kernel_name);
        const Encoding& e = kernel.encoding();
        const LoopWords kinds = WordsForLoops(e);
        std::mt19937 random(7);
        for (uint32_t seed = 0; seed < 60; ++seed) {
          for (int population = 0; population < static_cast<int>(Population::kCount); ++population) {
            const World world = Maker(e, seed * 100 + static_cast<uint32_t>(population)).Make(static_cast<Population>(population));
            for (const Range& range : Ranges(random)) {
              INFO(hwy::TargetName(target) << ", " << kernel_name << ", seed " << seed << ", population " << population << ", entries " << range.first
                                           << " and " << range.count << " more");
              CompareScan(kinds, world, range, random);
              CompareZap(kinds, world, range, random);
              CompareFork(kinds, world, range, random);
              CompareProtect(e, kinds, world, range, random);
            }
          }
        }
      }
      hwy::SetSupportedTargetsForTest(0);
      hwy::GetChosenTarget().DeInit();
      std::cout << "instruction set compared: " << hwy::TargetName(target) << "\n";
    }
  }
}

}  // namespace
}  // namespace pteron
