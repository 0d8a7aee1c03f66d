// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_SEARCH_EXPLORER_H_
#define PTERON_SIM_SEARCH_EXPLORER_H_

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/search/finding.h"

namespace pteron::search {

struct ExploreOptions {
  promises::Memory memory = promises::Memory::anon;
  int processes = 2;  // 1 to 4, all of them children of P or P itself
  int pages = 2;      // of the one mapping
  int depth = 5;      // statements behind the beginning
  int jobs = 1;
};

// What every explored world begins with: a file where the memory has one, a mapping of it, a descriptor with the fork
// event. Swap is on.
World Beginning(const ExploreOptions& options);

// The default set of statements, which sequences are made of:
//   for each process and page   read, write, wp, unwp, madvise dontneed, madvise pageout (not hugetlb)
//   for each process            register wp, unregister, mprotect r, mprotect rw (all of the mapping), exit (children)
//   for each page of a file     punch
//   once                        fork of each child by P, truncate to one page less and back, swapoff (not hugetlb),
//   clear-refs soft-dirty of P
std::vector<language::Statement> DefaultStatements(const ExploreOptions& options);

// Of one depth.
struct Layer {
  int depth = 0;
  uint64_t transitions = 0;  // statements tried in the states of the depth before
  uint64_t states = 0;       // that were not known before
};

struct ExploreResult {
  std::vector<Layer> layers;
  uint64_t statements = 0, probes = 0;
  double seconds = 0;
  std::array<uint64_t, promises::kPromises> judged{}, broken{};
  Findings findings;
};

// All sequences of the set up to the depth, breadth first. States that are equal up to renaming of frames, slots and
// tables, with what the judge knows of them, are one: only the first way to each is followed. Of each breach the first
// world found is shrunk. Does not depend on jobs.
ExploreResult Explore(const std::shared_ptr<const Kernel>& kernel, const ExploreOptions& options,
                      const std::function<void(const Layer&, double part)>& progress = {});

// "shmem-private" and so on, as --memory takes them.
std::optional<promises::Memory> ParseMemory(std::string_view word);
std::string_view MemoryWord(promises::Memory memory);

}  // namespace pteron::search

#endif  // PTERON_SIM_SEARCH_EXPLORER_H_
