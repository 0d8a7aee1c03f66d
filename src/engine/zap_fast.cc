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
    Take(pages.count);
  }
  // Where the next runs go, as many as there are entries that have not been asked for, and how many of them have become valid: of one frame each.
  HWY_INLINE FrameRun* Next() { return runs_ + count_; }
  HWY_INLINE void Take(size_t count) {
    count_ += static_cast<uint32_t>(count);
    end_ = 0xffffffff;
  }
  HWY_INLINE uint32_t count() const { return count_; }

 private:
  FrameRun* runs_;
  uint32_t count_, first_, end_;
};

// What has come of it so far.
struct Zapped {
  PageSums sums;
  FreedRuns freed;
};

// All words alike, all pages alike.
HWY_INLINE void ZapUniformRow(const ZapLoopPlan& plan, uint64_t* words, uint64_t* hot, uint32_t first, Zapped& zapped) {
  const uint64_t old = hot[0];
  const bool dirties = !(old & HotFlag(PG_anon)) && (words[0] & plan.words.dirty_bits);
  const uint64_t less = (old - kHotOneMapping) | (dirties ? HotFlag(PG_dirty) : 0);
  const bool last = (less & kHotRefcountMask) == 0;
  PTERON_CHECK(!last || (less & kHotMapcountMask) == 0, "a page without a reference is named by no entry");
  CountPages(old, kBlock, zapped.sums);
  FillBlock(words, plan.leaves_wp_none && (words[0] & plan.words.uffd_wp) ? plan.words.wp_none : 0);
  FillBlock(hot, last ? 0 : less);
  if (last) zapped.freed.Add(first, kBlock);
}

HWY_NOINLINE void ZapRow(const ZapLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT words, uint64_t* HWY_RESTRICT hot, uint32_t first, Zapped& zapped) {
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
  counting.Into(zapped.sums, kBlock);
  ForEachBit(freed_bits, [&](size_t i) { zapped.freed.Add(first + static_cast<uint32_t>(i), 1); });
}

// One present entry. False: it is left to the caller.
HWY_INLINE bool ZapOne(const ZapLoopPlan& plan, uint64_t* word, HotPage* pages, Zapped& zapped) {
  const uint64_t frame = (*word & plan.words.pfn_mask) >> kPageShift;
  if (HWY_UNLIKELY(frame < kFirstDataPfn.value)) return false;
  uint64_t* hot = HotWords(pages) + (frame - kFirstDataPfn.value);
  const uint64_t old = *hot;
  if (HWY_UNLIKELY(old & kHotNeedsMore)) return false;
  const bool anon = old & HotFlag(PG_anon);
  if (HWY_UNLIKELY(!(anon ? plan.clears_anon : plan.clears_file))) return true;
  const uint64_t dirty = (!anon & ((*word & plan.words.dirty_bits) != 0)) ? HotFlag(PG_dirty) : 0;
  *word = plan.leaves_wp_none && (*word & plan.words.uffd_wp) ? plan.words.wp_none : 0;
  CountPages(old, 1, zapped.sums);
  const uint64_t less = (old - kHotOneMapping) | dirty;
  if ((less & kHotRefcountMask) != 0) {
    *hot = less;
    return true;
  }
  PTERON_CHECK((less & kHotMapcountMask) == 0, "a page without a reference is named by no entry");
  *hot = 0;
  zapped.freed.Add(static_cast<uint32_t>(frame - kFirstDataPfn.value), 1);
  return true;
}

HWY_NOINLINE void ZapMixed(const ZapLoopPlan& plan, uint64_t* words, size_t begin, size_t end, Singles& singles, LoopOutput* output) {
  if (plan.clears_wp_none && !plan.leaves_wp_none) {
    NoteEntries(plan.words, words, begin, end, singles, output, [](const Kinds& kinds, size_t) HWY_ATTR { return hn::IfThenElseZero(kinds.left, kinds.word); });
    return;
  }
  const Vector becomes = Splat(plan.leaves_wp_none ? plan.words.wp_none : 0);
  const Vector keeps_empty = Splat(plan.clears_wp_none ? 0 : kAll);
  NoteEntries(plan.words, words, begin, end, singles, output, [&](const Kinds& kinds, size_t) HWY_ATTR {
    const Vector cleared = hn::IfThenElseZero(HasBits(kinds.word, plan.words.uffd_wp), becomes);
    return hn::IfThenElse(kinds.present, cleared, hn::IfThenElse(kinds.left, kinds.word, hn::And(kinds.word, keeps_empty)));
  });
}

