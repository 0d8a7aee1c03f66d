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

// A block of present entries whose dirty bits stay where they are.
HWY_INLINE void ProtectPresentBlock(Vector keep, Vector set, uint64_t* block) {
  ForEachVectorOfBlock([&](size_t i) HWY_ATTR { hn::StoreU(hn::OrAnd(set, hn::LoadU(Tag(), block + i), keep), Tag(), block + i); });
}

HWY_NOINLINE void ProtectPresentBlockMovingDirty(const ProtectLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT block) {
  const DirtyMove move = DirtyMoveOf(plan);
  const Vector keep = Splat(plan.keep), set = Splat(plan.set);
  ForEachVectorOfBlock([&](size_t i) HWY_ATTR {
    const Vector word = hn::LoadU(Tag(), block + i);
    hn::StoreU(DirtyMoved(move, word, hn::OrAnd(set, word, keep)), Tag(), block + i);
  });
}

// What decides whether an entry that is neither present nor empty names a slot, as all do whose number is below max_swapfiles: the type of a swap entry lies in
// its top five bits, and PROT_NONE's bit, which no swap entry has, makes the number too large to be one.
HWY_INLINE Vector SlotNumber(Vector word) { return hn::OrAnd(hn::ShiftRight<59>(word), word, Splat(kPageProtnone)); }

// The larger ones of numbers that fit in 31 bits: there is no instruction, or a slower one, for 64.
HWY_INLINE Vector Larger(Vector a, Vector b) {
#if HWY_TARGET == HWY_SCALAR
  return hn::Max(a, b);
#else
  const hn::Repartition<int32_t, Tag> halves;
  return hn::BitCast(Tag(), hn::Max(hn::BitCast(halves, a), hn::BitCast(halves, b)));
#endif
}

// Entries of a block that are left to the caller. They are so before and after it is gone over.
HWY_INLINE uint64_t Left(const LoopWords& kinds, const uint64_t* words) {
  uint64_t bits = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    const bool slot = !(words[i] & kPageProtnone) && (words[i] >> 59) < kinds.max_swapfiles;
    bits |= static_cast<uint64_t>(!slot && !(words[i] & kPagePresent) && words[i] != kinds.wp_none) << i;
  }
  return bits;
}

// Under a mask, in one instruction each where there is one; Highway 1.0.3 has no words for that.
// (word & keep) | set, elsewhere the word.
HWY_INLINE Vector OrAndWhere(Mask mask, Vector set, Vector word, Vector keep) {
#if HWY_TARGET <= HWY_AVX3
  constexpr int kOrAnd = 0xea;  // the truth table of (a & b) | c
  return Vector{_mm512_mask_ternarylogic_epi64(word.raw, mask.raw, keep.raw, set.raw, kOrAnd)};
#else
  return hn::IfThenElse(mask, hn::OrAnd(set, word, keep), word);
#endif
}
// ~no & word, elsewhere zero.
HWY_INLINE Vector AndNotWhere(Mask mask, Vector no, Vector word) {
#if HWY_TARGET <= HWY_AVX3
  return Vector{_mm512_maskz_andnot_epi64(mask.raw, no.raw, word.raw)};
#else
  return hn::IfThenElseZero(mask, hn::AndNot(no, word));
#endif
}

