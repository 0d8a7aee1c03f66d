// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/kernel/options.h"

#include <algorithm>
#include <span>

namespace pteron {
namespace {

struct Option {
  std::string_view name;
  std::string_view default_value;
  std::string_view other_value;
  void (*apply)(EncodingFacts& facts);  // sets the other value
};

std::span<const Option> Table() {
  static const Option table[] = {
      {"soft-dirty", "on", "off", [](EncodingFacts& facts) { facts.soft_dirty = false; }},
      {"device-private", "off", "on", [](EncodingFacts& facts) { facts.device_private = true; }},
      {"memory-failure", "on", "off", [](EncodingFacts& facts) { facts.hwpoison = false; }},
      {"migration", "on", "off", [](EncodingFacts& facts) { facts.migration = false; }},
      {"levels", "4", "5", [](EncodingFacts& facts) { facts.five_levels = true; }},
      {"l1tf", "off", "on", [](EncodingFacts& facts) { facts.swapfile_maximum_size = kSwapfileMaximumSizeL1tf; }},
  };
  return table;
}

size_t PositionOf(std::string_view name) {
  const std::span<const Option> table = Table();
  return static_cast<size_t>(
      std::find_if(table.begin(), table.end(), [&](const Option& option) { return option.name == name; }) - table.begin());
}

}  // namespace

bool ApplyOption(std::string_view name, std::string_view value, KernelOptions& options, std::string* why) {
  const std::span<const Option> table = Table();
  const size_t position = PositionOf(name);
  if (position == table.size()) {
    std::string known;
    for (const Option& option : table) known += (known.empty() ? "" : ", ") + std::string(option.name);
    *why = "no option '" + std::string(name) + "'; there are " + known;
    return false;
  }
  const Option& option = table[position];
  if (value != option.default_value && value != option.other_value) {
    *why = "option '" + std::string(name) + "' is " + std::string(option.default_value) + " or " + std::string(option.other_value) +
           ", not '" + std::string(value) + "'";
    return false;
  }
  std::erase_if(options.values, [&](const auto& entry) { return entry.first == name; });
  if (value == option.other_value) options.values.emplace_back(name, value);
  std::sort(options.values.begin(), options.values.end(),
            [](const auto& a, const auto& b) { return PositionOf(a.first) < PositionOf(b.first); });
  return true;
}

void ApplyOptions(const KernelOptions& options, EncodingFacts& facts) {
  for (const auto& [name, value] : options.values) Table()[PositionOf(name)].apply(facts);
}

std::string OptionsText(const KernelOptions& options) {
  std::string text;
  for (const auto& [name, value] : options.values) text += "," + name + "=" + value;
  return text;
}

}  // namespace pteron
