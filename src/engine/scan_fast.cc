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
  uint64_t none = 0, present = 0, wp_none = 0, rest = 0;
};

HWY_INLINE KindBits KindBitsOf(const LoopWords& kinds, const uint64_t* words, size_t count) {
  KindBits result;
  const size_t lanes = hn::Lanes(Tag());
  const Vector wp_none = Splat(kinds.wp_none);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const Vector word = hn::LoadU(Tag(), words + i);
    result.none |= Bits(IsZero(word)) << i;
    result.present |= Bits(HasBit(word, kPagePresent)) << i;
    result.wp_none |= Bits(hn::Eq(word, wp_none)) << i;
  }
  for (; i < count; ++i) {
    result.none |= uint64_t{words[i] == 0} << i;
    result.present |= (words[i] & kPagePresent) << i;
    result.wp_none |= uint64_t{words[i] == kinds.wp_none} << i;
  }
  if (kinds.wp_none == 0) result.wp_none = 0;
  const uint64_t inside = count == kBlock ? kAll : (uint64_t{1} << count) - 1;
  result.rest = inside & ~(result.none | result.present | result.wp_none);
  return result;
}

HWY_INLINE uint64_t MatchesOf(const ScanPlan& plan, const uint64_t* words, size_t count) {
  if (count == kBlock && MayBeUniform(words)) {
    switch (ShapeOf(plan.words, words)) {
      case Shape::none: return plan.none ? kAll : 0;
      case Shape::wp_none: return plan.wp_none ? kAll : 0;
      case Shape::present: return plan.present ? kAll : 0;
      case Shape::mixed: break;
    }
  }
  const KindBits kinds = KindBitsOf(plan.words, words, count);
  return (plan.none ? kinds.none : 0) | (plan.present ? kinds.present : 0) | (plan.wp_none ? kinds.wp_none : 0) | (plan.other ? kinds.rest : 0);
}

ScanSums ScanEntries(const ScanPlan& plan, const uint64_t* words, size_t count, uint64_t* matches) {
  ScanSums sums;
  uint64_t before = 0;  // whether the entry in front of the block matched
  for (size_t base = 0; base < count; base += kBlock) {
    const uint64_t bits = MatchesOf(plan, words + base, std::min(kBlock, count - base));
    matches[base / kBlock] = bits;
    sums.matches += static_cast<uint64_t>(std::popcount(bits));
    sums.runs += static_cast<uint64_t>(std::popcount(bits & ~(bits << 1 | before)));
    before = bits >> 63;
  }
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
