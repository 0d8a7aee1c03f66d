// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/engine/zap.h"

#define HWY_DISABLED_TARGETS HWY_SSSE3
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/engine/zap_fast.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/engine/words-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pteron::engine::HWY_NAMESPACE {

// Pages are counted by these two flags.
constexpr uint64_t kAnon = HotFlags(PG_anon);
constexpr uint64_t kSwapBacked = HotFlags(PG_swapbacked);
constexpr uint64_t kNotPlain = HotFlags(PG_compound | PG_swapcache);

// What becomes of pages, as vectors.
struct ZappedLanes {
  V hot;       // the metadata now
  M gone;      // the entry goes
  M freed;     // and nobody holds the page any more
  M left;      // not plain
};

class Zap {
 public:
  Zap(const Encoding& e, const ZapSteps& steps, uint64_t* words, const Frames& frames, ZapResult* result)
      : f_(e), steps_(steps), words_(words), frames_(frames), result_(result) {}

  // Entries `first` to first + 31.
  HWY_INLINE void Group(uint32_t first) {
    const uint64_t* const words = words_ + first;
    switch (UniformKind(f_, words)) {
      case Uniform::none: return;
      case Uniform::present: return PresentGroup(first);
      case Uniform::wp_none:
        if (steps_.wp_none == ZapStep::clear) ClearGroup(words_ + first);
        if (steps_.wp_none == ZapStep::leave) left_.AddGroup(first, kWholeGroup);
        return;
      case Uniform::no: return MixedGroup(first, kWholeGroup);
    }
  }

  // Entries from `first` on whose bit is set in `mask`.
  HWY_INLINE void MixedGroup(uint32_t first, uint32_t mask) {
    const GroupKinds kinds = mask == kWholeGroup ? ClassifyGroup(f_, words_ + first) : ClassifyRest(first, mask);
    PresentEntries(first, kinds.present & mask);
    SwapEntries(first, kinds.swap & mask);
    WpNoneEntries(first, kinds.wp_none & mask);
    for (uint32_t rest = kinds.other() & mask; rest != 0; rest &= rest - 1) {
      const uint32_t index = first + static_cast<uint32_t>(__builtin_ctz(rest));
      if (IsWpNone(classify(f_.e, pte_t{words_[index]}))) {
        WpNoneEntries(index, 1);
      } else if (steps_.other == ZapStep::leave) {
        left_.Add(index);
      }
    }
  }

  void Finish() {
    WorkOff();
    left_.Tell(words_, &result_->left);
  }

 private:
  bool KeepsPages() const { return steps_.file_page == ZapStep::keep && steps_.anon_page == ZapStep::keep; }
  uint64_t Leftover(bool uffd_wp) const { return steps_.leave_wp && uffd_wp ? f_.wp_none : 0; }
  uint64_t LeftoverOfPresent(uint64_t word) const { return Leftover(word & f_.e.page_uffd_wp); }

  GroupKinds ClassifyRest(uint32_t first, uint32_t mask) const {
    uint64_t rest[kGroup] = {};
    std::copy(words_ + first, words_ + first + __builtin_popcount(mask), rest);
    return ClassifyGroup(f_, rest);
  }

  static HWY_INLINE void ClearGroup(uint64_t* words) {
    for (size_t i = 0; i < kGroup; i += kLanes) Store(hn::Zero(D()), words + i);
  }

  HWY_INLINE ZappedLanes ZapLanes(V hot, V words) const {
    const V zero = hn::Zero(D());
    const M uncounted = hn::Or(hn::Eq(hn::And(hot, Set(kRefcountMask)), zero), hn::Eq(hn::And(hot, Set(kMapcountMask)), zero));
    const M anon = AnyOf(hot, Set(kAnon));
    ZappedLanes z;
    z.left = hn::Or(AnyOf(hot, Set(kNotPlain)), uncounted);
    z.gone = hn::Not(z.left);
    if (steps_.anon_page == ZapStep::keep) z.gone = hn::AndNot(anon, z.gone);
    if (steps_.file_page == ZapStep::keep) z.gone = hn::And(anon, z.gone);
    V next = hn::Sub(hot, Set(kOneEntry));
    const M dirtied = hn::AndNot(anon, AnyOf(words, Set(f_.e.page_dirty_bits)));
    next = hn::Or(next, hn::IfThenElseZero(dirtied, Set(HotFlags(PG_dirty))));
    const M unheld = hn::Eq(hn::And(next, Set(kRefcountMask)), zero);
    z.hot = hn::IfThenElse(z.gone, hn::IfThenZeroElse(unheld, next), hot);
    z.freed = hn::And(unheld, z.gone);
    return z;
  }

  HWY_INLINE V ZappedWords(V words, M gone) const {
    V next = hn::Zero(D());
    if (steps_.leave_wp) next = hn::IfThenElseZero(AnyOf(words, Set(f_.e.page_uffd_wp)), Set(f_.wp_none));
    return hn::IfThenElse(gone, next, words);
  }

  HWY_INLINE void Count(uint64_t anon, uint64_t swapbacked, uint64_t gone) {
    result_->rss[MM_ANONPAGES] -= __builtin_popcountll(gone & anon);
    result_->rss[MM_SHMEMPAGES] -= __builtin_popcountll(gone & ~anon & swapbacked);
    result_->rss[MM_FILEPAGES] -= __builtin_popcountll(gone & ~anon & ~swapbacked);
  }

  HWY_INLINE void PresentGroup(uint32_t first) {
    uint64_t pfn = 0;
    if (!ConsecutiveFrames(f_, words_ + first, &pfn) || !Contains(frames_, pfn) || !Contains(frames_, pfn + kGroup - 1)) {
      return PresentEntries(first, kWholeGroup);
    }
    if (KeepsPages()) return;
    WorkOff();
    Stream(first, static_cast<uint32_t>(pfn));
  }

  // A group whose frames are pfn, pfn + 1, ...
  HWY_INLINE void Stream(uint32_t first, uint32_t pfn) {
    uint64_t* const hot = AsWords(frames_.hot + (pfn - frames_.first));
    uint64_t* const words = words_ + first;
    uint32_t gone = 0, freed = 0, left = 0, anon = 0, swapbacked = 0;
    for (size_t i = 0; i < kGroup; i += kLanes) {
      const V before = Load(hot + i), entries = Load(words + i);
      const ZappedLanes z = ZapLanes(before, entries);
      Store(z.hot, hot + i);
      Store(ZappedWords(entries, z.gone), words + i);
      gone |= Bits(z.gone) << i;
      freed |= Bits(z.freed) << i;
      left |= Bits(z.left) << i;
      anon |= Bits(AnyOf(before, Set(kAnon))) << i;
      swapbacked |= Bits(AnyOf(before, Set(kSwapBacked))) << i;
    }
    Count(anon, swapbacked, gone);
    left_.AddGroup(first, left);
    if (freed == kWholeGroup) return AddFreed(&result_->freed, pfn, kGroup);
    for (; freed != 0; freed &= freed - 1) AddFreed(&result_->freed, pfn + static_cast<uint32_t>(__builtin_ctz(freed)), 1);
  }

  // Present entries in any order.
  HWY_INLINE void PresentEntries(uint32_t first, uint32_t mask) {
    if (!list_.HasRoom(kGroup)) WorkOff();
    for (; mask != 0; mask &= mask - 1) {
      const uint32_t index = first + static_cast<uint32_t>(__builtin_ctz(mask));
      const uint64_t word = words_[index];
      const uint64_t pfn = pte_pfn(f_.e, pte_t{word});
      if (Contains(frames_, pfn)) [[likely]] {
        list_.Add(index, static_cast<uint32_t>(pfn - frames_.first), word);
      } else {
        Outside(index, word, pfn);
      }
    }
  }

  HWY_NOINLINE void Outside(uint32_t index, uint64_t word, uint64_t pfn) {
    if (IsPageless(pfn)) {
      if (steps_.zero_page == ZapStep::leave) left_.Add(index);
      if (steps_.zero_page == ZapStep::clear) words_[index] = LeftoverOfPresent(word);
    } else if (!KeepsPages()) {
      left_.Add(index);
    }
  }

  // Zaps the pages of the list.
  HWY_INLINE void WorkOff() {
    if (list_.size == 0) return;
    if (!KeepsPages()) WorkOffPages();
    list_.size = 0;
  }

  HWY_NOINLINE void WorkOffPages() {
    constexpr uint32_t kParts = PageList::kCapacity / 64;
    uint64_t gone[kParts] = {}, freed[kParts] = {}, left[kParts] = {}, anon[kParts] = {}, swapbacked[kParts] = {};
    list_.Gather(frames_.hot);
    for (uint32_t i = 0; i < list_.size; i += kLanes) {
      const V before = Load(list_.seen + i);
      const ZappedLanes z = ZapLanes(before, Load(list_.word + i));
      Store(z.hot, list_.next + i);
      gone[i / 64] |= uint64_t{Bits(z.gone)} << i % 64;
      freed[i / 64] |= uint64_t{Bits(z.freed)} << i % 64;
      left[i / 64] |= uint64_t{Bits(z.left)} << i % 64;
      anon[i / 64] |= uint64_t{Bits(AnyOf(before, Set(kAnon)))} << i % 64;
      swapbacked[i / 64] |= uint64_t{Bits(AnyOf(before, Set(kSwapBacked)))} << i % 64;
    }
    for (uint32_t i = 0; i < list_.size; ++i) {
      const uint64_t bit = uint64_t{1} << i % 64;
      HotPage* const page = frames_.hot + list_.frame[i];
      if (LoadHot(page) != list_.seen[i]) [[unlikely]] {
        gone[i / 64] &= ~bit;
        ZapAgain(list_.index[i], list_.frame[i], list_.word[i]);
      } else if (gone[i / 64] & bit) [[likely]] {
        StoreHot(list_.next[i], page);
        words_[list_.index[i]] = LeftoverOfPresent(list_.word[i]);
        if (freed[i / 64] & bit) AddFreed(&result_->freed, frames_.first + list_.frame[i], 1);
      } else if (left[i / 64] & bit) {
        left_.Add(list_.index[i]);
      }
    }
    for (uint32_t part = 0; part < kParts; ++part) Count(anon[part], swapbacked[part], gone[part]);
  }

  // An entry whose page an earlier one of the list names too: its metadata is not what it was.
  HWY_NOINLINE void ZapAgain(uint32_t index, uint32_t frame, uint64_t word) {
    uint64_t hot[kLanes] = {LoadHot(frames_.hot + frame)}, words[kLanes] = {word};
    const V before = Load(hot);
    const ZappedLanes z = ZapLanes(before, Load(words));
    if (Bits(z.left) & 1) left_.Add(index);
    if (!(Bits(z.gone) & 1)) return;
    Count(hot[0] & kAnon ? 1 : 0, hot[0] & kSwapBacked ? 1 : 0, 1);
    Store(z.hot, hot);
    StoreHot(hot[0], frames_.hot + frame);
    words_[index] = LeftoverOfPresent(word);
    if (Bits(z.freed) & 1) AddFreed(&result_->freed, frames_.first + frame, 1);
  }

  HWY_INLINE void SwapEntries(uint32_t first, uint32_t mask) {
    if (steps_.swap == ZapStep::keep || mask == 0) return;
    if (steps_.swap == ZapStep::leave) return left_.AddGroup(first, mask);
    result_->rss[MM_SWAPENTS] -= __builtin_popcount(mask);
    for (; mask != 0; mask &= mask - 1) {
      const uint32_t index = first + static_cast<uint32_t>(__builtin_ctz(mask));
      result_->swap.Add({index, words_[index]});
      words_[index] = Leftover(words_[index] & f_.e.swp_uffd_wp);
    }
  }

  HWY_INLINE void WpNoneEntries(uint32_t first, uint32_t mask) {
    if (steps_.wp_none == ZapStep::keep) return;
    for (; mask != 0; mask &= mask - 1) {
      const uint32_t index = first + static_cast<uint32_t>(__builtin_ctz(mask));
      if (steps_.wp_none == ZapStep::leave) {
        left_.Add(index);
      } else {
        words_[index] = 0;
      }
    }
  }

  const Facts f_;
  const ZapSteps steps_;
  uint64_t* const words_;
  const Frames frames_;
  ZapResult* const result_;
  LeftEntries left_;
  PageList list_;
};

void ZapPtes(const Encoding& e, const ZapSteps& steps, uint64_t* words, size_t count, const Frames& frames, ZapResult* result) {
  Zap zap(e, steps, words, frames, result);
  uint32_t i = 0;
  for (; i + kGroup <= count; i += kGroup) {
    PrefetchGroup(words + i);
    zap.Group(i);
  }
  if (i < count) zap.MixedGroup(i, (1u << (count - i)) - 1);
  zap.Finish();
}

}  // namespace pteron::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pteron::engine {
HWY_EXPORT(ZapPtes);
void fast::ZapPtes(const Encoding& e, const ZapSteps& steps, uint64_t* words, size_t count, const Frames& frames, ZapResult* result) {
  HWY_DYNAMIC_DISPATCH(ZapPtes)(e, steps, words, count, frames, result);
}
}  // namespace pteron::engine
#endif
