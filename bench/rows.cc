// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/rows.h"

#include <algorithm>
#include <cstring>

#include "bench/clock.h"
#include "bench/limits.h"
#include "benchmark/benchmark.h"
#include "pteron/check.h"
#include "pteron/kernel.h"

namespace pteron::bench {
namespace {

constexpr size_t kSmallPage = 4096;

const Encoding& TheEncoding() {
  static const Kernel* kernel = new Kernel(*Kernel::Parse("v5.14-rc+uffd-wp-v5"));
  return kernel->encoding();
}

// What a loop runs on; put back before each run.
struct Bench {
  Tables made, work;
  LoopWords words = WordsForLoops(TheEncoding());
  LoopOutput output;
  uint64_t matches[Tables::kEntriesPerTable / 64];

  void Reset(Loop loop) {
    std::memcpy(work.words.data(), made.words.data(), made.words.size() * sizeof(uint64_t));
    std::memcpy(static_cast<void*>(work.pages.data()), made.pages.data(), made.pages.size() * sizeof(HotPage));
    if (loop == Loop::fork) std::memset(work.child.data(), 0, work.child.size() * sizeof(uint64_t));
  }
};

// Calls f with each table's first entry.
template <class F>
void EachTable(Tables& tables, F f) {
  for (size_t i = 0; i < tables.entries(); i += Tables::kEntriesPerTable) f(i);
}

void RunLoop(Engine engine, Loop loop, Bench& bench) {
  constexpr size_t kCount = Tables::kEntriesPerTable;
  Tables& work = bench.work;
  HotPage* pages = work.pages.data();
  const Encoding& e = TheEncoding();
  switch (loop) {
    case Loop::scan: {
      const ScanPlan plan{.words = bench.words, .present = true};
      EachTable(work, [&](size_t i) { benchmark::DoNotOptimize(ScanEntries(engine, plan, &work.words[i], kCount, bench.matches)); });
      return;
    }
    case Loop::zap:
    case Loop::zap_keeping_markers: {
      const ZapLoopPlan plan{.words = bench.words, .clears_wp_none = loop == Loop::zap};
      EachTable(work, [&](size_t i) { benchmark::DoNotOptimize(ZapEntries(engine, plan, &work.words[i], kCount, pages, &bench.output)); });
      return;
    }
    case Loop::fork: {
      const ForkLoopPlan plan{.words = bench.words, .keeps_uffd_wp = true, .copies_wp_none = true};
      EachTable(work, [&](size_t i) {
        benchmark::DoNotOptimize(ForkEntries(engine, plan, &work.words[i], &work.child[i], kCount, pages, &bench.output));
      });
      return;
    }
    case Loop::protect:
    case Loop::unprotect: {
      ProtectLoopPlan plan{.words = bench.words, .keep = e.page_chg_mask, .set = kPagePresent | kPageUser | kPageNx};
      if (loop == Loop::protect) {
        plan.set |= e.page_uffd_wp;
        plan.none_becomes = plan.wp_none_becomes = bench.words.wp_none;
        plan.swap_set = e.swp_uffd_wp;
      } else {
        plan.keep &= ~e.page_uffd_wp;
        plan.swap_keep = ~e.swp_uffd_wp;
      }
      EachTable(work, [&](size_t i) { benchmark::DoNotOptimize(ProtectEntries(engine, plan, &work.words[i], kCount, &bench.output)); });
      return;
    }
  }
}

void RunLimit(const Row& row, Bench& bench) {
  const bool touches_pages = row.loop == Loop::zap || row.loop == Loop::fork;
  // Entries that stay as they are need only be read.
  const bool reads_only = row.loop == Loop::scan || row.loop == Loop::zap_keeping_markers ||
                          (row.population == Population::none && row.loop != Loop::protect) ||
                          (row.population == Population::markers && row.loop == Loop::protect);
  if (reads_only) {
    benchmark::DoNotOptimize(ReadWords(bench.work));
  } else {
    // A parent's entries of pages are written too: they become read-only.
    if (row.loop == Loop::fork) CopyWords(bench.work);
    if (row.loop != Loop::fork || row.population != Population::markers) ChangeWords(bench.work, 0, bench.work.entries());
  }
  if (!touches_pages) return;
  if (row.population == Population::present_random) {
    ChangePages(bench.work);
  } else {
    ChangePagesInRow(bench.work, 0, bench.work.frames.size());
  }
}

template <class F>
double NanosecondsAnEntry(const Bench& bench, F f) {
  benchmark::ClobberMemory();
  const double time = Nanoseconds([&] {
    f();
    benchmark::ClobberMemory();
  });
  return time / static_cast<double>(bench.work.entries());
}

Spread SpreadOf(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  const auto at = [&](size_t percent) { return times[(times.size() - 1) * percent / 100]; };
  return {at(50), at(10), at(90)};
}

// Round by round: the processor's clock changes its speed, but seldom within a round.
double MedianRatio(const std::vector<double>& above, const std::vector<double>& below) {
  std::vector<double> ratios;
  for (size_t i = 0; i < above.size(); ++i) ratios.push_back(above[i] / below[i]);
  return Median(ratios);
}

}  // namespace

const char* Name(Loop loop) {
  switch (loop) {
    case Loop::scan: return "scan for runs";
    case Loop::zap: return "zap";
    case Loop::zap_keeping_markers: return "zap, markers kept";
    case Loop::fork: return "fork copy";
    case Loop::protect: return "uffd-wp on";
    case Loop::unprotect: return "uffd-wp off";
  }
  return "?";
}

std::string Row::Name() const { return std::string(bench::Name(loop)) + ": " + bench::Name(population); }

const std::vector<Row>& Rows() {
  using P = Population;
  using L = LiveOperation;
  constexpr Aim kScan{1.2, 1.3, 0, 2}, kScanMixed{2.3, 5, 0, 5}, kZapKept{1.7, 0, 0.4, 2};
  constexpr Aim kProtect{1.3, 1.4, 0, 2}, kProtectMixed{2.0, 0, 0.6, 5}, kProtectRuns{3.2, 0, 0.45, 2};
  static const std::vector<Row> rows = {
      {Loop::scan, P::present, kScan, L::pagemap_scan_present, 7},
      {Loop::scan, P::none, kScan},
      {Loop::scan, P::markers, kScan, L::pagemap_scan_markers, 7},
      {Loop::scan, P::mixed, kScanMixed},
      {Loop::zap, P::present, {1.25, 2.0, 0, 1.7}, L::munmap_present, 50},
      {Loop::zap, P::present_random, {1.4, 1.3, 0, 1.7}},
      {Loop::zap, P::none, kZapKept},
      {Loop::zap, P::markers, kZapKept, L::munmap_markers, 7},
      {Loop::zap_keeping_markers, P::markers, kZapKept},
      {Loop::zap, P::mixed, {3.2, 0, 1.1, 5}},
      {Loop::zap, P::runs, {3.2, 0, 1.1, 3.5}},
      {Loop::fork, P::present, {1.15, 1.2, 0, 1.7}, L::fork_present, 25},
      {Loop::fork, P::markers, {1.15, 2.5, 0, 1.7}},
      {Loop::fork, P::mixed, {2.0, 2.5, 0, 5}},
      {Loop::protect, P::present, kProtect, L::writeprotect_present, 7},
      {Loop::protect, P::none, kProtect, L::writeprotect_none, 7},
      {Loop::protect, P::mixed, kProtectMixed},
      {Loop::protect, P::runs, kProtectRuns},
      {Loop::unprotect, P::present, kProtect},
      {Loop::unprotect, P::markers, kProtect, L::unprotect_markers, 7},
      {Loop::unprotect, P::mixed, kProtectMixed},
      {Loop::unprotect, P::runs, kProtectRuns},
  };
  return rows;
}

Measured Measure(const Row& row, size_t bytes, int rounds) {
  static Bench* bench = new Bench;
  const size_t entries = bytes / kSmallPage;
  PTERON_CHECK(entries % Tables::kEntriesPerTable == 0, "memory is measured in whole tables");
  Resize(bench->made, entries);
  bench->work = bench->made;
  std::vector<double> limit, fast, reference;
  for (int round = 0; round < rounds; ++round) {
    // Another population each time: a processor learns by heart where the branches of a small one go.
    Fill(bench->made, bench->words, row.population, 1, static_cast<uint64_t>(round));
    bench->work.frames = bench->made.frames;
    bench->Reset(row.loop);
    limit.push_back(NanosecondsAnEntry(*bench, [&] { RunLimit(row, *bench); }));
    bench->Reset(row.loop);
    fast.push_back(NanosecondsAnEntry(*bench, [&] { RunLoop(Engine::fast, row.loop, *bench); }));
    bench->Reset(row.loop);
    reference.push_back(NanosecondsAnEntry(*bench, [&] { RunLoop(Engine::reference, row.loop, *bench); }));
  }
  return {row, bytes, rounds, SpreadOf(limit), SpreadOf(fast), SpreadOf(reference), MedianRatio(fast, limit), MedianRatio(reference, fast)};
}

}  // namespace pteron::bench
