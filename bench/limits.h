// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_LIMITS_H_
#define PTERON_BENCH_LIMITS_H_

// The plain memory traffic that a loop over tables cannot avoid, as fast as a compiler makes it.

#include <cstddef>
#include <cstdint>

#include "bench/population.h"

namespace pteron::bench {

// Reads all words.
uint64_t ReadWords(const Tables& tables);
// Reads and writes the words of entries [first, end), which are whole tables.
void ChangeWords(Tables& tables, size_t first, size_t end);
// Reads all words and writes as many of the child.
void CopyWords(Tables& tables);
// Reads and writes the 8 bytes of metadata of each page, in the order of its entries.
void ChangePages(Tables& tables);
// The same of pages [first, end), whose entries have them in a row, without looking up which.
void ChangePagesInRow(Tables& tables, size_t first, size_t end);

}  // namespace pteron::bench

#endif  // PTERON_BENCH_LIMITS_H_
