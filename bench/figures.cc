// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/figures.h"

#include <fmt/format.h>

#include <optional>

#include "bench/clock.h"
#include "bench/machine.h"

namespace pteron::bench {
namespace {

constexpr uint64_t kGiB = uint64_t{1} << 30;
constexpr double kBytesAPage = 20;

Figure Populating(uint64_t bytes, const MemoryCost& cost) {
  return {"populating " + SizeText(bytes), cost.bytes_a_page, " bytes a page", kBytesAPage, false, fmt::format("{:.0f} ns a page", cost.populate_ns)};
}

}  // namespace

std::string SizeText(uint64_t bytes) {
  constexpr uint64_t kMiB = 1 << 20;
  if (bytes < kGiB) return fmt::format("{} MiB", bytes / kMiB);
  return bytes < 1024 * kGiB ? fmt::format("{} GiB", bytes / kGiB) : fmt::format("{} TiB", bytes / (1024 * kGiB));
}

std::string Figure::Text() const {
  const std::string digits = value >= 100 ? fmt::format("{:.0f}", value) : value >= 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
  return digits + unit;
}

std::string Figure::AimText() const { return aim == 0 ? "-" : fmt::format("at {} {:g}", at_least ? "least" : "most", aim); }

Figure AgainstLiveKernel(const Row& row, double fast_ns, uint64_t bytes) {
  Figure figure{.name = Name(*row.live), .at_least = true};
  std::string why;
  std::vector<double> times;
  for (int round = 0; round < 3; ++round) {
    if (const std::optional<double> time = MeasureLive(*row.live, bytes, &why)) times.push_back(*time);
  }
  if (times.empty() || fast_ns == 0) {
    figure.note = times.empty() ? "refused: " + why : "the loop was not measured";
    return figure;
  }
  const double kernel_ns = Median(times);
  figure.value = kernel_ns / fast_ns;
  figure.aim = row.live_aim;
  figure.note = fmt::format("{:.1f} ns an entry", kernel_ns);
  return figure;
}

std::vector<Figure> StatementFigures() {
  return {{"statements a second in a small world, nothing recorded", StatementsPerSecond() / 1e6, " million", 1, true, ""}};
}

std::vector<Figure> MemoryFigures() {
  const MemoryCost cost = MeasureMemory(kGiB, true);
  return {{"fork of a process with 1 GiB against the copy loop", cost.fork_ns / cost.copy_loop_ns, " times", 1.5, false,
           fmt::format("{:.2f} ns an entry, {:.2f} the loop", cost.fork_ns, cost.copy_loop_ns)},
          {"munmap of 1 GiB", cost.munmap_ns, " ns an entry", 0, false, ""},
          Populating(kGiB, cost)};
}

std::vector<Figure> TwoThreadFigures() {
  std::vector<Figure> figures;
  for (const uint64_t bytes : {4 * kGiB, 64 * kGiB}) {
    for (const Population population : {Population::present, Population::mixed}) {
      const TwoThreadRatios two = TwoThreads(population, bytes);
      figures.push_back({fmt::format("zap in two threads against one: {}, {}", Name(population), SizeText(bytes)), two.zap, " times as fast", 1.7, true,
                         fmt::format("its memory traffic alone {:.2f} times", two.limit)});
    }
  }
  return figures;
}

std::vector<Figure> TerabyteFigures() { return {Populating(1024 * kGiB, MeasureMemory(1024 * kGiB, false))}; }

}  // namespace pteron::bench
