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
    const Kinds of_vector = KindsOf(wp_none, words + i);
    result.none |= Bits(of_vector.none) << i;
    result.present |= Bits(of_vector.present) << i;
    result.wp_none |= Bits(of_vector.wp_none) << i;
  }
  if (kinds.wp_none == 0) result.wp_none = 0;
  return result;
}

HWY_INLINE uint64_t MatchesOf(const ScanPlan& plan, const uint64_t* words) {
  switch (MayBeUniform(words) ? ShapeOf(plan.words, words) : Shape::mixed) {
    case Shape::none: return plan.none ? kAll : 0;
    case Shape::wp_none: return plan.wp_none ? kAll : 0;
    case Shape::present: return plan.present ? kAll : 0;
    case Shape::mixed: break;
  }
  const KindBits kinds = KindBitsOf(plan.words, words);
  const uint64_t rest = ~(kinds.none | kinds.present | kinds.wp_none);
  return (plan.none ? kinds.none : 0) | (plan.present ? kinds.present : 0) | (plan.wp_none ? kinds.wp_none : 0) | (plan.other ? rest : 0);
}

ScanSums ScanEntries(const ScanPlan& plan, const uint64_t* words, size_t count, uint64_t* matches) {
  ScanSums sums;
  uint64_t before = 0;  // whether the entry in front of the block matched
  const auto add = [&](size_t base, uint64_t bits) {
    matches[base / kBlock] = bits;
    sums.matches += static_cast<uint64_t>(std::popcount(bits));
    sums.runs += static_cast<uint64_t>(std::popcount(bits & ~(bits << 1 | before)));
    before = bits >> 63;
  };
  size_t base = 0;
  for (; base + kBlock <= count; base += kBlock) add(base, MatchesOf(plan, words + base));
  if (base < count) add(base, MatchesOf(plan, Tail(words + base, count - base, 0).words) & (kAll >> (kBlock - (count - base))));
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
