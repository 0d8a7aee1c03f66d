// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/matrix.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/commands/findings.h"
#include "sim/commands/grid.h"
#include "sim/commands/inputs.h"
#include "sim/search/verdict_table.h"
#include "src/kernel/changes.h"

namespace pteron::commands {
namespace {

constexpr const char* kScenarios = "scenarios";
constexpr uint64_t kDefaultSeeds = 4000;

struct MatrixArguments {
  std::vector<std::string> words;  // kernels and files
  std::string series, seeds;
  std::string hooks = "on";
  int jobs = DefaultJobs();
  bool markdown = false;
};

// A kernel, with the head of its column.
struct Entry {
  std::string head;
  std::shared_ptr<const Kernel> kernel;
};

bool IsFile(const std::string& word) { return word.ends_with(".scn") || word == "-"; }

// The prefixes of a series, each with the gate that lets user space in.
bool AddSeries(const std::string& name, std::vector<Entry>* entries) {
  for (const Series& series : AllSeries()) {
    if (series.name != name) continue;
    const size_t count = series.patches.size();
    size_t gate = count;
    for (size_t i = 0; i < count; ++i) {
      if (series.patches[i].kind == ChangeKind::gate) gate = i + 1;
    }
    for (size_t last = 0; last <= count; ++last) {
      std::string selection = last == 0 ? "" : last == 1 ? "1" : fmt::format("1-{}", last);
      if (last < gate) selection += fmt::format("{}{}", selection.empty() ? "" : ",", gate);
      std::vector<std::shared_ptr<const Kernel>> kernels;
      if (!ParseKernels({fmt::format("{}+{}[{}]", series.base, series.name, selection)}, &kernels)) return false;
      entries->push_back({fmt::format("{}", last), kernels.front()});
    }
    return true;
  }
  fmt::print(stderr, "pteron matrix: there is no series '{}'; 'pteron changes' lists what there is\n", name);
  return false;
}

bool ReadCorpus(const MatrixArguments& arguments, search::Corpus* corpus) {
  std::vector<std::string> files;
  std::copy_if(arguments.words.begin(), arguments.words.end(), std::back_inserter(files), IsFile);
  corpus->hooks = arguments.hooks == "on";
  if (files.empty() && arguments.seeds.empty()) {
    std::error_code failed;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kScenarios, failed)) {
      if (entry.path().extension() == ".scn") files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    corpus->end_seed = kDefaultSeeds;
  }
  if (!arguments.seeds.empty() && !ParseSeeds(arguments.seeds, &corpus->first_seed, &corpus->end_seed)) {
    fmt::print(stderr,
               "pteron matrix: '{}' are no seeds; expected A:B, the first and the one behind the last, as 0:1000\n",
               arguments.seeds);
    return false;
  }
  return ReadScenarios(files, &corpus->scenarios);
}

// How often a promise is broken is left out of pages, which should change only with what they say.
std::string Cell(const search::Column& column, const search::Column& against, promises::PromiseId id,
                 bool with_counts) {
  const search::Standing standing = search::StandingOf(column, against, id);
  std::string cell = search::StandingName(standing);
  if (!with_counts) return cell;
  if (standing == search::Standing::broken || standing == search::Standing::newly_broken)
    cell += fmt::format(" ({})", column.broken[static_cast<size_t>(id)]);
  return cell;
}

bool AddKernels(const std::vector<std::string>& words, std::vector<Entry>* entries) {
  for (const std::string& word : words) {
    if (IsFile(word)) continue;
    std::vector<std::shared_ptr<const Kernel>> kernels;
    if (!ParseKernels({word}, &kernels)) return false;
    entries->push_back({kernels.front()->name(), kernels.front()});
  }
  return true;
}

std::vector<search::Column> JudgeAll(const std::vector<Entry>& entries, const search::Corpus& corpus, int jobs) {
  std::vector<search::Column> columns;
  for (const Entry& entry : entries) {
    if (isatty(STDERR_FILENO))
      fmt::print(stderr, "\r{} of {}: {}\033[K", columns.size() + 1, entries.size(), entry.kernel->name());
    columns.push_back(search::Judge(entry.kernel, corpus, jobs));
  }
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K");
  return columns;
}

Grid GridOf(const std::vector<Entry>& entries, const std::vector<search::Column>& columns, const MatrixArguments& arguments) {
  std::vector<std::string> head = {"promise"};
  for (const Entry& entry : entries) head.push_back(entry.head);
  Grid grid(head);
  for (const promises::Promise& promise : promises::AllPromises()) {
    std::vector<std::string> row = {std::string(promise.name)};
    for (const search::Column& column : columns) row.push_back(Cell(column, columns.front(), promise.id, !arguments.markdown));
    grid.Add(std::move(row));
  }
  if (!arguments.series.empty()) grid.MergeEqualColumns();
  return grid;
}

int ExitStatus(const std::vector<search::Column>& columns) {
  bool newly_broken = false, not_simulated = false;
  for (const search::Column& column : columns) {
    for (const promises::Promise& promise : promises::AllPromises()) {
      newly_broken |= search::StandingOf(column, columns.front(), promise.id) == search::Standing::newly_broken;
    }
    if (column.simulated) continue;
    not_simulated = true;
    fmt::print(stderr, "{}: not simulated: {}\n", column.kernel, column.not_simulated);
  }
  return not_simulated ? kAllSkipped : newly_broken ? kFailed : kOk;
}

int RunMatrix(const MatrixArguments& arguments) {
  std::vector<Entry> entries;
  if (!arguments.series.empty() && !AddSeries(arguments.series, &entries)) return kBadInput;
  if (!AddKernels(arguments.words, &entries)) return kBadInput;
  if (entries.empty()) {
    fmt::print(stderr, "pteron matrix: expected kernels, or --series with the name of one\n");
    return kBadInput;
  }
  search::Corpus corpus;
  if (!ReadCorpus(arguments, &corpus)) return kBadInput;
  const std::vector<search::Column> columns = JudgeAll(entries, corpus, arguments.jobs);
  const Grid grid = GridOf(entries, columns, arguments);
  fmt::print("{}", arguments.markdown ? grid.Markdown() : grid.Text());
  fmt::print("\n{} scenarios and the worlds of {} seeds{}.\n", corpus.scenarios.size(),
             corpus.end_seed - corpus.first_seed, arguments.markdown ? "" : "; in brackets how often");
  if (!arguments.series.empty())
    fmt::print("Columns: so many patches of {}, and the one that lets user space in.\n", arguments.series);
  std::fflush(stdout);
  return ExitStatus(columns);
}

}  // namespace

