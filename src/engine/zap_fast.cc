// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// The fast engine: zap.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/engine/zap_fast.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file again.
#include "src/engine/blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pteron {
namespace HWY_NAMESPACE {

// Freed frames as runs, without a branch that depends on whether they lie in a row.
class FreedRuns {
 public:
  explicit HWY_INLINE FreedRuns(FrameRun* runs) : runs_(runs), count_(0), first_(0), end_(0) {}
  HWY_INLINE void Add(uint32_t first, uint32_t count) {
    const bool starts = count_ == 0 || first != end_;
    first_ = starts ? first : first_;
    count_ += starts;
    end_ = first + count;
    runs_[count_ - 1] = {first_, end_ - first_};
  }
  // Frames that are not expected to lie in a row.
  HWY_INLINE void AddEach(const uint64_t* frames, uint32_t count) {
    static_assert(sizeof(FrameRun) == sizeof(uint64_t) && offsetof(FrameRun, count) == 4, "a run is a word with its count above");
    uint64_t* to = reinterpret_cast<uint64_t*>(runs_ + count_);
    const uint64_t one = uint64_t{1} << 32;
    uint32_t i = 0;
    for (; i + hn::Lanes(Tag()) <= count; i += hn::Lanes(Tag())) hn::StoreU(hn::Or(hn::LoadU(Tag(), frames + i), Splat(one)), Tag(), to + i);
    for (; i < count; ++i) to[i] = frames[i] | one;
    count_ += count;
    end_ = 0xffffffff;
  }
  HWY_INLINE uint32_t count() const { return count_; }

 private:
  FrameRun* runs_;
  uint32_t count_, first_, end_;
};

// All words alike, all pages alike.
HWY_INLINE void ZapUniformRow(const ZapLoopPlan& plan, uint64_t* words, uint64_t* hot, uint32_t first, PageSums& sums, FreedRuns& freed) {
  const uint64_t old = hot[0];
  const bool dirties = !(old & HotFlag(PG_anon)) && (words[0] & plan.words.dirty_bits);
  const uint64_t less = (old - kHotOneMapping) | (dirties ? HotFlag(PG_dirty) : 0);
  const bool last = (less & kHotRefcountMask) == 0;
  PTERON_CHECK(!last || (less & kHotMapcountMask) == 0, "a page without a reference is named by no entry");
  CountPages(old, kBlock, sums);
  FillBlock(words, plan.leaves_wp_none && (words[0] & plan.words.uffd_wp) ? plan.words.wp_none : 0);
  FillBlock(hot, last ? 0 : less);
  if (last) freed.Add(first, kBlock);
}

HWY_INLINE void ZapRow(const ZapLoopPlan& plan, uint64_t* words, uint64_t* hot, uint32_t first, PageSums& sums, FreedRuns& freed) {
  Counting counting;
  uint64_t freed_bits = 0;
  Vector wrong = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector word = hn::LoadU(Tag(), words + i);
    const Vector old = hn::LoadU(Tag(), hot + i);
    counting.Add(old);
    const Mask file = IsZero(hn::And(old, Splat(HotFlag(PG_anon))));
    const Vector dirty = hn::IfThenElseZero(hn::And(file, HasBits(word, plan.words.dirty_bits)), Splat(HotFlag(PG_dirty)));
    const Vector less = hn::Or(hn::Sub(old, Splat(kHotOneMapping)), dirty);
    const Mask last = IsZero(hn::And(less, Splat(kHotRefcountMask)));
    wrong = hn::Or(wrong, hn::IfThenElseZero(last, hn::And(less, Splat(kHotMapcountMask))));
    hn::StoreU(hn::IfThenZeroElse(last, less), Tag(), hot + i);
    freed_bits |= Bits(last) << i;
    const uint64_t leaves = plan.leaves_wp_none ? plan.words.wp_none : 0;
    hn::StoreU(hn::IfThenElseZero(HasBits(word, plan.words.uffd_wp), Splat(leaves)), Tag(), words + i);
  }
  PTERON_CHECK(hn::AllTrue(Tag(), IsZero(wrong)), "a page without a reference is named by no entry");
  counting.Into(sums, kBlock);
  ForEachBit(freed_bits, [&](size_t i) { freed.Add(first + static_cast<uint32_t>(i), 1); });
}