// Whether pages with the hot word `old` can be treated as one, if all have it: *becomes is then what they become, zero where their last reference goes.
HWY_INLINE bool BecomeAlike(const ZapLoopPlan& plan, uint64_t old, uint64_t* becomes) {
  if (!plan.clears_anon || !(old & HotFlag(PG_anon)) || (old & kHotNeedsMore)) return false;
  const uint64_t less = old - kHotOneMapping;
  const bool last = (less & kHotRefcountMask) == 0;
  PTERON_CHECK(!last || (less & kHotMapcountMask) == 0, "a page without a reference is named by no entry");
  *becomes = last ? 0 : less;
  return true;
}

// False: nothing is done, pages have to be looked at one by one.
HWY_INLINE bool ZapAlike(const ZapLoopPlan& plan, const SomePages& some, uint64_t* hot, Zapped& zapped) {
  if (AnyNegative(some)) return false;
  const uint64_t old = hot[some.frame[0]];
  uint64_t becomes;
  if (!BecomeAlike(plan, old, &becomes) || !ChangeAlike(some, hot, old, becomes)) return false;
  CountPages(old, static_cast<int64_t>(some.count), zapped.sums);
  if (becomes == 0 && some.may_be_row) zapped.freed.Add(some.frame[0], static_cast<uint32_t>(some.count));
  if (becomes == 0 && !some.may_be_row) zapped.freed.AddEach(some);
  return true;
}

// What becomes of the words of a block of present entries.
HWY_INLINE void ZapPresentWords(const ZapLoopPlan& plan, uint64_t* block) {
  const Vector left = Splat(plan.leaves_wp_none ? plan.words.wp_none : 0);
  ForEachVectorOfBlock([&](size_t i) HWY_ATTR {
    hn::StoreU(hn::IfThenElseZero(HasBits(hn::LoadU(Tag(), block + i), plan.words.uffd_wp), left), Tag(), block + i);
  });
}

// Whether pages lie so far apart that many are in no cache: 2^19 of them have 4 MiB of hot metadata. Asks one in 32.
HWY_INLINE bool LieFarApart(const FrameRun* runs, size_t count) {
  Frame least = runs[0].first, most = runs[0].first;
  for (size_t i = 32; i < count; i += 32) {
    least = std::min(least, runs[i].first);
    most = std::max(most, runs[i].first);
  }
  return most - least >= Frame{1} << 19;
}

// Blocks of present entries that lie in no row, one bit for each. All frames are read before the first page, so that the processor fetches many pages at
// the same time. They are noted as if they were freed, for most often they will be. Where pages are not alike, each block is tried by itself, and what is
// not alike then entry by entry; entries that are left to the caller are named at the end.
HWY_NOINLINE void ZapPresentBlocks(const ZapLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT words, uint32_t blocks, HotPage* pages, Singles& singles,
                                   Zapped& zapped) {
  uint64_t* hot = HotWords(pages);
  FrameRun* runs = zapped.freed.Next();
  size_t count = 0;
  Vector any = hn::Zero(Tag());
  const Vector one = Splat(uint64_t{1} << 32), first = Splat(kFirstDataPfn.value), low_half = Splat(0xffffffff);
  ForEachBit(blocks, [&](size_t block) HWY_ATTR {
    uint64_t* to = reinterpret_cast<uint64_t*>(runs + count);
    ForEachVectorOfBlock([&](size_t i) HWY_ATTR {
      const Vector frame = hn::Sub(hn::ShiftRight<kPageShift>(hn::LoadU(Tag(), words + block * kBlock + i)), first);
      any = hn::Or(any, frame);
      hn::StoreU(hn::OrAnd(one, frame, low_half), Tag(), to + i);
    });
    count += kBlock;
  });
  if (LieFarApart(runs, count)) {
    for (size_t i = 0; i < count; ++i) hwy::Prefetch(hot + runs[i].first);
  }
  uint64_t old, becomes;
  const bool alike = hn::AllFalse(Tag(), HasBit(any, kNegativeFrame)) && (old = hot[runs[0].first], BecomeAlike(plan, old, &becomes)) &&
                     ChangeEach(count, [&](size_t i) { return runs[i].first; }, hot, old, becomes);
  if (HWY_LIKELY(alike)) {
    CountPages(old, static_cast<int64_t>(count), zapped.sums);
    if (becomes == 0) zapped.freed.Take(count);
    ForEachBit(blocks, [&](size_t block) HWY_ATTR { ZapPresentWords(plan, words + block * kBlock); });
  } else if (count > kBlock) {
    ForEachBit(blocks, [&](size_t block) { ZapPresentBlocks(plan, words, uint32_t{1} << block, pages, singles, zapped); });
  } else {
    const size_t base = static_cast<size_t>(std::countr_zero(blocks)) * kBlock;
    for (size_t i = base; i < base + kBlock; ++i) {
      if (HWY_UNLIKELY(!ZapOne(plan, &words[i], pages, zapped))) Leave(singles, i);
    }
  }
}

