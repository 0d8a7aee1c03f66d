// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_ARENA_H_
#define PTERON_BENCH_ARENA_H_

#include <sys/mman.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace pteron::bench {

// Zeroed memory in huge pages where the machine gives them: so that its own page walks are not what is measured.
template <class T>
class Arena {
 public:
  explicit Arena(size_t count) : count_(count) {
    void* const memory = mmap(nullptr, Bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      std::perror("mmap");
      std::exit(2);
    }
    madvise(memory, Bytes(), MADV_HUGEPAGE);
    data_ = static_cast<T*>(memory);
  }
  ~Arena() { munmap(data_, Bytes()); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return count_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }

 private:
  static constexpr size_t kHugePage = size_t{2} << 20;
  size_t Bytes() const { return (count_ * sizeof(T) + kHugePage) & ~(kHugePage - 1); }

  size_t count_;
  T* data_ = nullptr;
};

}  // namespace pteron::bench

#endif  // PTERON_BENCH_ARENA_H_
