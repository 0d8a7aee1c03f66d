// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/fuzz.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "sim/commands/findings.h"
#include "sim/commands/inputs.h"
#include "sim/search/fuzzer.h"

namespace pteron::commands {
namespace {

constexpr uint64_t kDefaultSeeds = 20'000;

struct FuzzArguments {
  std::string kernel = kDefaultKernel;
  std::string seeds, time, promise, shard;
  std::string hooks = "on";
  std::string out = "findings";
  int steps = 40;
  int jobs = DefaultJobs();
};

bool Refuse(const std::string& message) {
  fmt::print(stderr, "pteron fuzz: {}\n", message);
  return false;
}

bool ReadOptions(const FuzzArguments& arguments, search::FuzzOptions* options) {
  if (!arguments.time.empty()) {
    const std::optional<double> seconds = ParseSeconds(arguments.time);
    if (!seconds) return Refuse(fmt::format("'{}' is no time; expected seconds as 60s, or 2m, or 1h", arguments.time));
    options->seconds = *seconds;
  }
  options->end_seed = options->seconds > 0 ? std::numeric_limits<uint64_t>::max() : kDefaultSeeds;
  if (!arguments.seeds.empty()) {
    if (!ParseSeeds(arguments.seeds, &options->first_seed, &options->end_seed)) {
      return Refuse(fmt::format("'{}' are no seeds; expected A:B, the first and the one behind the last, as 0:1000",
                                arguments.seeds));
    }
  }
  if (!arguments.shard.empty()) {
    if (!ParsePair(arguments.shard, '/', &options->shard, &options->shards) || options->shard >= options->shards) {
      return Refuse(fmt::format("'{}' is no shard; expected I/N with I from 0 to N-1", arguments.shard));
    }
  }
  if (!arguments.promise.empty()) {
    options->promise = promises::FindPromise(arguments.promise);
    if (!options->promise)
      return Refuse(fmt::format("there is no promise '{}'; 'pteron promises' lists them", arguments.promise));
  }
  options->generator = {.steps = arguments.steps, .hooks = arguments.hooks == "on"};
  options->jobs = arguments.jobs;
  return true;
}

// Pteron itself has broken down: says on which seed.
void SayWhichSeed(int signal) {
  char text[64];
  const auto end = fmt::format_to_n(text, sizeof text, "in the world of seed {}\n", search::SeedInHand()).out;
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, static_cast<size_t>(end - text));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void ShowProgress(const search::FuzzCounts& counts, size_t findings) {
  if (!isatty(STDERR_FILENO)) return;
  fmt::print(stderr,
             "\r{:.0f} s, seeds up to {}, {} statements, {:.0f} statements and probes a second, {} findings\033[K",
             counts.seconds, counts.next_seed, counts.statements,
             static_cast<double>(counts.statements + counts.probes) / std::max(counts.seconds, 0.001), findings);
}

int RunFuzz(const FuzzArguments& arguments) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  search::FuzzOptions options;
  if (!ParseKernels({arguments.kernel}, &kernels) || !ReadOptions(arguments, &options)) return kBadInput;
  const Kernel& kernel = *kernels.front();
  if (kernel.words_only()) {
    fmt::print(stderr, "pteron fuzz: of {} Pteron knows the words alone\n", kernel.name());
    return kNotSimulated;
  }
  for (const int signal : {SIGABRT, SIGSEGV}) std::signal(signal, SayWhichSeed);
  const search::FuzzResult result = search::Fuzz(kernels.front(), options, ShowProgress);
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K");
  const search::FuzzCounts& counts = result.counts;
  const std::vector<search::Finding> findings = result.findings.List();
  const auto origin = [&](const search::Finding& finding) {
    return fmt::format("`pteron fuzz`, seed {}", finding.seed);
  };
  if (!WriteFindings(findings, kernel, arguments.out, origin)) return kBadInput;
  PrintVerdicts(kernel, findings, counts.judged, counts.broken);
  const double acts = static_cast<double>(counts.statements + counts.probes);
  fmt::print("\n{}: seeds {} to {}, {} worlds ({} ended early), {} statements, {} probes, {:.1f} s\n", kernel.name(),
             options.first_seed, counts.next_seed, counts.worlds, counts.ended, counts.statements, counts.probes,
             counts.seconds);
  fmt::print("statements and probes a second: {:.0f} on one core, {:.0f} on {} with shrinking\n",
             acts / counts.playing_seconds, acts / counts.seconds, options.jobs);
  return findings.empty() ? kOk : kFailed;
}

}  // namespace

std::function<int()> RegisterFuzz(CLI::App& app) {
  CLI::App* const command = app.add_subcommand(
      "fuzz", "play random worlds and report every promise that a kernel breaks, each as a shortest scenario");
  const auto arguments = std::make_shared<FuzzArguments>();
  command->add_option("--kernel,-k", arguments->kernel, "which kernel")->capture_default_str();
  command->add_option("--seeds", arguments->seeds,
                      fmt::format("A:B, seeds from A up to B-1 (default 0:{}; with --time no end)", kDefaultSeeds));
  command->add_option("--steps", arguments->steps, "statements in a world, at most")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_option("--time", arguments->time, "end after so long: 60s, 2m, 1h");
  command->add_option("--jobs,-j", arguments->jobs, "threads; findings do not depend on it")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--promise", arguments->promise, "look for breaches of this promise alone");
  command->add_option("--out,-o", arguments->out, "folder for the scenarios of findings")->capture_default_str();
  command->add_option("--shard", arguments->shard, "I/N: every N-th seed alone, for several machines");
  command
      ->add_option("--hooks", arguments->hooks,
                   "on: failing allocations, migration, reclaim of single pages and accesses inside statements too")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  return [arguments] { return RunFuzz(*arguments); };
}

}  // namespace pteron::commands
