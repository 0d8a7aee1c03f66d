// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Blocks of 64 entries. One look at a block tells whether all its entries are of one kind: then it is one vector loop. Otherwise bit masks say which
// entry is of which kind, and each kind is worked off by itself, so that no branch depends on what an entry happens to be. This file is
// compiled once for each instruction set that Highway knows for the machine, and the best is chosen at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/engine/fast_loops.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file again.
#include <algorithm>
#include <bit>
#include <cstddef>

#include "hwy/highway.h"
#include "pteron/arch/x86/pgtable_types.h"
#include "pteron/check.h"
#include "src/engine/engines.h"
#include "src/engine/hot_word.h"

#ifndef PTERON_SRC_ENGINE_FAST_LOOPS_ONCE
#define PTERON_SRC_ENGINE_FAST_LOOPS_ONCE
namespace pteron {
// Which of four lanes come first, for each mask of those to be picked.
alignas(32) inline constexpr uint64_t kPickOfFour[16][4] = {
    {0, 0, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {2, 0, 0, 0}, {0, 2, 0, 0}, {1, 2, 0, 0}, {0, 1, 2, 0},
    {3, 0, 0, 0}, {0, 3, 0, 0}, {1, 3, 0, 0}, {0, 1, 3, 0}, {2, 3, 0, 0}, {0, 2, 3, 0}, {1, 2, 3, 0}, {0, 1, 2, 3}};
}  // namespace pteron
#endif  // PTERON_SRC_ENGINE_FAST_LOOPS_ONCE

HWY_BEFORE_NAMESPACE();
namespace pteron {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kBlock = 64;
constexpr uint64_t kAll = ~uint64_t{0};
using Tag = hn::ScalableTag<uint64_t>;
using Vector = hn::Vec<Tag>;
using Mask = hn::Mask<Tag>;

HWY_INLINE Vector Splat(uint64_t word) { return hn::Set(Tag(), word); }
HWY_INLINE Mask IsZero(Vector v) { return hn::Eq(v, hn::Zero(Tag())); }
// `bit` is one bit.
HWY_INLINE Mask HasBit(Vector v, uint64_t bit) { return hn::TestBit(v, Splat(bit)); }
// Any of `bits`.
HWY_INLINE Mask HasBits(Vector v, uint64_t bits) { return hn::Not(IsZero(hn::And(v, Splat(bits)))); }
HWY_INLINE uint64_t Sum(Vector v) { return hn::GetLane(hn::SumOfLanes(Tag(), v)); }

// The lanes of a mask as low bits.
HWY_INLINE uint64_t Bits(Mask mask) {
  uint8_t bytes[8] = {};
  hn::StoreMaskBits(Tag(), mask, bytes);
  return bytes[0] & ((uint64_t{1} << hn::Lanes(Tag())) - 1);
}

HWY_INLINE bool HasLargeLane(Vector v) { return !hn::AllFalse(Tag(), HasBit(v, uint64_t{1} << 63)); }

// Calls f with each set bit's index.
template <class F>
HWY_INLINE void ForEachBit(uint64_t bits, F f) {
  for (; bits != 0; bits &= bits - 1) f(static_cast<size_t>(std::countr_zero(bits)));
}

// Whether all entries of a block are the first one's equals in the bits of `mask`.
HWY_INLINE bool AllEqual(const uint64_t* words, uint64_t mask) {
  const Vector first = Splat(words[0]);
  Vector differ = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) differ = hn::Or(differ, hn::Xor(hn::LoadU(Tag(), words + i), first));
  return hn::AllTrue(Tag(), IsZero(hn::And(differ, Splat(mask))));
}

enum class Shape : uint8_t { none, wp_none, present, mixed };

// Of a whole block. The first entry says what the others have to be.
HWY_INLINE Shape ShapeOf(const LoopWords& kinds, const uint64_t* words) {
  if (words[0] & kPagePresent) return AllEqual(words, kPagePresent) ? Shape::present : Shape::mixed;
  if (words[0] != 0 && words[0] != kinds.wp_none) return Shape::mixed;
  if (!AllEqual(words, kAll)) return Shape::mixed;
  return words[0] == 0 ? Shape::none : Shape::wp_none;
}

// Which entries of a block are of which kind.
struct Kinds {
  uint64_t none = 0, present = 0, wp_none = 0, rest = 0;
};

HWY_INLINE Kinds KindsOf(const LoopWords& kinds, const uint64_t* words, size_t count) {
  Kinds result;
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

// A block of present words whose frames lie in a row and are pages of which hot metadata is all.
struct Row {
  uint64_t* hot;
  bool same_words;  // but for the frame
  bool same_pages;
};

// Whether the block is one, and whole; then *row is filled.
HWY_INLINE bool IsRow(const LoopWords& kinds, const uint64_t* words, size_t count, HotPage* pages, Row* row) {
  const uint64_t first_frame = (words[0] & kinds.pfn_mask) >> kPageShift;
  if (count != kBlock || !(words[0] & kPagePresent) || first_frame < kFirstDataPfn.value) return false;
  const Vector step = Splat(hn::Lanes(Tag()) << kPageShift);
  Vector expected = hn::Add(Splat(words[0]), hn::ShiftLeft<kPageShift>(hn::Iota(Tag(), 0)));
  Vector differ = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    differ = hn::Or(differ, hn::Xor(hn::LoadU(Tag(), words + i), expected));
    expected = hn::Add(expected, step);
  }
  if (!hn::AllTrue(Tag(), IsZero(hn::And(differ, Splat(kinds.pfn_mask | kPagePresent))))) return false;
  row->same_words = hn::AllTrue(Tag(), IsZero(differ));
  row->hot = HotWords(pages) + (first_frame - kFirstDataPfn.value);
  const Vector first = Splat(row->hot[0]);
  Vector any = first, unlike = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector hot = hn::LoadU(Tag(), row->hot + i);
    any = hn::Or(any, hot);
    unlike = hn::Or(unlike, hn::Xor(hot, first));
  }
  row->same_pages = hn::AllTrue(Tag(), IsZero(unlike));
  return hn::AllTrue(Tag(), IsZero(hn::And(any, Splat(kHotNeedsMore))));
}

