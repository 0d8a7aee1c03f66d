// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/mm/cold_pages.h"

#include <algorithm>

namespace pteron {

ColdPages::Group::Group(const Group& other)
    : page(other.page), first(other.first), end(other.end), apart(other.apart ? std::make_unique<std::array<ColdPage, kGroup>>(*other.apart) : nullptr) {}

ColdPages::Group& ColdPages::Group::operator=(const Group& other) {
  page = other.page;
  first = other.first;
  end = other.end;
  if (!other.apart) {
    apart.reset();
  } else if (apart) {
    *apart = *other.apart;
  } else {
    apart = std::make_unique<std::array<ColdPage, kGroup>>(*other.apart);
  }
  return *this;
}

void ColdPages::TakeApart(Group& group) {
  auto apart = std::make_unique<std::array<ColdPage, kGroup>>();
  for (size_t i = group.first; i < group.end; ++i) {
    (*apart)[i] = group.page;
    (*apart)[i].index += i - group.first;
  }
  group = Group{};
  group.apart = std::move(apart);
}

void ColdPages::SetMapping(size_t frame, int32_t mapping, uint64_t index) {
  Group& group = groups_[frame / kGroup];
  const size_t i = frame % kGroup;
  if (!group.apart && group.first == group.end) {
    group.first = static_cast<uint8_t>(i);
    group.end = static_cast<uint8_t>(i + 1);
    group.page = ColdPage{.index = index, .mapping = mapping};
    return;
  }
  if (!group.apart && i == group.end && group.page == ColdPage{.index = index - (i - group.first), .mapping = mapping}) {
    ++group.end;
    return;
  }
  ColdPage& page = Mutable(frame);
  page.mapping = mapping;
  page.index = index;
}

void ColdPages::SetValue(size_t frame, uint64_t value) {
  if (Get(frame).value != value) Mutable(frame).value = value;
}

void ColdPages::Clear(size_t frame) {
  Group& group = groups_[frame / kGroup];
  const size_t i = frame % kGroup;
  if (!group.apart) {
    if (i < group.first || i >= group.end) return;
    if (i == group.first) {
      ++group.page.index;
      if (++group.first == group.end) group = Group{};
      return;
    }
    if (i + 1u == group.end) {
      --group.end;
      return;
    }
  }
  Mutable(frame) = ColdPage{};
}

uint64_t ColdPages::bytes() const {
  uint64_t bytes = groups_.capacity() * sizeof(Group);
  for (const Group& group : groups_) bytes += group.apart ? sizeof(*group.apart) : 0;
  return bytes;
}

bool ColdPages::operator==(const ColdPages& other) const {
  if (groups_.size() != other.groups_.size()) return false;
  for (size_t i = 0; i < groups_.size(); ++i) {
    const Group& a = groups_[i];
    const Group& b = other.groups_[i];
    if (a.apart && b.apart) {
      if (*a.apart != *b.apart) return false;
    } else if (!a.apart && !b.apart && a.first == b.first && a.end == b.end) {
      if (a.page != b.page) return false;
    } else {
      for (size_t frame = i * kGroup; frame < (i + 1) * kGroup; ++frame) {
        if (Get(frame) != other.Get(frame)) return false;
      }
    }
  }
  return true;
}

}  // namespace pteron
