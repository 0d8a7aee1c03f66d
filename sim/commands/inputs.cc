// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/inputs.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "sim/execute/expect.h"
#include "sim/execute/points.h"

namespace pteron::commands {
namespace {

// Line `number`, from 1, of a text.
std::string LineOf(const std::string& text, int number) {
  size_t start = 0;
  for (int line = 1; line < number; ++line) {
    start = text.find('\n', start);
    if (start == std::string::npos) return {};
    ++start;
  }
  return text.substr(start, text.find('\n', start) - start);
}

}  // namespace

bool ReadFile(const std::string& file, std::string* content) {
  std::FILE* const stream = file == "-" ? stdin : std::fopen(file.c_str(), "rb");
  if (stream == nullptr) {
    fmt::print(stderr, "pteron: cannot open {}: {}\n", file, std::strerror(errno));
    return false;
  }
  content->clear();
  char buffer[1 << 16];
  size_t got = 0;
  while ((got = std::fread(buffer, 1, sizeof buffer, stream)) > 0) content->append(buffer, got);
  const bool failed = std::ferror(stream);
  if (failed) fmt::print(stderr, "pteron: cannot read {}: {}\n", file, std::strerror(errno));
  if (stream != stdin) std::fclose(stream);
  return !failed;
}

bool ParseKernels(const std::vector<std::string>& texts, std::vector<std::shared_ptr<const Kernel>>* kernels) {
  const std::vector<std::string> fallback = {kDefaultKernel};
  for (const std::string& text : texts.empty() ? fallback : texts) {
    std::string error;
    std::optional<Kernel> kernel = Kernel::Parse(text, &error);
    if (!kernel) {
      fmt::print(stderr, "pteron: kernel '{}': {}\n", text, error);
      return false;
    }
    kernels->push_back(std::make_shared<const Kernel>(std::move(*kernel)));
  }
  return true;
}

bool ReadScenarios(const std::vector<std::string>& files, std::vector<language::Scenario>* scenarios) {
  for (const std::string& file : files) {
    std::string content;
    if (!ReadFile(file, &content)) return false;
    std::variant<language::Scenario, language::Error> parsed = language::Parse(file, content);
    if (const auto* error = std::get_if<language::Error>(&parsed)) {
      fmt::print(stderr, "{}", error->Format());
      return false;
    }
    language::Scenario& scenario = std::get<language::Scenario>(parsed);
    std::optional<language::Error> error = execute::CheckKernelFilters(scenario);
    if (!error) error = execute::CheckPoints(scenario);
    if (error) {
      error->source_line = LineOf(content, error->at.line);
      fmt::print(stderr, "{}", error->Format());
      return false;
    }
    scenarios->push_back(std::move(scenario));
  }
  return true;
}

}  // namespace pteron::commands
