// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/engine/copy.h"

#define HWY_DISABLED_TARGETS HWY_SSSE3
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/engine/copy_fast.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/engine/words-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pteron::engine::HWY_NAMESPACE {

constexpr uint64_t kAnonPage = HotFlags(PG_anon);
constexpr uint64_t kSwapBackedPage = HotFlags(PG_swapbacked);
constexpr uint64_t kHugePart = HotFlags(PG_compound);

class Copy {
 public:
  Copy(const Encoding& e, const CopySteps& steps, uint64_t* src, uint64_t* dst, const Frames& frames, CopyResult* result)
      : f_(e), steps_(steps), src_(src), dst_(dst), frames_(frames), result_(result), child_loses_(ChildLoses(e, steps)) {}

  // Entries `first` to first + 31.
  HWY_INLINE void Group(uint32_t first) {
    switch (UniformKind(f_, src_ + first)) {
      case Uniform::none: return;
      case Uniform::present: return PresentGroup(first);
      case Uniform::wp_none:
        if (!steps_.copy_wp_none) return;
        for (size_t i = first; i < first + kGroup; i += kLanes) Store(Set(f_.wp_none), dst_ + i);
        return;
      case Uniform::no: return MixedGroup(first, kWholeGroup);
    }
  }

  // Entries from `first` on whose bit is set in `mask`.
  HWY_INLINE void MixedGroup(uint32_t first, uint32_t mask) {
    const GroupKinds kinds = mask == kWholeGroup ? ClassifyGroup(f_, src_ + first) : ClassifyRest(first, mask);
    PresentEntries(first, kinds.present & mask);
    SwapEntries(first, kinds.swap & mask);
    if (steps_.copy_wp_none) CopyWords(first, kinds.wp_none & mask);
    for (uint32_t rest = kinds.other() & mask; rest != 0; rest &= rest - 1) {
      const uint32_t index = first + static_cast<uint32_t>(__builtin_ctz(rest));
      if (!IsWpNone(classify(f_.e, pte_t{src_[index]}))) {
        left_.Add(index);
      } else if (steps_.copy_wp_none) {
        dst_[index] = src_[index];
      }
    }
  }

  void Finish() {
    WorkOff();
    left_.Tell(src_, &result_->left);
  }

 private:
  struct Lanes {
    V hot;
    M copied;
  };

  static uint64_t ChildLoses(const Encoding& e, const CopySteps& steps) {
    return kPageAccessed | (steps.clean ? e.page_dirty_bits : 0) | (steps.keep_uffd_wp ? 0 : e.page_uffd_wp);
  }

  GroupKinds ClassifyRest(uint32_t first, uint32_t mask) const {
    uint64_t rest[kGroup] = {};
    std::copy(src_ + first, src_ + first + __builtin_popcount(mask), rest);
    return ClassifyGroup(f_, rest);
  }

  // The parent's words as they are afterwards.
  HWY_INLINE V ParentWords(V words) const {
    if (!steps_.wrprotect) return words;
    M writable = AnyOf(words, Set(kPageRw));
    if (f_.e.shadow_stacks) {
      writable = hn::Or(writable, hn::Eq(hn::And(words, Set(kPageRw | kPageDirty)), Set(kPageDirty)));
    }
    return hn::IfThenElse(writable, WriteProtect(f_.e, words), words);
  }
  HWY_INLINE V ChildWords(V parent) const { return hn::AndNot(Set(child_loses_), parent); }

  HWY_INLINE Lanes CopyLanes(V hot) const {
    V next = hn::Add(hot, Set(kOneEntry));
    if (steps_.unshare) {
      const V exclusive = hn::IfThenElseZero(AnyOf(hot, Set(kAnonPage)), Set(HotFlags(PG_anon_exclusive)));
      next = hn::AndNot(exclusive, next);
    }
    const M copied = hn::Eq(hn::And(hot, Set(kHugePart)), hn::Zero(D()));
    return {hn::IfThenElse(copied, next, hot), copied};
  }

  HWY_INLINE void Count(uint64_t anon, uint64_t swapbacked, uint64_t copied) {
    result_->rss[MM_ANONPAGES] += __builtin_popcountll(copied & anon);
    result_->rss[MM_SHMEMPAGES] += __builtin_popcountll(copied & ~anon & swapbacked);
    result_->rss[MM_FILEPAGES] += __builtin_popcountll(copied & ~anon & ~swapbacked);
  }

  HWY_INLINE void PresentGroup(uint32_t first) {
    uint64_t pfn = 0;
    if (!ConsecutiveFrames(f_, src_ + first, &pfn) || !Contains(frames_, pfn) || !Contains(frames_, pfn + kGroup - 1)) {
      return PresentEntries(first, kWholeGroup);
    }
    WorkOff();
    Stream(first, static_cast<uint32_t>(pfn));
  }

  // A group whose frames are pfn, pfn + 1, ...
  HWY_INLINE void Stream(uint32_t first, uint32_t pfn) {
    uint64_t* const hot = AsWords(frames_.hot + (pfn - frames_.first));
    uint64_t* const src = src_ + first;
    uint64_t* const dst = dst_ + first;
    uint32_t copied = 0, anon = 0, swapbacked = 0;
    for (size_t i = 0; i < kGroup; i += kLanes) {
      const V before = Load(hot + i), entries = Load(src + i);
      const Lanes lanes = CopyLanes(before);
      const V parent = ParentWords(entries);
      Store(lanes.hot, hot + i);
      if (steps_.wrprotect) Store(hn::IfThenElse(lanes.copied, parent, entries), src + i);
      Store(hn::IfThenElseZero(lanes.copied, ChildWords(parent)), dst + i);
      copied |= Bits(lanes.copied) << i;
      anon |= Bits(AnyOf(before, Set(kAnonPage))) << i;
      swapbacked |= Bits(AnyOf(before, Set(kSwapBackedPage))) << i;
    }
    Count(anon, swapbacked, copied);
    left_.AddGroup(first, ~copied);
  }

  void CopyEntry(uint32_t index) {
    uint64_t words[kLanes] = {src_[index]};
    const V parent = ParentWords(Load(words));
    uint64_t child[kLanes];
    Store(parent, words);
    Store(ChildWords(parent), child);
    src_[index] = words[0];
    dst_[index] = child[0];
  }

  // Present entries in any order.
  HWY_INLINE void PresentEntries(uint32_t first, uint32_t mask) {
    if (!list_.HasRoom(kGroup)) WorkOff();
    for (; mask != 0; mask &= mask - 1) {
      const uint32_t index = first + static_cast<uint32_t>(__builtin_ctz(mask));
      const uint64_t word = src_[index];
      const uint64_t pfn = pte_pfn(f_.e, pte_t{word});
      if (Contains(frames_, pfn)) [[likely]] {
        list_.Add(index, static_cast<uint32_t>(pfn - frames_.first), word);
      } else if (IsPageless(pfn)) {
        CopyEntry(index);
      } else {
        left_.Add(index);
      }
    }
  }

  // Copies the entries of the list.
  HWY_NOINLINE void WorkOff() {
    if (list_.size == 0) return;
    constexpr uint32_t kParts = PageList::kCapacity / 64;
    uint64_t copied[kParts] = {}, anon[kParts] = {}, swapbacked[kParts] = {};
    uint64_t parent[PageList::kCapacity], child[PageList::kCapacity];
    list_.Gather(frames_.hot);
    for (uint32_t i = 0; i < list_.size; i += kLanes) {
      const V before = Load(list_.seen + i);
      const Lanes lanes = CopyLanes(before);
      const V parent_words = ParentWords(Load(list_.word + i));
      Store(lanes.hot, list_.next + i);
      Store(parent_words, parent + i);
      Store(ChildWords(parent_words), child + i);
      copied[i / 64] |= uint64_t{Bits(lanes.copied)} << i % 64;
      anon[i / 64] |= uint64_t{Bits(AnyOf(before, Set(kAnonPage)))} << i % 64;
      swapbacked[i / 64] |= uint64_t{Bits(AnyOf(before, Set(kSwapBackedPage)))} << i % 64;
    }
    for (uint32_t i = 0; i < list_.size; ++i) {
      if (!(copied[i / 64] >> i % 64 & 1)) {
        left_.Add(list_.index[i]);
        continue;
      }
      HotPage* const page = frames_.hot + list_.frame[i];
      const uint64_t now = LoadHot(page);
      // Where an earlier entry of the list names the page too, only one more entry and reference is to be counted.
      StoreHot(now == list_.seen[i] ? list_.next[i] : now + kOneEntry, page);
      if (steps_.wrprotect) src_[list_.index[i]] = parent[i];
      dst_[list_.index[i]] = child[i];
    }
    for (uint32_t part = 0; part < kParts; ++part) {
      const uint32_t entries = list_.size <= part * 64 ? 0 : list_.size - part * 64;
      const uint64_t valid = entries >= 64 ? ~uint64_t{0} : (uint64_t{1} << entries) - 1;
      Count(anon[part], swapbacked[part], copied[part] & valid);
    }
    list_.size = 0;
  }

  HWY_INLINE void SwapEntries(uint32_t first, uint32_t mask) {
    result_->rss[MM_SWAPENTS] += __builtin_popcount(mask);
    for (; mask != 0; mask &= mask - 1) {
      const uint32_t index = first + static_cast<uint32_t>(__builtin_ctz(mask));
      const uint64_t word = src_[index];
      result_->swap.Add({index, word});
      const uint64_t shared = steps_.unshare ? word & ~f_.e.swp_exclusive : word;
      if (steps_.unshare) src_[index] = shared;
      dst_[index] = steps_.keep_uffd_wp ? shared : shared & ~f_.e.swp_uffd_wp;
    }
  }

  HWY_INLINE void CopyWords(uint32_t first, uint32_t mask) {
    for (; mask != 0; mask &= mask - 1) {
      const uint32_t index = first + static_cast<uint32_t>(__builtin_ctz(mask));
      dst_[index] = src_[index];
    }
  }

  const Facts f_;
  const CopySteps steps_;
  uint64_t* const src_;
  uint64_t* const dst_;
  const Frames frames_;
  CopyResult* const result_;
  const uint64_t child_loses_;
  LeftEntries left_;
  PageList list_;
};

void CopyPtes(const Encoding& e, const CopySteps& steps, uint64_t* src, uint64_t* dst, size_t count, const Frames& frames,
              CopyResult* result) {
  Copy copy(e, steps, src, dst, frames, result);
  uint32_t i = 0;
  for (; i + kGroup <= count; i += kGroup) {
    PrefetchGroup(src + i);
    copy.Group(i);
  }
  if (i < count) copy.MixedGroup(i, (1u << (count - i)) - 1);
  copy.Finish();
}

}  // namespace pteron::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pteron::engine {
HWY_EXPORT(CopyPtes);
void fast::CopyPtes(const Encoding& e, const CopySteps& steps, uint64_t* src, uint64_t* dst, size_t count, const Frames& frames,
                    CopyResult* result) {
  HWY_DYNAMIC_DISPATCH(CopyPtes)(e, steps, src, dst, count, frames, result);
}
}  // namespace pteron::engine
#endif