HWY_INLINE void FillBlock(uint64_t* words, uint64_t word) {
  // Not to be known for a constant: compilers make REP STOS of it, which takes three times as long for so little.
  asm("" : "+r"(word));
  const Vector splat = Splat(word);
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) hn::StoreU(splat, Tag(), words + i);
}

// Pages by rss counter, from their flags.
struct Counting {
  // Written out: an implicit constructor would be compiled for no instruction set in particular.
  HWY_INLINE Counting() : anon(hn::Zero(Tag())), shmem(hn::Zero(Tag())) {}
  HWY_INLINE void Add(Vector hot) {
    const Vector is_anon = hn::And(hn::ShiftRight<kHotFlagsShift + 2>(hot), Splat(1));
    anon = hn::Add(anon, is_anon);
    shmem = hn::Add(shmem, hn::AndNot(is_anon, hn::And(hn::ShiftRight<kHotFlagsShift + 4>(hot), Splat(1))));
  }
  HWY_INLINE void Into(PageSums& sums, size_t pages) const {
    const int64_t anon_pages = static_cast<int64_t>(Sum(anon));
    const int64_t shmem_pages = static_cast<int64_t>(Sum(shmem));
    sums.anon += anon_pages;
    sums.shmem += shmem_pages;
    sums.file += static_cast<int64_t>(pages) - anon_pages - shmem_pages;
  }
  Vector anon, shmem;
};
static_assert(PG_anon == 1 << 2 && PG_swapbacked == 1 << 4 && PG_anon_exclusive == PG_anon << 1, "shifts above and below");

// `pages` pages with these flags.
HWY_INLINE void CountPages(uint64_t hot, int64_t pages, PageSums& sums) {
  const int64_t anon = static_cast<int64_t>(hot >> (kHotFlagsShift + 2) & 1);
  const int64_t shmem = static_cast<int64_t>(hot >> (kHotFlagsShift + 4) & 1) & ~anon;
  sums.anon += pages * anon;
  sums.shmem += pages * shmem;
  sums.file += pages * (1 - anon - shmem);
}

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

HWY_INLINE void AddRest(uint64_t bits, size_t base, LoopOutput* output) {
  ForEachBit(bits, [&](size_t i) { output->rest[output->rest_count++] = static_cast<uint16_t>(base + i); });
}

