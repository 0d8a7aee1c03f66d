// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/machine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/clock.h"
#include "bench/limits.h"
#include "bench/population.h"
#include "pteron/check.h"
#include "pteron/machine.h"
#include "sim/execute/session.h"
#include "sim/language/scenario.h"

namespace pteron::bench {
namespace {

constexpr uint64_t kAddress = 0x100000000000;
constexpr int kRounds = 9;

template <class F>
double NanosecondsAnEntry(uint64_t entries, F f) {
  return Nanoseconds(f) / static_cast<double>(entries);
}

MmId ForkOnce(Machine& machine) {
  int error = 0;
  std::vector<ForkedUffd> forked;
  const std::optional<MmId> child = machine.Fork(MmId{0}, &error, &forked);
  PTERON_CHECK(child.has_value(), "a fork without failing allocations succeeds");
  return *child;
}

// The fork loop over memory that was populated in order, as the machine's process has it.
class CopyLoop {
 public:
  explicit CopyLoop(uint64_t entries) {
    Resize(tables_, entries);
    Fill(tables_, plan_.words, Population::present, 1);
  }
  // Nanoseconds an entry.
  double Run() {
    std::fill(tables_.child.begin(), tables_.child.end(), 0);
    return NanosecondsAnEntry(tables_.entries(), [&] {
      for (size_t i = 0; i < tables_.entries(); i += Tables::kEntriesPerTable) {
        ForkEntries(Engine::fast, plan_, &tables_.words[i], &tables_.child[i], Tables::kEntriesPerTable, tables_.pages.data(), &output_);
      }
    });
  }

 private:
  ForkLoopPlan plan_{.words = WordsForLoops(Kernel::Parse("v6.1")->encoding()), .unshares_exclusive = true};
  Tables tables_;
  LoopOutput output_;
};

// One statement a line. The world is set up by the first eight.
constexpr const char* kWorld = R"(require swap
file F shmem 4
P: mmap A anon 4
P: mmap B F
P: uffd U
P: register U A wp
P: register U B wp
P: fork C
C: exit
P: write A[0]
P: write B[1]
P: wp U B[0:2]
P: read B[1]
P: unwp U B[0:2]
P: madvise A dontneed
P: write A[1:3]
P: mprotect A r
P: read A[0]
P: mprotect A rw
P: madvise B dontneed
P: write B[3]
P: fork D
D: read A[1]
D: write B[0]
D: exit
P: madvise A[1] pageout
P: read A[1]
)";
constexpr size_t kSetUp = 8;

}  // namespace

MemoryCost MeasureMemory(uint64_t bytes, bool forks) {
  const uint64_t entries = bytes / kPageSize;
  Machine machine(std::make_shared<const Kernel>(*Kernel::Parse("v6.1")));
  MemoryCost cost;
  PTERON_CHECK(machine.Mmap(MmId{0}, {.address = kAddress, .length = bytes}) == 0, "memory is mapped");
  cost.populate_ns = NanosecondsAnEntry(entries, [&] { machine.Madvise(MmId{0}, kAddress, bytes, Advice::populate_write); });
  machine.LruAddDrain();
  cost.bytes_a_page = static_cast<double>(machine.state().frames.bytes() + machine.state().tables.bytes()) / static_cast<double>(entries);
  if (!forks) return cost;
  std::vector<double> forks_ns, copies_ns;
  CopyLoop copy_loop(entries);
  machine.Exit(ForkOnce(machine));
  for (int round = 0; round < kRounds; ++round) {
    MmId child;
    forks_ns.push_back(NanosecondsAnEntry(entries, [&] { child = ForkOnce(machine); }));
    machine.Exit(child);
    copies_ns.push_back(copy_loop.Run());
  }
  cost.fork_ns = Median(forks_ns);
  cost.copy_loop_ns = Median(copies_ns);
  cost.munmap_ns = NanosecondsAnEntry(entries, [&] { machine.Munmap(MmId{0}, kAddress, bytes); });
  return cost;
}

