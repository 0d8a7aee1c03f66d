// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// Groups of 32 words, many at once. Compiled once for each instruction set: included behind hwy/foreach_target.h.
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"
#include "src/engine/facts.h"

#if defined(PTERON_SRC_ENGINE_WORDS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef PTERON_SRC_ENGINE_WORDS_INL_H_
#undef PTERON_SRC_ENGINE_WORDS_INL_H_
#else
#define PTERON_SRC_ENGINE_WORDS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace pteron::engine::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<uint64_t>;
using V = hn::Vec<D>;
using M = hn::Mask<D>;
constexpr size_t kLanes = hn::MaxLanes(D());
constexpr uint32_t kGroup = 32;  // entries
constexpr uint32_t kWholeGroup = ~uint32_t{0};
// Words are prefetched so many entries ahead: the processor's own prefetching stops at a 4 KiB border, which is where each table ends.
constexpr size_t kAhead = 256;

HWY_INLINE V Load(const uint64_t* from) { return hn::LoadU(D(), from); }
HWY_INLINE void Store(V v, uint64_t* to) { hn::StoreU(v, D(), to); }
HWY_INLINE V Set(uint64_t value) { return hn::Set(D(), value); }
HWY_INLINE M AnyOf(V v, V bits) { return hn::Ne(hn::And(v, bits), hn::Zero(D())); }

// One bit a lane.
HWY_INLINE uint32_t Bits(M mask) {
  uint8_t bytes[8];
  hn::StoreMaskBits(D(), mask, bytes);
  return bytes[0];
}

HWY_INLINE void PrefetchGroup(const uint64_t* words) {
  for (size_t i = 0; i < kGroup; i += 8) __builtin_prefetch(words + kAhead + i);
}

enum class Uniform : uint8_t { no, none, present, wp_none };

// What the loops need to know of an encoding, once a call.
struct Facts {
  explicit Facts(const Encoding& encoding) : e(encoding), wp_none(WpNoneWord(encoding)) {}
  const Encoding& e;
  const uint64_t wp_none;
};

// Whether all words of a group are of one kind; `present` is said of those with the present bit only.
HWY_INLINE Uniform UniformKind(const Facts& f, const uint64_t* words) {
  V any = hn::Zero(D()), all = Set(~uint64_t{0}), differs = hn::Zero(D());
  const V wp_none = Set(f.wp_none);
  for (size_t i = 0; i < kGroup; i += kLanes) {
    const V v = Load(words + i);
    any = hn::Or(any, v);
    all = hn::And(all, v);
    differs = hn::Or(differs, hn::Xor(v, wp_none));
  }
  const V present = Set(kPagePresent);
  if (hn::AllTrue(D(), hn::Eq(hn::And(all, present), present))) return Uniform::present;
  if (hn::AllFalse(D(), AnyOf(any, Set(~kPageKnlErratumMask)))) return Uniform::none;
  if (f.wp_none != 0 && hn::AllFalse(D(), AnyOf(differs, Set(~uint64_t{0})))) return Uniform::wp_none;
  return Uniform::no;
}

// A bit an entry. wp_none: has exactly Facts::wp_none; words of the same meaning with further bits are `other`.
struct GroupKinds {
  uint32_t none = 0, present = 0, wp_none = 0, swap = 0;
  uint32_t other() const { return ~(none | present | wp_none | swap); }
};

struct LaneKinds {
  M none, present, wp_none, swap;
};

HWY_INLINE LaneKinds Classify(const Facts& f, V v) {
  const hn::RebindToSigned<D> signed_d;
  LaneKinds k;
  k.none = hn::Eq(hn::And(v, Set(~kPageKnlErratumMask)), hn::Zero(D()));
  k.present = AnyOf(v, Set(kPagePresent | kPageProtnone));
  k.wp_none = hn::AndNot(k.none, hn::Eq(v, Set(f.wp_none)));
  // Types of swap devices are those below max_swapfiles.
  const auto type = hn::BitCast(signed_d, hn::ShiftRight<64 - kSwpTypeBits>(v));
  const M device = hn::RebindMask(D(), hn::Lt(type, hn::Set(signed_d, static_cast<int64_t>(f.e.max_swapfiles))));
  k.swap = hn::AndNot(hn::Or(hn::Or(k.none, k.present), k.wp_none), device);
  return k;
}

HWY_INLINE GroupKinds ClassifyGroup(const Facts& f, const uint64_t* words) {
  GroupKinds g;
  for (size_t i = 0; i < kGroup; i += kLanes) {
    const LaneKinds k = Classify(f, Load(words + i));
    g.none |= Bits(k.none) << i;
    g.present |= Bits(k.present) << i;
    g.wp_none |= Bits(k.wp_none) << i;
    g.swap |= Bits(k.swap) << i;
  }
  return g;
}

