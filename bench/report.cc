// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace pteron::bench {
namespace {

constexpr size_t kGiB = size_t{1} << 30;
constexpr size_t kLargeFrom = kGiB;

template <class Value>
std::string Joined(const std::vector<Measured>& sizes, Value value) {
  std::string text;
  for (const Measured& m : sizes) text += (text.empty() ? "" : " / ") + value(m);
  return text;
}

std::string Number(double value) { return value < 10 ? fmt::format("{:.2f}", value) : fmt::format("{:.1f}", value); }

// The live kernel was asked once, at one of the sizes.
const Measured* WithLive(const RowResult& result) {
  for (const Measured& m : result.sizes) {
    if (m.live || !m.live_refused.empty()) return &m;
  }
  return nullptr;
}

std::string LiveColumns(const RowResult& result) {
  const Measured* const m = WithLive(result);
  if (m == nullptr) return "| | |";
  if (!m->live) return fmt::format("| refused: {} | |", m->live_refused);
  return fmt::format("| {} {} ±{:.0f} % | {:.0f}x |", Name(result.row.live), Number(m->live->median), 50 * m->live->spread,
                     m->live->median / m->fast.median);
}

nlohmann::json ToJson(const Sample& sample) { return {{"ns_per_entry", sample.median}, {"quartile_spread", sample.spread}}; }

}  // namespace

bool HasAvx512(const std::string& target) { return target.rfind("AVX3", 0) == 0; }

std::string SizeName(size_t bytes) { return bytes >= kGiB ? fmt::format("{} GiB", bytes / kGiB) : fmt::format("{} MiB", bytes >> 20); }

Verdict Judge(const Row& row, const Measured& m, bool avx512) {
  const double scale = avx512 ? 1 : 2;
  const bool large = m.bytes >= kLargeFrom;
  const bool is_ns = !large && row.aim.small_is_ns;
  return {.found = is_ns ? m.fast.median : m.limit_ratio(),
          .aim = scale * (large ? row.aim.large : row.aim.small),
          .is_ns = is_ns,
          .judged = m.bytes != 4 * kGiB,
          .reference = m.reference_ratio(),
          .reference_aim = row.aim.reference};
}

std::vector<std::string> Misses(const Row& row, const Measured& m, bool avx512, double slack) {
  const Verdict v = Judge(row, m, avx512);
  std::vector<std::string> misses;
  if (!v.judged) return misses;
  const std::string name = fmt::format("{}, {}, {}", row.loop, row.population, SizeName(m.bytes));
  if (v.found > v.aim * slack) {
    misses.push_back(fmt::format("{}: {:.2f} {}, at most {:.2f} wanted", name, v.found, v.is_ns ? "ns an entry" : "of the limit", v.aim * slack));
  }
  if (v.reference < v.reference_aim / slack) {
    misses.push_back(fmt::format("{}: {:.2f} times the reference, at least {:.2f} wanted", name, v.reference, v.reference_aim / slack));
  }
  return misses;
}

std::string Markdown(const Report& report) {
  std::string text = fmt::format("Instruction set {}; medians of {} interleaved rounds, ns an entry", report.target, report.rounds);
  if (!report.rows.empty()) {
    text += fmt::format(", at {} of mapped memory",
                        Joined(report.rows.front().sizes, [](const Measured& m) { return SizeName(m.bytes); }));
  }
  text += fmt::format("; the live kernel at {}.\n\n", SizeName(report.live_bytes));
  text +=
      "| loop | population | reference | fast | spread | limit | fast / limit | reference / fast | growth | live kernel | kernel / fast |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const RowResult& r : report.rows) {
    const double growth = r.sizes.back().fast.median / r.sizes.front().fast.median;
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {:.1f}x {}\n", r.row.loop, r.row.population,
                        Joined(r.sizes, [](const Measured& m) { return Number(m.reference.median); }),
                        Joined(r.sizes, [](const Measured& m) { return Number(m.fast.median); }),
                        Joined(r.sizes, [](const Measured& m) { return fmt::format("{:.0f} %", 100 * m.fast.spread); }),
                        Joined(r.sizes, [](const Measured& m) { return Number(m.limit.median); }),
                        Joined(r.sizes, [](const Measured& m) { return fmt::format("{:.1f}", m.limit_ratio()); }),
                        Joined(r.sizes, [](const Measured& m) { return fmt::format("{:.1f}", m.reference_ratio()); }), growth,
                        LiveColumns(r));
  }
  if (report.two_threads > 0) text += fmt::format("\nTwo threads over disjoint ranges: {:.2f}x.\n", report.two_threads);
  return text;
}

std::string Json(const Report& report) {
  nlohmann::json json = {{"target", report.target}, {"rounds", report.rounds}, {"two_threads", report.two_threads},
                         {"live_bytes", report.live_bytes}, {"rows", nlohmann::json::array()}};
  for (const RowResult& r : report.rows) {
    for (const Measured& m : r.sizes) {
      const Verdict v = Judge(r.row, m, HasAvx512(report.target));
      nlohmann::json row = {{"loop", r.row.loop}, {"population", r.row.population}, {"bytes", m.bytes}, {"reference", ToJson(m.reference)},
                            {"fast", ToJson(m.fast)}, {"limit", ToJson(m.limit)},
                            {"aim", {{"value", v.aim}, {"is_ns_per_entry", v.is_ns}, {"found", v.found}, {"judged", v.judged},
                                     {"reference_ratio", v.reference_aim}, {"reference_ratio_found", v.reference}}}};
      if (m.live) row["live"] = {{"call", Name(r.row.live)}, {"sample", ToJson(*m.live)}, {"ratio", m.live->median / m.fast.median},
                                 {"ratio_aim", r.row.live_aim}};
      if (!m.live_refused.empty()) row["live_refused"] = m.live_refused;
      json["rows"].push_back(std::move(row));
    }
  }
  return json.dump(2) + "\n";
}

}  // namespace pteron::bench
