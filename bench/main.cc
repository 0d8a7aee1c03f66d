// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// bazel run //bench -- [--sizes=64,1024,4096,65536] [--target=AVX2] [--loops] [--check] [--terabyte] [Google Benchmark's flags]
//   --sizes     MiB of mapped memory
//   --target    the instruction set that the fast engine takes, by Highway's name, instead of the best that the machine has; the aims are then those for it
//   --loops     the loops alone, without the live kernel and the whole machine
//   --check     64 MiB, 1 GiB and what is measured without a limit, held against one and a half times the aims; exit status 1 where one is missed
//               three times
//   --terabyte  also populates 1 TiB in a simulated machine (some minutes, 6 GiB of memory)
// Of Google Benchmark's flags, --benchmark_filter=REGEX picks loops and --benchmark_out=FILE writes JSON. The table goes to standard output, progress to
// standard error.
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "bench/figures.h"
#include "bench/rows.h"
#include "benchmark/benchmark.h"
#include "hwy/targets.h"

namespace pteron::bench {
namespace {

constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kSmall = 64 * kMiB, kLarge = 1024 * kMiB;

struct Options {
  std::vector<uint64_t> sizes = {kSmall, kLarge, 4096 * kMiB, 65536 * kMiB};
  bool loops = false, check = false, terabyte = false;
};

// What has been measured, in the order of the table.
std::vector<Measured>& Results() {
  static auto* results = new std::vector<Measured>;
  return *results;
}

int RoundsFor(uint64_t bytes) { return bytes <= kSmall ? 101 : bytes <= kLarge ? 21 : 9; }

// The instruction set that the fast engine takes.
std::string TargetInUse() { return hwy::TargetName(hwy::SupportedAndGeneratedTargets().front()); }

// False: the machine does not have it, and that has been said.
bool TakeTarget(absl::string_view name) {
  std::string there;
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (hwy::TargetName(target) == name) {
      hwy::SetSupportedTargetsForTest(target);
      return true;
    }
    there += std::string(there.empty() ? "" : ", ") + hwy::TargetName(target);
  }
  fmt::print(stderr, "--target: this machine has {}\n", there);
  return false;
}

// With AVX2 alone the loops may take twice the time.
double Allowance() { return TargetInUse().find("AVX3") == 0 ? 1 : 2; }

// What a measurement misses of the row's aims, each times `slack`; empty: nothing.
std::string Missed(const Measured& one, double slack) {
  const double allowed = Allowance() * slack;
  const double ratio = one.to_limit;
  const Aim& aim = one.row.aim;
  if (one.bytes == kSmall) {
    if (aim.small_ns != 0 && one.fast.median > aim.small_ns * allowed) return fmt::format("{:.2f} ns, at most {:.2f}", one.fast.median, aim.small_ns * allowed);
    if (aim.small_ratio != 0 && ratio > aim.small_ratio * allowed) return fmt::format("{:.2f} times the limit, at most {:.2f}", ratio, aim.small_ratio * allowed);
  }
  if ((one.bytes == kLarge || one.bytes == 65536 * kMiB) && ratio > aim.large_ratio * allowed) {
    return fmt::format("{:.2f} times the limit, at most {:.2f}", ratio, aim.large_ratio * allowed);
  }
  return {};
}

void RunRow(benchmark::State& state, const Row& row, uint64_t bytes) {
  for (auto _ : state) {
    const Measured one = Measure(row, bytes, RoundsFor(bytes));
    state.SetIterationTime(one.fast.median * 1e-9 * static_cast<double>(bytes / 4096));
    state.counters["fast_ns"] = one.fast.median;
    state.counters["limit_ns"] = one.limit.median;
    state.counters["reference_ns"] = one.reference.median;
    state.counters["ratio"] = one.to_limit;
    Results().push_back(one);
  }
}

void RegisterRows(const Options& options) {
  for (const uint64_t bytes : options.sizes) {
    for (const Row& row : Rows()) {
      benchmark::RegisterBenchmark((row.Name() + "/" + SizeText(bytes)).c_str(), [&row, bytes](benchmark::State& state) { RunRow(state, row, bytes); })
          ->Iterations(1)
          ->UseManualTime();
    }
  }
}

// Says which row runs, where somebody looks on.
class Progress : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K{}", runs.front().benchmark_name());
  }
  void Finalize() override {
    if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K");
  }
};

