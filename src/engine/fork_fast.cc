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

// What becomes of a page's hot word.
HWY_INLINE uint64_t ForkedPage(const ForkLoopPlan& plan, uint64_t old) {
  const uint64_t exclusive = plan.unshares_exclusive ? (old & HotFlag(PG_anon)) << 1 : 0;
  return (old + kHotOneMapping) & ~exclusive;
}

// Blocks of a uniform row, of `blocks`. Returns how many there are. Precondition: the first one looks like a row.
HWY_INLINE size_t ForkUniformRow(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t blocks, HotPage* pages, PageSums& sums) {
  uint64_t* hot = HotOfRow(plan.words, parent, pages);
  const uint64_t word = parent[0], old = hot[0];
  if (old & kHotNeedsMore) return 0;
  const Vector pages_become = Filler(ForkedPage(plan, old));
  size_t done = 0;
  for (; done < blocks && IsUniformRow(parent + done * kBlock, word + (done * kBlock << kPageShift), hot + done * kBlock, old); ++done) {
    FetchBlock(parent + (done + kFetchedBlocks) * kBlock);
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
  *hot = ForkedPage(plan, old);
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
    const size_t done = ChangeAlike(some, hot, old, ForkedPage(plan, old));
    CountPages(old, static_cast<int64_t>(done), sums);
    return done;
  };
  WorkOffSingles(singles, all, [&](size_t i) {
    parent[i] = singles.saved[i];
    child[i] = 0;
    return ForkOne(plan, &parent[i], &child[i], pages, sums);
  });
}

// How many blocks from the first on are present and look like no row, of `blocks`. Precondition: the first one does.
HWY_INLINE size_t PresentBlocks(const LoopWords& kinds, const uint64_t* words, size_t blocks) {
  size_t present = 1;
  while (present < blocks && AllPresent(words + present * kBlock) && !LooksLikeRow(kinds, words + present * kBlock)) ++present;
  return present;
}

// Blocks of a uniform row, or without a page. Returns how many from the first one on.
HWY_INLINE size_t ForkUniform(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t blocks, HotPage* pages, PageSums& sums) {
  const uint64_t first = parent[0];
  if (LooksLikeRow(plan.words, parent)) return ForkUniformRow(plan, parent, child, blocks, pages, sums);
  if (first != parent[kBlock - 1]) return 0;
  if (first == 0 || (first == plan.words.wp_none && !plan.copies_wp_none)) return ForEachOf(first, parent, blocks, [](size_t) {});
  if (first != plan.words.wp_none) return 0;
  const Vector wp_none = Filler(first);
  return ForEachOf(first, parent, blocks, [&](size_t i) HWY_ATTR {
    FetchBlock(child + (i + 1) * kBlock);
    FillBlock(child + i * kBlock, wp_none);
  });
}

// Blocks of one shape, from the `begin`th on. Returns how many.
HWY_INLINE size_t ForkBlocks(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t begin, size_t end, HotPage* pages, Singles& singles,
                             LoopOutput* output, PageSums& sums) {
  uint64_t *in_parent = parent + begin * kBlock, *in_child = child + begin * kBlock;
  const size_t uniform = ForkUniform(plan, in_parent, in_child, end - begin, pages, sums);
  if (uniform > 0) return uniform;
  if (LooksLikeRow(plan.words, in_parent)) {
    uint64_t* hot = HotOfRow(plan.words, in_parent, pages);
    if (IsRow(plan.words, in_parent, hot)) {
      ForkRow(plan, in_parent, in_child, hot, sums);
      return 1;
    }
  }
  size_t blocks;
  if (ShapeOf(plan.words.wp_none, in_parent, end - begin, &blocks) == Shape::present) blocks = PresentBlocks(plan.words, in_parent, end - begin);
  ForkMixed(plan, in_parent, in_child, begin * kBlock, (begin + blocks) * kBlock, singles, output);
  return blocks;
}

// All that lies behind what is uniform at the begin of the table.
HWY_NOINLINE void ForkRest(const ForkLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT parent, uint64_t* HWY_RESTRICT child, size_t begin, size_t count,
                           HotPage* pages, LoopOutput* output, PageSums& sums) {
  Singles singles;
  const size_t whole = count / kBlock;
  for (size_t i = begin; i < whole;) i += ForkBlocks(plan, parent, child, i, whole, pages, singles, output, sums);
  if (whole * kBlock < count) {
    const size_t base = whole * kBlock;
    Tail of_parent(parent + base, count - base), of_child(child + base, count - base);
    ForkMixed(plan, of_parent.words, of_child.words, base, base + kBlock, singles, output);
    of_parent.CopyTo(parent + base);
    of_child.CopyTo(child + base);
  }
  if (singles.count > 0) ForkSingles(plan, parent, child, pages, singles, sums);
  if (HWY_UNLIKELY(singles.any_left)) GiveLeft(singles, output);
}

// Does uniform tables by itself, as ZapEntries() does.
PageSums ForkEntries(const ForkLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT parent, uint64_t* HWY_RESTRICT child, size_t count, HotPage* pages,
                     LoopOutput* output) {
  output->rest_count = output->freed_count = 0;
  PageSums sums;
  const size_t uniform = count < kBlock ? 0 : ForkUniform(plan, parent, child, count / kBlock, pages, sums);
  if (uniform * kBlock < count) {
    PageSums with_rest = sums;  // a copy, so that `sums` has no address and stays in registers
    ForkRest(plan, parent, child, uniform, count, pages, output, with_rest);
    sums = with_rest;
  }
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
