// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// What the fast loops are made of: blocks of 64 entries. One look at a block tells whether all its entries are of one kind: then it is one vector
// loop. What mixtures take is in singles-inl.h.
//
// Each file that includes this is compiled once for each instruction set that Highway knows for the machine, and the best is chosen at run time.
// Hence the guard, which opens and shuts with every time.
#ifndef PTERON_SRC_ENGINE_BLOCKS_ONCE
#define PTERON_SRC_ENGINE_BLOCKS_ONCE

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "pteron/arch/x86/pgtable_types.h"
#include "pteron/check.h"
#include "src/engine/engines.h"
#include "src/engine/hot_word.h"

namespace pteron {

// The set bits of each byte, lowest first; zeros behind them.
inline constexpr auto kBitsOfByte = [] {
  std::array<std::array<uint8_t, 8>, 256> all{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    size_t count = 0;
    for (uint8_t bit = 0; bit < 8; ++bit) {
      if (byte >> bit & 1) all[byte][count++] = bit;
    }
  }
  return all;
}();

}  // namespace pteron

#endif  // PTERON_SRC_ENGINE_BLOCKS_ONCE

#if defined(PTERON_SRC_ENGINE_BLOCKS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef PTERON_SRC_ENGINE_BLOCKS_INL_H_
#undef PTERON_SRC_ENGINE_BLOCKS_INL_H_
#else
#define PTERON_SRC_ENGINE_BLOCKS_INL_H_
#endif

#include "hwy/cache_control.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pteron {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kBlock = 64;
constexpr uint64_t kAll = ~uint64_t{0};
// How far ahead blocks fetch others, in entries: those of the next table, since the processor by itself looks no further than a page.
constexpr size_t kAhead = 512;
using Tag = hn::ScalableTag<uint64_t>;
using Vector = hn::Vec<Tag>;
using Mask = hn::Mask<Tag>;

HWY_INLINE Vector Splat(uint64_t word) { return hn::Set(Tag(), word); }
HWY_INLINE Mask IsZero(Vector v) { return hn::Eq(v, hn::Zero(Tag())); }
HWY_INLINE Mask IsNotZero(Vector v) { return hn::Ne(v, hn::Zero(Tag())); }
// `bit` is one bit.
HWY_INLINE Mask HasBit(Vector v, uint64_t bit) { return hn::TestBit(v, Splat(bit)); }
// Any of `bits`.
HWY_INLINE Mask HasBits(Vector v, uint64_t bits) { return IsNotZero(hn::And(v, Splat(bits))); }
HWY_INLINE uint64_t Sum(Vector v) { return hn::GetLane(hn::SumOfLanes(Tag(), v)); }

// The lanes of a mask as low bits.
HWY_INLINE uint64_t Bits(Mask mask) {
  uint8_t bytes[8] = {};
  hn::StoreMaskBits(Tag(), mask, bytes);
  return bytes[0] & ((uint64_t{1} << hn::Lanes(Tag())) - 1);
}

// Calls f with each set bit's index.
template <class F>
HWY_INLINE void ForEachBit(uint64_t bits, F f) {
  for (; bits != 0; bits &= bits - 1) f(static_cast<size_t>(std::countr_zero(bits)));
}

// Calls f with the index of each vector of a block, eight in one turn: with the widest vectors that is all of them.
template <class F>
HWY_INLINE void ForEachVectorOfBlock(F f) {
  constexpr size_t kLanes = hn::MaxLanes(Tag());
  for (size_t i = 0; i < kBlock; i += 8 * kLanes) {
    f(i);
    f(i + kLanes);
    f(i + 2 * kLanes);
    f(i + 3 * kLanes);
    f(i + 4 * kLanes);
    f(i + 5 * kLanes);
    f(i + 6 * kLanes);
    f(i + 7 * kLanes);
  }
}

