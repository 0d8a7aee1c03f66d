// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// Mixtures. Their present entries are picked out of the words and noted, with what the loop does not know, so that no branch depends on what an entry happens
// to be. Then their pages are worked off, all at once where they are alike.
//
// See blocks-inl.h for the guards.
#ifndef PTERON_SRC_ENGINE_SINGLES_ONCE
#define PTERON_SRC_ENGINE_SINGLES_ONCE

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "pteron/engine/table_loops.h"
#include "src/engine/hot_word.h"

namespace pteron {

// Eight entries as two vectors of four lanes, whose halves of 32 bits are interleaved: entry 0, 4, 1, 5, 2, 6, 3, 7. For each mask of such lanes the entries,
// and the lanes in order of their entries.
struct InterleavedPair {
  std::array<std::array<uint8_t, 8>, 256> entries{}, lanes{};
};
inline constexpr InterleavedPair kInterleavedPair = [] {
  InterleavedPair all;
  for (unsigned mask = 0; mask < 256; ++mask) {
    size_t count = 0;
    for (uint8_t entry = 0; entry < 8; ++entry) {
      const uint8_t lane = entry < 4 ? static_cast<uint8_t>(2 * entry) : static_cast<uint8_t>(2 * entry - 7);
      if (!(mask >> lane & 1)) continue;
      all.entries[mask][count] = entry;
      all.lanes[mask][count++] = lane;
    }
  }
  return all;
}();

}  // namespace pteron

#endif  // PTERON_SRC_ENGINE_SINGLES_ONCE

#if defined(PTERON_SRC_ENGINE_SINGLES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef PTERON_SRC_ENGINE_SINGLES_INL_H_
#undef PTERON_SRC_ENGINE_SINGLES_INL_H_
#else
#define PTERON_SRC_ENGINE_SINGLES_INL_H_
#endif

