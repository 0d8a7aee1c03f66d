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

// A vector of words. Those that are neither present nor empty are left to the caller. Where no word means "no page, write-protected", `wp_none` is zero.
struct Kinds {
  HWY_INLINE Kinds(Vector wp_none, Vector the_word)
      : word(the_word), present(HasBit(word, kPagePresent)), left(IsOther(wp_none, word)) {}
  Vector word;
  Mask present, left;
};

// Where entries that are worked off one kind after the other are noted.
struct Notes {
  Frame* frame;    // of each present entry
  uint16_t* rest;  // entries that are left to the caller
  hn::Vec<FrameTag> entries;  // those that come next
};

#if HWY_TARGET > HWY_AVX2
// Notes a vector of words from the `base`th entry on.
HWY_INLINE void NoteVector(const Kinds& kinds, size_t base, Notes& notes) {
  HWY_ALIGN Frame lanes[hn::MaxLanes(Tag())];
  hn::Store(FramesOf(kinds.word), HalfTag(), lanes);
  ForEachBit(Bits(kinds.present), [&](size_t i) { *notes.frame++ = lanes[i]; });
  ForEachBit(Bits(kinds.left), [&](size_t i) { *notes.rest++ = static_cast<uint16_t>(base + i); });
}
#endif

// Notes two vectors of words from the `base`th entry on.
HWY_INLINE void NotePair(const Kinds& low, const Kinds& high, size_t base, Notes& notes) {
#if HWY_TARGET <= HWY_AVX3
  // Both at once, in halves of 32 bits: with g++ 12 Highway's Compress() of whole words copies its table to the stack at each call.
  const FrameTag halves;
  const Vector low_pfn = hn::ShiftRight<kPageShift>(low.word), high_pfn = hn::ShiftRight<kPageShift>(high.word);
  const auto pfn = hn::ConcatEven(halves, hn::BitCast(halves, high_pfn), hn::BitCast(halves, low_pfn));
  const auto flags = hn::ConcatEven(halves, hn::BitCast(halves, high.word), hn::BitCast(halves, low.word));
  const auto present = hn::TestBit(flags, hn::Set(halves, static_cast<Frame>(kPagePresent)));
  hn::StoreU(hn::Compress(hn::Sub(pfn, hn::Set(halves, static_cast<Frame>(kFirstDataPfn.value))), present), halves, notes.frame);
  notes.frame += hn::CountTrue(halves, present);
  const hn::Mask<FrameTag> left{_mm512_kunpackb(high.left.raw, low.left.raw)};
  const hn::Rebind<uint16_t, FrameTag> indices;
  hn::StoreU(hn::TruncateTo(indices, hn::Compress(notes.entries, left)), indices, notes.rest);
  notes.rest += hn::CountTrue(halves, left);
  notes.entries = hn::Add(notes.entries, hn::Set(halves, hn::Lanes(halves)));
#elif HWY_TARGET == HWY_AVX2
  // Both at once, in halves of 32 bits, and with a table of ours for the same reason.
  const FrameTag halves;
  const hn::Rebind<uint8_t, FrameTag> bytes;
  const auto bits = [&](Mask of_low, Mask of_high) HWY_ATTR {
    const auto both = hn::OddEven(hn::BitCast(halves, hn::VecFromMask(Tag(), of_high)), hn::BitCast(halves, hn::VecFromMask(Tag(), of_low)));
    uint8_t byte;
    hn::StoreMaskBits(halves, hn::MaskFromVec(both), &byte);
    return size_t{byte};
  };
  const size_t present = bits(low.present, high.present), left = bits(low.left, high.left);
  const auto low_pfn = hn::BitCast(halves, hn::ShiftRight<kPageShift>(low.word)), high_pfn = hn::BitCast(halves, hn::ShiftLeft<32 - kPageShift>(high.word));
  const auto frames = hn::Sub(hn::OddEven(high_pfn, low_pfn), hn::Set(halves, static_cast<Frame>(kFirstDataPfn.value)));
  const auto order = hn::IndicesFromVec(halves, hn::PromoteTo(halves, hn::LoadU(bytes, kInterleavedPair.lanes[present].data())));
  hn::StoreU(hn::TableLookupLanes(frames, order), halves, notes.frame);
  notes.frame += std::popcount(present);
  notes.rest = NameEight(kInterleavedPair.entries[left], std::popcount(left), base, notes.rest);
#else
  NoteVector(low, base, notes);
  NoteVector(high, base + hn::Lanes(Tag()), notes);
#endif
}

