// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

#include "sim/language/scenario.h"
#include "sim/language/vocabulary.h"

namespace pteron::language {
namespace {

std::string Text(const Range& range) {
  if (range.whole) return range.object;
  if (range.last == range.first + 1) return fmt::format("{}[{}]", range.object, range.first);
  if (range.last == Range::kToEnd) return fmt::format("{}[{}:]", range.object, range.first);
  return fmt::format("{}[{}:{}]", range.object, range.first, range.last);
}

// The words of `table` that `set` has, a blank before each.
template <class Set>
std::string Text(std::span<const Named<bool Set::*>> table, const Set& set) {
  std::string text;
  for (const Named<bool Set::*>& row : table) {
    if (set.*(row.what)) text += fmt::format(" {}", row.word);
  }
  return text;
}

std::string Text(const Placement& placement) {
  switch (placement.kind) {
    case Placement::Kind::own_address:
      return "";
    case Placement::Kind::after:
      return " after " + placement.after;
    case Placement::Kind::offset:
      return fmt::format(" at=+{}", placement.pages);
    case Placement::Kind::over:
      return " over " + Text(placement.over);
  }
  return "";
}

std::string TextOfMmap(const Statement& statement) {
  const bool anon = statement.verb == Verb::mmap_anon;
  std::string text = statement.name + (anon ? fmt::format(" anon {}", statement.pages) : " " + Text(statement.range));
  if (statement.shared == anon) text += anon ? " shared" : " private";
  if (statement.protection != Protection::rw) text += fmt::format(" {}", Name(statement.protection));
  return text + Text(statement.placement);
}

// What stands behind the verb.
std::string Operands(const Statement& statement) {
  switch (statement.verb) {
    case Verb::file_shmem:
      return fmt::format("{} shmem {}", statement.name, statement.pages);
    case Verb::file_hugetlb:
      return fmt::format("{} hugetlb {}", statement.name, statement.pages);
    case Verb::truncate:
      return fmt::format("{} {}", statement.range.object, statement.pages);
    case Verb::swapoff:
    case Verb::swapon:
    case Verb::exit:
      return "";
    case Verb::mmap_anon:
    case Verb::mmap_file:
      return TextOfMmap(statement);
    case Verb::mremap:
      return Text(statement.range) + " " + statement.name;
    case Verb::mprotect:
      return fmt::format("{} {}", Text(statement.range), Name(statement.protection));
    case Verb::madvise:
      return fmt::format("{} {}", Text(statement.range), Name(statement.advice));
    case Verb::uffd:
      return statement.name + Text(Features(), statement.features);
    case Verb::register_:
    case Verb::copy:
    case Verb::continue_:
      return statement.uffd + " " + Text(statement.range) + Text(Modes(), statement.modes);
    case Verb::unregister:
    case Verb::wp:
    case Verb::unwp:
    case Verb::zeropage:
    case Verb::poison:
    case Verb::wake:
      return statement.uffd + " " + Text(statement.range);
    case Verb::close:
      return statement.uffd;
    case Verb::fork:
      return statement.name;
    case Verb::clear_refs:
      return std::string(WordFor(ClearRefsKinds(), statement.clear_refs));
    case Verb::pagemap_scan:
      return Text(statement.range) + Text(Categories(), statement.categories);
    case Verb::migrate:
    case Verb::freeze:
    case Verb::thaw:
      return statement.process + " " + Text(statement.range);
    case Verb::fail:
      return fmt::format("{} {}", WordFor(FailKinds(), statement.fail_kind), statement.fail_index);
    default:
      return Text(
          statement.range);  // fill, peek, punch, munmap, read, write, mincore, reclaim, unmap_page, collapse_file
  }
}

std::string TextOfActor(const Statement& statement) {
  return statement.process + (statement.thread.empty() ? "" : "." + statement.thread) + ": ";
}

// What makes a statement, without where it stands.
auto Content(const Statement& s) {
  return std::tie(s.verb, s.text, s.step, s.process, s.thread, s.range, s.name, s.uffd, s.pages, s.mapping_number,
                  s.shared, s.protection, s.placement, s.advice, s.features, s.modes, s.clear_refs, s.categories,
                  s.fail_kind, s.fail_index, s.point, s.access);
}

auto Content(const Expectation& e) {
  return std::tie(e.kind, e.text, e.filter.negated, e.filter.kernels, e.process, e.range, e.other_process,
                  e.other_range, e.negated, e.classes, e.bits, e.raw, e.value, e.outcome, e.mapcount, e.flags,
                  e.counters);
}

}  // namespace

bool operator==(const Statement& a, const Statement& b) { return Content(a) == Content(b); }

bool operator==(const Expectation& a, const Expectation& b) { return Content(a) == Content(b); }

bool operator==(const Scenario& a, const Scenario& b) {
  const auto same_word = [](const Requirement& x, const Requirement& y) { return x.word == y.word; };
  return a.about == b.about &&
         std::equal(a.require.begin(), a.require.end(), b.require.begin(), b.require.end(), same_word) &&
         a.items == b.items;
}

std::string Compose(const Statement& statement) {
  if (statement.verb == Verb::at) {
    return fmt::format("at {} {}{} {}", statement.point, TextOfActor(statement), Name(statement.access),
                       Text(statement.range));
  }
  const VerbForm& form = FormOf(statement.verb);
  std::string text = form.of_process ? TextOfActor(statement) : "";
  text += form.word;
  if (const std::string operands = Operands(statement); !operands.empty()) text += " " + operands;
  return text;
}

std::string Print(const Scenario& scenario) {
  std::string text;
  for (const std::string& about : scenario.about) text += fmt::format("about {}\n", about);
  for (const Requirement& requirement : scenario.require) text += fmt::format("require {}\n", requirement.word);
  for (const Item& item : scenario.items) {
    if (const auto* const statement = std::get_if<Statement>(&item); statement != nullptr) {
      text += statement->text.empty() ? Compose(*statement) : statement->text;
    } else {
      text += std::get<Expectation>(item).text;
    }
    text += '\n';
  }
  return text;
}

}  // namespace pteron::language