#include "hwy/cache_control.h"
#include "src/engine/blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pteron {
namespace HWY_NAMESPACE {

// Frame numbers as the loops have them: less kFirstDataPfn, and in 32 bits, as FrameRun has them: bits 12 to 43 of a word. Those of zero pages come out
// negative.
using Frame = uint32_t;
constexpr Frame kNegativeFrame = Frame{1} << 31;

using FrameTag = hn::ScalableTag<Frame>;
using HalfTag = hn::Rebind<Frame, Tag>;  // as many frames as a vector has words

// The frames that present words name.
HWY_INLINE hn::Vec<HalfTag> FramesOf(Vector words) {
  return hn::Sub(hn::TruncateTo(HalfTag(), hn::ShiftRight<kPageShift>(words)), hn::Set(HalfTag(), static_cast<Frame>(kFirstDataPfn.value)));
}

// Where entries that are worked off one kind after the other are noted.
struct Notes {
  Frame* frame;    // of each present entry
  uint16_t* rest;  // entries of no kind that the loop knows
};

#if HWY_TARGET != HWY_AVX2
// Notes a vector of words from the `base`th entry on; `known` are those of any kind.
HWY_INLINE void NoteVector(const Kinds& kinds, Mask known, size_t base, Notes& notes) {
#if HWY_TARGET <= HWY_AVX3
  hn::StoreU(FramesOf(hn::Compress(kinds.word, kinds.present)), HalfTag(), notes.frame);
  notes.frame += hn::CountTrue(Tag(), kinds.present);
  notes.rest = NameEntries(Bits(hn::Not(known)), base, notes.rest);
#else
  HWY_ALIGN Frame lanes[hn::MaxLanes(Tag())];
  hn::Store(FramesOf(kinds.word), HalfTag(), lanes);
  ForEachBit(Bits(kinds.present), [&](size_t i) { *notes.frame++ = lanes[i]; });
  ForEachBit(Bits(hn::Not(known)), [&](size_t i) { *notes.rest++ = static_cast<uint16_t>(base + i); });
#endif
}
#endif

// Notes two vectors of words from the `base`th entry on.
HWY_INLINE void NotePair(const Kinds& low, const Kinds& high, size_t base, Notes& notes) {
  const Mask low_known = OfAnyKind(low), high_known = OfAnyKind(high);
#if HWY_TARGET == HWY_AVX2
  // Both at once, in halves of 32 bits. Highway's Compress() is no help here: with g++ 12 it copies its table to the stack at each call.
  const FrameTag halves;
  const hn::Rebind<uint8_t, FrameTag> bytes;
  const auto bits = [&](Mask of_low, Mask of_high) HWY_ATTR {
    const auto both = hn::OddEven(hn::BitCast(halves, hn::VecFromMask(Tag(), of_high)), hn::BitCast(halves, hn::VecFromMask(Tag(), of_low)));
    uint8_t byte;
    hn::StoreMaskBits(halves, hn::MaskFromVec(both), &byte);
    return size_t{byte};
  };
  const size_t present = bits(low.present, high.present), rest = bits(low_known, high_known) ^ 0xff;
  const auto low_pfn = hn::BitCast(halves, hn::ShiftRight<kPageShift>(low.word)), high_pfn = hn::BitCast(halves, hn::ShiftLeft<32 - kPageShift>(high.word));
  const auto frames = hn::Sub(hn::OddEven(high_pfn, low_pfn), hn::Set(halves, static_cast<Frame>(kFirstDataPfn.value)));
  const auto order = hn::IndicesFromVec(halves, hn::PromoteTo(halves, hn::LoadU(bytes, kInterleavedPair.lanes[present].data())));
  hn::StoreU(hn::TableLookupLanes(frames, order), halves, notes.frame);
  notes.frame += std::popcount(present);
  notes.rest = NameEight(kInterleavedPair.entries[rest], std::popcount(rest), base, notes.rest);
#else
  NoteVector(low, low_known, base, notes);
  NoteVector(high, high_known, base + hn::Lanes(Tag()), notes);
#endif
}

// Present entries of one table that lie in no row. To look at many pages first lets the processor fetch them at the same time; what is done to them then
// finds them near. Words are changed before that, in the hope that all pages turn out alike.
struct Singles {
  uint32_t count = 0;
  uint32_t blocks = 0;  // one bit for each that is worked off one kind of entry after the other
  uint64_t left[512 / kBlock] = {};  // entries that are left to the caller for what their pages are
  Frame frame[512];
  uint64_t saved[512];  // the blocks' words as they were
};

// Entries whose words are fetched before they are asked for, those of the next table too: the processor by itself looks no further than a page.
constexpr size_t kAhead = 256;

// Goes over whole blocks, [begin, end) of the table, notes their singles and names what is left to the caller. after(kinds, i) says what becomes of a vector
// of words, from the i-th on; words[0] is the begin-th.
template <class F>
HWY_INLINE void NoteEntries(const LoopWords& kinds, uint64_t* words, size_t begin, size_t end, Singles& singles, LoopOutput* output, F after) {
  const size_t lanes = hn::Lanes(Tag());
  const Vector wp_none = Splat(kinds.wp_none);
  uint64_t* saved = singles.saved + begin;
  Notes notes{singles.frame + singles.count, output->rest.data() + output->rest_count};
  for (size_t i = 0; i < end - begin; i += 2 * lanes) {
    hwy::Prefetch(words + i + kAhead);
    const Kinds low = KindsOf(wp_none, words + i), high = KindsOf(wp_none, words + i + lanes);
    hn::StoreU(low.word, Tag(), saved + i);
    hn::StoreU(high.word, Tag(), saved + i + lanes);
    hn::StoreU(after(low, i), Tag(), words + i);
    hn::StoreU(after(high, i + lanes), Tag(), words + i + lanes);
    NotePair(low, high, begin + i, notes);
  }
  singles.count = static_cast<uint32_t>(notes.frame - singles.frame);
  output->rest_count = static_cast<uint32_t>(notes.rest - output->rest.data());
}

// Calls f(begin, end) with the entries of neighbouring blocks of singles.
template <class F>
HWY_INLINE void ForEachStretch(const Singles& singles, F f) {
  for (size_t blocks = singles.blocks, begin = 0; blocks != 0;) {
    const size_t skipped = static_cast<size_t>(std::countr_zero(blocks));
    const size_t taken = static_cast<size_t>(std::countr_one(blocks >> skipped));
    begin += skipped;
    f(begin * kBlock, (begin + taken) * kBlock);
    begin += taken;
    blocks >>= skipped + taken;
  }
}

// Calls f with the first index of each vector that [0, count) consists of. The last one may overlap the one before it. Precondition: one vector fits in.
template <class AnyTag, class F>
HWY_INLINE void ForEachVector(AnyTag tag, size_t count, F f) {
  const size_t last = count - hn::Lanes(tag);
  for (size_t i = 0;; i = std::min(i + hn::Lanes(tag), last)) {
    f(i);
    if (i == last) return;
  }
}

// Calls f with each of [0, count), four of them in one turn.
template <class F>
HWY_INLINE void InFours(size_t count, F f) {
  const size_t fours = count & ~size_t{3};
  for (size_t i = 0; i < fours; i += 4) {
    f(i);
    f(i + 1);
    f(i + 2);
    f(i + 3);
  }
  for (size_t i = fours; i < count; ++i) f(i);
}

// Pages so many that each kind of vector fits in.
constexpr size_t kLeastPages = hn::MaxLanes(FrameTag());

// Pages of present entries, kLeastPages or more.
struct SomePages {
  const Frame* frame;
  size_t count;
  bool in_a_row;  // in the order of their entries, with none in between
};

HWY_INLINE bool InARow(const Frame* frame, size_t count) {
  const auto start = hn::Add(hn::Set(FrameTag(), frame[0]), hn::Iota(FrameTag(), 0));
  auto differ = hn::Zero(FrameTag());
  ForEachVector(FrameTag(), count, [&](size_t i) HWY_ATTR {
    differ = hn::Or(differ, hn::Xor(hn::LoadU(FrameTag(), frame + i), hn::Add(start, hn::Set(FrameTag(), static_cast<Frame>(i)))));
  });
  return hn::AllTrue(FrameTag(), hn::Eq(differ, hn::Zero(FrameTag())));
}

HWY_INLINE bool AnyNegative(const SomePages& pages) {
  if (pages.in_a_row) return pages.frame[0] & kNegativeFrame;
  auto any = hn::Zero(FrameTag());
  ForEachVector(FrameTag(), pages.count, [&](size_t i) HWY_ATTR { any = hn::Or(any, hn::LoadU(FrameTag(), pages.frame + i)); });
  return !hn::AllFalse(FrameTag(), hn::TestBit(any, hn::Set(FrameTag(), kNegativeFrame)));
}

// Whether all have the hot word `word`.
HWY_INLINE bool AllHave(const SomePages& pages, const uint64_t* hot, uint64_t word) {
  if (!pages.in_a_row) {
    uint64_t differ = 0;
    InFours(pages.count, [&](size_t i) { differ |= hot[pages.frame[i]] ^ word; });
    return differ == 0;
  }
  Vector differ = hn::Zero(Tag());
  hot += pages.frame[0];
  ForEachVector(Tag(), pages.count, [&](size_t i) HWY_ATTR { differ = hn::Or(differ, hn::Xor(hn::LoadU(Tag(), hot + i), Splat(word))); });
  return hn::AllTrue(Tag(), IsZero(differ));
}

// Gives all of them the hot word `word`.
HWY_INLINE void SetPages(const SomePages& pages, uint64_t* hot, uint64_t word) {
  if (!pages.in_a_row) {
    InFours(pages.count, [&](size_t i) { hot[pages.frame[i]] = word; });
    return;
  }
  hot += pages.frame[0];
  ForEachVector(Tag(), pages.count, [&](size_t i) HWY_ATTR { hn::StoreU(Splat(word), Tag(), hot + i); });
}

// Whether pages can be treated as one: all have the same hot word, of which it is all, and nothing else maps them, so that no two of them are one page.
// Then that is *word.
HWY_INLINE bool AreAlike(const SomePages& pages, const uint64_t* hot, uint64_t* word) {
  if (AnyNegative(pages)) return false;
  *word = hot[pages.frame[0]];
  return !(*word & kHotNeedsMore) && (*word & kHotMapcountMask) == uint64_t{1} << 32 && AllHave(pages, hot, *word);
}

// Pages at a time that lie in no row: so few that they stay in the first-level cache from the look at them to the change.
constexpr size_t kPagesAtOnce = 64;

// The entries of singles, ascending.
HWY_INLINE void NameSingles(const Singles& singles, uint16_t* index) {
  ForEachStretch(singles, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      *index = static_cast<uint16_t>(i);
      index += singles.saved[i] & kPagePresent;
    }
  });
}

