// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/explore.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "sim/commands/findings.h"
#include "sim/commands/inputs.h"
#include "sim/search/explorer.h"

namespace pteron::commands {
namespace {

struct ExploreArguments {
  std::string kernel = kDefaultKernel;
  std::string out = "findings";
  std::vector<std::string> memory = {"anon", "shmem", "shmem-private", "hugetlb", "hugetlb-private"};
  search::ExploreOptions options{.jobs = DefaultJobs()};
  bool list = false;
};

void PrintStatements(const search::ExploreOptions& options) {
  fmt::print("# {}\n{}", search::MemoryWord(options.memory), search::TextOf(search::Beginning(options)));
  fmt::print("# and any of\n");
  for (const language::Statement& statement : search::DefaultStatements(options))
    fmt::print("{}\n", language::Compose(statement));
}

int RunExplore(const ExploreArguments& arguments) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  if (!ParseKernels({arguments.kernel}, &kernels)) return kBadInput;
  const Kernel& kernel = *kernels.front();
  if (kernel.words_only()) {
    fmt::print(stderr, "pteron explore: of {} Pteron knows the words alone\n", kernel.name());
    return kNotSimulated;
  }
  search::Findings findings;
  std::array<uint64_t, promises::kPromises> judged{}, broken{};
  for (const std::string& word : arguments.memory) {
    search::ExploreOptions options = arguments.options;
    options.memory = *search::ParseMemory(word);
    if (arguments.list) {
      PrintStatements(options);
      continue;
    }
    const auto progress = [&](const search::Layer& layer, double part) {
      if (!isatty(STDERR_FILENO)) return;
      fmt::print(stderr, "\r{} depth {}: {:.0f} %, {} transitions, {} states\033[K", word, layer.depth, 100 * part,
                 layer.transitions, layer.states);
    };
    const search::ExploreResult result = search::Explore(kernels.front(), options, progress);
    if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K");
    uint64_t states = 1, transitions = 0;
    for (const search::Layer& layer : result.layers) {
      fmt::print("{} depth {}: {} transitions, {} new states\n", word, layer.depth, layer.transitions, layer.states);
      states += layer.states;
      transitions += layer.transitions;
    }
    fmt::print("{}: {} states, {} transitions, {} probes, {:.1f} s\n\n", word, states, transitions, result.probes,
               result.seconds);
    std::fflush(stdout);
    findings.AddAll(result.findings);
    for (size_t id = 0; id < promises::kPromises; ++id) {
      judged[id] += result.judged[id];
      broken[id] += result.broken[id];
    }
  }
  if (arguments.list) return kOk;
  const std::vector<search::Finding> list = findings.List();
  const auto origin = [&](const search::Finding&) {
    return fmt::format("`pteron explore` with {} processes and {} pages", arguments.options.processes,
                       arguments.options.pages);
  };
  if (!WriteFindings(list, kernel, arguments.out, origin)) return kBadInput;
  PrintVerdicts(kernel, list, judged, broken);
  return list.empty() ? kOk : kFailed;
}

}  // namespace

std::function<int()> RegisterExplore(CLI::App& app) {
  CLI::App* const command = app.add_subcommand(
      "explore",
      "play every sequence of a set of statements, up to a depth, and report every promise that a kernel breaks");
  const auto arguments = std::make_shared<ExploreArguments>();
  command->footer(
      "A world begins with one mapping A (of a file F, where the memory has one) and a descriptor U with the fork "
      "event. The statements: for each\n"
      "process and page read, write, wp, unwp, madvise dontneed and pageout; for each process register wp, unregister, "
      "mprotect r and rw, exit of a\n"
      "child; punch of each page, truncate to one page less and back; fork, swapoff, clear-refs. --list prints them.");
  command->add_option("--kernel,-k", arguments->kernel, "which kernel")->capture_default_str();
  command->add_option("--processes", arguments->options.processes, "P and its children")
      ->check(CLI::Range(1, 4))
      ->capture_default_str();
  command->add_option("--pages", arguments->options.pages, "of the mapping")
      ->check(CLI::Range(1, 4))
      ->capture_default_str();
  command->add_option("--depth", arguments->options.depth, "statements behind the beginning")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  command->add_option("--memory", arguments->memory, "kinds of memory, each explored by itself")
      ->delimiter(',')
      ->check(CLI::IsMember({"anon", "shmem", "shmem-private", "hugetlb", "hugetlb-private"}))
      ->capture_default_str();
  command->add_option("--jobs,-j", arguments->options.jobs, "threads; what is found does not depend on it")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--out,-o", arguments->out, "folder for the scenarios of findings")->capture_default_str();
  command->add_flag("--list", arguments->list, "print the beginning and the set of statements, explore nothing");
  return [arguments] { return RunExplore(*arguments); };
}

}  // namespace pteron::commands