// Whole blocks of entries of any kinds, [begin, end) of the table; words[0] is the begin-th. Returns how many count as changed. kMovesDirty: plan.dirty
// says so; kOneEmpty: both kinds of empty entries become the same.
template <bool kMovesDirty, bool kOneEmpty>
HWY_NOINLINE uint64_t ProtectMixed(const ProtectLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT words, size_t begin, size_t end, LoopOutput* output) {
  const hn::RebindToSigned<Tag> signed_tag;
  const DirtyMove move = DirtyMoveOf(plan);
  const Vector keep = Splat(plan.keep), set = Splat(plan.set), swap_keep = Splat(plan.swap_keep), swap_set = Splat(plan.swap_set);
  const Vector wp_none = Splat(plan.words.wp_none), wp_none_becomes = Splat(plan.wp_none_becomes), none_becomes = Splat(plan.none_becomes);
  const auto slots = hn::Set(signed_tag, plan.words.max_swapfiles);
  size_t changed = 0;
  for (size_t base = begin; base < end; base += kBlock, words += kBlock) {
    FetchBlock(words + kAhead);
    Vector numbers = hn::Zero(Tag());  // the largest of those that matter
    ForEachVectorOfBlock([&](size_t i) HWY_ATTR {
      const Vector word = hn::LoadU(Tag(), words + i);
      const Vector present = hn::Sub(hn::Zero(Tag()), hn::And(word, Splat(kPagePresent)));  // all bits or none
      const Mask not_empty = IsNotEmpty(wp_none, word);
      const Vector number = SlotNumber(word);
      const Mask slot = hn::RebindMask(Tag(), hn::Lt(hn::BitCast(signed_tag, number), slots));
      Vector protect = hn::OrAnd(set, word, keep);
      if (kMovesDirty) protect = DirtyMoved(move, word, protect);
      Vector after = hn::IfVecThenElse(present, protect, OrAndWhere(slot, swap_set, word, swap_keep));
      after = hn::IfThenElse(not_empty, after, none_becomes);
      if (!kOneEmpty) after = hn::IfThenElse(hn::Or(not_empty, IsZero(word)), after, wp_none_becomes);
      hn::StoreU(after, Tag(), words + i);
      numbers = Larger(numbers, AndNotWhere(not_empty, present, number));
      changed += hn::CountTrue(Tag(), IsNotZero(hn::Or(hn::Xor(word, after), present)));
    });
    const bool none_left = hn::AllTrue(signed_tag, hn::Lt(hn::BitCast(signed_tag, numbers), slots));
    if (HWY_UNLIKELY(!none_left)) AddRest(Left(plan.words, words), base, output);
  }
  return changed;
}

#if HWY_TARGET <= HWY_AVX3

// A word for each kind of entry. Choose() takes one for each lane, by the lowest three bits of `kind`.
HWY_INLINE Vector ByKind(uint64_t present, uint64_t slot, uint64_t empty) {
  return Vector{_mm512_mask_set1_epi64(_mm512_mask_set1_epi64(Splat(present).raw, 0x44, static_cast<int64_t>(slot)), 0x88, static_cast<int64_t>(empty))};
}
HWY_INLINE Vector Choose(Vector by_kind, Vector kind) { return Vector{_mm512_permutexvar_epi64(kind.raw, by_kind.raw)}; }

// One less than zero, for an empty word, has all bits; of other words less one, those that were present lack the lowest bit, slots of the lower half of
// the types the highest one. Turned by one, these are the two bits that Choose() goes by.
HWY_INLINE Vector KindOf(Vector wp_none, Vector word) { return hn::RotateRight<63>(hn::Add(ZeroIfEmpty(wp_none, word), Splat(kAll))); }
constexpr uint64_t kUpperTypes = uint64_t{1} << 63;

// Whether ProtectByKind() can do it: swap types of the lower half name slots, and what becomes of empty words follows from which bits are turned over.
HWY_INLINE bool GoesByKind(const ProtectLoopPlan& plan) {
  return plan.dirty == DirtyShift::none && plan.words.max_swapfiles >= 16 && !((plan.none_becomes ^ plan.wp_none_becomes) & ~plan.words.wp_none);
}

