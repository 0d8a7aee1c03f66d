// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/language/names.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pteron::language {
namespace {

bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool IsNameByte(char c) { return IsLetter(c) || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

std::string_view Describe(NameKind kind) {
  switch (kind) {
    case NameKind::process:
      return "a process";
    case NameKind::mapping:
      return "a mapping";
    case NameKind::file:
      return "a file";
    case NameKind::descriptor:
      return "a descriptor";
  }
  return {};
}

bool IsName(std::string_view text) {
  return !text.empty() && IsLetter(text.front()) && std::all_of(text.begin(), text.end(), IsNameByte);
}

Names::Names() { Introduce("P", NameKind::process, 0); }

void Names::Introduce(std::string_view name, NameKind kind, int line) {
  entries_.emplace(std::string(name), Entry{kind, entries_.size(), line});
}

const Names::Entry* Names::Lookup(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

bool Names::IsDescriptor(std::string_view name) const {
  // Only what was introduced before the last fork taken off the front can have been handed over by it. Names of fork
  // events are resolved when asked for, since their number doubles with every fork.
  size_t limit = std::numeric_limits<size_t>::max();
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    const Entry* const process = Lookup(name.substr(0, dot));
    if (process == nullptr || process->kind != NameKind::process || process->line == 0 || process->order >= limit)
      return false;
    limit = process->order;
    name.remove_prefix(dot + 1);
  }
  const Entry* const descriptor = Lookup(name);
  return descriptor != nullptr && descriptor->kind == NameKind::descriptor && descriptor->order < limit;
}

std::vector<std::string_view> Names::All(NameKind kind) const {
  std::vector<std::pair<size_t, std::string_view>> found;
  for (const auto& [name, entry] : entries_) {
    if (entry.kind == kind) found.emplace_back(entry.order, name);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string_view> names;
  for (const auto& [order, name] : found) names.push_back(name);
  return names;
}

}  // namespace pteron::language
