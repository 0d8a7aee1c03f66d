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
  HWY_INLINE void AddEach(const Frame* frame, size_t count) {
    if (count < hn::Lanes(Tag())) {
      for (size_t i = 0; i < count; ++i) Add(frame[i], 1);
      return;
    }
    static_assert(sizeof(FrameRun) == sizeof(uint64_t) && offsetof(FrameRun, count) == 4, "a run is a word with its count above");
    uint64_t* to = reinterpret_cast<uint64_t*>(Next());
    const uint64_t one = uint64_t{1} << 32;
    ForEachVector(Tag(), count, [&](size_t i) HWY_ATTR {
      hn::StoreU(hn::Or(hn::PromoteTo(Tag(), hn::LoadU(HalfTag(), frame + i)), Splat(one)), Tag(), to + i);
    });
    Take(count);
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

// What becomes of a present word.
HWY_INLINE uint64_t ZappedWord(const ZapLoopPlan& plan, uint64_t word) {
  return plan.leaves_wp_none && (word & plan.words.uffd_wp) ? plan.words.wp_none : 0;
}

// What becomes of the hot word of a page that `word` named: zero where its last reference goes.
HWY_INLINE uint64_t ZappedPage(const ZapLoopPlan& plan, uint64_t word, uint64_t old) {
  const bool dirties = !(old & HotFlag(PG_anon)) & ((word & plan.words.dirty_bits) != 0);
  const uint64_t less = (old - kHotOneMapping) | (dirties ? HotFlag(PG_dirty) : 0);
  if ((less & kHotRefcountMask) != 0) return less;
  PTERON_CHECK((less & kHotMapcountMask) == 0, "a page without a reference is named by no entry");
  return 0;
}

// Blocks of a uniform row, of `blocks`. Returns how many there are. Precondition: the first one looks like a row, and all kinds of pages go.
HWY_INLINE size_t ZapUniformRow(const ZapLoopPlan& plan, uint64_t* words, size_t blocks, HotPage* pages, Zapped& zapped) {
  uint64_t* hot = HotOfRow(plan.words, words, pages);
  const uint64_t word = words[0], old = hot[0];
  if (old & kHotNeedsMore) return 0;
  const uint64_t becomes = ZappedPage(plan, word, old);
  const Vector words_become = Filler(ZappedWord(plan, word)), pages_become = Filler(becomes);
  size_t done = 0;
  for (; done < blocks && IsUniformRow(words + done * kBlock, word + (done * kBlock << kPageShift), hot + done * kBlock, old); ++done) {
    // Half of the lines: of two streams at a time the processor fetches their neighbours by itself.
    FetchBlock<2>(words + done * kBlock + kAhead);
    FetchBlock<2>(hot + done * kBlock + kAhead);
    FillBlock(words + done * kBlock, words_become);
    FillBlock(hot + done * kBlock, pages_become);
  }
  CountPages(old, static_cast<int64_t>(done * kBlock), zapped.sums);
  if (becomes == 0 && done > 0) zapped.freed.Add(static_cast<uint32_t>(hot - HotWords(pages)), static_cast<uint32_t>(done * kBlock));
  return done;
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
  *hot = ZappedPage(plan, *word, old);
  *word = ZappedWord(plan, *word);
  CountPages(old, 1, zapped.sums);
  if (*hot == 0) zapped.freed.Add(static_cast<uint32_t>(frame - kFirstDataPfn.value), 1);
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
  *becomes = ZappedPage(plan, 0, old);  // an anonymous page gets nothing from a word
  return true;
}

// Returns how many pages from the first on are done; others have to be looked at one by one.
HWY_INLINE size_t ZapAlike(const ZapLoopPlan& plan, const SomePages& some, uint64_t* hot, Zapped& zapped) {
  if (AnyNegative(some)) return 0;
  const uint64_t old = hot[some.frame[0]];
  uint64_t becomes;
  if (!BecomeAlike(plan, old, &becomes)) return 0;
  const size_t done = ChangeAlike(some, hot, old, becomes);
  CountPages(old, static_cast<int64_t>(done), zapped.sums);
  if (becomes != 0) return done;
  if (some.may_be_row && done > 0) zapped.freed.Add(some.frame[0], static_cast<uint32_t>(done));
  if (!some.may_be_row) zapped.freed.AddEach(some.frame, done);
  return done;
}

// What becomes of the words of `count` present entries.
HWY_INLINE void ZapPresentWords(const ZapLoopPlan& plan, uint64_t* words, size_t count) {
  const Vector left = Splat(plan.leaves_wp_none ? plan.words.wp_none : 0);
  const size_t whole = count & ~(kBlock - 1);
  for (size_t base = 0; base < whole; base += kBlock) {
    ForEachVectorOfBlock([&](size_t i) HWY_ATTR {
      hn::StoreU(hn::IfThenElseZero(HasBits(hn::LoadU(Tag(), words + base + i), plan.words.uffd_wp), left), Tag(), words + base + i);
    });
  }
  for (size_t i = whole; i < count; ++i) words[i] = ZappedWord(plan, words[i]);
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

// Writes the frames of the first of `blocks` blocks, which is present, as runs of one each, and those of the blocks behind it as long as they are present and
// look like no row. Returns how many it was. `any` gets all bits of all frames; those of what is no page are negative.
HWY_INLINE size_t FramesOfBlocks(const LoopWords& kinds, const uint64_t* words, size_t blocks, FrameRun* runs, Vector* any) {
  const Vector one = Splat(uint64_t{1} << 32), first = Splat(kFirstDataPfn.value), low_half = Splat(0xffffffff);
  for (size_t block = 0; block < blocks; ++block, words += kBlock, runs += kBlock) {
    if (block > 0 && LooksLikeRow(kinds, words)) return block;
    uint64_t* to = reinterpret_cast<uint64_t*>(runs);
    Vector common = Splat(kPagePresent), any_here = *any;
    ForEachVectorOfBlock([&](size_t i) HWY_ATTR {
      const Vector word = hn::LoadU(Tag(), words + i);
      const Vector frame = hn::Sub(hn::ShiftRight<kPageShift>(word), first);
      common = hn::And(common, word);
      any_here = hn::Or(any_here, frame);
      hn::StoreU(hn::OrAnd(one, frame, low_half), Tag(), to + i);
    });
    if (!hn::AllFalse(Tag(), IsZero(common))) return block;
    *any = any_here;
  }
  return blocks;
}

// Blocks of present entries that lie in no row, from `begin` on, of which there is at least one. Returns how many it was. All frames are read before the first
// page, so that the processor fetches many pages at the same time. They are noted as if they were freed, for most often they will be. From the first page that
// is unlike the first one on, it is entry by entry.
HWY_NOINLINE size_t ZapPresentBlocks(const ZapLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT words, size_t begin, size_t end, HotPage* pages,
                                     Singles& singles, Zapped& zapped) {
  uint64_t* hot = HotWords(pages);
  const FrameRun* runs = zapped.freed.Next();
  Vector any = hn::Zero(Tag());
  const size_t blocks = FramesOfBlocks(plan.words, words + begin * kBlock, end - begin, zapped.freed.Next(), &any);
  const size_t count = blocks * kBlock;
  if (LieFarApart(runs, count)) {
    for (size_t i = 0; i < count; ++i) hwy::Prefetch(hot + runs[i].first);
  }
  size_t done = 0;
  uint64_t old, becomes;
  if (hn::AllFalse(Tag(), HasBit(any, kNegativeFrame)) && (old = hot[runs[0].first], BecomeAlike(plan, old, &becomes))) {
    done = ChangeEach(count, [&](size_t i) { return runs[i].first; }, hot, old, becomes);
    CountPages(old, static_cast<int64_t>(done), zapped.sums);
    if (becomes == 0) zapped.freed.Take(done);
    ZapPresentWords(plan, words + begin * kBlock, done);
  }
  for (size_t i = begin * kBlock + done; i < begin * kBlock + count; ++i) {
    if (HWY_UNLIKELY(!ZapOne(plan, &words[i], pages, zapped))) Leave(singles, i);
  }
  return blocks;
}

HWY_NOINLINE void ZapSingles(const ZapLoopPlan& plan, uint64_t* words, HotPage* pages, Singles& singles, Zapped& zapped) {
  const auto all = [&](const SomePages& some) HWY_ATTR { return ZapAlike(plan, some, HotWords(pages), zapped); };
  WorkOffSingles(singles, all, [&](size_t i) {
    words[i] = singles.saved[i];
    return ZapOne(plan, &words[i], pages, zapped);
  });
}

// Whether a block may be a row that goes as a whole.
HWY_INLINE bool MayGoAsRow(const ZapLoopPlan& plan, const uint64_t* block) { return plan.clears_anon && plan.clears_file && LooksLikeRow(plan.words, block); }

// Blocks of a uniform row, or without a page. Returns how many from the first one on.
HWY_INLINE size_t ZapUniform(const ZapLoopPlan& plan, uint64_t* words, size_t blocks, HotPage* pages, Zapped& zapped) {
  const uint64_t first = words[0];
  if (MayGoAsRow(plan, words)) return ZapUniformRow(plan, words, blocks, pages, zapped);
  if (first != words[kBlock - 1]) return 0;
  if (first == 0 || (first == plan.words.wp_none && !plan.clears_wp_none)) return ForEachOf(first, words, blocks, [](size_t) {});
  if (first != plan.words.wp_none) return 0;
  const Vector none = Filler(0);
  return ForEachOf(first, words, blocks, [&](size_t i) HWY_ATTR { FillBlock(words + i * kBlock, none); });
}

// Blocks of one shape, from the `begin`th on. Returns how many.
HWY_INLINE size_t ZapBlocks(const ZapLoopPlan& plan, uint64_t* words, size_t begin, size_t end, HotPage* pages, Singles& singles, LoopOutput* output,
                            Zapped& zapped) {
  uint64_t* block = words + begin * kBlock;
  const size_t uniform = ZapUniform(plan, block, end - begin, pages, zapped);
  if (uniform > 0) return uniform;
  if (MayGoAsRow(plan, block)) {
    uint64_t* hot = HotOfRow(plan.words, block, pages);
    if (IsRow(plan.words, block, hot)) {
      ZapRow(plan, block, hot, static_cast<uint32_t>(hot - HotWords(pages)), zapped);
      return 1;
    }
  }
  size_t mixed;
  if (ShapeOf(plan.words.wp_none, block, end - begin, &mixed) == Shape::present) return ZapPresentBlocks(plan, words, begin, end, pages, singles, zapped);
  ZapMixed(plan, block, begin * kBlock, (begin + mixed) * kBlock, singles, output);
  return mixed;
}

// All that lies behind what is uniform at the begin of the table.
HWY_NOINLINE void ZapRest(const ZapLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT words, size_t begin, size_t count, HotPage* pages, LoopOutput* output,
                          Zapped& zapped) {
  Singles singles;
  const size_t whole = count / kBlock;
  for (size_t i = begin; i < whole;) i += ZapBlocks(plan, words, i, whole, pages, singles, output, zapped);
  if (whole * kBlock < count) {
    Tail tail(words + whole * kBlock, count - whole * kBlock);
    ZapMixed(plan, tail.words, whole * kBlock, (whole + 1) * kBlock, singles, output);
    tail.CopyTo(words + whole * kBlock);
  }
  if (singles.count > 0) ZapSingles(plan, words, pages, singles, zapped);
  if (HWY_UNLIKELY(singles.any_left)) GiveLeft(singles, output);
}

// Does uniform tables by itself, of which large machines have most: a twentieth of the time lies in how little else is in the function.
PageSums ZapEntries(const ZapLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT words, size_t count, HotPage* pages, LoopOutput* output) {
  output->rest_count = 0;
  Zapped zapped{{}, FreedRuns(output->freed.data())};
  const size_t uniform = count < kBlock ? 0 : ZapUniform(plan, words, count / kBlock, pages, zapped);
  if (uniform * kBlock < count) {
    Zapped with_rest = zapped;  // a copy, so that `zapped` has no address and stays in registers
    ZapRest(plan, words, uniform, count, pages, output, with_rest);
    zapped = with_rest;
  }
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
