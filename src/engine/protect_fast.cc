// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/engine/protect.h"

#define HWY_DISABLED_TARGETS HWY_SSSE3
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/engine/protect_fast.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/engine/words-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pteron::engine::HWY_NAMESPACE {

class Protect {
 public:
  Protect(const Encoding& e, const ProtectSteps& steps, uint64_t* words, ProtectResult* result)
      : f_(e),
        steps_(steps),
        words_(words),
        result_(result),
        fills_none_(steps.fills_none && f_.wp_none != 0),
        newprot_(check_pgprot(e, steps.newprot)),
        swap_sets_(steps.swap_wp == WpBit::set ? e.swp_uffd_wp : 0),
        swap_clears_(steps.swap_wp == WpBit::clear ? e.swp_uffd_wp : 0) {}

  // Entries `first` to first + 31.
  HWY_INLINE void Group(uint32_t first) {
    switch (UniformKind(f_, words_ + first)) {
      case Uniform::none:
        if (fills_none_) Fill(first, f_.wp_none);
        return;
      case Uniform::present:
        for (size_t i = first; i < first + kGroup; i += kLanes) Store(PresentWords(Load(words_ + i), Set(kPagePresent)), words_ + i);
        result_->changed += kGroup;
        return;
      case Uniform::wp_none:
        if (steps_.leaves_wp_none) {
          left_.AddGroup(first, kWholeGroup);
        } else if (steps_.clears_wp_none) {
          Fill(first, 0);
        }
        return;
      case Uniform::no: return MixedGroup(first, words_ + first, kWholeGroup);
    }
  }

  // The last entries of a range, fewer than a group.
  void Rest(uint32_t first, uint32_t count) {
    uint64_t words[kGroup] = {};
    std::copy(words_ + first, words_ + first + count, words);
    MixedGroup(first, words, (1u << count) - 1);
    std::copy(words, words + count, words_ + first);
  }

  void Finish() { left_.Tell(words_, &result_->left); }

 private:
  void Fill(uint32_t first, uint64_t word) {
    for (size_t i = first; i < first + kGroup; i += kLanes) Store(Set(word), words_ + i);
    result_->changed += kGroup;
  }

  // pte_modify() and what uffd-wp does then. `present_bits` are the words' present bits, or all that may have one.
  HWY_INLINE V PresentWords(V old, V present_bits) const {
    const Encoding& e = f_.e;
    const V keeps = Set(e.page_chg_mask);
    V pte = hn::Or(hn::And(old, keeps), hn::AndNot(keeps, Set(newprot_)));
    // The frame number is inverted where the present bit is clear: flip_protnone_guard().
    const V flips = hn::Xor(hn::And(present_bits, Set(kPagePresent)), Set(newprot_ & kPagePresent));
    pte = hn::Xor(pte, hn::IfThenElseZero(AnyOf(flips, Set(kPagePresent)), Set(e.pte_pfn_mask)));
    if (e.page_saved_dirty != 0) {
      const M was_writable = AnyOf(old, Set(kPageRw));
      pte = newprot_ & kPageRw ? hn::IfThenElse(was_writable, pte, RestoreDirty(e, pte)) : hn::IfThenElse(was_writable, SaveDirty(e, pte), pte);
    }
    switch (steps_.present_wp) {
      case WpBit::keep: break;
      case WpBit::set: return hn::Or(WriteProtect(e, pte), Set(e.page_uffd_wp));
      case WpBit::clear: return hn::AndNot(Set(e.page_uffd_wp), pte);
    }
    return pte;
  }

  HWY_INLINE void MixedGroup(uint32_t first, uint64_t* words, uint32_t mask) {
    uint32_t changed = 0, other = 0, wp_none = 0;
    for (size_t i = 0; i < kGroup; i += kLanes) {
      const V old = Load(words + i);
      const LaneKinds k = Classify(f_, old);
      V v = old;
      v = hn::IfThenElse(k.present, PresentWords(old, old), v);
      v = hn::IfThenElse(k.swap, hn::AndNot(Set(swap_clears_), hn::Or(old, Set(swap_sets_))), v);
      if (fills_none_) v = hn::IfThenElse(k.none, Set(f_.wp_none), v);
      if (steps_.clears_wp_none && !steps_.leaves_wp_none) v = hn::IfThenZeroElse(k.wp_none, v);
      Store(v, words + i);
      changed |= Bits(hn::Or(k.present, hn::Ne(v, old))) << i;
      wp_none |= Bits(k.wp_none) << i;
      other |= Bits(hn::Not(hn::Or(hn::Or(k.none, k.present), hn::Or(k.wp_none, k.swap)))) << i;
    }
    result_->changed += __builtin_popcount(changed & mask);
    if (steps_.leaves_wp_none) left_.AddGroup(first, wp_none & mask);
    for (uint32_t rest = other & mask; rest != 0; rest &= rest - 1) {
      const uint32_t i = static_cast<uint32_t>(__builtin_ctz(rest));
      Other(first + i, &words[i]);
    }
  }

  void Other(uint32_t index, uint64_t* word) {
    if (!IsWpNone(classify(f_.e, pte_t{*word}))) {
      if (steps_.leaves_other) left_.Add(index);
    } else if (steps_.leaves_wp_none) {
      left_.Add(index);
    } else if (steps_.clears_wp_none) {
      *word = 0;
      ++result_->changed;
    }
  }

  const Facts f_;
  const ProtectSteps steps_;
  uint64_t* const words_;
  ProtectResult* const result_;
  const bool fills_none_;
  const uint64_t newprot_, swap_sets_, swap_clears_;
  LeftEntries left_;
};

void ProtectPtes(const Encoding& e, const ProtectSteps& steps, uint64_t* words, size_t count, ProtectResult* result) {
  Protect protect(e, steps, words, result);
  uint32_t i = 0;
  for (; i + kGroup <= count; i += kGroup) {
    PrefetchGroup(words + i);
    protect.Group(i);
  }
  if (i < count) protect.Rest(i, static_cast<uint32_t>(count) - i);
  protect.Finish();
}

}  // namespace pteron::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pteron::engine {
HWY_EXPORT(ProtectPtes);
void fast::ProtectPtes(const Encoding& e, const ProtectSteps& steps, uint64_t* words, size_t count, ProtectResult* result) {
  HWY_DYNAMIC_DISPATCH(ProtectPtes)(e, steps, words, count, result);
}
}  // namespace pteron::engine
#endif
