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
    switch (here == kBlock && MayBeUniform(block) ? ShapeOf(plan.words, block) : Shape::mixed) {
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

HWY_EXPORT(ProtectEntries);
uint64_t ProtectEntries(const ProtectLoopPlan& plan, uint64_t* words, size_t count, LoopOutput* output) {
  return HWY_DYNAMIC_DISPATCH(ProtectEntries)(plan, words, count, output);
}

}  // namespace pteron::fast
#endif  // HWY_ONCE