HWY_NOINLINE void ZapSingles(const ZapLoopPlan& plan, uint64_t* words, HotPage* pages, Singles& singles, Zapped& zapped) {
  const auto all = [&](const SomePages& some) HWY_ATTR { return ZapAlike(plan, some, HotWords(pages), zapped); };
  WorkOffSingles(singles, all, [&](size_t i) {
    words[i] = singles.saved[i];
    return ZapOne(plan, &words[i], pages, zapped);
  });
}

// Blocks of present entries in no row, mixtures, and what is left behind the last whole block.
HWY_NOINLINE void ZapOthers(const ZapLoopPlan& plan, uint64_t* words, size_t count, uint32_t present, uint32_t mixed, HotPage* pages, LoopOutput* output,
                            Zapped& zapped) {
  Singles singles;
  singles.blocks = mixed;
  if (present != 0) ZapPresentBlocks(plan, words, present, pages, singles, zapped);
  ForEachStretch(mixed, [&](size_t begin, size_t end) HWY_ATTR { ZapMixed(plan, words + begin, begin, end, singles, output); });
  const size_t whole = count / kBlock;
  if (whole * kBlock < count) {
    Tail tail(words + whole * kBlock, count - whole * kBlock, 0);
    ZapMixed(plan, tail.words, whole * kBlock, (whole + 1) * kBlock, singles, output);
    tail.CopyTo(words + whole * kBlock);
    singles.blocks |= uint32_t{1} << whole;
  }
  if (singles.count > 0) ZapSingles(plan, words, pages, singles, zapped);
  if (HWY_UNLIKELY(singles.any_left)) GiveLeft(singles, output);
}

// False: the block is no row.
HWY_INLINE bool ZapAsRow(const ZapLoopPlan& plan, uint64_t* block, HotPage* pages, Zapped& zapped) {
  Row row;
  if (!IsRow(plan.words, block, pages, &row)) return false;
  if (kFetchesUniform) {
    FetchBlock(block + 2 * kBlock);
    FetchBlock(row.hot + 2 * kBlock);
  }
  const uint32_t first = static_cast<uint32_t>(row.hot - HotWords(pages));
  if (HWY_LIKELY(row.same_words && row.same_pages)) {
    ZapUniformRow(plan, block, row.hot, first, zapped);
  } else {
    Zapped with_row = zapped;  // a copy, so that `zapped` has no address and stays in registers
    ZapRow(plan, block, row.hot, first, with_row);
    zapped = with_row;
  }
  return true;
}

// Goes over blocks as long as they are rows. Returns how many were. Precondition: all kinds of pages go.
HWY_NOINLINE size_t ZapRows(const ZapLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT words, size_t blocks, HotPage* pages, Zapped* zapped) {
  Zapped here = *zapped;
  size_t done = 0;
  while (done < blocks && ZapAsRow(plan, words + done * kBlock, pages, here)) ++done;
  *zapped = here;
  return done;
}

PageSums ZapEntries(const ZapLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT words, size_t count, HotPage* pages, LoopOutput* output) {
  output->rest_count = 0;
  Zapped zapped{{}, FreedRuns(output->freed.data())};
  const size_t whole = count / kBlock;
  uint32_t present = 0, mixed = 0;  // blocks of present entries in no row, and mixtures
  Shapes shapes(plan.words.wp_none);
  const bool takes_rows = plan.clears_anon && plan.clears_file;
  for (size_t i = 0; i < whole; ++i) {
    uint64_t* block = words + i * kBlock;
    const Shape shape = shapes.Of(block);
    if (shape == Shape::present && takes_rows && BeginsAsRow(plan.words, block)) {
      const size_t rows = ZapRows(plan, block, whole - i, pages, &zapped);
      if (rows > 0) {
        i += rows - 1;
        continue;
      }
    }
    if (shape == Shape::wp_none && plan.clears_wp_none) FillBlock(block, 0);
    present |= static_cast<uint32_t>(shape == Shape::present) << i;
    mixed |= static_cast<uint32_t>(shape == Shape::mixed) << i;
  }
  if (present != 0 || mixed != 0 || whole * kBlock < count) ZapOthers(plan, words, count, present, mixed, pages, output, zapped);
  output->freed_count = zapped.freed.count();
  return zapped.sums;
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