void PrintMachine() {
  utsname system{};
  uname(&system);
  fmt::print("{} {}, {} processors; the fast engine takes {}. Times are of the processor, in ns an entry: medians, in brackets the 10th and 90th of 100.\n\n",
             system.sysname, system.release, sysconf(_SC_NPROCESSORS_ONLN), TargetInUse());
}

// Nanoseconds an entry of the fast engine; 0 where that was not measured.
double FastAt(const Row& row, uint64_t bytes) {
  for (const Measured& one : Results()) {
    if (one.bytes == bytes && one.row.Name() == row.Name()) return one.fast.median;
  }
  return 0;
}

void PrintTable() {
  fmt::print("| loop: population | mapped | limit | fast | to 64 MiB | fast / limit | aim | reference / fast | aim |\n|---|---|---|---|---|---|---|---|---|\n");
  for (const Measured& one : Results()) {
    const Aim& aim = one.row.aim;
    const double allowed = Allowance();
    std::string goal = "-";
    if (one.bytes == kSmall) goal = aim.small_ns != 0 ? fmt::format("{:.2f} ns", aim.small_ns * allowed) : fmt::format("{:.2f}", aim.small_ratio * allowed);
    if (one.bytes == kLarge || one.bytes == 65536 * kMiB) goal = fmt::format("{:.2f}", aim.large_ratio * allowed);
    const double small = FastAt(one.row, kSmall);
    const std::string growth = small == 0 ? "" : fmt::format("{:.1f}", one.fast.median / small);
    fmt::print("| {} | {} | {:.2f} | {:.2f} ({:.2f} to {:.2f}) | {} | {:.2f}{} | {} | {:.1f}{} | {:.1f} |\n", one.row.Name(), SizeText(one.bytes), one.limit.median,
               one.fast.median, one.fast.low, one.fast.high, growth, one.to_limit, Missed(one, 1).empty() ? "" : " (missed)", goal,
               one.to_reference, one.to_reference < aim.reference ? " (missed)" : "", aim.reference);
  }
}

// Of each row that has one at 1 GiB.
std::vector<Figure> LiveFigures() {
  std::vector<Figure> figures;
  for (const Row& row : Rows()) {
    if (row.live) figures.push_back(AgainstLiveKernel(row, FastAt(row, kLarge), kLarge));
  }
  return figures;
}

void PrintFigures(const char* title, const std::vector<Figure>& figures) {
  fmt::print("\n| {} | | aim | |\n|---|---|---|---|\n", title);
  for (const Figure& one : figures) fmt::print("| {} | {}{} | {} | {} |\n", one.name, one.Text(), one.Misses(1) ? " (missed)" : "", one.AimText(), one.note);
}

void PrintWholeMachine(bool terabyte) {
  std::vector<Figure> figures = StatementFigures();
  const auto add = [&](const std::vector<Figure>& more) { figures.insert(figures.end(), more.begin(), more.end()); };
  add(TwoThreadFigures());
  add(MemoryFigures());
  if (terabyte) add(TerabyteFigures());
  PrintFigures("whole machine", figures);
}

// What CI asks: no more than one and a half times an aim. Where that is a time, the ratio to the limit must be missed too, as at 1 GiB: a time changes
// with the processor's clock.
constexpr double kSlack = 1.5;

std::string MissedByFar(const Measured& one) {
  const Aim& aim = one.row.aim;
  if (one.to_reference * Allowance() * kSlack < aim.reference) {
    return fmt::format("{:.2f} times faster than the reference engine, at least {:.2f}", one.to_reference, aim.reference / (Allowance() * kSlack));
  }
  if (one.bytes == kSmall && aim.small_ns != 0 && one.to_limit <= aim.large_ratio * Allowance() * kSlack) return {};
  return Missed(one, kSlack);
}

