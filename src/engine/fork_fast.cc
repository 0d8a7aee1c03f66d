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

// How far ahead uniform blocks fetch others. A whole table, as elsewhere, took a tenth more here.
constexpr size_t kFetchedBlocks = 4;

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

HWY_INLINE void ForkRowWords(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child) {
  if (MovesDirty(plan)) {
    ForkPresentWords<true>(plan, parent, child);
  } else {
    ForkPresentWords<false>(plan, parent, child);
  }
}

// Blocks of a uniform row, of `blocks`. Returns how many there are. Precondition: the first page is one of which hot metadata is all.
HWY_INLINE size_t ForkUniformRow(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t blocks, uint64_t* hot, PageSums& sums) {
  const uint64_t word = parent[0], old = hot[0];
  const uint64_t unshares = plan.unshares_exclusive ? HotFlag(PG_anon) : 0;
  const Vector pages_become = Filler((old + kHotOneMapping) & ~((old & unshares) << 1));
  size_t done = 0;
  for (; done < blocks && IsUniformRow(parent + done * kBlock, word + (done * kBlock << kPageShift), hot + done * kBlock, old); ++done) {
    if (kFetchesUniform) FetchBlock(parent + (done + kFetchedBlocks) * kBlock);
    ForkRowWords(plan, parent + done * kBlock, child + done * kBlock);
    FillBlock(hot + done * kBlock, pages_become);
  }
  CountPages(old, static_cast<int64_t>(done * kBlock), sums);
  return done;
}

HWY_INLINE void ForkRow(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, uint64_t* hot, PageSums& sums) {
  ForkRowWords(plan, parent, child);
  const uint64_t unshares = plan.unshares_exclusive ? HotFlag(PG_anon) : 0;
  Counting counting;
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector old = hn::LoadU(Tag(), hot + i);
    counting.Add(old);
    const Vector exclusive = hn::ShiftLeft<1>(hn::And(old, Splat(unshares)));
    hn::StoreU(hn::AndNot(exclusive, hn::Add(old, Splat(kHotOneMapping))), Tag(), hot + i);
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
    if (AnyNegative(some)) return size_t{0};
    const uint64_t old = hot[some.frame[0]];
    if (old & kHotNeedsMore) return size_t{0};
    const uint64_t exclusive = plan.unshares_exclusive ? (old & HotFlag(PG_anon)) << 1 : 0;
    const size_t done = ChangeAlike(some, hot, old, (old + kHotOneMapping) & ~exclusive);
    CountPages(old, static_cast<int64_t>(done), sums);
    return done;
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
  size_t done = 0;
  while (done < blocks && LooksLikeRow(plan.words, parent + done * kBlock)) {
    uint64_t *in_parent = parent + done * kBlock, *in_child = child + done * kBlock;
    uint64_t* hot = HotOfRow(plan.words, in_parent, pages);
    size_t rows = hot[0] & kHotNeedsMore ? 0 : ForkUniformRow(plan, in_parent, in_child, blocks - done, hot, *sums);
    if (rows == 0) {
      if (!IsRow(plan.words, in_parent, hot)) break;
      ForkRow(plan, in_parent, in_child, hot, *sums);
      rows = 1;
    }
    done += rows;
  }
  return done;
}

// Blocks that are quick to tell: rows, and those without a page. Returns how many from the first one on; if none, *shape and *mixed are as ShapeOf() has
// them.
HWY_INLINE size_t ForkQuick(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t blocks, HotPage* pages, PageSums& sums, Shape* shape,
                            size_t* mixed) {
  if (LooksLikeRow(plan.words, parent)) {
    const size_t rows = ForkRows(plan, parent, child, blocks, pages, &sums);
    if (rows > 0) return rows;
  }
  *shape = ShapeOf(plan.words.wp_none, parent, blocks, mixed);
  if (*shape == Shape::present || *shape == Shape::mixed) return 0;
  if (*shape == Shape::none || !plan.copies_wp_none) return ForEachAlike(*shape, parent, blocks, [](size_t) {});
  const Vector wp_none = Filler(plan.words.wp_none);
  return ForEachAlike(*shape, parent, blocks, [&](size_t i) HWY_ATTR {
    if (kFetchesUniform) FetchBlock(child + (i + 1) * kBlock);
    FillBlock(child + i * kBlock, wp_none);
  });
}

// From the first block that was not quick to tell.
HWY_NOINLINE void ForkOthers(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t begin, size_t count, HotPage* pages, LoopOutput* output,
                             PageSums& sums) {
  Singles singles;
  const size_t whole = count / kBlock;
  for (size_t i = begin; i < whole;) {
    uint64_t *in_parent = parent + i * kBlock, *in_child = child + i * kBlock;
    Shape shape;
    size_t mixed;
    if (const size_t quick = ForkQuick(plan, in_parent, in_child, whole - i, pages, sums, &shape, &mixed)) {
      i += quick;
      continue;
    }
    // Present blocks in no row are gone over as mixtures are.
    for (; shape == Shape::present && mixed < whole - i; ++mixed) {
      const uint64_t* block = in_parent + mixed * kBlock;
      if (!AllPresent(block) || LooksLikeRow(plan.words, block)) break;
    }
    ForkMixed(plan, in_parent, in_child, i * kBlock, (i + mixed) * kBlock, singles, output);
    i += mixed;
  }
  if (whole * kBlock < count) {
    const size_t base = whole * kBlock;
    Tail of_parent(parent + base, count - base, 0), of_child(child + base, count - base, 0);
    ForkMixed(plan, of_parent.words, of_child.words, base, base + kBlock, singles, output);
    of_parent.CopyTo(parent + base);
    of_child.CopyTo(child + base);
  }
  if (singles.count > 0) ForkSingles(plan, parent, child, pages, singles, sums);
  if (HWY_UNLIKELY(singles.any_left)) GiveLeft(singles, output);
}

PageSums ForkEntries(const ForkLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT parent, uint64_t* HWY_RESTRICT child, size_t count, HotPage* pages,
                     LoopOutput* output) {
  output->rest_count = output->freed_count = 0;
  PageSums sums;
  const size_t whole = count / kBlock;
  size_t i = 0;
  while (i < whole) {
    Shape shape;
    size_t mixed;
    const size_t quick = ForkQuick(plan, parent + i * kBlock, child + i * kBlock, whole - i, pages, sums, &shape, &mixed);
    if (quick == 0) break;
    i += quick;
  }
  if (i * kBlock < count) ForkOthers(plan, parent, child, i, count, pages, output, sums);
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
