// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_REPORT_H_
#define PTERON_BENCH_REPORT_H_

#include <string>
#include <vector>

#include "bench/measure.h"

namespace pteron::bench {

// A row at all sizes.
struct RowResult {
  Row row;
  std::vector<Measured> sizes;
};

struct Report {
  std::string target;  // instruction set
  int rounds = 0;
  size_t live_bytes = 0;
  std::vector<RowResult> rows;
  double two_threads = 0;  // times faster; 0: not measured
};

// What a row must show at a size with this instruction set: figures are for AVX-512, others have twice as much.
struct Verdict {
  double found, aim;  // fast / limit, or ns an entry
  bool is_ns;
  bool judged;  // 4 GiB is reported alone
  double reference, reference_aim;
};
Verdict Judge(const Row& row, const Measured& measured, bool avx512);
// One line for each figure that is missed by more than `slack` times.
std::vector<std::string> Misses(const Row& row, const Measured& measured, bool avx512, double slack);

bool HasAvx512(const std::string& target);
std::string SizeName(size_t bytes);
std::string Markdown(const Report& report);
std::string Json(const Report& report);

}  // namespace pteron::bench

#endif  // PTERON_BENCH_REPORT_H_
