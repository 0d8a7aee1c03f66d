// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/mm/arena.h"

#include <sys/mman.h>

#include <new>

namespace pteron {
namespace {

constexpr size_t kCacheLine = 64;
constexpr size_t kHugePage = size_t{2} << 20;
// Below, allocation itself is what counts: an aligned one costs more.
constexpr size_t kSmall = size_t{64} << 10;

}  // namespace

void* AllocateArena(size_t bytes) {
  if (bytes < kSmall) return ::operator new(bytes);
  if (bytes < kHugePage) return ::operator new(bytes, std::align_val_t{kCacheLine});
  void* arena = ::operator new(bytes, std::align_val_t{kHugePage});
  // A hint: where the host has no huge pages, small ones do.
  madvise(arena, bytes, MADV_HUGEPAGE);
  return arena;
}

void FreeArena(void* arena, size_t bytes) {
  if (bytes < kSmall) return ::operator delete(arena);
  ::operator delete(arena, std::align_val_t{bytes < kHugePage ? kCacheLine : kHugePage});
}

}  // namespace pteron
