// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// The fast engine: zap.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/engine/zap_fast.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file again.
#include "src/engine/singles-inl.h"

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
  // Frames that lie in no row.
  HWY_INLINE void AddEach(const SomePages& pages) {
    static_assert(sizeof(FrameRun) == sizeof(uint64_t) && offsetof(FrameRun, count) == 4, "a run is a word with its count above");
    uint64_t* to = reinterpret_cast<uint64_t*>(runs_ + count_);
    const uint64_t one = uint64_t{1} << 32;
    ForEachVector(Tag(), pages.count, [&](size_t i) HWY_ATTR {
      hn::StoreU(hn::Or(hn::PromoteTo(Tag(), hn::LoadU(HalfTag(), pages.frame + i)), Splat(one)), Tag(), to + i);
    });
    count_ += static_cast<uint32_t>(pages.count);
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

HWY_INLINE void ZapMixed(const ZapLoopPlan& plan, uint64_t* words, size_t begin, size_t end, Singles& singles, LoopOutput* output) {
  if (plan.clears_wp_none && !plan.leaves_wp_none) {
    NoteEntries(plan.words, words, begin, end, singles, output,
                [](const Kinds& kinds, size_t) HWY_ATTR { return hn::IfThenZeroElse(OfAnyKind(kinds), kinds.word); });
    return;
  }
  const Vector left = Splat(plan.leaves_wp_none ? plan.words.wp_none : 0);
  const Vector of_wp_none = Splat(plan.clears_wp_none ? 0 : plan.words.wp_none);
  NoteEntries(plan.words, words, begin, end, singles, output, [&](const Kinds& kinds, size_t) HWY_ATTR {
    const Vector cleared = hn::IfThenElseZero(HasBits(kinds.word, plan.words.uffd_wp), left);
    return hn::IfThenElse(kinds.present, cleared, hn::IfThenElse(kinds.wp_none, of_wp_none, kinds.word));
  });
}

// Pages that can be treated as one. False: nothing is done, they have to be looked at one by one.
HWY_INLINE bool ZapAlike(const ZapLoopPlan& plan, const SomePages& some, uint64_t* hot, PageSums& sums, FreedRuns& freed) {
  uint64_t old;
  if (!plan.clears_anon || !AreAlike(some, hot, &old) || !(old & HotFlag(PG_anon))) return false;
  CountPages(old, static_cast<int64_t>(some.count), sums);
  const bool last = (old & kHotRefcountMask) == 1;
  SetPages(some, hot, last ? 0 : old - kHotOneMapping);
  if (last && some.in_a_row) freed.Add(some.frame[0], static_cast<uint32_t>(some.count));
  if (last && !some.in_a_row) freed.AddEach(some);
  return true;
}

// A block of present entries. Those that are left to the caller are named at the end.
HWY_INLINE void ZapPresentBlock(const ZapLoopPlan& plan, uint64_t* block, size_t base, HotPage* pages, Singles& singles, PageSums& sums, FreedRuns& freed) {
  HWY_ALIGN Frame frame[kBlock];
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) hn::StoreU(FramesOf(hn::LoadU(Tag(), block + i)), HalfTag(), frame + i);
  if (ZapAlike(plan, {frame, kBlock, false}, HotWords(pages), sums, freed)) {
    const Vector left = Splat(plan.leaves_wp_none ? plan.words.wp_none : 0);
    for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
      hn::StoreU(hn::IfThenElseZero(HasBits(hn::LoadU(Tag(), block + i), plan.words.uffd_wp), left), Tag(), block + i);
    }
    return;
  }
  for (size_t i = 0; i < kBlock; ++i) {
    if (HWY_UNLIKELY(!ZapOne(plan, &block[i], pages, sums, freed))) Leave(singles, base + i);
  }
}

HWY_INLINE void ZapSingles(const ZapLoopPlan& plan, uint64_t* words, HotPage* pages, Singles& singles, PageSums& sums, FreedRuns& freed) {
  const auto all = [&](const SomePages& some) HWY_ATTR { return ZapAlike(plan, some, HotWords(pages), sums, freed); };
  WorkOffSingles(singles, all, [&](size_t i) {
    words[i] = singles.saved[i];
    return ZapOne(plan, &words[i], pages, sums, freed);
  });
}

// A row of present entries.
HWY_INLINE void ZapAnyRow(const ZapLoopPlan& plan, uint64_t* block, const Row& row, HotPage* pages, PageSums& sums, FreedRuns& freed) {
  const uint32_t first = static_cast<uint32_t>(row.hot - HotWords(pages));
  if (row.same_words && row.same_pages) {
    ZapUniformRow(plan, block, row.hot, first, sums, freed);
  } else {
    ZapRow(plan, block, row.hot, first, sums, freed);
  }
}

// Whether the block at `base` is of one kind; then it is done.
HWY_INLINE bool ZapUniformBlock(const ZapLoopPlan& plan, uint64_t* words, size_t base, HotPage* pages, Singles& singles, PageSums& sums, FreedRuns& freed) {
  uint64_t* block = words + base;
  if (!MayBeUniform(block)) return false;
  Row row;
  if (plan.clears_anon && plan.clears_file && IsRow(plan.words, block, pages, &row)) {
    ZapAnyRow(plan, block, row, pages, sums, freed);
    return true;
  }
  switch (ShapeOf(plan.words, block)) {
    case Shape::none: return true;
    case Shape::wp_none:
      if (plan.clears_wp_none) FillBlock(block, 0);
      return true;
    case Shape::present: ZapPresentBlock(plan, block, base, pages, singles, sums, freed); return true;
    case Shape::mixed: break;
  }
  return false;
}

PageSums ZapEntries(const ZapLoopPlan& the_plan, uint64_t* words, size_t count, HotPage* pages, LoopOutput* output) {
  const ZapLoopPlan plan = the_plan;  // of our own: no store to words can change it
  output->rest_count = 0;
  PageSums sums;
  FreedRuns freed(output->freed.data());
  Singles singles;
  const size_t whole = count / kBlock;
  for (size_t block = 0; block < whole; ++block) {
    if (!ZapUniformBlock(plan, words, block * kBlock, pages, singles, sums, freed)) singles.blocks |= uint32_t{1} << block;
  }
  ForEachStretch(singles, [&](size_t begin, size_t end) HWY_ATTR { ZapMixed(plan, words + begin, begin, end, singles, output); });
  if (whole * kBlock < count) {
    Tail tail(words + whole * kBlock, count - whole * kBlock, 0);
    ZapMixed(plan, tail.words, whole * kBlock, (whole + 1) * kBlock, singles, output);
    tail.CopyTo(words + whole * kBlock);
    singles.blocks |= uint32_t{1} << whole;
  }
  if (singles.count > 0) ZapSingles(plan, words, pages, singles, sums, freed);
  GiveLeft(singles, output);
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
