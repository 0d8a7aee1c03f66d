// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_FIGURES_H_
#define PTERON_BENCH_FIGURES_H_

// Figures that stand for themselves, with no limit beside them: against the live kernel, and of the whole machine.

#include <cstdint>
#include <string>
#include <vector>

#include "bench/rows.h"

namespace pteron::bench {

std::string SizeText(uint64_t bytes);

struct Figure {
  std::string name;
  double value = 0;
  const char* unit = "";  // printed behind the value
  double aim = 0;         // 0: none
  bool at_least = false;  // the aim is to be reached; otherwise not to be passed
  std::string note;       // what else is to be said

  bool Misses(double slack) const { return aim != 0 && (at_least ? value * slack < aim : value > aim * slack); }
  std::string Text() const;
  std::string AimText() const;
};

// How many times the kernel's cost of row.live is that of the fast loop, `fast_ns` an entry, over `bytes` of memory. Where the kernel refuses or fast_ns is 0:
// no aim, and a note.
Figure AgainstLiveKernel(const Row& row, double fast_ns, uint64_t bytes);

std::vector<Figure> StatementFigures();
// A process of 1 GiB: fork against the copy loop, munmap, populating.
std::vector<Figure> MemoryFigures();
std::vector<Figure> TwoThreadFigures();
std::vector<Figure> TerabyteFigures();

}  // namespace pteron::bench

#endif  // PTERON_BENCH_FIGURES_H_