// Present entries of one table that lie in no row. Their words are changed before their pages are looked at, in the hope that these turn out alike.
struct Singles {
  uint32_t count = 0;
  uint32_t blocks = 0;  // one bit for each that is worked off one kind of entry after the other
  bool any_left = false;
  uint64_t left[512 / kBlock] = {};  // entries that are left to the caller for what their pages are
  HWY_ALIGN Frame frame[512];
  HWY_ALIGN uint64_t saved[512];  // the blocks' words as they were
};

// One bit for each block of [begin, end).
HWY_INLINE uint32_t BlockBits(size_t begin, size_t end) { return ((uint32_t{1} << (end - begin) / kBlock) - 1) << begin / kBlock; }

// Goes over whole blocks, [begin, end) of the table, notes their singles and names what is left to the caller. after(kinds, i) says what becomes of a vector
// of words, from the i-th on; words[0] is the begin-th.
template <class F>
HWY_INLINE void NoteEntries(const LoopWords& kinds, uint64_t* words, size_t begin, size_t end, Singles& singles, LoopOutput* output, F after) {
  const size_t lanes = hn::Lanes(Tag());
  const Vector wp_none = Splat(kinds.wp_none);
  uint64_t* saved = singles.saved + begin;
  singles.blocks |= BlockBits(begin, end);
  Notes notes{singles.frame + singles.count, output->rest.data() + output->rest_count, hn::Iota(FrameTag(), static_cast<Frame>(begin))};
  for (size_t i = 0; i < end - begin; i += 2 * lanes) {
    for (size_t line = 0; line < 2 * lanes; line += 8) hwy::Prefetch(words + i + line + kAhead);
    const Kinds low(wp_none, hn::LoadU(Tag(), words + i)), high(wp_none, hn::LoadU(Tag(), words + i + lanes));
    hn::StoreU(low.word, Tag(), saved + i);
    hn::StoreU(high.word, Tag(), saved + i + lanes);
    hn::StoreU(after(low, i), Tag(), words + i);
    hn::StoreU(after(high, i + lanes), Tag(), words + i + lanes);
    NotePair(low, high, begin + i, notes);
  }
  singles.count = static_cast<uint32_t>(notes.frame - singles.frame);
  output->rest_count = static_cast<uint32_t>(notes.rest - output->rest.data());
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

// Calls f with each of [0, count), four of them in one turn, as long as it answers true. Returns how often it did.
template <class F>
HWY_INLINE size_t WhileTrue(size_t count, F f) {
  size_t i = 0;
  for (const size_t fours = count & ~size_t{3}; i < fours; i += 4) {
    if (HWY_UNLIKELY(!f(i))) return i;
    if (HWY_UNLIKELY(!f(i + 1))) return i + 1;
    if (HWY_UNLIKELY(!f(i + 2))) return i + 2;
    if (HWY_UNLIKELY(!f(i + 3))) return i + 3;
  }
  for (; i < count; ++i) {
    if (HWY_UNLIKELY(!f(i))) return i;
  }
  return count;
}

// Pages so many that each kind of vector fits in.
constexpr size_t kLeastPages = hn::MaxLanes(FrameTag());

// Pages of present entries, kLeastPages or more.
struct SomePages {
  const Frame* frame;
  size_t count;
  bool may_be_row;  // the first and the last are where they are if all lie in a row, in the order of their entries
};

HWY_INLINE bool MayBeRow(const Frame* frame, size_t count) {
  const Frame first = frame[0], last = frame[count - 1];
  return last - first == count - 1 && !((first | last) & kNegativeFrame);
}

// Gives pages that may be a row the hot word `becomes`. False, and nothing is done: they are none, or not all have `word`. Asks both in one loop: a processor
// guesses wrong where a loop ends whose number of turns is another one each time.
HWY_INLINE bool ChangeRow(const SomePages& pages, uint64_t* hot, uint64_t word, uint64_t becomes) {
  const HalfTag frames;
  const Frame first = pages.frame[0];
  const auto start = hn::Add(hn::Set(frames, first), hn::Iota(frames, 0));
  auto elsewhere = hn::Zero(frames);
  Vector differ = hn::Zero(Tag());
  hot += first;
  ForEachVector(Tag(), pages.count, [&](size_t i) HWY_ATTR {
    elsewhere = hn::Or(elsewhere, hn::Xor(hn::LoadU(frames, pages.frame + i), hn::Add(start, hn::Set(frames, static_cast<Frame>(i)))));
    differ = hn::Or(differ, hn::Xor(hn::LoadU(Tag(), hot + i), Splat(word)));
  });
  if (!hn::AllTrue(Tag(), IsZero(differ)) || !hn::AllTrue(frames, hn::Eq(elsewhere, hn::Zero(frames)))) return false;
  ForEachVector(Tag(), pages.count, [&](size_t i) HWY_ATTR { hn::StoreU(Splat(becomes), Tag(), hot + i); });
  return true;
}

// Gives pages, which may lie anywhere, the hot word `becomes`, as long as they have `word`; frame_of(i) names them. Returns how many it was. Each is changed
// when it is first read, by one instruction whose result says whether it was right to, and put back where it was not: to read first and then write keeps the
// processor from fetching as many at the same time, and takes half as much again. `word` and `becomes` differ, so a page that is there twice does not have
// `word` the second time.
template <class F>
HWY_INLINE size_t ChangeEach(size_t count, F frame_of, uint64_t* hot, uint64_t word, uint64_t becomes) {
  const uint64_t by = becomes - word;
  // Zero, the usual case of zap, is what the processor compares with by itself.
  const size_t done = becomes == 0 ? WhileTrue(count, [&](size_t i) { return (hot[frame_of(i)] += by) == 0; })
                                   : WhileTrue(count, [&](size_t i) { return (hot[frame_of(i)] += by) == becomes; });
  if (done < count) hot[frame_of(done)] -= by;
  return done;
}

HWY_INLINE bool AnyNegative(const SomePages& pages) {
  if (pages.may_be_row) return false;
  const HalfTag frames;  // as they have been stored a moment ago
  auto any = hn::Zero(frames);
  ForEachVector(frames, pages.count, [&](size_t i) HWY_ATTR { any = hn::Or(any, hn::LoadU(frames, pages.frame + i)); });
  return !hn::AllFalse(frames, hn::TestBit(any, hn::Set(frames, kNegativeFrame)));
}

// Gives pages the hot word `becomes`, which differs from `word`, as long as they have `word`. Returns how many it was. That they may be a row and are none is
// rare.
HWY_INLINE size_t ChangeAlike(const SomePages& pages, uint64_t* hot, uint64_t word, uint64_t becomes) {
  if (pages.may_be_row) return ChangeRow(pages, hot, word, becomes) ? pages.count : 0;
  return ChangeEach(pages.count, [&](size_t i) { return pages.frame[i]; }, hot, word, becomes);
}

// Pages at a time that lie in no row: behind one that is unlike the others, these are worked off one by one.
constexpr size_t kPagesAtOnce = 64;

// The entries of singles, ascending.
HWY_INLINE void NameSingles(const Singles& singles, uint16_t* index) {
  ForEachBit(singles.blocks, [&](size_t block) {
    for (size_t i = block * kBlock; i < (block + 1) * kBlock; ++i) {
      *index = static_cast<uint16_t>(i);
      index += singles.saved[i] & kPagePresent;
    }
  });
}

HWY_INLINE void Leave(Singles& singles, size_t i) {
  singles.left[i / kBlock] |= uint64_t{1} << i % kBlock;
  singles.any_left = true;
}

// Calls all(pages) for pages, kLeastPages or more. It answers how many of them it has done; for each of the other entries each(i) is called, and where that
// answers false, the entry is left to the caller.
template <class All, class Each>
HWY_INLINE void WorkOffSingles(Singles& singles, All all, Each each) {
  uint16_t index[512 + 1];
  bool has_index = false;
  const bool may_be_row = singles.count >= kLeastPages && MayBeRow(singles.frame, singles.count);
  for (size_t at = 0; at < singles.count;) {
    const size_t there = singles.count - at;
    const size_t count = may_be_row || there < kPagesAtOnce + kLeastPages ? there : kPagesAtOnce;
    const size_t done = count < kLeastPages ? 0 : all(SomePages{singles.frame + at, count, may_be_row});
    if (done < count) {
      if (!has_index) NameSingles(singles, index);
      has_index = true;
      for (size_t k = at + done; k < at + count; ++k) {
        if (HWY_UNLIKELY(!each(index[k]))) Leave(singles, index[k]);
      }
    }
    at += count;
  }
}

// Names what has been left for what its pages are, among what was left before.
inline HWY_NOINLINE void GiveLeft(Singles& singles, LoopOutput* output) {
  for (uint32_t k = 0; k < output->rest_count; ++k) Leave(singles, output->rest[k]);
  output->rest_count = 0;
  for (size_t block = 0; block < 512 / kBlock; ++block) AddRest(singles.left[block], block * kBlock, output);
}

}  // namespace HWY_NAMESPACE
}  // namespace pteron
HWY_AFTER_NAMESPACE();

#endif  // PTERON_SRC_ENGINE_SINGLES_INL_H_
