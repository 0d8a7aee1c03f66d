// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "pteron/arch/x86/word_helpers.h"
#include "sim/commands/inputs.h"
#include "sim/commands/words.h"

namespace pteron::commands {
namespace {

struct WordArguments {
  std::vector<std::string> words;
  std::vector<std::string> kernels;
  std::string batch;
  bool list = false;
};

struct Call {
  const WordHelper* helper = nullptr;
  uint64_t a = 0;
  uint64_t b = 0;
};

// Empty where the fields are no call; then *why says what is wrong.
std::optional<Call> ParseCall(const std::vector<std::string>& fields, std::string* why) {
  const WordHelper* helper = FindWordHelper(fields.front());
  if (!helper) {
    *why = fmt::format("no helper '{}'; `pteron word --list` names them", fields.front());
    return std::nullopt;
  }
  if (fields.size() != static_cast<size_t>(helper->arity) + 1) {
    *why = fmt::format("{} takes {} word{}, not {}", helper->name, helper->arity, helper->arity == 1 ? "" : "s", fields.size() - 1);
    return std::nullopt;
  }
  Call call{.helper = helper};
  for (size_t i = 1; i < fields.size(); ++i) {
    const std::optional<uint64_t> word = ParseWord(fields[i]);
    if (!word) {
      *why = fmt::format("'{}' is no word; expected 1 to 16 hexadecimal digits", fields[i]);
      return std::nullopt;
    }
    (i == 1 ? call.a : call.b) = *word;
  }
  return call;
}

// Rows helper|word[|word]; empty lines and lines that start with # are passed over.
int Batch(const Encoding& e, const std::string& file) {
  std::string content;
  if (!ReadFile(file, &content)) return kBadInput;
  std::istringstream lines(content);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> fields;
    std::istringstream row(line);
    for (std::string field; std::getline(row, field, '|');) fields.push_back(field);
    std::string why = "expected helper|word or helper|word|word";
    const std::optional<Call> call = fields.empty() ? std::nullopt : ParseCall(fields, &why);
    if (!call) {
      fmt::print(stderr, "{}:{}:1: error: {}\n{}\n^\n", file, number, why, line);
      return kBadInput;
    }
    fmt::print("{}|{:x}\n", line, call->helper->call(e, call->a, call->b));
  }
  return kOk;
}

int Word(const WordArguments& arguments) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  if (!ParseKernels(arguments.kernels, &kernels)) return kBadInput;
  const Encoding& e = kernels.front()->encoding();
  if (arguments.list) {
    for (const WordHelper& helper : WordHelpers()) fmt::print("{}{}\n", helper.name, helper.arity == 1 ? " WORD" : " WORD WORD");
    return kOk;
  }
  if (!arguments.batch.empty()) return Batch(e, arguments.batch);
  std::string why = "expected HELPER WORD [WORD], --batch FILE or --list";
  const std::optional<Call> call = arguments.words.empty() ? std::nullopt : ParseCall(arguments.words, &why);
  if (!call) {
    fmt::print(stderr, "pteron word: {}\n", why);
    return kBadInput;
  }
  fmt::print("{:x}\n", call->helper->call(e, call->a, call->b));
  if (const std::optional<std::string> misuse = CheckMisuse(e, *call->helper, call->a, call->b)) {
    fmt::print(stderr, "misuse: {}\n", *misuse);
  }
  return kOk;
}

}  // namespace

std::function<int()> RegisterWord(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("word", "evaluate one of the kernel's page-table helpers");
  const auto arguments = std::make_shared<WordArguments>();
  command->add_option("HELPER", arguments->words, "the helper's name, then its words, hexadecimal");
  command->add_option("--kernel", arguments->kernels, "which kernel (default v5.14-rc+uffd-wp-v5)")->take_all()->allow_extra_args(false);
  command->add_option("--batch", arguments->batch, "a file of rows helper|word[|word]; prints each with |result");
  command->add_flag("--list", arguments->list, "name all helpers");
  return [arguments] { return Word(*arguments); };
}

}  // namespace pteron::commands
