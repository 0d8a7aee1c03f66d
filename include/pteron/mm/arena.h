// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_ARENA_H_
#define PTERON_MM_ARENA_H_

// Memory for the arrays that grow with the simulated machine: page tables, page metadata. Unless it is small it starts at a cache line, so that eight
// entries of a table are one line here as well; where it is large the host is asked for huge pages.

#include <cstddef>
#include <vector>

namespace pteron {

// Uninitialized. Throws std::bad_alloc where there is no memory.
void* AllocateArena(size_t bytes);
void FreeArena(void* arena, size_t bytes);

template <class T>
class ArenaAllocator {
 public:
  using value_type = T;
  ArenaAllocator() = default;
  template <class Other>
  ArenaAllocator(const ArenaAllocator<Other>&) {}  // NOLINT: allocators convert
  T* allocate(size_t count) { return static_cast<T*>(AllocateArena(count * sizeof(T))); }
  void deallocate(T* array, size_t count) { FreeArena(array, count * sizeof(T)); }
  bool operator==(const ArenaAllocator&) const = default;
};

template <class T>
using ArenaVector = std::vector<T, ArenaAllocator<T>>;

}  // namespace pteron

#endif  // PTERON_MM_ARENA_H_
