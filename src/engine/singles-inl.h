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

// The frames of a block of present words.
HWY_INLINE void FramesOf(const uint64_t* words, Frame* frame) {
  const hn::Rebind<Frame, Tag> frames;
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const auto pfn = hn::TruncateTo(frames, hn::ShiftRight<kPageShift>(hn::LoadU(Tag(), words + i)));
    hn::StoreU(hn::Sub(pfn, hn::Set(frames, static_cast<Frame>(kFirstDataPfn.value))), frames, frame + i);
  }
}

// A vector of words, and which are of which kind; `known` are empty ones too.
struct Kinds {
  Vector word;
  Mask present, wp_none, known;
};

HWY_INLINE Kinds KindsOf(Vector the_wp_none, const uint64_t* words) {
  const Vector word = hn::LoadU(Tag(), words);
  const Mask present = HasBit(word, kPagePresent);
  const Mask wp_none = hn::Eq(word, the_wp_none);
  return {word, present, wp_none, hn::Or(hn::Or(present, wp_none), IsZero(word))};
}

// Where entries that are worked off one kind after the other are noted.
struct Notes {
  Frame* frame;    // of each present entry
  uint16_t* rest;  // entries that are not known
};

#if HWY_TARGET != HWY_AVX2
// Notes a vector of words from the `base`th entry on.
HWY_INLINE void NoteVector(const Kinds& kinds, size_t base, Notes& notes) {
  const Vector pfn = hn::ShiftRight<kPageShift>(kinds.word);
#if HWY_TARGET <= HWY_AVX3
  const hn::Rebind<Frame, Tag> frames;
  const auto picked = hn::TruncateTo(frames, hn::Compress(pfn, kinds.present));
  hn::StoreU(hn::Sub(picked, hn::Set(frames, static_cast<Frame>(kFirstDataPfn.value))), frames, notes.frame);
  notes.frame += hn::CountTrue(Tag(), kinds.present);
  notes.rest = NameEntries(Bits(hn::Not(kinds.known)), base, notes.rest);
#else
  HWY_ALIGN uint64_t lanes[hn::MaxLanes(Tag())];
  hn::Store(pfn, Tag(), lanes);
  ForEachBit(Bits(kinds.present), [&](size_t i) { *notes.frame++ = static_cast<Frame>(lanes[i]) - static_cast<Frame>(kFirstDataPfn.value); });
  ForEachBit(Bits(hn::Not(kinds.known)), [&](size_t i) { *notes.rest++ = static_cast<uint16_t>(base + i); });
#endif
}
#endif

// Notes two vectors of words from the `base`th entry on.
HWY_INLINE void NotePair(const Kinds& low, const Kinds& high, size_t base, Notes& notes) {
#if HWY_TARGET == HWY_AVX2
  // Both at once, in halves of 32 bits. Highway's Compress() is no help here: with g++ 12 it copies its table to the stack at each call.
  const hn::Repartition<Frame, Tag> halves;
  const hn::Rebind<uint8_t, decltype(halves)> bytes;
  const auto bits = [&](Mask of_low, Mask of_high) HWY_ATTR {
    const auto both = hn::OddEven(hn::BitCast(halves, hn::VecFromMask(Tag(), of_high)), hn::BitCast(halves, hn::VecFromMask(Tag(), of_low)));
    uint8_t byte;
    hn::StoreMaskBits(halves, hn::MaskFromVec(both), &byte);
    return size_t{byte};
  };
  const size_t present = bits(low.present, high.present), rest = bits(low.known, high.known) ^ 0xff;
  const auto low_pfn = hn::BitCast(halves, hn::ShiftRight<kPageShift>(low.word)), high_pfn = hn::BitCast(halves, hn::ShiftLeft<32 - kPageShift>(high.word));
  const auto frames = hn::Sub(hn::OddEven(high_pfn, low_pfn), hn::Set(halves, static_cast<Frame>(kFirstDataPfn.value)));
  const auto order = hn::IndicesFromVec(halves, hn::PromoteTo(halves, hn::LoadU(bytes, kInterleavedPair.lanes[present].data())));
  hn::StoreU(hn::TableLookupLanes(frames, order), halves, notes.frame);
  notes.frame += std::popcount(present);
  notes.rest = NameEight(kInterleavedPair.entries[rest], std::popcount(rest), base, notes.rest);
#else
  NoteVector(low, base, notes);
  NoteVector(high, base + hn::Lanes(Tag()), notes);
#endif
}

