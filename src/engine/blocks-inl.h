// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// What the fast loops are made of: blocks of 64 entries. One look at a block tells whether all its entries are of one kind: then it is one vector
// loop. Otherwise bit masks say which entry is of which kind, and each kind is worked off by itself, so that no branch depends on what an entry
// happens to be.
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

// Which of four lanes of 64 bits come first, for each mask of those to be picked: as lanes of 32 bits, which is what AVX2 moves.
struct alignas(32) HalfLanes {
  uint32_t at[8];
};
inline constexpr auto kPickOfFour = [] {
  std::array<HalfLanes, 16> all{};
  for (unsigned mask = 0; mask < 16; ++mask) {
    for (size_t i = 0; i < 4; ++i) {
      const uint32_t lane = kBitsOfByte[mask][i];
      all[mask].at[2 * i] = 2 * lane;
      all[mask].at[2 * i + 1] = 2 * lane + 1;
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

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pteron {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kBlock = 64;
constexpr uint64_t kAll = ~uint64_t{0};
using Tag = hn::ScalableTag<uint64_t>;
using Vector = hn::Vec<Tag>;
using Mask = hn::Mask<Tag>;

HWY_INLINE Vector Splat(uint64_t word) { return hn::Set(Tag(), word); }
HWY_INLINE Mask IsZero(Vector v) { return hn::Eq(v, hn::Zero(Tag())); }
// `bit` is one bit.
HWY_INLINE Mask HasBit(Vector v, uint64_t bit) { return hn::TestBit(v, Splat(bit)); }
// Any of `bits`.
HWY_INLINE Mask HasBits(Vector v, uint64_t bits) { return hn::Not(IsZero(hn::And(v, Splat(bits)))); }
HWY_INLINE uint64_t Sum(Vector v) { return hn::GetLane(hn::SumOfLanes(Tag(), v)); }

// The lanes of a mask as low bits.
HWY_INLINE uint64_t Bits(Mask mask) {
  uint8_t bytes[8] = {};
  hn::StoreMaskBits(Tag(), mask, bytes);
  return bytes[0] & ((uint64_t{1} << hn::Lanes(Tag())) - 1);
}

HWY_INLINE bool HasLargeLane(Vector v) { return !hn::AllFalse(Tag(), HasBit(v, uint64_t{1} << 63)); }

// Calls f with each set bit's index.
template <class F>
HWY_INLINE void ForEachBit(uint64_t bits, F f) {
  for (; bits != 0; bits &= bits - 1) f(static_cast<size_t>(std::countr_zero(bits)));
}

// Whether all entries of a block are the first one's equals in the bits of `mask`.
HWY_INLINE bool AllEqual(const uint64_t* words, uint64_t mask) {
  const Vector first = Splat(words[0]);
  Vector differ = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) differ = hn::Or(differ, hn::Xor(hn::LoadU(Tag(), words + i), first));
  return hn::AllTrue(Tag(), IsZero(hn::And(differ, Splat(mask))));
}

enum class Shape : uint8_t { none, wp_none, present, mixed };

// Of a whole block. The first entry says what the others have to be.
HWY_INLINE Shape ShapeOf(const LoopWords& kinds, const uint64_t* words) {
  if (words[0] & kPagePresent) return AllEqual(words, kPagePresent) ? Shape::present : Shape::mixed;
  if (words[0] != 0 && words[0] != kinds.wp_none) return Shape::mixed;
  if (!AllEqual(words, kAll)) return Shape::mixed;
  return words[0] == 0 ? Shape::none : Shape::wp_none;
}

// A block of present words whose frames lie in a row and are pages of which hot metadata is all.
struct Row {
  uint64_t* hot;
  bool same_words;  // but for the frame
  bool same_pages;
};

// Whether the block is one, and whole; then *row is filled.
HWY_INLINE bool IsRow(const LoopWords& kinds, const uint64_t* words, size_t count, HotPage* pages, Row* row) {
  const uint64_t first_frame = (words[0] & kinds.pfn_mask) >> kPageShift;
  if (count != kBlock || !(words[0] & kPagePresent) || first_frame < kFirstDataPfn.value) return false;
  const Vector step = Splat(hn::Lanes(Tag()) << kPageShift);
  Vector expected = hn::Add(Splat(words[0]), hn::ShiftLeft<kPageShift>(hn::Iota(Tag(), 0)));
  Vector differ = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    differ = hn::Or(differ, hn::Xor(hn::LoadU(Tag(), words + i), expected));
    expected = hn::Add(expected, step);
  }
  if (!hn::AllTrue(Tag(), IsZero(hn::And(differ, Splat(kinds.pfn_mask | kPagePresent))))) return false;
  row->same_words = hn::AllTrue(Tag(), IsZero(differ));
  row->hot = HotWords(pages) + (first_frame - kFirstDataPfn.value);
  const Vector first = Splat(row->hot[0]);
  Vector any = first, unlike = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector hot = hn::LoadU(Tag(), row->hot + i);
    any = hn::Or(any, hot);
    unlike = hn::Or(unlike, hn::Xor(hot, first));
  }
  row->same_pages = hn::AllTrue(Tag(), IsZero(unlike));
  return hn::AllTrue(Tag(), IsZero(hn::And(any, Splat(kHotNeedsMore))));
}

HWY_INLINE void FillBlock(uint64_t* words, uint64_t word) {
  // Not to be known for a constant: compilers make REP STOS of it, which takes three times as long for so little.
  asm("" : "+r"(word));
  const Vector splat = Splat(word);
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) hn::StoreU(splat, Tag(), words + i);
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

// Names the entries `bits` of the block at `base`; those of blocks before it have been named.
HWY_INLINE void AddRest(uint64_t bits, size_t base, LoopOutput* output) {
  if (bits == 0) return;
#if HWY_TARGET == HWY_SCALAR
  ForEachBit(bits, [&](size_t i) { output->rest[output->rest_count++] = static_cast<uint16_t>(base + i); });
#else
  // Eight at a time, without a branch on how many there are. No more have been named than looked at, so eight fit in.
  const hn::FixedTag<uint16_t, 8> indices;
  const hn::Rebind<uint8_t, decltype(indices)> bytes;
  uint16_t* to = output->rest.data() + output->rest_count;
  auto first = hn::Set(indices, static_cast<uint16_t>(base));
  const auto eight = hn::Set(indices, 8);
  for (; bits != 0; bits >>= 8) {
    const size_t byte = bits & 0xff;
    hn::StoreU(hn::Add(hn::PromoteTo(indices, hn::LoadU(bytes, kBitsOfByte[byte].data())), first), indices, to);
    first = hn::Add(first, eight);
    to += std::popcount(byte);
  }
  output->rest_count = static_cast<uint32_t>(to - output->rest.data());
#endif
}

// Stores the lanes of `bits` and returns the first word behind them; may write a whole vector. With four lanes Highway's Compress() copies its table to
// the stack at each call, as g++ compiles it, and its CompressStore() uses a masked store, which some processors are slow with.
HWY_INLINE uint64_t* StorePicked(Vector v, Mask mask, uint64_t bits, uint64_t* to) {
#if HWY_TARGET <= HWY_AVX3
  hn::StoreU(hn::Compress(v, mask), Tag(), to);
#elif HWY_TARGET == HWY_AVX2
  const hn::Repartition<uint32_t, Tag> halves;
  const auto lanes = hn::IndicesFromVec(halves, hn::Load(halves, kPickOfFour[bits].at));
  hn::StoreU(hn::BitCast(Tag(), hn::TableLookupLanes(hn::BitCast(halves, v), lanes)), Tag(), to);
#else
  HWY_ALIGN uint64_t lanes[hn::MaxLanes(Tag())];
  hn::Store(v, Tag(), lanes);
  uint64_t* next = to;
  ForEachBit(bits, [&](size_t i) { *next++ = lanes[i]; });
#endif
  return to + std::popcount(bits);
}

// Present entries of one table that lie in no row: which they are, block by block, and which pages they name. To look at all pages first lets the
// processor fetch them at the same time; what is done to them then finds them near. Words are changed before that, in the hope that all pages
// turn out alike; `saved` has them as they were.
struct Singles {
  uint32_t count;
  bool zero_pages;              // one of them at least is a zero page
  uint64_t present[512 / kBlock];
  uint64_t rest[512 / kBlock];  // left to the caller
  uint64_t frame[512 + 8];      // less kFirstDataPfn
  uint64_t saved[512];

  HWY_INLINE Singles() : count(0), zero_pages(false), present(), rest() {}
};

// A block of entries of any kinds: see AddBlock().
template <class F>
HWY_INLINE void AddSingles(const LoopWords& kinds, uint64_t* words, size_t base, Singles& singles, F after) {
  uint64_t present_bits = 0, known_bits = 0;
  uint64_t* frame = singles.frame + singles.count;
  Vector any = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector word = hn::LoadU(Tag(), words + i);
    hn::StoreU(word, Tag(), singles.saved + base + i);
    const Mask present = HasBit(word, kPagePresent);
    const Mask wp_none = hn::AndNot(present, hn::Eq(word, Splat(kinds.wp_none)));
    const uint64_t here = Bits(present);
    known_bits |= Bits(hn::Or(hn::Or(present, wp_none), IsZero(word))) << i;
    present_bits |= here << i;
    const Vector number = hn::Sub(hn::ShiftRight<kPageShift>(hn::And(word, Splat(kinds.pfn_mask))), Splat(kFirstDataPfn.value));
    any = hn::Or(any, hn::IfThenElseZero(present, number));
    frame = StorePicked(number, present, here, frame);
    hn::StoreU(after(word, present, wp_none, i), Tag(), words + i);
  }
  singles.zero_pages |= HasLargeLane(any);
  singles.count = static_cast<uint32_t>(frame - singles.frame);
  singles.present[base / kBlock] = present_bits;
  singles.rest[base / kBlock] = ~known_bits;
}

