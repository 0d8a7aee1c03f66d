// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef TESTS_MALFORMED_MALFORMED_H_
#define TESTS_MALFORMED_MALFORMED_H_

// What is damaged on purpose: scenarios, which are read and, if they still are scenarios, played; words and kernels as a user types them.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "pteron/arch/x86/explain.h"
#include "pteron/kernel.h"
#include "sim/commands/words.h"
#include "sim/execute/points.h"
#include "sim/execute/run_scenario.h"
#include "sim/language/scenario.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"
#include "tests/language/mutate.h"
#include "tests/language/small_scenario.h"

namespace pteron::testing {

struct MalformedCounts {
  int good = 0, bad = 0, played = 0;
  double longest = 0;  // seconds that one text took
};

// The longest that one text may take, in seconds; under sanitizers too, on a busy machine.
inline constexpr double kMostSeconds = 20;

template <typename Work>
void Timed(MalformedCounts& counts, const std::string& text, Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  counts.longest = std::max(counts.longest, seconds);
  if (seconds > kMostSeconds) FAIL("took " << seconds << " s: " << text);
}

inline std::vector<std::string> AllScenarioTexts() {
  std::vector<std::filesystem::path> files = FilesIn(GoldenFolder() / "scenarios", ".scn");
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios")) {
    if (entry.path().extension() == ".scn") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> texts;
  for (const std::filesystem::path& file : files) texts.push_back(ReadFile(file));
  return texts;
}

inline std::vector<std::shared_ptr<const Kernel>> KernelsNamed(const std::vector<const char*>& names) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  for (const char* name : names) kernels.push_back(std::make_shared<const Kernel>(*Kernel::Parse(name)));
  return kernels;
}

// `count` damaged scenarios, and every `play_one_in`-th of those that parse is played.
inline MalformedCounts TryScenarios(uint64_t seed, int count, int play_one_in) {
  const std::vector<std::string> originals = AllScenarioTexts();
  REQUIRE(originals.size() > 400);
  const auto kernels = KernelsNamed({"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1"});
  Dice dice(seed);
  MalformedCounts counts;
  for (int i = 0; i < count; ++i) {
    const std::string text = Mutate(originals[dice.Below(originals.size())], dice);
    const auto& kernel = kernels[dice.Below(kernels.size())];
    Timed(counts, text, [&] {
      if (!Holds(text)) {
        ++counts.bad;
        return;
      }
      ++counts.good;
      const auto parsed = language::Parse("mutant", text);
      const auto& scenario = std::get<language::Scenario>(parsed);
      if (counts.good % play_one_in != 0 || !IsSmall(scenario)) return;
      if (execute::CheckKernelFilters(scenario) || execute::CheckPoints(scenario)) return;
      const auto check = [&](const execute::Step& step, const execute::Session& session) {
        const std::optional<std::string> broken = session.machine().CheckInvariants();
        if (broken && !session.machine().state().dead && !IsKernelsOwn(*broken)) FAIL(step.text << ": " << *broken << " in\n" << text);
      };
      execute::RunScenario(scenario, kernel, {.record = true}, {.step = check, .expectation = {}});
      ++counts.played;
    });
  }
  return counts;
}

// The words in what real kernels answered, each once.
inline std::vector<std::string> GoldenWords() {
  std::vector<std::string> words;
  for (const char* kernel : {"v5.14-rc+uffd-wp-v5", "v6.1", "v7.2"}) {
    for (const std::filesystem::path& file : FilesIn(GoldenFolder() / kernel, ".raw")) {
      const std::string text = ReadFile(file);
      for (size_t at = text.find(" PTE "); at != std::string::npos; at = text.find(" PTE ", at + 5)) words.push_back(text.substr(at + 5, 16));
    }
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

// Damaged words, explained where they still are words; damaged names of kernels between them.
inline MalformedCounts TryWords(uint64_t seed, int count) {
  const std::vector<std::string> words = GoldenWords();
  REQUIRE(words.size() > 50);
  const std::vector<std::string> names = {"v5.14-rc+uffd-wp-v5[1-14,25]", "v6.1~pte-markers,soft-dirty=off", "v5.14-rc+vma_needs_copy", "v7.2"};
  const auto kernels = KernelsNamed({"v5.10", "v5.14-rc+uffd-wp-v5", "v6.1", "v7.2"});
  Dice dice(seed);
  MalformedCounts counts;
  for (int i = 0; i < count; ++i) {
    if (i % 16 == 0) {
      const std::string name = Mutate(names[dice.Below(names.size())], dice);
      std::string error;
      Timed(counts, name, [&] {
        if (!Kernel::Parse(name, &error) && error.empty()) FAIL("no reason: " << name);
      });
    }
    const std::string text = Mutate(words[dice.Below(words.size())], dice);
    Timed(counts, text, [&] {
      const std::optional<uint64_t> word = commands::ParseWord(text);
      ++(word ? counts.good : counts.bad);
      if (!word) return;
      for (const Level level : {Level::pte, Level::pmd, Level::pud, Level::p4d, Level::pgd}) {
        if (Explain(kernels[dice.Below(kernels.size())]->encoding(), *word, level).empty()) FAIL("no explanation: " << text);
      }
    });
  }
  return counts;
}

}  // namespace pteron::testing

#endif  // TESTS_MALFORMED_MALFORMED_H_