// One bit for each entry of a block: f(i) says which of the vector from entry i on.
template <class F>
HWY_INLINE uint64_t BitsOfBlock(F f) {
#if HWY_TARGET <= HWY_AVX3
  const auto sixteen = [&](size_t i) HWY_ATTR {
    const auto low = f(i), high = f(i + 8);
    return _mm512_kunpackb(high.raw, low.raw);
  };
  const auto half = [&](size_t i) HWY_ATTR {
    const auto low = sixteen(i), high = sixteen(i + 16);
    return _mm512_kunpackw(high, low);
  };
  const auto low = half(0), high = half(32);
  return _mm512_kunpackd(high, low);
#else
  uint64_t bits = 0;
  ForEachVectorOfBlock([&](size_t i) HWY_ATTR { bits |= Bits(f(i)) << i; });
  return bits;
#endif
}

// Fetches a block that will be asked for soon, so that it need not be waited for: each line of it, or one in kLines.
template <size_t kLines = 1>
HWY_INLINE void FetchBlock(const uint64_t* words) {
  constexpr size_t kLine = 8;
  // Not through a lambda: g++ 12 takes one that only prefetches for one that does nothing.
#pragma GCC unroll 8
  for (size_t i = 0; i < kBlock; i += kLines * kLine) hwy::Prefetch(words + i);
}

enum class Shape : uint8_t { none, wp_none, present, mixed };

HWY_INLINE bool AllPresent(const uint64_t* words) {
  Vector common = Splat(kPagePresent);
  ForEachVectorOfBlock([&](size_t i) HWY_ATTR { common = hn::And(common, hn::LoadU(Tag(), words + i)); });
  return hn::AllFalse(Tag(), IsZero(common));
}

// Whether all words of a block are `word`.
HWY_INLINE bool AllAre(Vector word, const uint64_t* words) {
  Vector differ = hn::Zero(Tag());
  ForEachVectorOfBlock([&](size_t i) HWY_ATTR { differ = hn::Or(differ, hn::Xor(hn::LoadU(Tag(), words + i), word)); });
  return hn::AllTrue(Tag(), IsZero(differ));
}

// Looks at all entries of a block before it decides: a branch on what one entry of a mixture is would be guessed wrong every other time.
HWY_INLINE Shape ShapeOfBlock(uint64_t wp_none, const uint64_t* words) {
  const bool all_present = AllPresent(words), all_equal = AllAre(Splat(words[0]), words);
  if (!(all_present | all_equal)) return Shape::mixed;
  if (all_present) return Shape::present;
  if (words[0] == 0) return Shape::none;
  return words[0] == wp_none ? Shape::wp_none : Shape::mixed;
}

// Asks four of `count` entries, without a branch: false for nearly every mixture.
HWY_INLINE bool MayBeUniform(const uint64_t* words, size_t count) {
  const uint64_t a = words[0], b = words[count / 3], c = words[count / 3 * 2], d = words[count - 1];
  const uint64_t all_present = a & b & c & d & kPagePresent;
  const uint64_t differ = (a ^ b) | (a ^ c) | (a ^ d);
  return (static_cast<uint64_t>(differ == 0) | all_present) != 0;
}

// The shape of the first of `blocks` blocks. Where that is mixed, *mixed is how many blocks from there on are gone over as mixtures, which any block can be.
// Mixtures seldom come alone, so two are asked at a time.
HWY_INLINE Shape ShapeOf(uint64_t wp_none, const uint64_t* words, size_t blocks, size_t* mixed) {
  size_t unlike = 0;
  while (unlike + 1 < blocks && !MayBeUniform(words + unlike * kBlock, 2 * kBlock)) unlike += 2;
  if (unlike + 1 == blocks && !MayBeUniform(words + unlike * kBlock, kBlock)) ++unlike;
  *mixed = std::max<size_t>(unlike, 1);
  return unlike > 0 ? Shape::mixed : ShapeOfBlock(wp_none, words);
}

// Call f(i) for the first of `blocks` blocks and for those behind it, as long as all their words are present, or all are `word`: one branch a block, where
// to ask each for its shape takes many. Return how many blocks it was.
template <class F>
HWY_INLINE size_t ForEachPresent(const uint64_t* words, size_t blocks, F f) {
  size_t i = 0;
  for (; i < blocks && AllPresent(words + i * kBlock); ++i) {
    FetchBlock(words + i * kBlock + kAhead);
    f(i);
  }
  return i;
}
template <class F>
HWY_INLINE size_t ForEachOf(uint64_t word, const uint64_t* words, size_t blocks, F f) {
  size_t i = 0;
  for (const Vector all = Splat(word); i < blocks && AllAre(all, words + i * kBlock); ++i) {
    FetchBlock(words + i * kBlock + kAhead);
    f(i);
  }
  return i;
}