// A block that is present throughout, where nothing has to be told apart: see AddBlock().
template <class F>
HWY_INLINE void AddPresentBlock(const LoopWords& kinds, uint64_t* words, size_t base, Singles& singles, F after) {
  const Mask all = IsZero(hn::Zero(Tag()));
  const Mask no = HasBits(hn::Zero(Tag()), kAll);
  Vector any = hn::Zero(Tag());
  for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) {
    const Vector word = hn::LoadU(Tag(), words + i);
    hn::StoreU(word, Tag(), singles.saved + base + i);
    const Vector number = hn::Sub(hn::ShiftRight<kPageShift>(hn::And(word, Splat(kinds.pfn_mask))), Splat(kFirstDataPfn.value));
    any = hn::Or(any, number);
    hn::StoreU(number, Tag(), singles.frame + singles.count + i);
    hn::StoreU(after(word, all, no, i), Tag(), words + i);
  }
  singles.zero_pages |= HasLargeLane(any);
  singles.count += kBlock;
  singles.present[base / kBlock] = kAll;
}

// Goes over the block at `base` and notes its singles. after(word, present, wp_none, i) says what becomes of a vector of words, the block's from the
// i-th on; `words` may be a copy.
template <class F>
HWY_INLINE void AddBlock(const LoopWords& kinds, uint64_t* words, size_t base, Singles& singles, F after) {
  if ((words[0] & kPagePresent) && AllEqual(words, kPagePresent)) {
    AddPresentBlock(kinds, words, base, singles, after);
  } else {
    AddSingles(kinds, words, base, singles, after);
  }
}

