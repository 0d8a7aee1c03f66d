// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "pteron/check.h"
#include "pteron/mm/page.h"

namespace pteron {
namespace {

constexpr size_t kBlock = 512;  // frames of a huge page
static_assert(ColdPages::kGroup == 64, "a word of busy bits is a group");

}  // namespace

void FrameTable::Grow(size_t frames) {
  if (frames <= hot_.size()) return;
  // Room for an eighth more at a time: a vector of its own would have up to half of a terabyte's metadata empty.
  if (frames > hot_.capacity()) {
    hot_.reserve(frames + frames / 8 + 64);
    generation_.reserve(frames + frames / 8 + 64);
  }
  hot_.resize(frames);
  generation_.resize(frames);
  cold_.Resize(frames);
  busy_.resize((frames + 63) / 64);
}

void FrameTable::SetBusy(size_t first, size_t count) {
  for (size_t i = first; i < first + count; ++i) busy_[i / 64] |= uint64_t{1} << (i % 64);
}

std::optional<size_t> FrameTable::FindFree(size_t count) {
  if (used_ + count > limit_) return std::nullopt;
  if (count == 1) {
    while (first_free_word_ < busy_.size() && busy_[first_free_word_] == ~uint64_t{0}) ++first_free_word_;
    if (first_free_word_ == busy_.size()) return first_free_word_ * 64;
    return first_free_word_ * 64 + static_cast<size_t>(std::countr_one(busy_[first_free_word_]));
  }
  // A block starts at a frame number that 512 divides; kFirstDataPfn is one.
  for (size_t first = 0;; first += kBlock) {
    if (first >= busy_.size() * 64) return first;
    const auto begin = busy_.begin() + static_cast<std::ptrdiff_t>(first / 64);
    const auto end = begin + std::min<std::ptrdiff_t>(kBlock / 64, busy_.end() - begin);
    if (std::all_of(begin, end, [](uint64_t word) { return word == 0; })) return first;
  }
}

std::optional<Pfn> FrameTable::Allocate(unsigned order) {
  PTERON_CHECK(order == 0 || order == 9, "a frame is allocated alone or as a block of 512");
  const size_t count = order == 0 ? 1 : kBlock;
  const std::optional<size_t> first = FindFree(count);
  if (!first) return std::nullopt;
  Grow(*first + count);
  SetBusy(*first, count);
  used_ += count;
  for (size_t i = 0; order != 0 && i < count; ++i) hot_[*first + i].flags = PG_compound;
  hot_[*first].refcount = 1;
  return Pfn{kFirstDataPfn.value + static_cast<uint32_t>(*first)};
}

void FrameTable::Free(Pfn head_pfn) {
  PTERON_CHECK(IsAllocated(head_pfn) && hot(head_pfn).refcount == 0, "only an allocated frame without references is freed");
  const uint32_t count = nr(head_pfn);
  const uint32_t first = head_pfn.value - kFirstDataPfn.value;
  for (size_t i = first; i < size_t{first} + count; ++i) {
    PTERON_CHECK(hot_[i].mapcount == 0, "a freed frame is named by no entry");
    hot_[i] = HotPage{};
  }
  FreeCleared(first, count);
}

void FrameTable::FreeCleared(uint32_t first, uint32_t count) {
  const size_t end = size_t{first} + count;
  for (size_t i = first; i < end;) {
    const size_t group = i / 64;
    const size_t next = std::min(end, (group + 1) * 64);
    const uint64_t bits = (next - i == 64 ? ~uint64_t{0} : (uint64_t{1} << (next - i)) - 1) << (i % 64);
    PTERON_CHECK((busy_[group] & bits) == bits, "only frames in use are freed");
    busy_[group] &= ~bits;
    if (busy_[group] == 0) {
      cold_.ClearGroup(group);
    } else {
      for (size_t frame = i; frame < next; ++frame) cold_.Clear(frame);
    }
    for (size_t frame = i; frame < next; ++frame) ++generation_[frame];
    i = next;
  }
  first_free_word_ = std::min<size_t>(first_free_word_, first / 64);
  used_ -= count;
}

void FrameTable::SplitBlock(Pfn head_pfn, uint32_t refcount) {
  PTERON_CHECK(nr(head_pfn) == kBlock && head(head_pfn) == head_pfn, "only the head of a huge page is split");
  for (uint32_t i = 0; i < kBlock; ++i) {
    hot(head_pfn + i).flags &= static_cast<uint8_t>(~PG_compound);
    hot(head_pfn + i).refcount = refcount;
  }
}

uint64_t FrameTable::bytes() const {
  return hot_.capacity() * sizeof(HotPage) + cold_.bytes() + generation_.capacity() + busy_.capacity() * sizeof(uint64_t);
}

bool FrameTable::IsAllocated(Pfn pfn) const {
  const size_t i = pfn.value - kFirstDataPfn.value;
  return Contains(pfn) && (busy_[i / 64] >> (i % 64) & 1);
}

}  // namespace pteron
