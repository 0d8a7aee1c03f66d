// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// The fast engine: the copy at fork.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/engine/fork_fast.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file again.
#include "src/engine/singles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pteron {
namespace HWY_NAMESPACE {

static_assert(PG_anon_exclusive == PG_anon << 1, "a shift by one makes the one of the other");

// What a present entry becomes in the parent. kMovesDirty: the kernel keeps the dirty bit of words that allow no write elsewhere.
template <bool kMovesDirty>
HWY_INLINE Vector WriteProtected(const ForkLoopPlan& plan, Vector word) {
  const Vector read_only = hn::AndNot(Splat(plan.write_protects ? kPageRw : 0), word);
  if (!kMovesDirty) return read_only;
  const Vector moved = hn::Or(hn::AndNot(Splat(kPageDirty), read_only), Splat(plan.words.saved_dirty));
  return hn::IfThenElse(hn::And(HasBit(word, kPageRw), HasBit(word, kPageDirty)), moved, read_only);
}

HWY_INLINE bool MovesDirty(const ForkLoopPlan& plan) { return plan.write_protects && plan.words.saved_dirty != 0; }

HWY_INLINE uint64_t ChildKeeps(const ForkLoopPlan& plan) {
  return ~(kPageAccessed | (plan.cleans ? plan.words.dirty_bits : 0) | (plan.keeps_uffd_wp ? 0 : plan.words.uffd_wp));
}

template <bool kMovesDirty>
HWY_INLINE void ForkPresentWords(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child) {
  const Vector keeps = Splat(ChildKeeps(plan));
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector word = WriteProtected<kMovesDirty>(plan, hn::LoadU(Tag(), parent + i));
    if (plan.write_protects) hn::StoreU(word, Tag(), parent + i);
    hn::StoreU(hn::And(word, keeps), Tag(), child + i);
  }
}

HWY_INLINE void ForkRow(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, const Row& row, PageSums& sums) {
  if (MovesDirty(plan)) {
    ForkPresentWords<true>(plan, parent, child);
  } else {
    ForkPresentWords<false>(plan, parent, child);
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

template <bool kMovesDirty>
HWY_INLINE void ForkMixedWords(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t begin, size_t end, Singles& singles, LoopOutput* output) {
  const Vector keeps = Splat(ChildKeeps(plan));
  const Vector keeps_empty = Splat(plan.copies_wp_none ? kAll : 0);
  NoteEntries(plan.words, parent, begin, end, singles, output, [&](const Kinds& kinds, size_t i) HWY_ATTR {
    const Vector in_parent = hn::IfThenElse(kinds.present, WriteProtected<kMovesDirty>(plan, kinds.word), kinds.word);
    hn::StoreU(hn::IfThenZeroElse(kinds.left, hn::And(in_parent, hn::IfThenElse(kinds.present, keeps, keeps_empty))), Tag(), child + i);
    return in_parent;
  });
}

HWY_NOINLINE void ForkMixed(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t begin, size_t end, Singles& singles, LoopOutput* output) {
  if (MovesDirty(plan)) {
    ForkMixedWords<true>(plan, parent, child, begin, end, singles, output);
  } else {
    ForkMixedWords<false>(plan, parent, child, begin, end, singles, output);
  }
}

HWY_NOINLINE void ForkSingles(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, HotPage* pages, Singles& singles, PageSums& sums) {
  uint64_t* hot = HotWords(pages);
  const auto all = [&](const SomePages& some) HWY_ATTR {
    if (AnyNegative(some)) return false;
    const uint64_t old = hot[some.frame[0]];
    if (old & kHotNeedsMore) return false;
    const uint64_t exclusive = plan.unshares_exclusive ? (old & HotFlag(PG_anon)) << 1 : 0;
    if (!ChangeAlike(some, hot, old, (old + kHotOneMapping) & ~exclusive)) return false;
    CountPages(old, static_cast<int64_t>(some.count), sums);
    return true;
  };
  WorkOffSingles(singles, all, [&](size_t i) {
    parent[i] = singles.saved[i];
    child[i] = 0;
    return ForkOne(plan, &parent[i], &child[i], pages, sums);
  });
}

// Goes over blocks as long as they are rows. Returns how many were.
HWY_NOINLINE size_t ForkRows(const ForkLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT parent, uint64_t* HWY_RESTRICT child, size_t blocks, HotPage* pages,
                             PageSums* sums) {
  PageSums here = *sums;
  size_t done = 0;
  Row row;
  while (done < blocks && IsRow(plan.words, parent + done * kBlock, pages, &row)) {
    if (kFetchesUniform) FetchBlock(parent + (done + 2) * kBlock);
    ForkRow(plan, parent + done * kBlock, child + done * kBlock, row, here);
    ++done;
  }
  *sums = here;
  return done;
}

PageSums ForkEntries(const ForkLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT parent, uint64_t* HWY_RESTRICT child, size_t count, HotPage* pages,
                     LoopOutput* output) {
  output->rest_count = output->freed_count = 0;
  PageSums sums;
  Singles singles;
  const size_t whole = count / kBlock;
  Shapes shapes(plan.words.wp_none);
  for (size_t i = 0; i < whole; ++i) {
    const size_t base = i * kBlock;
    const Shape shape = shapes.Of(parent + base);
    if (shape == Shape::present && BeginsAsRow(plan.words, parent + base)) {
      const size_t rows = ForkRows(plan, parent + base, child + base, whole - i, pages, &sums);
      if (rows > 0) {
        i += rows - 1;
        continue;
      }
    }
    if (shape == Shape::wp_none && plan.copies_wp_none) {
      if (kFetchesUniform) FetchBlock(child + base + kBlock);
      FillBlock(child + base, plan.words.wp_none);
    }
    singles.blocks |= static_cast<uint32_t>(shape == Shape::mixed || shape == Shape::present) << i;
  }
  ForEachStretch(singles.blocks, [&](size_t begin, size_t end) HWY_ATTR { ForkMixed(plan, parent + begin, child + begin, begin, end, singles, output); });
  if (whole * kBlock < count) {
    const size_t base = whole * kBlock;
    Tail of_parent(parent + base, count - base, 0), of_child(child + base, count - base, 0);
    ForkMixed(plan, of_parent.words, of_child.words, base, base + kBlock, singles, output);
    of_parent.CopyTo(parent + base);
    of_child.CopyTo(child + base);
    singles.blocks |= uint32_t{1} << whole;
  }
  if (singles.count > 0) ForkSingles(plan, parent, child, pages, singles, sums);
  if (HWY_UNLIKELY(singles.any_left)) GiveLeft(singles, output);
  return sums;
}

}  // namespace HWY_NAMESPACE
}  // namespace pteron
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pteron::fast {

HWY_EXPORT(ForkEntries);
PageSums ForkEntries(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t count, HotPage* pages, LoopOutput* output) {
  return HWY_DYNAMIC_DISPATCH(ForkEntries)(plan, parent, child, count, pages, output);
}

}  // namespace pteron::fast
#endif  // HWY_ONCE