// Whether words[i] is first + i * step for all i below count.
HWY_INLINE bool IsProgression(const uint64_t* words, size_t count, uint64_t first, uint64_t step) {
  constexpr size_t kLanes = hn::MaxLanes(Tag());
  HWY_ALIGN uint64_t lanes[kLanes];
  for (size_t k = 0; k < kLanes; ++k) lanes[k] = first + k * step;
  Vector expected = hn::Load(Tag(), lanes), differ = hn::Zero(Tag());
  const Vector onwards = Splat(kLanes * step);
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    differ = hn::Or(differ, hn::Xor(hn::LoadU(Tag(), words + i), expected));
    expected = hn::Add(expected, onwards);
  }
  uint64_t rest = 0;
  for (; i < count; ++i) rest |= words[i] ^ (first + i * step);
  return rest == 0 && hn::AllTrue(Tag(), IsZero(differ));
}

// The pages of singles, where they can be treated as one.
struct AlikePages {
  bool alike;     // all have the same hot word, of which it is all, and nothing else maps them (so that no two of them are one page)
  bool in_a_row;  // and lie in the order of their entries, with none in between
  uint64_t hot;   // that word
};

HWY_INLINE AlikePages LookAtPages(const Singles& singles, const uint64_t* hot) {
  if (singles.zero_pages) return {false, false, 0};
  const uint64_t first = hot[singles.frame[0]];
  const bool in_a_row = IsProgression(singles.frame, singles.count, singles.frame[0], 1);
  bool same = true;
  if (in_a_row) {
    same = IsProgression(hot + singles.frame[0], singles.count, first, 0);
  } else {
    uint64_t differ = 0;
    for (uint32_t i = 0; i < singles.count; ++i) differ |= hot[singles.frame[i]] ^ first;
    same = differ == 0;
  }
  return {same && !(first & kHotNeedsMore) && (first & kHotMapcountMask) == uint64_t{1} << 32, in_a_row, first};
}