#if HWY_TARGET <= HWY_AVX3
// Zero for words that are "none" or "no page, write-protected"; of others, those that are present alone have the present bit.
HWY_INLINE Vector ZeroIfEmpty(Vector wp_none, Vector word) { return hn::Min(word, hn::Xor(word, wp_none)); }
#endif

// Which words are neither "none" nor "no page, write-protected".
HWY_INLINE Mask IsNotEmpty(Vector wp_none, Vector word) {
#if HWY_TARGET <= HWY_AVX3
  return IsNotZero(ZeroIfEmpty(wp_none, word));  // masks are what AVX-512 is short of
#else
  return hn::Not(hn::Or(IsZero(word), hn::Eq(word, wp_none)));
#endif
}

// Those of them that are not present.
HWY_INLINE Mask IsOther(Vector wp_none, Vector word) {
#if HWY_TARGET <= HWY_AVX3
  // Turned by one, so that what was the present bit is the sign.
  const hn::RebindToSigned<Tag> signed_tag;
  const Vector turned = hn::RotateRight<1>(ZeroIfEmpty(wp_none, word));
  return hn::RebindMask(Tag(), hn::Gt(hn::BitCast(signed_tag, turned), hn::Zero(signed_tag)));
#else
  return hn::AndNot(HasBit(word, kPagePresent), IsNotEmpty(wp_none, word));
#endif
}

// The entries behind the last whole block, as one that "none" fills up.
struct Tail {
  HWY_INLINE Tail(const uint64_t* from, size_t the_count) : count(the_count) {
    std::copy_n(from, count, words);
    std::fill(words + count, words + kBlock, 0);
  }
  HWY_INLINE void CopyTo(uint64_t* to) const { std::copy_n(words, count, to); }
  size_t count;
  HWY_ALIGN uint64_t words[kBlock];
};

// A row is a block of present words whose frames follow each other and are pages of which hot metadata is all.

// Whether a block may be one: its first and last entry are where they are then.
HWY_INLINE bool LooksLikeRow(const LoopWords& kinds, const uint64_t* words) {
  const uint64_t first = words[0], last = words[kBlock - 1];
  const uint64_t apart = (first + ((kBlock - 1) << kPageShift)) ^ last;
  return (first & last & kPagePresent) && !(apart & kinds.pfn_mask) && (first & kinds.pfn_mask) >> kPageShift >= kFirstDataPfn.value;
}

// The pages of a block that looks like a row.
HWY_INLINE uint64_t* HotOfRow(const LoopWords& kinds, const uint64_t* words, HotPage* pages) {
  return HotWords(pages) + (((words[0] & kinds.pfn_mask) >> kPageShift) - kFirstDataPfn.value);
}

// In what the words of a block differ from `word` and, frame by frame, what follows.
HWY_INLINE Vector DifferFromRow(const uint64_t* words, uint64_t word) {
  const Vector first = hn::Add(Splat(word), hn::ShiftLeft<kPageShift>(hn::Iota(Tag(), 0)));
  Vector differ = hn::Zero(Tag());
  ForEachVectorOfBlock([&](size_t i) HWY_ATTR {
    differ = hn::Or(differ, hn::Xor(hn::LoadU(Tag(), words + i), hn::Add(first, Splat(i << kPageShift))));
  });
  return differ;
}

// Whether a block is a row and uniform: its words are `word` and what follows, its pages, from `hot` on, all have `old`.
HWY_INLINE bool IsUniformRow(const uint64_t* words, uint64_t word, const uint64_t* hot, uint64_t old) {
  return hn::AllTrue(Tag(), IsZero(DifferFromRow(words, word))) && AllAre(Splat(old), hot);  // only a row has a block of pages to look at
}