// One present entry. False: it is left to the caller.
HWY_INLINE bool ZapOne(const ZapLoopPlan& plan, uint64_t* word, HotPage* pages, PageSums& sums, FreedRuns& freed) {
  const uint64_t frame = (*word & plan.words.pfn_mask) >> kPageShift;
  if (HWY_UNLIKELY(frame < kFirstDataPfn.value)) return false;
  uint64_t* hot = HotWords(pages) + (frame - kFirstDataPfn.value);
  const uint64_t old = *hot;
  if (HWY_UNLIKELY(old & kHotNeedsMore)) return false;
  const bool anon = old & HotFlag(PG_anon);
  if (HWY_UNLIKELY(!(anon ? plan.clears_anon : plan.clears_file))) return true;
  const uint64_t dirty = (!anon & ((*word & plan.words.dirty_bits) != 0)) ? HotFlag(PG_dirty) : 0;
  *word = plan.leaves_wp_none && (*word & plan.words.uffd_wp) ? plan.words.wp_none : 0;
  CountPages(old, 1, sums);
  const uint64_t less = (old - kHotOneMapping) | dirty;
  if ((less & kHotRefcountMask) != 0) {
    *hot = less;
    return true;
  }
  PTERON_CHECK((less & kHotMapcountMask) == 0, "a page without a reference is named by no entry");
  *hot = 0;
  freed.Add(static_cast<uint32_t>(frame - kFirstDataPfn.value), 1);
  return true;
}

HWY_INLINE void ZapMixedBlock(const ZapLoopPlan& plan, uint64_t* words, size_t base, Singles& singles) {
  const Vector left = Splat(plan.leaves_wp_none ? plan.words.wp_none : 0);
  const Vector of_wp_none = Splat(plan.clears_wp_none ? 0 : plan.words.wp_none);
  const auto after = [&](Vector word, Mask present, Mask wp_none, size_t) HWY_ATTR {
    const Vector cleared = hn::IfThenElseZero(HasBits(word, plan.words.uffd_wp), left);
    return hn::IfThenElse(present, cleared, hn::IfThenElse(wp_none, of_wp_none, word));
  };
  AddBlock(plan.words, words, base, singles, after);
}

HWY_INLINE void ZapSingles(const ZapLoopPlan& plan, uint64_t* words, HotPage* pages, Singles& singles, PageSums& sums, FreedRuns& freed) {
  uint64_t* hot = HotWords(pages);
  const AlikePages alike = LookAtPages(singles, hot);
  if (!alike.alike || !(alike.hot & HotFlag(PG_anon)) || !plan.clears_anon) {
    ForEachSingle(singles, [&](size_t i) {
      words[i] = singles.saved[i];
      return ZapOne(plan, &words[i], pages, sums, freed);
    });
    return;
  }
  CountPages(alike.hot, singles.count, sums);
  const bool last = (alike.hot & kHotRefcountMask) == 1;
  SetPages(singles, alike, hot, last ? 0 : alike.hot - kHotOneMapping);
  if (!last) return;
  if (alike.in_a_row) {
    freed.Add(static_cast<uint32_t>(singles.frame[0]), singles.count);
  } else {
    freed.AddEach(singles.frame, singles.count);
  }
}

PageSums ZapEntries(const ZapLoopPlan& the_plan, uint64_t* words, size_t count, HotPage* pages, LoopOutput* output) {
  const ZapLoopPlan plan = the_plan;  // of our own: no store to words can change it
  output->rest_count = 0;
  PageSums sums;
  FreedRuns freed(output->freed.data());
  const bool clears_pages = plan.clears_anon && plan.clears_file;
  Singles singles;
  bool all_uniform = true;
  for (size_t base = 0; base < count; base += kBlock) {
    uint64_t* block = words + base;
    const size_t here = std::min(kBlock, count - base);
    Row row;
    if (clears_pages && IsRow(plan.words, block, here, pages, &row)) {
      const uint32_t first = static_cast<uint32_t>(row.hot - HotWords(pages));
      if (row.same_words && row.same_pages) {
        ZapUniformRow(plan, block, row.hot, first, sums, freed);
      } else {
        ZapRow(plan, block, row.hot, first, sums, freed);
      }
      continue;
    }
    if (here == kBlock && !(block[0] & kPagePresent)) {
      const Shape shape = ShapeOf(plan.words, block);
      if (shape == Shape::wp_none && plan.clears_wp_none) FillBlock(block, 0);
      if (shape != Shape::mixed) continue;
    }
    all_uniform = false;
    WithWholeBlock(block, here, [&](uint64_t* whole) { ZapMixedBlock(plan, whole, base, singles); });
  }
  if (!all_uniform) {
    if (singles.count > 0) ZapSingles(plan, words, pages, singles, sums, freed);
    GiveRest(singles, output);
  }
  output->freed_count = freed.count();
  return sums;
}

}  // namespace HWY_NAMESPACE
}  // namespace pteron
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pteron::fast {

HWY_EXPORT(ZapEntries);
PageSums ZapEntries(const ZapLoopPlan& plan, uint64_t* words, size_t count, HotPage* pages, LoopOutput* output) {
  return HWY_DYNAMIC_DISPATCH(ZapEntries)(plan, words, count, pages, output);
}

}  // namespace pteron::fast
#endif  // HWY_ONCE