// ---- Scan.

HWY_INLINE uint64_t MatchesOf(const ScanPlan& plan, const uint64_t* words, size_t count) {
  if (count == kBlock) {
    switch (ShapeOf(plan.words, words)) {
      case Shape::none: return plan.none ? kAll : 0;
      case Shape::wp_none: return plan.wp_none ? kAll : 0;
      case Shape::present: return plan.present ? kAll : 0;
      case Shape::mixed: break;
    }
  }
  const Kinds kinds = KindsOf(plan.words, words, count);
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

// ---- Zap.

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

// Stores the lanes of `bits` and returns the first word behind them; may write a whole vector. With four lanes Highway's Compress() copies its table to
// the stack at each call, as g++ compiles it, and its CompressStore() uses a masked store, which some processors are slow with.
HWY_INLINE uint64_t* StorePicked(Vector v, Mask mask, uint64_t bits, uint64_t* to) {
  if constexpr (hn::MaxLanes(Tag()) == 8) {
    hn::StoreU(hn::Compress(v, mask), Tag(), to);
  } else if constexpr (hn::MaxLanes(Tag()) == 4) {
    hn::StoreU(hn::TableLookupLanes(v, hn::IndicesFromVec(Tag(), hn::Load(Tag(), kPickOfFour[bits]))), Tag(), to);
  } else {
    HWY_ALIGN uint64_t lanes[hn::MaxLanes(Tag())];
    hn::Store(v, Tag(), lanes);
    uint64_t* next = to;
    ForEachBit(bits, [&](size_t i) { *next++ = lanes[i]; });
  }
  return to + std::popcount(bits);
}

// Present entries of one table that lie in no row: which they are, block by block, and which pages they name. To look at all pages first lets the
// processor fetch them at the same time; what is done to them then finds them near. Words are changed before that, in the hope that all pages
// turn out alike; `saved` has them as they were.
struct Singles {
  uint32_t count;
  bool zero_pages;              // one of them at least is a zero page
  uint64_t present[512 / kBlock];
  uint64_t rest[512 / kBlock];  // left to the caller
  uint64_t frame[512 + 8];      // less kFirstDataPfn
  uint64_t saved[512];

  HWY_INLINE Singles() : count(0), zero_pages(false), present(), rest() {}
};

// A block of entries of any kinds: see AddBlock().
template <class F>
HWY_INLINE void AddSingles(const LoopWords& kinds, uint64_t* words, size_t base, Singles& singles, F after) {
  uint64_t present_bits = 0, known_bits = 0;
  uint64_t* frame = singles.frame + singles.count;
  Vector any = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector word = hn::LoadU(Tag(), words + i);
    hn::StoreU(word, Tag(), singles.saved + base + i);
    const Mask present = HasBit(word, kPagePresent);
    const Mask wp_none = hn::AndNot(present, hn::Eq(word, Splat(kinds.wp_none)));
    const uint64_t here = Bits(present);
    known_bits |= Bits(hn::Or(hn::Or(present, wp_none), IsZero(word))) << i;
    present_bits |= here << i;
    const Vector number = hn::Sub(hn::ShiftRight<kPageShift>(hn::And(word, Splat(kinds.pfn_mask))), Splat(kFirstDataPfn.value));
    any = hn::Or(any, hn::IfThenElseZero(present, number));
    frame = StorePicked(number, present, here, frame);
    hn::StoreU(after(word, present, wp_none, i), Tag(), words + i);
  }
  singles.zero_pages |= HasLargeLane(any);
  singles.count = static_cast<uint32_t>(frame - singles.frame);
  singles.present[base / kBlock] = present_bits;
  singles.rest[base / kBlock] = ~known_bits;
}

