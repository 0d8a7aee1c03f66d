// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/cause.h"

#include <algorithm>

#include "sim/language/scenario.h"

namespace pteron::search {
namespace {

using language::Advice;
using language::Statement;
using language::Verb;

// The kind of a statement that may be a cause; empty for the others.
std::string KindOf(const Statement& statement) {
  switch (statement.verb) {
    case Verb::file_shmem:
    case Verb::file_hugetlb:
    case Verb::fill:
    case Verb::peek:
    case Verb::read:
    case Verb::write:
    case Verb::uffd:
    case Verb::register_:
    case Verb::wp:
    case Verb::copy:
    case Verb::continue_:
    case Verb::zeropage:
    case Verb::mincore:
    case Verb::swapon:
      return {};
    case Verb::mmap_anon:
    case Verb::mmap_file:
      return statement.placement.kind == language::Placement::Kind::over ? "munmap" : std::string();
    case Verb::unregister:
    case Verb::close:
      return "unregister";
    case Verb::reclaim:
      return "madvise pageout";
    case Verb::freeze:
    case Verb::thaw:
      return "migrate";
    case Verb::madvise:
      switch (statement.advice) {
        case Advice::populate_read:
        case Advice::populate_write:
        case Advice::willneed:
          return {};
        case Advice::remove:
          return "punch";
        case Advice::cold:
          return "madvise pageout";
        default:
          return "madvise " + std::string(language::Name(statement.advice));
      }
    default:
      return std::string(language::Name(statement.verb));
  }
}

// A wrong value is one fault, whoever sees it.
std::string_view Fault(std::string_view what) {
  constexpr std::string_view kWrongValue = "another value than was stored";
  return what.ends_with(kWrongValue) ? kWrongValue : what;
}

}  // namespace

Cause CauseOf(const Target& target, const World& shrunk) {
  Cause cause{.promise = target.promise,
              .memory = search::KindOf(target.memory),
              .what = Fault(target.what),
              .statements = {},
              .last = {}};
  for (const Statement& statement : shrunk.statements) {
    const bool arms = statement.verb == Verb::wp || statement.verb == Verb::copy || statement.verb == Verb::continue_;
    if (statement.verb != Verb::at) cause.last = arms ? std::string(language::Name(statement.verb)) : KindOf(statement);
    if (std::string kind = KindOf(statement); !kind.empty()) cause.statements.insert(std::move(kind));
  }
  return cause;
}

bool Covers(const Cause& a, const Cause& b) {
  if (a.promise != b.promise || a.memory != b.memory || a.what != b.what) return false;
  if (!b.last.empty() && b.last != a.last) return false;
  return std::includes(b.statements.begin(), b.statements.end(), a.statements.begin(), a.statements.end());
}

}  // namespace pteron::search