// Whether a block is a row at all. `hot` is HotOfRow().
HWY_INLINE bool IsRow(const LoopWords& kinds, const uint64_t* words, const uint64_t* hot) {
  if (!hn::AllTrue(Tag(), IsZero(hn::And(DifferFromRow(words, words[0]), Splat(kinds.pfn_mask | kPagePresent))))) return false;
  Vector any = hn::Zero(Tag());
  ForEachVectorOfBlock([&](size_t i) HWY_ATTR { any = hn::Or(any, hn::LoadU(Tag(), hot + i)); });
  return hn::AllTrue(Tag(), IsZero(hn::And(any, Splat(kHotNeedsMore))));
}

// What FillBlock() fills with.
HWY_INLINE Vector Filler(uint64_t word) {
  // Not to be known for a constant: compilers make REP STOS of it, which takes three times as long for so little.
  asm("" : "+r"(word));
  return Splat(word);
}

HWY_INLINE void FillBlock(uint64_t* words, Vector filler) {
  ForEachVectorOfBlock([&](size_t i) HWY_ATTR { hn::StoreU(filler, Tag(), words + i); });
}

// Pages by rss counter, from their flags.
struct Counting {
  // Written out: an implicit constructor would be compiled for no instruction set in particular.
  HWY_INLINE Counting() : anon(hn::Zero(Tag())), shmem(hn::Zero(Tag())) {}
  HWY_INLINE void Add(Vector hot) {
    const Vector is_anon = hn::And(hn::ShiftRight<HotFlagShift(PG_anon)>(hot), Splat(1));
    anon = hn::Add(anon, is_anon);
    shmem = hn::Add(shmem, hn::AndNot(is_anon, hn::And(hn::ShiftRight<HotFlagShift(PG_swapbacked)>(hot), Splat(1))));
  }
  HWY_INLINE void Into(PageSums& sums, size_t pages) const {
    const int64_t anon_pages = static_cast<int64_t>(Sum(anon));
    const int64_t shmem_pages = static_cast<int64_t>(Sum(shmem));
    sums.anon += anon_pages;
    sums.shmem += shmem_pages;
    sums.file += static_cast<int64_t>(pages) - anon_pages - shmem_pages;
  }
  Vector anon, shmem;
};

// `pages` pages with these flags.
HWY_INLINE void CountPages(uint64_t hot, int64_t pages, PageSums& sums) {
  const int64_t anon = static_cast<int64_t>(hot >> HotFlagShift(PG_anon) & 1);
  const int64_t shmem = static_cast<int64_t>(hot >> HotFlagShift(PG_swapbacked) & 1) & ~anon;
  sums.anon += pages * anon;
  sums.shmem += pages * shmem;
  sums.file += pages * (1 - anon - shmem);
}

// Names up to eight entries from the `base`th on, of which `which` has the numbers and `count` says how many; those before them have been named. Writes
// eight places without a branch on how many there are: no more have been named than looked at, so these stay inside.
HWY_INLINE uint16_t* NameEight(const std::array<uint8_t, 8>& which, int count, size_t base, uint16_t* to) {
#if HWY_TARGET == HWY_SCALAR
  for (int k = 0; k < count; ++k) to[k] = static_cast<uint16_t>(base + which[static_cast<size_t>(k)]);
#else
  const hn::FixedTag<uint16_t, 8> indices;
  const hn::Rebind<uint8_t, decltype(indices)> bytes;
  hn::StoreU(hn::Add(hn::PromoteTo(indices, hn::LoadU(bytes, which.data())), hn::Set(indices, static_cast<uint16_t>(base))), indices, to);
#endif
  return to + count;
}

// Names the entries `bits` from the `base`th on.
HWY_INLINE uint16_t* NameEntries(uint64_t bits, size_t base, uint16_t* to) {
  for (; bits != 0; bits >>= 8, base += 8) to = NameEight(kBitsOfByte[bits & 0xff], std::popcount(bits & 0xff), base, to);
  return to;
}

HWY_INLINE void AddRest(uint64_t bits, size_t base, LoopOutput* output) {
  uint16_t* rest = output->rest.data();
  output->rest_count = static_cast<uint32_t>(NameEntries(bits, base, rest + output->rest_count) - rest);
}

}  // namespace HWY_NAMESPACE
}  // namespace pteron
HWY_AFTER_NAMESPACE();

#endif  // PTERON_SRC_ENGINE_BLOCKS_INL_H_
