// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// The fast engine: scan.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/engine/scan_fast.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file again.
#include "src/engine/blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pteron {
namespace HWY_NAMESPACE {

// Which entries of a block are of which kind.
struct KindBits {
  uint64_t none = 0, present = 0, wp_none = 0;
};

HWY_INLINE KindBits KindBitsOf(const LoopWords& kinds, const uint64_t* words) {
  const auto bits_of = [&](auto is) HWY_ATTR { return BitsOfBlock([&](size_t i) HWY_ATTR { return is(hn::LoadU(Tag(), words + i)); }); };
  const Vector wp_none = Splat(kinds.wp_none);
  KindBits result;
  result.none = bits_of([](Vector word) HWY_ATTR { return IsZero(word); });
  result.present = bits_of([](Vector word) HWY_ATTR { return HasBit(word, kPagePresent); });
  if (kinds.wp_none != 0) result.wp_none = bits_of([&](Vector word) HWY_ATTR { return hn::Eq(word, wp_none); });
  return result;
}

HWY_INLINE uint64_t MatchesOfMixture(const ScanPlan& plan, const uint64_t* words) {
  const KindBits kinds = KindBitsOf(plan.words, words);
  const uint64_t rest = ~(kinds.none | kinds.present | kinds.wp_none);
  return (plan.none ? kinds.none : 0) | (plan.present ? kinds.present : 0) | (plan.wp_none ? kinds.wp_none : 0) | (plan.other ? rest : 0);
}

ScanSums ScanEntries(const ScanPlan& HWY_RESTRICT plan, const uint64_t* words, size_t count, uint64_t* HWY_RESTRICT matches) {
  ScanSums sums;
  uint64_t before = 0;  // whether the entry in front of the block matched
  const auto add = [&](size_t block, uint64_t bits) {
    matches[block] = bits;
    sums.matches += static_cast<uint64_t>(std::popcount(bits));
    sums.runs += static_cast<uint64_t>(std::popcount(bits & ~(bits << 1 | before)));
    before = bits >> 63;
  };
  // What blocks of one shape match.
  bool matches_of[3];
  matches_of[static_cast<size_t>(Shape::none)] = plan.none;
  matches_of[static_cast<size_t>(Shape::wp_none)] = plan.wp_none;
  matches_of[static_cast<size_t>(Shape::present)] = plan.present;
  const size_t whole = count / kBlock;
  for (size_t i = 0; i < whole;) {
    size_t blocks;
    const Shape shape = ShapeOf(plan.words.wp_none, words + i * kBlock, whole - i, &blocks);
    if (shape == Shape::mixed) {
      for (const size_t end = i + blocks; i < end; ++i) {
        FetchBlock(words + i * kBlock + kAhead);
        add(i, MatchesOfMixture(plan, words + i * kBlock));
      }
      continue;
    }
    const uint64_t match = matches_of[static_cast<size_t>(shape)];
    const auto set = [&](size_t k) { matches[i + k] = -match; };
    const uint64_t* block = words + i * kBlock;
    blocks = shape == Shape::present ? ForEachPresent(block, whole - i, set) : ForEachOf(block[0], block, whole - i, set);
    sums.matches += match * blocks * kBlock;
    sums.runs += match & ~before;
    before = match;
    i += blocks;
  }
  const size_t base = whole * kBlock;
  if (base < count) add(whole, MatchesOfMixture(plan, Tail(words + base, count - base).words) & (kAll >> (kBlock - (count - base))));
  return sums;
}

}  // namespace HWY_NAMESPACE
}  // namespace pteron
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pteron::fast {

HWY_EXPORT(ScanEntries);
ScanSums ScanEntries(const ScanPlan& plan, const uint64_t* words, size_t count, uint64_t* matches) {
  return HWY_DYNAMIC_DISPATCH(ScanEntries)(plan, words, count, matches);
}

}  // namespace pteron::fast
#endif  // HWY_ONCE
