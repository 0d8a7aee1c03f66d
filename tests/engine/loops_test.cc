// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// The fast loops do what the reference does: words, metadata, counters and lists are equal, on every kind of table, for every kernel, with every
// instruction set that this machine has, and nothing outside the range is touched.
#include <memory>
#include <vector>

#include "pteron/engine/copy.h"
#include "pteron/engine/protect.h"
#include "pteron/engine/scan.h"
#include "pteron/engine/targets.h"
#include "pteron/engine/zap.h"
#include "pteron/kernel.h"
#include "tests/catch.h"
#include "tests/engine/population.h"

namespace pteron::engine {
namespace {

constexpr uint32_t kFrameCount = 3000;
constexpr size_t kMargin = 40;  // entries around a range, which must stay

struct NamedEncoding {
  std::string name;
  Encoding e;
};

std::vector<NamedEncoding> Encodings() {
  std::vector<NamedEncoding> all;
  for (const char* name : {"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1", "v6.12", "v7.2"}) all.push_back({name, Kernel::Parse(name)->encoding()});
  EncodingFacts facts = kFactsV7_2;
  facts.shadow_stacks = true;
  all.push_back({"v7.2 with shadow stacks", MakeEncoding(facts)});
  return all;
}

bool Flip(Random& random) { return random() & 1; }
ZapStep Step(Random& random) { return static_cast<ZapStep>(random() % 3); }
ZapStep KeepOrClear(Random& random) { return OneIn(random, 4) ? ZapStep::keep : ZapStep::clear; }
WpBit AnyWpBit(Random& random) { return static_cast<WpBit>(random() % 3); }

// A table of which [first, first + count) is worked on: mostly whole, often ragged.
struct Range {
  size_t first;
  size_t count;
};
Range AnyRange(Random& random) {
  if (OneIn(random, 3)) return {kMargin, kMaxEntries};
  if (OneIn(random, 3)) return {kMargin + random() % 40, random() % 70};
  const size_t first = random() % kMaxEntries;
  return {kMargin + first, random() % (kMaxEntries - first + 1)};
}

// Calls once(encoding, random, words, range) for every filling of every kernel with every target, each `rounds` times.
template <class Once>
void ForAll(int rounds, Once once) {
  REQUIRE(!Targets().empty());
  for (const Target& target : Targets()) {
    UseTarget(target);
    Random random(1);
    for (const NamedEncoding& encoding : Encodings()) {
      TableMaker maker(encoding.e, random, kFrameCount);
      for (int f = 0; f < static_cast<int>(Filling::kCount); ++f) {
        for (int round = 0; round < rounds; ++round) {
          const std::vector<uint64_t> words = maker.Make(static_cast<Filling>(f), kMaxEntries + 2 * kMargin);
          INFO(target.name << ", " << encoding.name << ", " << Name(static_cast<Filling>(f)) << ", round " << round);
          once(encoding.e, random, words, AnyRange(random));
        }
      }
    }
  }
  UseTarget(Targets().front());
}

// CHECK costs more than what it checks here.
#define REQUIRE_CHEAPLY(condition) \
  if (!(condition)) FAIL(#condition)

TEST_CASE("scan: fast equals reference") {
  auto expected = std::make_unique<List<EntryRun>>(), found = std::make_unique<List<EntryRun>>();
  ForAll(60, [&](const Encoding& e, Random& random, const std::vector<uint64_t>& words, const Range& range) {
    EntryClassSet wanted;
    for (int c = 0; c < kEntryClasses; ++c) {
      if (Flip(random)) wanted = wanted | EntryClassSet(static_cast<EntryClass>(c));
    }
    reference::ScanRuns(e, wanted, words.data() + range.first, range.count, expected.get());
    fast::ScanRuns(e, wanted, words.data() + range.first, range.count, found.get());
    REQUIRE_CHEAPLY(*expected == *found);
  });
}

TEST_CASE("zap: fast equals reference") {
  auto expected = std::make_unique<ZapResult>(), found = std::make_unique<ZapResult>();
  ForAll(100, [&](const Encoding& e, Random& random, const std::vector<uint64_t>& words, const Range& range) {
    const ZapSteps steps{.zero_page = Step(random),
                         .file_page = KeepOrClear(random),
                         .anon_page = KeepOrClear(random),
                         .swap = Step(random),
                         .wp_none = Step(random),
                         .other = Flip(random) ? ZapStep::keep : ZapStep::leave,
                         .leave_wp = Flip(random)};
    std::vector<HotPage> expected_frames = MakeFrames(random, kFrameCount, OneIn(random, 3) ? 3 : 1000), found_frames = expected_frames;
    std::vector<uint64_t> expected_words = words, found_words = words;
    expected->Clear();
    found->Clear();
    reference::ZapPtes(e, steps, expected_words.data() + range.first, range.count, {.hot = expected_frames.data(), .count = kFrameCount}, expected.get());
    fast::ZapPtes(e, steps, found_words.data() + range.first, range.count, {.hot = found_frames.data(), .count = kFrameCount}, found.get());
    REQUIRE_CHEAPLY(expected_words == found_words);
    REQUIRE_CHEAPLY(expected_frames == found_frames);
    REQUIRE_CHEAPLY(expected->rss == found->rss);
    REQUIRE_CHEAPLY(expected->swap == found->swap);
    REQUIRE_CHEAPLY(expected->freed == found->freed);
    REQUIRE_CHEAPLY(expected->left == found->left);
  });
}

TEST_CASE("fork: fast equals reference") {
  auto expected = std::make_unique<CopyResult>(), found = std::make_unique<CopyResult>();
  ForAll(100, [&](const Encoding& e, Random& random, const std::vector<uint64_t>& words, const Range& range) {
    const CopySteps steps{.wrprotect = Flip(random),
                          .clean = Flip(random),
                          .keep_uffd_wp = Flip(random),
                          .unshare = Flip(random),
                          .copy_wp_none = Flip(random)};
    std::vector<HotPage> expected_frames = MakeFrames(random, kFrameCount, OneIn(random, 3) ? 3 : 1000), found_frames = expected_frames;
    std::vector<uint64_t> expected_src = words, found_src = words;
    std::vector<uint64_t> expected_dst(words.size()), found_dst(words.size());
    std::fill_n(expected_dst.begin(), range.first, 77);
    std::fill(expected_dst.begin() + static_cast<std::ptrdiff_t>(range.first + range.count), expected_dst.end(), 77);
    found_dst = expected_dst;
    expected->Clear();
    found->Clear();
    reference::CopyPtes(e, steps, expected_src.data() + range.first, expected_dst.data() + range.first, range.count,
                        {.hot = expected_frames.data(), .count = kFrameCount}, expected.get());
    fast::CopyPtes(e, steps, found_src.data() + range.first, found_dst.data() + range.first, range.count,
                   {.hot = found_frames.data(), .count = kFrameCount}, found.get());
    REQUIRE_CHEAPLY(expected_src == found_src);
    REQUIRE_CHEAPLY(expected_dst == found_dst);
    REQUIRE_CHEAPLY(expected_frames == found_frames);
    REQUIRE_CHEAPLY(expected->rss == found->rss);
    REQUIRE_CHEAPLY(expected->swap == found->swap);
    REQUIRE_CHEAPLY(expected->left == found->left);
  });
}

TEST_CASE("change-protection: fast equals reference") {
  auto expected = std::make_unique<ProtectResult>(), found = std::make_unique<ProtectResult>();
  ForAll(100, [&](const Encoding& e, Random& random, const std::vector<uint64_t>& words, const Range& range) {
    const ProtectSteps steps{.newprot = e.protection_map[random() % 16],
                             .present_wp = AnyWpBit(random),
                             .swap_wp = AnyWpBit(random),
                             .fills_none = Flip(random),
                             .leaves_wp_none = Flip(random),
                             .clears_wp_none = Flip(random),
                             .leaves_other = Flip(random)};
    std::vector<uint64_t> expected_words = words, found_words = words;
    expected->Clear();
    found->Clear();
    reference::ProtectPtes(e, steps, expected_words.data() + range.first, range.count, expected.get());
    fast::ProtectPtes(e, steps, found_words.data() + range.first, range.count, found.get());
    REQUIRE_CHEAPLY(expected_words == found_words);
    REQUIRE_CHEAPLY(expected->changed == found->changed);
    REQUIRE_CHEAPLY(expected->left == found->left);
  });
}

TEST_CASE("results of several calls add up") {
  const Encoding e = Kernel::Parse("v6.1")->encoding();
  std::vector<HotPage> frames(2 * kMaxEntries, HotPage{.refcount = 1, .mapcount = 1, .flags = PG_anon});
  std::vector<uint64_t> words(frames.size());
  for (size_t i = 0; i < words.size(); ++i) words[i] = pfn_pte(e, kFirstDataPfn.value + i, pgprot_t{kPagePresent}).pte;
  auto result = std::make_unique<ZapResult>();
  const Frames all{.hot = frames.data(), .count = static_cast<uint32_t>(frames.size())};
  for (const size_t first : {size_t{0}, kMaxEntries}) {
    fast::ZapPtes(e, {.anon_page = ZapStep::clear}, words.data() + first, kMaxEntries, all, result.get());
  }
  CHECK(result->rss[MM_ANONPAGES] == -2 * static_cast<int64_t>(kMaxEntries));
  REQUIRE(result->freed.size() == 1);
  CHECK(result->freed[0] == FrameRun{kFirstDataPfn.value, 2 * kMaxEntries});
  CHECK(frames == std::vector<HotPage>(frames.size()));
  CHECK(words == std::vector<uint64_t>(words.size()));
}

}  // namespace
}  // namespace pteron::engine
