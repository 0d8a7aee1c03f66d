// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "pteron/arch/x86/explain.h"
#include "sim/commands/inputs.h"
#include "sim/commands/words.h"

namespace pteron::commands {
namespace {

struct DecodeArguments {
  std::vector<std::string> words;
  std::vector<std::string> kernels;
  std::string level = "pte";
};

std::optional<Level> ParseLevel(std::string_view text) {
  if (text == "pte") return Level::pte;
  if (text == "pmd") return Level::pmd;
  if (text == "pud") return Level::pud;
  if (text == "p4d") return Level::p4d;
  if (text == "pgd") return Level::pgd;
  return std::nullopt;
}

int Decode(const DecodeArguments& arguments) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  if (!ParseKernels(arguments.kernels, &kernels)) return kBadInput;
  const std::optional<Level> level = ParseLevel(arguments.level);
  if (!level) {
    fmt::print(stderr, "pteron decode: no level '{}'; expected pte, pmd, pud, p4d or pgd\n", arguments.level);
    return kBadInput;
  }
  std::vector<uint64_t> words;
  for (const std::string& text : arguments.words) {
    const std::optional<uint64_t> word = ParseWord(text);
    if (!word) {
      fmt::print(stderr, "pteron decode: '{}' is no word; expected 1 to 16 hexadecimal digits, such as 8000000000000867\n", text);
      return kBadInput;
    }
    words.push_back(*word);
  }
  for (const auto& kernel : kernels) {
    for (const uint64_t word : words) {
      fmt::print("{:016x} in a {} table of {}\n{}", word, arguments.level, kernel->name(), Explain(kernel->encoding(), word, *level));
    }
  }
  return kOk;
}

}  // namespace

std::optional<uint64_t> ParseWord(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  uint64_t word = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), word, 16);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return word;
}

std::function<int()> RegisterDecode(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("decode", "explain page-table words bit by bit");
  const auto arguments = std::make_shared<DecodeArguments>();
  command->add_option("WORD", arguments->words, "words, hexadecimal")->required();
  command->add_option("--kernel", arguments->kernels, "which kernel; may be repeated (default v5.14-rc+uffd-wp-v5)")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--level", arguments->level, "the table that the word stands in: pte, pmd, pud, p4d or pgd (default pte)");
  return [arguments] { return Decode(*arguments); };
}

}  // namespace pteron::commands