// Whether words that all have the present bit name the frames first, first + 1, ...
HWY_INLINE bool ConsecutiveFrames(const Facts& f, const uint64_t* words, uint64_t* first) {
  const V pfn_mask = Set(f.e.pte_pfn_mask);
  *first = (words[0] & f.e.pte_pfn_mask) >> kPageShift;
  V expected = hn::ShiftLeft<kPageShift>(hn::Iota(D(), *first));
  V differs = hn::Zero(D());
  for (size_t i = 0; i < kGroup; i += kLanes) {
    differs = hn::Or(differs, hn::Xor(hn::And(Load(words + i), pfn_mask), expected));
    expected = hn::Add(expected, Set(kLanes << kPageShift));
  }
  return hn::AllTrue(D(), hn::Eq(differs, hn::Zero(D())));
}

// mksaveddirty_shift() of write-protected words.
HWY_INLINE V SaveDirty(const Encoding& e, V v) {
  if (e.page_saved_dirty == 0) return v;
  const V saved = hn::IfThenElseZero(AnyOf(v, Set(kPageDirty)), Set(e.page_saved_dirty));
  return hn::Or(hn::AndNot(Set(kPageDirty), v), saved);
}
// clear_saveddirty_shift() of writable words.
HWY_INLINE V RestoreDirty(const Encoding& e, V v) {
  if (e.page_saved_dirty == 0) return v;
  const V saved = Set(e.page_saved_dirty);
  return hn::Or(hn::AndNot(saved, v), hn::IfThenElseZero(AnyOf(v, saved), Set(kPageDirty)));
}
// pte_wrprotect().
HWY_INLINE V WriteProtect(const Encoding& e, V v) { return SaveDirty(e, hn::AndNot(Set(kPageRw), v)); }

// ---- Hot metadata as one word: HotPage's fields from the lowest bit up.
constexpr unsigned kMapcountShift = 32;
constexpr unsigned kFlagsShift = 56;
constexpr uint64_t kRefcountMask = (uint64_t{1} << kMapcountShift) - 1;
constexpr uint64_t kMapcountMask = (uint64_t{1} << kFlagsShift) - 1 - kRefcountMask;
constexpr uint64_t kOneEntry = (uint64_t{1} << kMapcountShift) | 1;  // a reference and an entry
constexpr uint64_t HotFlags(uint64_t flags) { return flags << kFlagsShift; }

HWY_INLINE uint64_t LoadHot(const HotPage* page) {
  uint64_t word;
  std::memcpy(&word, page, sizeof word);
  return word;
}
HWY_INLINE void StoreHot(uint64_t word, HotPage* page) { std::memcpy(static_cast<void*>(page), &word, sizeof word); }
// Only loaded from and stored to as vectors, which may alias anything.
HWY_INLINE uint64_t* AsWords(HotPage* pages) { return reinterpret_cast<uint64_t*>(pages); }

// Entries with a page each, in their order: worked off together where frames follow in no order.
struct PageList {
  static constexpr uint32_t kCapacity = 128;
  uint32_t size = 0;
  uint32_t index[kCapacity];  // of the entry
  uint32_t frame[kCapacity];  // counted from Frames::first
  uint64_t word[kCapacity];
  uint64_t seen[kCapacity];  // hot metadata before
  uint64_t next[kCapacity];  // and after

  bool HasRoom(uint32_t entries) const { return size + entries <= kCapacity; }
  void Add(uint32_t entry, uint32_t frame_index, uint64_t entry_word) {
    index[size] = entry;
    frame[size] = frame_index;
    word[size] = entry_word;
    ++size;
  }
  // Loads what is known of the pages; fills up to whole vectors with entries of no page.
  HWY_INLINE void Gather(const HotPage* hot) {
    for (uint32_t i = 0; i < size; ++i) seen[i] = LoadHot(hot + frame[i]);
    for (uint32_t i = size; i % kLanes != 0; ++i) seen[i] = word[i] = 0;
  }
};

// Entries that are left to the caller, a bit each; told in the end, so that they are in order.
struct LeftEntries {
  uint64_t bits[kMaxEntries / 64] = {};
  bool any = false;

  void Add(uint32_t index) {
    bits[index / 64] |= uint64_t{1} << index % 64;
    any = true;
  }
  void AddGroup(uint32_t first, uint32_t mask) {
    if (mask == 0) return;
    bits[first / 64] |= uint64_t{mask} << first % 64;
    any = true;
  }
  void Tell(const uint64_t* words, List<EntryWord>* left) const {
    if (!any) return;
    for (uint32_t i = 0; i < kMaxEntries / 64; ++i) {
      for (uint64_t rest = bits[i]; rest != 0; rest &= rest - 1) {
        const uint32_t index = i * 64 + static_cast<uint32_t>(__builtin_ctzll(rest));
        left->Add({index, words[index]});
      }
    }
  }
};

}  // namespace pteron::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // PTERON_SRC_ENGINE_WORDS_INL_H_