// A block that is present throughout, where nothing has to be told apart: see AddBlock().
template <class F>
HWY_INLINE void AddPresentBlock(const LoopWords& kinds, uint64_t* words, size_t base, Singles& singles, F after) {
  const Mask all = IsZero(hn::Zero(Tag()));
  const Mask no = HasBits(hn::Zero(Tag()), kAll);
  Vector any = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector word = hn::LoadU(Tag(), words + i);
    hn::StoreU(word, Tag(), singles.saved + base + i);
    const Vector number = hn::Sub(hn::ShiftRight<kPageShift>(hn::And(word, Splat(kinds.pfn_mask))), Splat(kFirstDataPfn.value));
    any = hn::Or(any, number);
    hn::StoreU(number, Tag(), singles.frame + singles.count + i);
    hn::StoreU(after(word, all, no, i), Tag(), words + i);
  }
  singles.zero_pages |= HasLargeLane(any);
  singles.count += kBlock;
  singles.present[base / kBlock] = kAll;
}

// Goes over the block at `base` and notes its singles. after(word, present, wp_none, i) says what becomes of a vector of words, the block's from the
// i-th on; `words` may be a copy.
template <class F>
HWY_INLINE void AddBlock(const LoopWords& kinds, uint64_t* words, size_t base, Singles& singles, F after) {
  if ((words[0] & kPagePresent) && AllEqual(words, kPagePresent)) {
    AddPresentBlock(kinds, words, base, singles, after);
  } else {
    AddSingles(kinds, words, base, singles, after);
  }
}

// Whether all singles are pages with the same hot word, of which it is all, and which nothing else maps (so that no two of them are one page).
HWY_INLINE bool AreAlike(const Singles& singles, const uint64_t* hot) {
  if (singles.zero_pages) return false;
  const uint64_t first = hot[singles.frame[0]];
  uint64_t differ = 0;
  for (uint32_t i = 0; i < singles.count; ++i) differ |= hot[singles.frame[i]] ^ first;
  return differ == 0 && !(first & kHotNeedsMore) && (first & kHotMapcountMask) == uint64_t{1} << 32;
}

// Calls f with the index of each single.
template <class F>
HWY_INLINE void ForEachSingle(const Singles& singles, F f) {
  for (size_t block = 0; block < 512 / kBlock; ++block) ForEachBit(singles.present[block], [&](size_t i) { f(block * kBlock + i); });
}

HWY_INLINE void GiveRest(const Singles& singles, LoopOutput* output) {
  for (size_t block = 0; block < 512 / kBlock; ++block) AddRest(singles.rest[block], block * kBlock, output);
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
  const bool alike = AreAlike(singles, hot);
  const uint64_t first = alike ? hot[singles.frame[0]] : 0;
  if (!alike || !(first & HotFlag(PG_anon)) || !plan.clears_anon) {
    ForEachSingle(singles, [&](size_t i) {
      words[i] = singles.saved[i];
      if (HWY_UNLIKELY(!ZapOne(plan, &words[i], pages, sums, freed))) singles.rest[i / kBlock] |= uint64_t{1} << (i % kBlock);
    });
    return;
  }
  CountPages(first, singles.count, sums);
  const bool last = (first & kHotRefcountMask) == 1;
  const uint64_t after = last ? 0 : first - kHotOneMapping;
  for (uint32_t k = 0; k < singles.count; ++k) hot[singles.frame[k]] = after;
  if (last) freed.AddEach(singles.frame, singles.count);
}

