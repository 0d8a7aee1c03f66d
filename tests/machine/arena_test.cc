// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <numeric>

#include "pteron/mm/arena.h"
#include "tests/catch.h"

namespace pteron {
namespace {

TEST_CASE("an array in an arena starts where its size has it start") {
  for (const size_t bytes : {size_t{8}, size_t{64} << 10, (size_t{2} << 20) - 8, size_t{2} << 20, size_t{5} << 20}) {
    ArenaVector<uint64_t> words(bytes / sizeof(uint64_t));
    const uintptr_t start = reinterpret_cast<uintptr_t>(words.data());
    INFO(bytes << " bytes at " << start);
    if (bytes >= size_t{64} << 10) CHECK(start % 64 == 0);
    if (bytes >= size_t{2} << 20) CHECK(start % (size_t{2} << 20) == 0);
    std::iota(words.begin(), words.end(), 0);
    const ArenaVector<uint64_t> copy = words;
    words.resize(words.size() * 3);  // moves
    CHECK(std::equal(copy.begin(), copy.end(), words.begin()));
  }
}

}  // namespace
}  // namespace pteron