// As ProtectMixed(), for what is most often asked for: what a word keeps and what is turned over in it is looked up by its kind, which takes fewer instructions
// than masks. Blocks with an entry that is left to the caller, or with a swap type that few machines have, are ProtectMixed()'s.
HWY_INLINE uint64_t ProtectByKind(const ProtectLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT words, size_t begin, size_t end, LoopOutput* output) {
  const Vector wp_none = Splat(plan.words.wp_none);
  const Vector keep = ByKind(plan.keep & ~plan.set, plan.swap_keep & ~plan.swap_set, plan.none_becomes ^ plan.wp_none_becomes);
  const Vector turn = ByKind(plan.set, plan.swap_set, plan.none_becomes);
  const Vector unlike = ByKind(0, kPageProtnone | kUpperTypes, ~plan.words.wp_none);  // what words of the kind do not have
  uint64_t changed = 0;
  for (size_t base = begin; base < end; base += kBlock, words += kBlock) {
    FetchBlock(words + kAhead);
    Vector wrong = hn::Zero(Tag());
    Vector after[kBlock / 8];
    ForEachVectorOfBlock([&](size_t i) HWY_ATTR {
      const Vector word = hn::LoadU(Tag(), words + i);
      const Vector kind = KindOf(wp_none, word);
      wrong = hn::OrAnd(wrong, word, Choose(unlike, kind));
      after[i / 8] = hn::Xor(hn::And(word, Choose(keep, kind)), Choose(turn, kind));
    });
    if (HWY_UNLIKELY(!hn::AllTrue(Tag(), IsZero(wrong)))) {
      changed += ProtectMixed<false, false>(plan, words, base, base + kBlock, output);
      continue;
    }
    ForEachVectorOfBlock([&](size_t i) HWY_ATTR {
      const Vector word = hn::LoadU(Tag(), words + i);
      hn::StoreU(after[i / 8], Tag(), words + i);
      changed += hn::CountTrue(Tag(), IsNotZero(hn::Or(hn::Xor(word, after[i / 8]), hn::And(word, Splat(kPagePresent)))));
    });
  }
  return changed;
}

#endif

HWY_INLINE uint64_t ProtectAny(const ProtectLoopPlan& plan, uint64_t* words, size_t begin, size_t end, LoopOutput* output) {
#if HWY_TARGET <= HWY_AVX3
  if (GoesByKind(plan)) return ProtectByKind(plan, words, begin, end, output);
#endif
  if (plan.dirty != DirtyShift::none) return ProtectMixed<true, false>(plan, words, begin, end, output);
  if (plan.none_becomes != plan.wp_none_becomes) return ProtectMixed<false, false>(plan, words, begin, end, output);
  return ProtectMixed<false, true>(plan, words, begin, end, output);
}

// What is left behind the last whole block.
HWY_NOINLINE uint64_t ProtectTail(const ProtectLoopPlan& plan, uint64_t* words, size_t begin, size_t end, LoopOutput* output) {
  Tail tail(words, end - begin);
  const uint64_t changed = ProtectAny(plan, tail.words, begin, begin + kBlock, output);
  tail.CopyTo(words);
  const size_t filled = begin + kBlock - end;
  return plan.none_becomes == 0 ? changed : changed - filled;  // what fills the block has changed too
}

uint64_t ProtectEntries(const ProtectLoopPlan& HWY_RESTRICT plan, uint64_t* HWY_RESTRICT words, size_t count, LoopOutput* output) {
  output->rest_count = output->freed_count = 0;
  const Vector keep = Splat(plan.keep), set = Splat(plan.set);
  uint64_t changed = 0;
  const size_t whole = count / kBlock;
  for (size_t i = 0; i < whole;) {
    uint64_t* block = words + i * kBlock;
    size_t blocks;
    const Shape shape = ShapeOf(plan.words.wp_none, block, whole - i, &blocks);
    if (shape == Shape::mixed) {
      changed += ProtectAny(plan, block, i * kBlock, (i + blocks) * kBlock, output);
    } else if (shape == Shape::present) {
      if (plan.dirty == DirtyShift::none) {
        blocks = ForEachPresent(block, whole - i, [&](size_t k) HWY_ATTR { ProtectPresentBlock(keep, set, block + k * kBlock); });
      } else {
        blocks = ForEachPresent(block, whole - i, [&](size_t k) HWY_ATTR { ProtectPresentBlockMovingDirty(plan, block + k * kBlock); });
      }
      changed += blocks * kBlock;
    } else {
      const uint64_t becomes = shape == Shape::none ? plan.none_becomes : plan.wp_none_becomes;
      if (becomes == block[0]) {
        blocks = ForEachOf(becomes, block, whole - i, [](size_t) {});
      } else {
        const Vector filler = Filler(becomes);
        blocks = ForEachOf(block[0], block, whole - i, [&](size_t k) HWY_ATTR { FillBlock(block + k * kBlock, filler); });
        changed += blocks * kBlock;
      }
    }
    i += blocks;
  }
  if (whole * kBlock < count) changed += ProtectTail(plan, words + whole * kBlock, whole * kBlock, count, output);
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