// Calls f(words) of `count` entries, or for a copy of it that empty entries fill up.
template <class F>
HWY_INLINE void WithWholeBlock(uint64_t* block, size_t count, F f) {
  if (count == kBlock) return f(block);
  HWY_ALIGN uint64_t copy[kBlock] = {};
  std::copy_n(block, count, copy);
  f(copy);
  std::copy_n(copy, count, block);
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

// ---- Fork.

// What a present entry becomes in the parent; bits that the child's entry keeps of that.
HWY_INLINE Vector WriteProtected(const ForkLoopPlan& plan, Vector word) {
  if (!plan.write_protects) return word;
  Vector read_only = hn::AndNot(Splat(kPageRw), word);
  if (plan.words.saved_dirty != 0) {
    const Vector moved = hn::Or(hn::AndNot(Splat(kPageDirty), read_only), Splat(plan.words.saved_dirty));
    read_only = hn::IfThenElse(HasBits(read_only, kPageDirty), moved, read_only);
  }
  return hn::IfThenElse(HasBits(word, kPageRw), read_only, word);
}

HWY_INLINE uint64_t ChildKeeps(const ForkLoopPlan& plan) {
  return ~(kPageAccessed | (plan.cleans ? plan.words.dirty_bits : 0) | (plan.keeps_uffd_wp ? 0 : plan.words.uffd_wp));
}

HWY_INLINE void ForkRow(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, const Row& row, PageSums& sums) {
  const Vector keeps = Splat(ChildKeeps(plan));
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector word = WriteProtected(plan, hn::LoadU(Tag(), parent + i));
    if (plan.write_protects) hn::StoreU(word, Tag(), parent + i);
    hn::StoreU(hn::And(word, keeps), Tag(), child + i);
  }
  const uint64_t unshares = plan.unshares_exclusive ? HotFlag(PG_anon) : 0;
  if (row.same_pages) {
    CountPages(row.hot[0], kBlock, sums);
    FillBlock(row.hot, (row.hot[0] + kHotOneMapping) & ~((row.hot[0] & unshares) << 1));
    return;
  }
  Counting counting;
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector old = hn::LoadU(Tag(), row.hot + i);
    counting.Add(old);
    const Vector exclusive = hn::ShiftLeft<1>(hn::And(old, Splat(unshares)));
    hn::StoreU(hn::AndNot(exclusive, hn::Add(old, Splat(kHotOneMapping))), Tag(), row.hot + i);
  }
  counting.Into(sums, kBlock);
}

// The words of a present entry.
HWY_INLINE void ForkWords(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child) {
  uint64_t word = *parent;
  if (plan.write_protects) {
    const uint64_t writable = (word & kPageRw) != 0;
    word &= ~kPageRw;
    if (plan.words.saved_dirty != 0) {
      const uint64_t moves = writable & (word >> kPageBitDirty);
      word = (word & ~(moves << kPageBitDirty)) | (moves != 0 ? plan.words.saved_dirty : 0);
    }
    *parent = word;
  }
  *child = word & ChildKeeps(plan);
}

HWY_INLINE bool ForkOne(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, HotPage* pages, PageSums& sums) {
  const uint64_t word = *parent;
  const uint64_t frame = (word & plan.words.pfn_mask) >> kPageShift;
  if (HWY_UNLIKELY(frame < kFirstDataPfn.value)) return false;
  uint64_t* hot = HotWords(pages) + (frame - kFirstDataPfn.value);
  const uint64_t old = *hot;
  if (HWY_UNLIKELY(old & kHotNeedsMore)) return false;
  CountPages(old, 1, sums);
  const uint64_t exclusive = plan.unshares_exclusive ? (old & HotFlag(PG_anon)) << 1 : 0;
  *hot = (old + kHotOneMapping) & ~exclusive;
  ForkWords(plan, parent, child);
  return true;
}

HWY_INLINE void ForkMixedBlock(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t base, Singles& singles) {
  const Vector keeps = Splat(ChildKeeps(plan));
  const Vector of_wp_none = Splat(plan.copies_wp_none ? plan.words.wp_none : 0);
  const auto after = [&](Vector word, Mask present, Mask wp_none, size_t i) HWY_ATTR {
    const Vector in_parent = hn::IfThenElse(present, WriteProtected(plan, word), word);
    hn::StoreU(hn::IfThenElse(present, hn::And(in_parent, keeps), hn::IfThenElseZero(wp_none, of_wp_none)), Tag(), child + i);
    return in_parent;
  };
  AddBlock(plan.words, parent, base, singles, after);
}

HWY_INLINE void ForkSingles(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, HotPage* pages, Singles& singles, PageSums& sums) {
  uint64_t* hot = HotWords(pages);
  if (!AreAlike(singles, hot)) {
    ForEachSingle(singles, [&](size_t i) {
      parent[i] = singles.saved[i];
      child[i] = 0;
      if (HWY_UNLIKELY(!ForkOne(plan, &parent[i], &child[i], pages, sums))) singles.rest[i / kBlock] |= uint64_t{1} << (i % kBlock);
    });
    return;
  }
  const uint64_t first = hot[singles.frame[0]];
  const uint64_t exclusive = plan.unshares_exclusive ? (first & HotFlag(PG_anon)) << 1 : 0;
  const uint64_t after = (first + kHotOneMapping) & ~exclusive;
  CountPages(first, singles.count, sums);
  for (uint32_t k = 0; k < singles.count; ++k) hot[singles.frame[k]] = after;
}

