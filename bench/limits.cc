// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/limits.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/limits.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pteron::bench::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<uint64_t>;
constexpr size_t kLanes = hn::MaxLanes(D());

uint64_t ReadWords(const uint64_t* words, size_t count) {
  const D d;
  auto a = hn::Zero(d), b = a, c = a, e = a;
  for (size_t i = 0; i < count; i += 4 * kLanes) {
    a = hn::Or(a, hn::LoadU(d, words + i));
    b = hn::Or(b, hn::LoadU(d, words + i + kLanes));
    c = hn::Or(c, hn::LoadU(d, words + i + 2 * kLanes));
    e = hn::Or(e, hn::LoadU(d, words + i + 3 * kLanes));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Or(hn::Or(a, b), hn::Or(c, e))));
}

void ChangeWords(uint64_t* words, size_t count) {
  const D d;
  const auto one = hn::Set(d, 1);
  for (size_t i = 0; i < count; i += 2 * kLanes) {
    hn::StoreU(hn::Add(hn::LoadU(d, words + i), one), d, words + i);
    hn::StoreU(hn::Add(hn::LoadU(d, words + i + kLanes), one), d, words + i + kLanes);
  }
}

void CopyWords(uint64_t* src, uint64_t* dst, size_t count) {
  const D d;
  const auto one = hn::Set(d, 1);
  for (size_t i = 0; i < count; i += kLanes) {
    const auto v = hn::Add(hn::LoadU(d, src + i), one);
    hn::StoreU(v, d, src + i);
    hn::StoreU(v, d, dst + i);
  }
}

void ChangePages(const uint64_t* words, size_t count, uint64_t pfn_mask, uint64_t first_frame, uint64_t* pages) {
  for (size_t i = 0; i < count; ++i) pages[((words[i] & pfn_mask) >> 12) - first_frame] += 1;
}

}  // namespace pteron::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pteron::bench {
HWY_EXPORT(ReadWords);
HWY_EXPORT(ChangeWords);
HWY_EXPORT(CopyWords);
HWY_EXPORT(ChangePages);
uint64_t ReadWords(const uint64_t* words, size_t count) { return HWY_DYNAMIC_DISPATCH(ReadWords)(words, count); }
void ChangeWords(uint64_t* words, size_t count) { HWY_DYNAMIC_DISPATCH(ChangeWords)(words, count); }
void CopyWords(uint64_t* src, uint64_t* dst, size_t count) { HWY_DYNAMIC_DISPATCH(CopyWords)(src, dst, count); }
void ChangePages(const uint64_t* words, size_t count, uint64_t pfn_mask, uint64_t first_frame, uint64_t* pages) {
  HWY_DYNAMIC_DISPATCH(ChangePages)(words, count, pfn_mask, first_frame, pages);
}
}  // namespace pteron::bench
#endif
