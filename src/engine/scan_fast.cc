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
  KindBits result;
  const Vector wp_none = Splat(kinds.wp_none);
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector word = hn::LoadU(Tag(), words + i);
    result.none |= Bits(IsZero(word)) << i;
    result.present |= Bits(HasBit(word, kPagePresent)) << i;
    result.wp_none |= Bits(hn::Eq(word, wp_none)) << i;
  }
  if (kinds.wp_none == 0) result.wp_none = 0;
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
  const auto add = [&](size_t base, uint64_t bits) {
    matches[base / kBlock] = bits;
    sums.matches += static_cast<uint64_t>(std::popcount(bits));
    sums.runs += static_cast<uint64_t>(std::popcount(bits & ~(bits << 1 | before)));
    before = bits >> 63;
  };
  // What a block of one shape matches.
  uint64_t matches_of[3];
  matches_of[static_cast<size_t>(Shape::none)] = plan.none ? kAll : 0;
  matches_of[static_cast<size_t>(Shape::wp_none)] = plan.wp_none ? kAll : 0;
  matches_of[static_cast<size_t>(Shape::present)] = plan.present ? kAll : 0;
  Shapes shapes(plan.words.wp_none);
  size_t base = 0;
  for (; base + kBlock <= count; base += kBlock) {
    const Shape shape = shapes.Of(words + base);
    add(base, shape == Shape::mixed ? MatchesOfMixture(plan, words + base) : matches_of[static_cast<size_t>(shape)]);
  }
  if (base < count) add(base, MatchesOfMixture(plan, Tail(words + base, count - base, 0).words) & (kAll >> (kBlock - (count - base))));
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
