// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/observation.h"

#include <fmt/format.h>

namespace pteron::execute {

std::string Outcome::Text() const {
  if (object.empty()) return words;
  if (range) return fmt::format("{}[{}:{}] {}", object, first, end, words);
  return fmt::format("{}[{}] {}", object, first, words);
}

std::string LabelText(const Label& label) {
  switch (label.kind) {
    case Label::Kind::none: return "-";
    case Label::Kind::page: return fmt::format("page={}", label.number);
    case Label::Kind::swap: return fmt::format("swap={}", label.number);
    case Label::Kind::zero: return "page=zero";
    case Label::Kind::huge_zero: return "page=hugezero";
  }
  return "-";
}

std::string PagemapText(const PagemapEntry& entry) {
  std::string text;
  if (entry.present) text += 'p';
  if (entry.swap) text += 's';
  if (entry.file) text += 'f';
  if (entry.exclusive) text += 'x';
  if (entry.uffd_wp) text += 'w';
  if (entry.soft_dirty) text += 'd';
  if (entry.guard) text += 'g';
  return text.empty() ? "-" : text;
}

std::string KpageFlagsText(const KpageFlags& flags) {
  std::string text;
  const auto add = [&text](bool set, std::string_view name) {
    if (!set) return;
    if (!text.empty()) text += ',';
    text += name;
  };
  add(flags.anon, "anon");
  add(flags.dirty, "dirty");
  add(flags.swapcache, "swapcache");
  add(flags.swapbacked, "swapbacked");
  add(flags.thp, "thp");
  add(flags.huge, "huge");
  add(flags.hwpoison, "hwpoison");
  return text.empty() ? "-" : text;
}

std::string_view LevelText(Level level) {
  switch (level) {
    case Level::pte: return "PTE";
    case Level::pmd: return "PMD";
    case Level::pud: return "PUD";
    case Level::p4d: return "P4D";
    case Level::pgd: return "PGD";
  }
  return "?";
}

}  // namespace pteron::execute