std::string MissedByFar(const std::vector<Figure>& figures) {
  for (const Figure& one : figures) {
    if (one.Misses(kSlack)) return fmt::format("{}: {}, {}", one.name, one.Text(), one.AimText());
  }
  return {};
}

bool HaveAims(const std::vector<Figure>& figures) {
  return std::any_of(figures.begin(), figures.end(), [](const Figure& one) { return one.aim != 0; });
}

// What misses is measured twice more: others may be using the machine. Two threads are not asked for: two free processors are seldom to be had. The live kernel
// may refuse every operation.
int Check() {
  size_t passed = 0, failed = 0, skipped = 0;
  const auto judge = [&](const std::string& name, std::string why, const auto& measure_again) {
    for (int again = 0; again < 2 && !why.empty(); ++again) why = MissedByFar(measure_again());
    ++(why.empty() ? passed : failed);
    if (!why.empty()) fmt::print(stderr, "{}: {}\n", name, why);
  };
  for (const Measured& one : Results()) {
    judge(one.row.Name() + ", " + SizeText(one.bytes), MissedByFar(one), [&] { return Measure(one.row, one.bytes, RoundsFor(one.bytes)); });
  }
  if (const std::vector<Figure> live = LiveFigures(); HaveAims(live)) {
    judge("live kernel", MissedByFar(live), LiveFigures);
  } else {
    ++skipped;
    for (const Figure& one : live) fmt::print(stderr, "{}: {}\n", one.name, one.note);
  }
  judge("statements", MissedByFar(StatementFigures()), StatementFigures);
  judge("memory", MissedByFar(MemoryFigures()), MemoryFigures);
  fmt::print("{} passed, {} failed{}\n", passed, failed, skipped == 0 ? "" : fmt::format(", {} skipped", skipped));
  return failed == 0 ? 0 : 1;
}

// Takes our flags out of argv. False: one is wrong, and that has been said.
bool ParseFlags(int* argc, char** argv, Options* options) {
  int kept = 1;
  for (int i = 1; i < *argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--check") {
      options->check = true;
      options->sizes = {kSmall, kLarge};
    } else if (flag == "--loops") {
      options->loops = true;
    } else if (flag.rfind("--target=", 0) == 0) {
      if (!TakeTarget(absl::string_view(flag).substr(9))) return false;
    } else if (flag == "--terabyte") {
      options->terabyte = true;
    } else if (flag.rfind("--sizes=", 0) == 0) {
      options->sizes.clear();
      for (const auto piece : absl::StrSplit(flag.substr(8), ',')) {
        uint64_t mebibytes = 0;
        if (!absl::SimpleAtoi(piece, &mebibytes) || mebibytes == 0 || mebibytes % 2 != 0 || mebibytes > 65536) {
          fmt::print(stderr, "--sizes: MiB, even, at most 65536, with commas between: --sizes=64,1024\n");
          return false;
        }
        options->sizes.push_back(mebibytes * kMiB);
      }
    } else {
      argv[kept++] = argv[i];
    }
  }
  *argc = kept;
  return true;
}

int Main(int argc, char** argv) {
  Options options;
  if (!ParseFlags(&argc, argv, &options)) return 2;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  RegisterRows(options);
  Progress progress;
  benchmark::RunSpecifiedBenchmarks(&progress);
  if (options.check) return Check();
  PrintMachine();
  PrintTable();
  if (options.loops) return 0;
  PrintFigures("this machine's own kernel against the fast loop, 1 GiB", LiveFigures());
  PrintWholeMachine(options.terabyte);
  return 0;
}

}  // namespace
}  // namespace pteron::bench

int main(int argc, char** argv) { return pteron::bench::Main(argc, argv); }