PageSums ForkEntries(const ForkLoopPlan& the_plan, uint64_t* parent, uint64_t* child, size_t count, HotPage* pages, LoopOutput* output) {
  const ForkLoopPlan plan = the_plan;
  output->rest_count = output->freed_count = 0;
  PageSums sums;
  Singles singles;
  bool all_uniform = true;
  for (size_t base = 0; base < count; base += kBlock) {
    uint64_t* from = parent + base;
    uint64_t* to = child + base;
    const size_t here = std::min(kBlock, count - base);
    Row row;
    if (IsRow(plan.words, from, here, pages, &row)) {
      ForkRow(plan, from, to, row, sums);
      continue;
    }
    if (here == kBlock && !(from[0] & kPagePresent)) {
      const Shape shape = ShapeOf(plan.words, from);
      if (shape == Shape::wp_none && plan.copies_wp_none) FillBlock(to, plan.words.wp_none);
      if (shape != Shape::mixed) continue;
    }
    all_uniform = false;
    HWY_ALIGN uint64_t child_copy[kBlock];
    WithWholeBlock(from, here, [&](uint64_t* whole) { ForkMixedBlock(plan, whole, here == kBlock ? to : child_copy, base, singles); });
    if (here < kBlock) std::copy_n(child_copy, here, to);
  }
  if (!all_uniform) {
    if (singles.count > 0) ForkSingles(plan, parent, child, pages, singles, sums);
    GiveRest(singles, output);
  }
  return sums;
}

// ---- Change of protection.

HWY_INLINE Vector Protected(const ProtectLoopPlan& plan, Vector word) {
  const Vector after = hn::Or(hn::And(word, Splat(plan.keep)), Splat(plan.set));
  if (plan.dirty == DirtyShift::none) return after;
  const uint64_t from = plan.dirty == DirtyShift::from_saved ? plan.words.saved_dirty : kPageDirty;
  const uint64_t to = plan.dirty == DirtyShift::from_saved ? kPageDirty : plan.words.saved_dirty;
  Mask moves = HasBit(after, from);
  if (plan.dirty == DirtyShift::to_saved_if_was_writable) moves = hn::And(moves, HasBit(word, kPageRw));
  return hn::IfThenElse(moves, hn::Or(hn::AndNot(Splat(from), after), Splat(to)), after);
}

HWY_INLINE void ProtectPresentBlock(const ProtectLoopPlan& plan, uint64_t* block) {
  if (plan.dirty != DirtyShift::none) {
    for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) hn::StoreU(Protected(plan, hn::LoadU(Tag(), block + i)), Tag(), block + i);
    return;
  }
  const Vector keep = Splat(plan.keep), set = Splat(plan.set);
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) hn::StoreU(hn::Or(hn::And(hn::LoadU(Tag(), block + i), keep), set), Tag(), block + i);
}

// One vector of entries of any kinds. Adds all ones to *same for each that does not count as changed; lanes of the result's mask are left to the caller.
HWY_INLINE Mask ProtectVector(const ProtectLoopPlan& plan, Vector word, Vector* after, Vector* same) {
  const Mask present = HasBit(word, kPagePresent);
  const Mask none = IsZero(word);
  // Where no word means "no page, write-protected", that is never asked of a word that is not zero.
  const Mask wp_none = hn::Eq(word, Splat(plan.words.wp_none));
  // The type of a swap entry lies in its top five bits; PROT_NONE's bit, which no swap entry has, makes a word too large to be one.
  const hn::RebindToSigned<Tag> signed_tag;
  const Vector type = hn::Or(hn::ShiftRight<59>(word), hn::And(word, Splat(kPageProtnone)));
  const Mask slot = hn::RebindMask(Tag(), hn::Lt(hn::BitCast(signed_tag, type), hn::Set(signed_tag, plan.words.max_swapfiles)));
  Vector result = hn::IfThenElse(slot, hn::Or(hn::And(word, Splat(plan.swap_keep)), Splat(plan.swap_set)), word);
  result = hn::IfThenElse(wp_none, Splat(plan.wp_none_becomes), result);
  result = hn::IfThenElse(none, Splat(plan.none_becomes), result);
  result = hn::IfThenElse(present, Protected(plan, word), result);
  *after = result;
  *same = hn::Add(*same, hn::IfThenZeroElse(present, hn::VecFromMask(Tag(), hn::Eq(result, word))));
  return hn::Not(hn::Or(hn::Or(slot, wp_none), hn::Or(none, present)));
}

