// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// The fast engine: change of protection.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/engine/protect_fast.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file again.
#include "src/engine/blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pteron {
namespace HWY_NAMESPACE {

// Where the dirty bit of present words goes: from one bit to another, in words that had `needs` before.
struct DirtyMove {
  uint64_t from, to, needs;
};

HWY_INLINE DirtyMove DirtyMoveOf(const ProtectLoopPlan& plan) {
  if (plan.dirty == DirtyShift::from_saved) return {plan.words.saved_dirty, kPageDirty, kPagePresent};
  return {kPageDirty, plan.words.saved_dirty, plan.dirty == DirtyShift::to_saved_if_was_writable ? kPageRw : kPagePresent};
}

HWY_INLINE Vector DirtyMoved(const DirtyMove& move, Vector before, Vector after) {
  const Mask moves = hn::And(HasBit(after, move.from), HasBit(before, move.needs));
  return hn::IfThenElse(moves, hn::Or(hn::AndNot(Splat(move.from), after), Splat(move.to)), after);
}

HWY_INLINE void ProtectPresentBlock(const ProtectLoopPlan& plan, uint64_t* block) {
  const size_t lanes = hn::Lanes(Tag());
  const Vector keep = Splat(plan.keep), set = Splat(plan.set);
  for (size_t i = 0; i < kBlock; i += 2 * lanes) {
    const Vector low = hn::And(hn::LoadU(Tag(), block + i), keep), high = hn::And(hn::LoadU(Tag(), block + i + lanes), keep);
    hn::StoreU(hn::Or(low, set), Tag(), block + i);
    hn::StoreU(hn::Or(high, set), Tag(), block + i + lanes);
  }
}

HWY_INLINE void ProtectPresentBlockMovingDirty(const ProtectLoopPlan& plan, uint64_t* block) {
  const DirtyMove move = DirtyMoveOf(plan);
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector word = hn::LoadU(Tag(), block + i);
    hn::StoreU(DirtyMoved(move, word, hn::Or(hn::And(word, Splat(plan.keep)), Splat(plan.set))), Tag(), block + i);
  }
}

// All that the loop does itself: entries of any kind, and those that name a slot.
HWY_INLINE Mask Known(const LoopWords& words, const Kinds& kinds) {
  // The type of a swap entry lies in its top five bits; PROT_NONE's bit, which no swap entry has, makes a word too large to be one.
  const hn::RebindToSigned<Tag> signed_tag;
  const Vector type = hn::Or(hn::ShiftRight<59>(kinds.word), hn::And(kinds.word, Splat(kPageProtnone)));
  const Mask slot = hn::RebindMask(Tag(), hn::Lt(hn::BitCast(signed_tag, type), hn::Set(signed_tag, words.max_swapfiles)));
  return hn::Or(slot, OfAnyKind(kinds));
}

// What becomes of words of any kinds. kMovesDirty: plan.dirty says so; kOneEmpty: both kinds of empty entries become the same.
template <bool kMovesDirty, bool kOneEmpty>
HWY_INLINE Vector Protected(const ProtectLoopPlan& plan, const DirtyMove& move, const Kinds& kinds, Mask known) {
  const Vector word = kinds.word;
  const Vector keep = hn::IfThenElse(kinds.present, Splat(plan.keep), Splat(plan.swap_keep));
  const Vector set = hn::IfThenElse(kinds.present, Splat(plan.set), Splat(plan.swap_set));
  Vector after = hn::Or(hn::And(word, keep), set);
  if (kMovesDirty) after = hn::IfThenElse(kinds.present, DirtyMoved(move, word, after), after);
  after = hn::IfThenElse(known, after, word);
  if (kOneEmpty) return hn::IfThenElse(hn::Or(kinds.none, kinds.wp_none), Splat(plan.none_becomes), after);
  after = hn::IfThenElse(kinds.wp_none, Splat(plan.wp_none_becomes), after);
  return hn::IfThenElse(kinds.none, Splat(plan.none_becomes), after);
}

// Entries of a block that are left to the caller. They are so before and after it is gone over.
HWY_INLINE uint64_t Unknown(const LoopWords& kinds, const uint64_t* words) {
  uint64_t bits = 0;
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) bits |= Bits(hn::Not(Known(kinds, KindsOf(Splat(kinds.wp_none), words + i)))) << i;
  return bits;
}

// A block of entries of any kinds. Returns how many count as changed; *rest are those left to the caller.
template <bool kMovesDirty, bool kOneEmpty>
HWY_INLINE uint64_t ProtectMixed(const ProtectLoopPlan& plan, uint64_t* words, uint64_t* rest) {
  const DirtyMove move = DirtyMoveOf(plan);
  Vector same = hn::Zero(Tag());  // one less for each that does not count
  Mask all_known = hn::Eq(same, same);
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Kinds kinds = KindsOf(Splat(plan.words.wp_none), words + i);
    const Mask known = Known(plan.words, kinds);
    const Vector after = Protected<kMovesDirty, kOneEmpty>(plan, move, kinds, known);
    hn::StoreU(after, Tag(), words + i);
    all_known = hn::And(all_known, known);
    same = hn::Add(same, hn::IfThenZeroElse(kinds.present, hn::VecFromMask(Tag(), hn::Eq(after, kinds.word))));
  }
  *rest = HWY_LIKELY(hn::AllTrue(Tag(), all_known)) ? 0 : Unknown(plan.words, words);
  return kBlock + Sum(same);
}

// The first `count` entries of a block at `base` are the range's.
HWY_INLINE uint64_t ProtectAnyBlock(const ProtectLoopPlan& plan, uint64_t* block, size_t count, size_t base, LoopOutput* output) {
  uint64_t rest, changed;
  const bool one_empty = plan.none_becomes == plan.wp_none_becomes;
  if (plan.dirty != DirtyShift::none) {
    changed = ProtectMixed<true, false>(plan, block, &rest);
  } else {
    changed = one_empty ? ProtectMixed<false, true>(plan, block, &rest) : ProtectMixed<false, false>(plan, block, &rest);
  }
  AddRest(rest & (kAll >> (kBlock - count)), base, output);
  return changed;
}

uint64_t ProtectEntries(const ProtectLoopPlan& the_plan, uint64_t* words, size_t count, LoopOutput* output) {
  const ProtectLoopPlan plan = the_plan;
  output->rest_count = output->freed_count = 0;
  uint64_t changed = 0;
  size_t base = 0;
  for (; base + kBlock <= count; base += kBlock) {
    uint64_t* block = words + base;
    switch (MayBeUniform(block) ? ShapeOf(plan.words, block) : Shape::mixed) {
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
        if (plan.dirty == DirtyShift::none) {
          ProtectPresentBlock(plan, block);
        } else {
          ProtectPresentBlockMovingDirty(plan, block);
        }
        changed += kBlock;
        break;
      case Shape::mixed: changed += ProtectAnyBlock(plan, block, kBlock, base, output);
    }
  }
  if (base < count) {
    Tail tail(words + base, count - base, kPageProtnone);  // a word that the loop does not touch
    changed += ProtectAnyBlock(plan, tail.words, tail.count, base, output);
    tail.CopyTo(words + base);
  }
  return changed;
}

}  // namespace HWY_NAMESPACE
}  // namespace pteron
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pteron::fast {

HWY_EXPORT(ProtectEntries);
uint64_t ProtectEntries(const ProtectLoopPlan& plan, uint64_t* words, size_t count, LoopOutput* output) {
  return HWY_DYNAMIC_DISPATCH(ProtectEntries)(plan, words, count, output);
}

}  // namespace pteron::fast
#endif  // HWY_ONCE
