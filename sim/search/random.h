// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_RANDOM_H_
#define PTERON_SIM_SEARCH_RANDOM_H_

#include <cstdint>
#include <initializer_list>

namespace pteron::search {

// A stream of numbers that a seed fixes, the same with every compiler and library (SplitMix64).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  // In [0, end); end > 0.
  int Below(int end) { return static_cast<int>(Next() % static_cast<uint64_t>(end)); }
  // In [first, last].
  int Between(int first, int last) { return first + Below(last - first + 1); }
  // True `percent` times in a hundred.
  bool Chance(int percent) { return Below(100) < percent; }
  template <class T>
  T OneOf(std::initializer_list<T> all) {
    return all.begin()[Below(static_cast<int>(all.size()))];
  }

 private:
  uint64_t state_;
};

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_RANDOM_H_