// Present entries of one table that lie in no row. To look at many pages first lets the processor fetch them at the same time; what is done to them then
// finds them near. Words are changed before that, in the hope that all pages turn out alike.
struct Singles {
  uint32_t count = 0;
  uint32_t blocks = 0;          // one bit for each that is worked off one kind of entry after the other
  bool any_left = false;
  uint64_t left[512 / kBlock];  // entries that are left to the caller for what their pages are; of any_left
  Frame frame[512];
  uint64_t saved[512];          // the blocks' words as they were
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

// The entries behind the last whole block, as one that empty ones fill up.
struct Tail {
  HWY_INLINE Tail(const uint64_t* from, size_t the_count) : count(the_count), words() { std::copy_n(from, count, words); }
  HWY_INLINE void CopyTo(uint64_t* to) const { std::copy_n(words, count, to); }
  size_t count;
  HWY_ALIGN uint64_t words[kBlock];
};

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

// Some of the singles' pages: at least one.
struct SomePages {
  const Frame* frame;
  size_t count;
};

HWY_INLINE bool InARow(const SomePages& pages) {
  const hn::ScalableTag<Frame> tag;
  const Frame first = pages.frame[0];
  if (pages.count < hn::Lanes(tag)) {
    Frame differ = 0;
    for (size_t i = 0; i < pages.count; ++i) differ |= pages.frame[i] ^ (first + static_cast<Frame>(i));
    return differ == 0;
  }
  const auto start = hn::Add(hn::Set(tag, first), hn::Iota(tag, 0));
  auto differ = hn::Zero(tag);
  ForEachVector(tag, pages.count, [&](size_t i) HWY_ATTR {
    differ = hn::Or(differ, hn::Xor(hn::LoadU(tag, pages.frame + i), hn::Add(start, hn::Set(tag, static_cast<Frame>(i)))));
  });
  return hn::AllTrue(tag, hn::Eq(differ, hn::Zero(tag)));
}

HWY_INLINE bool AnyNegative(const SomePages& pages) {
  const hn::ScalableTag<Frame> tag;
  if (pages.count < hn::Lanes(tag)) return std::any_of(pages.frame, pages.frame + pages.count, [](Frame frame) { return (frame & kNegativeFrame) != 0; });
  auto any = hn::Zero(tag);
  ForEachVector(tag, pages.count, [&](size_t i) HWY_ATTR { any = hn::Or(any, hn::LoadU(tag, pages.frame + i)); });
  return !hn::AllFalse(tag, hn::TestBit(any, hn::Set(tag, kNegativeFrame)));
}

HWY_INLINE bool AllAre(const uint64_t* words, size_t count, uint64_t word) {
  if (count < hn::Lanes(Tag())) return std::all_of(words, words + count, [&](uint64_t each) { return each == word; });
  Vector differ = hn::Zero(Tag());
  ForEachVector(Tag(), count, [&](size_t i) HWY_ATTR { differ = hn::Or(differ, hn::Xor(hn::LoadU(Tag(), words + i), Splat(word))); });
  return hn::AllTrue(Tag(), IsZero(differ));
}

HWY_INLINE void FillWith(uint64_t* words, size_t count, uint64_t word) {
  if (count < hn::Lanes(Tag())) {
    std::fill_n(words, count, word);
    return;
  }
  ForEachVector(Tag(), count, [&](size_t i) HWY_ATTR { hn::StoreU(Splat(word), Tag(), words + i); });
}

// They, where they can be treated as one.
struct AlikePages {
  bool alike;     // all have the same hot word, of which it is all, and nothing else maps them (so that no two of them are one page)
  bool in_a_row;  // and lie in the order of their entries, with none in between
  uint64_t hot;   // that word
};

HWY_INLINE AlikePages LookAt(const SomePages& pages, bool in_a_row, const uint64_t* hot) {
  if (in_a_row ? (pages.frame[0] & kNegativeFrame) != 0 : AnyNegative(pages)) return {false, false, 0};
  const uint64_t first = hot[pages.frame[0]];
  bool same = true;
  if (in_a_row) {
    same = AllAre(hot + pages.frame[0], pages.count, first);
  } else {
    uint64_t differ = 0;
    InFours(pages.count, [&](size_t i) { differ |= hot[pages.frame[i]] ^ first; });
    same = differ == 0;
  }
  return {same && !(first & kHotNeedsMore) && (first & kHotMapcountMask) == uint64_t{1} << 32, in_a_row, first};
}

// Gives all of them the hot word `after`.
HWY_INLINE void SetPages(const SomePages& pages, bool in_a_row, uint64_t* hot, uint64_t after) {
  if (in_a_row) {
    FillWith(hot + pages.frame[0], pages.count, after);
  } else {
    InFours(pages.count, [&](size_t i) { hot[pages.frame[i]] = after; });
  }
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

HWY_INLINE void Leave(Singles& singles, size_t i) {
  if (!singles.any_left) std::fill(std::begin(singles.left), std::end(singles.left), 0);
  singles.any_left = true;
  singles.left[i / kBlock] |= uint64_t{1} << i % kBlock;
}

// Calls alike(pages, look) for pages that can be treated as one. Where they cannot, or it answers false, each(i) of each of their entries; where that
// answers false, the entry is left to the caller.
template <class Alike, class Each>
HWY_INLINE void WorkOffSingles(Singles& singles, const uint64_t* hot, Alike alike, Each each) {
  uint16_t index[512 + 1];
  bool has_index = false;
  const bool in_a_row = InARow({singles.frame, singles.count});
  const size_t at_once = in_a_row ? singles.count : kPagesAtOnce;
  for (size_t at = 0; at < singles.count; at += at_once) {
    const SomePages pages{singles.frame + at, std::min(at_once, singles.count - at)};
    const AlikePages look = LookAt(pages, in_a_row, hot);
    if (look.alike && alike(pages, look)) continue;
    if (!has_index) NameSingles(singles, index);
    has_index = true;
    for (size_t k = at; k < at + pages.count; ++k) {
      if (HWY_UNLIKELY(!each(index[k]))) Leave(singles, index[k]);
    }
  }
}

// Names what has been left for what its pages are, among what was left before.
HWY_INLINE void GiveLeft(Singles& singles, LoopOutput* output) {
  if (HWY_LIKELY(!singles.any_left)) return;
  for (uint32_t k = 0; k < output->rest_count; ++k) singles.left[output->rest[k] / kBlock] |= uint64_t{1} << output->rest[k] % kBlock;
  output->rest_count = 0;
  for (size_t block = 0; block < 512 / kBlock; ++block) AddRest(singles.left[block], block * kBlock, output);
}

}  // namespace HWY_NAMESPACE
}  // namespace pteron
HWY_AFTER_NAMESPACE();

#endif  // PTERON_SRC_ENGINE_SINGLES_INL_H_