// Gives all of them the hot word `after`.
HWY_INLINE void SetPages(const Singles& singles, const AlikePages& pages, uint64_t* hot, uint64_t after) {
  if (pages.in_a_row) {
    uint64_t* to = hot + singles.frame[0];
    const Vector splat = Splat(after);
    size_t i = 0;
    for (; i + hn::Lanes(Tag()) <= singles.count; i += hn::Lanes(Tag())) hn::StoreU(splat, Tag(), to + i);
    for (; i < singles.count; ++i) to[i] = after;
  } else {
    for (uint32_t i = 0; i < singles.count; ++i) hot[singles.frame[i]] = after;
  }
}

// Calls f with the index of each single. Where it answers false, the entry is left to the caller.
template <class F>
HWY_INLINE void ForEachSingle(Singles& singles, F f) {
  for (size_t block = 0; block < 512 / kBlock; ++block) {
    ForEachBit(singles.present[block], [&](size_t i) {
      if (HWY_UNLIKELY(!f(block * kBlock + i))) singles.rest[block] |= uint64_t{1} << i;
    });
  }
}

HWY_INLINE void GiveRest(const Singles& singles, LoopOutput* output) {
  for (size_t block = 0; block < 512 / kBlock; ++block) AddRest(singles.rest[block], block * kBlock, output);
}

// Calls f(words) of `count` entries, or for a copy of it that empty entries fill up.
template <class F>
HWY_INLINE void WithWholeBlock(uint64_t* block, size_t count, F f) {
  if (count == kBlock) return f(block);
  HWY_ALIGN uint64_t copy[kBlock] = {};
  std::copy_n(block, count, copy);
  f(copy);
  std::copy_n(copy, count, block);
}

}  // namespace HWY_NAMESPACE
}  // namespace pteron
HWY_AFTER_NAMESPACE();

#endif  // PTERON_SRC_ENGINE_BLOCKS_INL_H_
