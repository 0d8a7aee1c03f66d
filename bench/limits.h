// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_LIMITS_H_
#define PTERON_BENCH_LIMITS_H_

// The plain memory traffic that a loop cannot avoid, with the instructions that the machine has, and nothing else.

#include <cstddef>
#include <cstdint>

namespace pteron::bench {

// Reads words; the result depends on all of them.
uint64_t ReadWords(const uint64_t* words, size_t count);
// Reads and writes words.
void ChangeWords(uint64_t* words, size_t count);
// Reads and writes words, and writes as many to `dst`.
void CopyWords(uint64_t* src, uint64_t* dst, size_t count);
// Reads and writes pages[frame - first_frame] of the frame of each word, in the order of the words.
void ChangePages(const uint64_t* words, size_t count, uint64_t pfn_mask, uint64_t first_frame, uint64_t* pages);

}  // namespace pteron::bench

#endif  // PTERON_BENCH_LIMITS_H_
