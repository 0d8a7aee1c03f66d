// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "sim/commands/grid.h"

namespace pteron::commands {
namespace {

bool WriteFile(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return true;
  fmt::print(stderr, "pteron: cannot write {}\n", path.string());
  return false;
}

}  // namespace

bool WriteFindings(const std::vector<search::Finding>& findings, const Kernel& kernel, const std::string& folder,
                   const std::function<std::string(const search::Finding&)>& origin) {
  if (findings.empty()) return true;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const std::vector<std::string> names = search::NamesOf(findings);
  for (size_t i = 0; i < findings.size(); ++i) {
    const search::Finding& finding = findings[i];
    const std::filesystem::path path = std::filesystem::path(folder) / (names[i] + ".scn");
    if (!WriteFile(path, search::FileText(finding, kernel, origin(finding)))) return false;
    fmt::print("{}  {}\n", path.string(), promises::PromiseOf(finding.target.promise).sentence);
    fmt::print("  {}: {}{}\n", search::StatementWords(finding.target), finding.text,
               finding.behind ? " (behind another breach)" : "");
    fmt::print("  seen in {} world{}, {} statements\n", finding.worlds, finding.worlds == 1 ? "" : "s",
               finding.world.statements.size());
    std::string text = search::TextOf(finding.world);
    for (size_t start = 0; start < text.size();) {
      const size_t end = text.find('\n', start);
      fmt::print("    {}\n", text.substr(start, end - start));
      start = end + 1;
    }
    fmt::print("\n");
  }
  return true;
}

void PrintVerdicts(const Kernel& kernel, const std::vector<search::Finding>& findings,
                   const std::array<uint64_t, promises::kPromises>& judged,
                   const std::array<uint64_t, promises::kPromises>& broken) {
  const promises::KernelFacts facts = promises::FactsOf(kernel);
  const std::vector<std::string> names = search::NamesOf(findings);
  Grid grid({"promise", "verdict", "judged", "broken", "by"});
  for (const promises::Promise& promise : promises::AllPromises()) {
    const size_t id = static_cast<size_t>(promise.id);
    std::string by;
    const auto add = [&](size_t i) { by += (by.empty() ? "" : " ") + names[i] + ".scn"; };
    for (size_t i = 0; i < findings.size(); ++i) {
      if (findings[i].target.promise == promise.id) add(i);
    }
    for (size_t i = 0; i < findings.size() && by.empty(); ++i) {
      if (std::find(findings[i].also.begin(), findings[i].also.end(), promise.id) != findings[i].also.end()) add(i);
    }
    const char* const verdict = broken[id] > 0           ? "broken"
                                : !promise.claims(facts) ? "not claimed"
                                : judged[id] > 0         ? "kept"
                                                         : "not reached";
    grid.Add({std::string(promise.name), verdict, judged[id] > 0 ? fmt::format("{}", judged[id]) : "",
              broken[id] > 0 ? fmt::format("{}", broken[id]) : "", by});
  }
  fmt::print("{}", grid.Text());
}

std::optional<double> ParseSeconds(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string unit(end, text.data() + text.size());
  const double factor = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (error != std::errc() || factor == 0 || !(value > 0)) return std::nullopt;
  return value * factor;
}

bool ParsePair(const std::string& text, char between, uint64_t* a, uint64_t* b) {
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, *a);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != between) return false;
  const auto second = std::from_chars(first.ptr + 1, end, *b);
  return second.ec == std::errc() && second.ptr == end;
}

bool ParseSeeds(const std::string& text, uint64_t* first, uint64_t* end) {
  return ParsePair(text, ':', first, end) && *first < *end;
}

int DefaultJobs() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

}  // namespace pteron::commands