double StatementsPerSecond() {
  const auto parsed = language::Parse("world", kWorld);
  const auto* scenario = std::get_if<language::Scenario>(&parsed);
  PTERON_CHECK(scenario != nullptr, "the world of the benchmark is a scenario");
  std::vector<language::Statement> statements;
  for (const language::Item& item : scenario->items) statements.push_back(std::get<language::Statement>(item));
  execute::Session start(std::make_shared<const Kernel>(*Kernel::Parse("v5.14-rc+uffd-wp-v5")), {.swap = true});
  for (size_t i = 0; i < kSetUp; ++i) start.ExecuteOnly(statements[i]);
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    constexpr int kRepeats = 2000;
    const size_t executed = kRepeats * (statements.size() - kSetUp);
    // Assigned to, so that it keeps its memory: a search for what breaks promises goes back to a start in the same way.
    execute::Session session = start;
    const double each = NanosecondsAnEntry(executed, [&] {
      for (int i = 0; i < kRepeats; ++i) {
        session = start;
        for (size_t k = kSetUp; k < statements.size(); ++k) {
          session.ExecuteOnly(statements[k]);
          session.machine().LruAddDrain();
        }
      }
    });
    rates.push_back(1e9 / each);
  }
  return Median(rates);
}

TwoThreadRatios TwoThreads(Population population, uint64_t bytes) {
  const ZapLoopPlan plan{.words = WordsForLoops(Kernel::Parse("v5.14-rc+uffd-wp-v5")->encoding())};
  Tables made, work;
  Resize(made, bytes / kPageSize);
  Fill(made, plan.words, population, 1);
  work = made;
  // A range of entries with their pages, which lie in a row.
  struct Range {
    size_t first, end, first_page, end_page;
  };
  const size_t entries = made.entries(), half = entries / 2;
  const auto half_page = static_cast<size_t>(std::count_if(made.words.begin(), made.words.begin() + static_cast<ptrdiff_t>(half),
                                                           [](uint64_t word) { return (word & kPagePresent) != 0; }));
  const Range whole = {0, entries, 0, made.frames.size()}, low = {0, half, 0, half_page}, high = {half, entries, half_page, made.frames.size()};
  const auto put_back = [&](const Range& range) {
    std::copy(made.words.begin() + static_cast<ptrdiff_t>(range.first), made.words.begin() + static_cast<ptrdiff_t>(range.end),
              work.words.begin() + static_cast<ptrdiff_t>(range.first));
    std::copy(made.pages.begin() + static_cast<ptrdiff_t>(range.first_page), made.pages.begin() + static_cast<ptrdiff_t>(range.end_page),
              work.pages.begin() + static_cast<ptrdiff_t>(range.first_page));
  };
  const auto zap = [&](const Range& range) {
    LoopOutput output;
    for (size_t i = range.first; i < range.end; i += Tables::kEntriesPerTable) {
      ZapEntries(Engine::fast, plan, &work.words[i], Tables::kEntriesPerTable, work.pages.data(), &output);
    }
  };
  const auto limit = [&](const Range& range) {
    ChangeWords(work, range.first, range.end);
    ChangePagesInRow(work, range.first_page, range.end_page);
  };
  // Here the clock on the wall is what counts. The second thread is there and waits when it starts, has been through the loop once, so that its stack and the
  // loop's code are there too, and each has put back what it is to work on: that lies where it would in a program whose threads have ranges of their own.
  // Without a range for the second one it does nothing.
  const auto time = [&](auto f, const Range& mine, const Range* others) {
    std::atomic<bool> warm = false, ready = false, go = false, done = false;
    std::thread other([&] {
      if (others) {
        put_back(*others);
        f(*others);
      }
      warm.store(true, std::memory_order_release);
      if (others) put_back(*others);
      ready.store(true, std::memory_order_release);
      while (!go.load(std::memory_order_acquire)) {
      }
      if (others) f(*others);
      done.store(true, std::memory_order_release);
    });
    while (!warm.load(std::memory_order_acquire)) {
    }
    put_back(mine);
    while (!ready.load(std::memory_order_acquire)) {
    }
    const auto start = std::chrono::steady_clock::now();
    go.store(true, std::memory_order_release);
    f(mine);
    while (!done.load(std::memory_order_acquire)) {
    }
    const auto end = std::chrono::steady_clock::now();
    other.join();
    return std::chrono::duration<double>(end - start).count();
  };
  const auto ratio = [&](auto f) {
    const double one = time(f, whole, nullptr);
    return one / time(f, low, &high);
  };
  std::vector<double> zaps, limits;
  // A short one is easily cut by others that use the machine.
  const int rounds = bytes <= uint64_t{4} << 30 ? 31 : kRounds;
  for (int round = 0; round < rounds; ++round) {
    zaps.push_back(ratio(zap));
    limits.push_back(ratio(limit));
  }
  return {Median(zaps), Median(limits)};
}

}  // namespace pteron::bench