std::optional<std::string> MatrixMarkdown(const std::vector<std::string>& kernels, const std::string& series) {
  const MatrixArguments arguments{.words = kernels, .series = series, .seeds = "", .markdown = true};
  std::vector<Entry> entries;
  search::Corpus corpus;
  if (!series.empty() && !AddSeries(series, &entries)) return std::nullopt;
  if (!AddKernels(kernels, &entries) || entries.empty() || !ReadCorpus(arguments, &corpus)) return std::nullopt;
  return GridOf(entries, JudgeAll(entries, corpus, arguments.jobs), arguments).Markdown();
}

std::function<int()> RegisterMatrix(CLI::App& app) {
  CLI::App* const command = app.add_subcommand(
      "matrix", "which promises kernels keep: promises down, kernels or the patches of a series across");
  const auto arguments = std::make_shared<MatrixArguments>();
  command->footer(
      "Newly broken and newly kept are against the first kernel. Exit status, as `git bisect run` wants it: 0 nothing "
      "is newly broken, 1 something\n"
      "is, 125 something is not simulated. With neither files nor seeds: all of the folder scenarios, and seeds 0 to "
      "3999.");
  command->add_option("KERNEL_OR_FILE", arguments->words, "kernels, and scenarios (*.scn) to judge them on");
  command->add_option("--series", arguments->series, "a column for each prefix of this series, as uffd-wp-v5");
  command->add_option("--seeds", arguments->seeds, "A:B, random worlds to judge them on");
  command->add_option("--hooks", arguments->hooks, "whether some of these need more than system calls")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  command->add_option("--jobs,-j", arguments->jobs, "threads; the result does not depend on it")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_flag("--markdown", arguments->markdown, "print a Markdown table");
  return [arguments] { return RunMatrix(*arguments); };
}

}  // namespace pteron::commands