HWY_INLINE void Leave(Singles& singles, size_t i) { singles.left[i / kBlock] |= uint64_t{1} << i % kBlock; }

// Calls all(pages) for pages, kLeastPages or more. Where it answers false, each(i) of each of their entries; where that answers false, the entry is left
// to the caller.
template <class All, class Each>
HWY_INLINE void WorkOffSingles(Singles& singles, All all, Each each) {
  uint16_t index[512 + 1];
  bool has_index = false;
  const bool in_a_row = singles.count >= kLeastPages && InARow(singles.frame, singles.count);
  for (size_t at = 0; at < singles.count;) {
    const size_t there = singles.count - at;
    const size_t count = in_a_row || there < kPagesAtOnce + kLeastPages ? there : kPagesAtOnce;
    if (count < kLeastPages || !all(SomePages{singles.frame + at, count, in_a_row})) {
      if (!has_index) NameSingles(singles, index);
      has_index = true;
      for (size_t k = at; k < at + count; ++k) {
        if (HWY_UNLIKELY(!each(index[k]))) Leave(singles, index[k]);
      }
    }
    at += count;
  }
}

// Names what has been left for what its pages are, among what was left before.
HWY_INLINE void GiveLeft(Singles& singles, LoopOutput* output) {
  uint64_t any = 0;
  for (const uint64_t bits : singles.left) any |= bits;
  if (HWY_LIKELY(any == 0)) return;
  for (uint32_t k = 0; k < output->rest_count; ++k) Leave(singles, output->rest[k]);
  output->rest_count = 0;
  for (size_t block = 0; block < 512 / kBlock; ++block) AddRest(singles.left[block], block * kBlock, output);
}

}  // namespace HWY_NAMESPACE
}  // namespace pteron
HWY_AFTER_NAMESPACE();

#endif  // PTERON_SRC_ENGINE_SINGLES_INL_H_
