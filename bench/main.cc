// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Measures the loops over page tables and writes hot-loops.md and hot-loops.json. Flags of Google Benchmark work too:
// --benchmark_filter=zap. docs/performance.md says how to read the result.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "bench/report.h"
#include "pteron/engine/targets.h"

namespace pteron::bench {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
constexpr double kSlack = 1.5;  // how far CI lets a figure be missed
constexpr int kTries = 3;

struct Arguments {
  std::vector<size_t> mebibytes;
  int rounds = 9;
  size_t live_mebibytes = 256;
  std::string target;
  std::string directory;
  bool check = false;
};

void Progress(const std::string& text) {
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "{}\n", text);
}

// Measures a row at a size as one run of Google Benchmark.
void RunRow(benchmark::State& state, RowResult& result, size_t bytes, const Arguments& arguments, bool with_live) {
  Measured measured;
  for (auto _ : state) {
    measured = Measure(result.row, bytes, {.rounds = arguments.rounds, .live_entries = with_live ? arguments.live_mebibytes * kMiB >> 12 : 0});
    state.SetIterationTime(measured.fast.median * static_cast<double>(bytes >> 12) / 1e9);
  }
  state.counters["ns_fast"] = measured.fast.median;
  state.counters["ns_limit"] = measured.limit.median;
  state.counters["ns_reference"] = measured.reference.median;
  if (measured.live) state.counters["ns_live"] = measured.live->median;
  result.sizes.push_back(std::move(measured));
}

void RunAll(const Arguments& arguments, Report* report) {
  std::vector<Row> rows = Rows();
  std::vector<std::unique_ptr<RowResult>> results;
  for (Row& row : rows) {
    RowResult& result = *results.emplace_back(std::make_unique<RowResult>(RowResult{std::move(row), {}}));
    for (const size_t mebibytes : arguments.mebibytes) {
      const size_t bytes = mebibytes * kMiB;
      const bool with_live = mebibytes == (arguments.mebibytes.size() > 1 ? arguments.mebibytes[1] : arguments.mebibytes[0]);
      const std::string name = fmt::format("{}, {}/{}", result.row.loop, result.row.population, SizeName(bytes));
      benchmark::RegisterBenchmark(name.c_str(), [&result, bytes, &arguments, with_live](benchmark::State& state) {
        RunRow(state, result, bytes, arguments, with_live);
      })->Iterations(1)->UseManualTime();
    }
  }
  benchmark::RunSpecifiedBenchmarks();
  for (std::unique_ptr<RowResult>& result : results) {
    if (!result->sizes.empty()) report->rows.push_back(std::move(*result));
  }
}

// What CI runs: each row until its figures are met, kTries times at most, since others use the machine too.
int Check(const Arguments& arguments, const std::string& target) {
  int failed = 0;
  for (const Row& row : Rows()) {
    for (const size_t mebibytes : arguments.mebibytes) {
      std::vector<std::string> misses;
      for (int attempt = 0; attempt < kTries; ++attempt) {
        Progress(fmt::format("{}, {}, {} MiB", row.loop, row.population, mebibytes));
        misses = Misses(row, Measure(row, mebibytes * kMiB, {.rounds = arguments.rounds}), HasAvx512(target), kSlack);
        if (misses.empty()) break;
      }
      for (const std::string& miss : misses) fmt::print("{}\n", miss);
      failed += misses.empty() ? 0 : 1;
    }
  }
  fmt::print("{}: {}\n", target, failed == 0 ? "all figures are met" : fmt::format("{} rows miss a figure", failed));
  return failed == 0 ? 0 : 1;
}

bool Write(const std::string& path, const std::string& text) {
  std::ofstream out(path);
  out << text;
  out.close();
  if (!out) fmt::print(stderr, "{}: cannot be written\n", path);
  return static_cast<bool>(out);
}

// The instruction set that is asked for, else the best. Empty where the machine does not have it.
std::string ChooseTarget(const std::string& wanted) {
  std::string names;
  for (const engine::Target& target : engine::Targets()) {
    if (wanted.empty() || wanted == target.name) {
      engine::UseTarget(target);
      return target.name;
    }
    names += " " + target.name;
  }
  fmt::print(stderr, "--target {}: this machine has{}\n", wanted, names);
  return "";
}

int Run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  Arguments arguments;
  CLI::App app("measures the loops over page tables");
  app.add_option("--mebibytes", arguments.mebibytes, "sizes of mapped memory (default 64 1024 4096 65536; with --check 64 1024)")
      ->check(CLI::Range(size_t{2}, size_t{1} << 20));
  app.add_option("--rounds", arguments.rounds, "rounds of each row")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--live-mebibytes", arguments.live_mebibytes, "memory that the live kernel is asked with; 0: it is not asked")
      ->check(CLI::Range(size_t{0}, size_t{1} << 20))->capture_default_str();
  app.add_option("--target", arguments.target, "instruction set, as AVX2 (default: the best that the machine has)");
  app.add_option("--directory", arguments.directory, "where hot-loops.md and hot-loops.json are written (default: the working directory)");
  app.add_flag("--check", arguments.check, "only say which figures of docs/performance.md are missed by half as much again; 1 where some are");
  CLI11_PARSE(app, argc, argv);
  for (size_t& mebibytes : arguments.mebibytes) mebibytes &= ~size_t{1};  // whole tables
  if (arguments.mebibytes.empty()) arguments.mebibytes = {64, 1024};
  if (app.count("--mebibytes") == 0 && !arguments.check) arguments.mebibytes = {64, 1024, 4096, 65536};
  const std::string target = ChooseTarget(arguments.target);
  if (target.empty()) return 2;
  if (arguments.check) return Check(arguments, target);

  Report report{.target = target, .rounds = arguments.rounds, .live_bytes = arguments.live_mebibytes * kMiB};
  RunAll(arguments, &report);
  for (const Row& row : Rows()) {
    if (row.loop == "zap" && row.filling == Filling::anon_in_order) report.two_threads = TwoThreads(row, arguments.mebibytes.back() * kMiB, arguments.rounds);
  }
  if (arguments.directory.empty()) {
    const char* const directory = std::getenv("BUILD_WORKING_DIRECTORY");  // set by bazel run
    arguments.directory = directory != nullptr ? directory : ".";
  }
  const std::string markdown = Markdown(report);
  fmt::print("\n{}", markdown);
  return Write(arguments.directory + "/hot-loops.md", markdown) && Write(arguments.directory + "/hot-loops.json", Json(report)) ? 0 : 2;
}

}  // namespace
}  // namespace pteron::bench

int main(int argc, char** argv) { return pteron::bench::Run(argc, argv); }