// Returns how many of `count` entries changed; bits of *rest are those left to the caller.
HWY_INLINE uint64_t ProtectMixed(const ProtectLoopPlan& plan, uint64_t* words, size_t count, uint64_t* rest) {
  const size_t lanes = hn::Lanes(Tag());
  Vector same = hn::Zero(Tag());
  Vector after;
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const Mask left = ProtectVector(plan, hn::LoadU(Tag(), words + i), &after, &same);
    hn::StoreU(after, Tag(), words + i);
    if (HWY_UNLIKELY(!hn::AllFalse(Tag(), left))) *rest |= Bits(left) << i;
  }
  uint64_t unchanged = -Sum(same);
  if (i < count) {
    HWY_ALIGN uint64_t tail[hn::MaxLanes(Tag())] = {};
    std::copy_n(words + i, count - i, tail);
    same = hn::Zero(Tag());
    const Mask left = ProtectVector(plan, hn::Load(Tag(), tail), &after, &same);
    hn::Store(after, Tag(), tail);
    std::copy_n(tail, count - i, words + i);
    const uint64_t inside = (uint64_t{1} << (count - i)) - 1;
    *rest |= (Bits(left) & inside) << i;
    hn::Store(same, Tag(), tail);
    for (size_t k = 0; k < count - i; ++k) unchanged += tail[k] & 1;
  }
  return count - unchanged;
}

uint64_t ProtectEntries(const ProtectLoopPlan& the_plan, uint64_t* words, size_t count, LoopOutput* output) {
  const ProtectLoopPlan plan = the_plan;
  output->rest_count = output->freed_count = 0;
  uint64_t changed = 0;
  for (size_t base = 0; base < count; base += kBlock) {
    uint64_t* block = words + base;
    const size_t here = std::min(kBlock, count - base);
    switch (here == kBlock ? ShapeOf(plan.words, block) : Shape::mixed) {
      case Shape::none:
        if (plan.none_becomes == 0) break;
        FillBlock(block, plan.none_becomes);
        changed += kBlock;
        break;
      case Shape::wp_none:
        if (plan.wp_none_becomes == plan.words.wp_none) break;
        FillBlock(block, plan.wp_none_becomes);
        changed += kBlock;
        break;
      case Shape::present:
        ProtectPresentBlock(plan, block);
        changed += kBlock;
        break;
      case Shape::mixed: {
        uint64_t rest = 0;
        changed += ProtectMixed(plan, block, here, &rest);
        AddRest(rest, base, output);
      }
    }
  }
  return changed;
}

}  // namespace HWY_NAMESPACE
}  // namespace pteron
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pteron::fast {

HWY_EXPORT(ScanEntries);
HWY_EXPORT(ZapEntries);
HWY_EXPORT(ForkEntries);
HWY_EXPORT(ProtectEntries);

ScanSums ScanEntries(const ScanPlan& plan, const uint64_t* words, size_t count, uint64_t* matches) {
  return HWY_DYNAMIC_DISPATCH(ScanEntries)(plan, words, count, matches);
}
PageSums ZapEntries(const ZapLoopPlan& plan, uint64_t* words, size_t count, HotPage* pages, LoopOutput* output) {
  return HWY_DYNAMIC_DISPATCH(ZapEntries)(plan, words, count, pages, output);
}
PageSums ForkEntries(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t count, HotPage* pages, LoopOutput* output) {
  return HWY_DYNAMIC_DISPATCH(ForkEntries)(plan, parent, child, count, pages, output);
}
uint64_t ProtectEntries(const ProtectLoopPlan& plan, uint64_t* words, size_t count, LoopOutput* output) {
  return HWY_DYNAMIC_DISPATCH(ProtectEntries)(plan, words, count, output);
}

}  // namespace pteron::fast
#endif  // HWY_ONCE
