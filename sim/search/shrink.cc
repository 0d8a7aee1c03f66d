// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/shrink.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace pteron::search {
namespace {

using language::Advice;
using language::Protection;
using language::Range;
using language::Statement;
using language::Verb;

const std::string kFirstProcess(1, 'P');

// Whether the statement uses a name of the set; of C.U either part counts.
bool Uses(const Statement& statement, const std::set<std::string>& names) {
  const auto has = [&](const std::string& name) { return !name.empty() && names.contains(name); };
  if (has(statement.process) || has(statement.range.object) || has(statement.placement.after) ||
      has(statement.placement.over.object))
    return true;
  std::string_view uffd = statement.uffd;
  while (!uffd.empty()) {
    const size_t dot = uffd.find('.');
    if (names.contains(std::string(uffd.substr(0, dot)))) return true;
    uffd = dot == std::string_view::npos ? std::string_view() : uffd.substr(dot + 1);
  }
  return false;
}

// Statements that say the same with fewer or plainer words; whether they really do is for the caller to try.
void SimplerStatements(const Statement& from, std::vector<Statement>* simpler) {
  const auto try_with = [&](auto&& change) {
    Statement one = from;
    change(one);
    simpler->push_back(std::move(one));
  };
  if (!from.range.object.empty() && from.verb != Verb::truncate) {
    if (!from.range.whole) {
      try_with([](Statement& s) { s.range = {.object = s.range.object}; });
      if (from.range.last != from.range.first + 1) {
        try_with([](Statement& s) { s.range.last = s.range.first + 1; });
        if (from.range.last > from.range.first) try_with([](Statement& s) { s.range.first = s.range.last - 1; });
      }
      if (from.range.first > 0) {
        try_with([](Statement& s) { s.range.last -= s.range.first, s.range.first = 0; });
        try_with([](Statement& s) { --s.range.first, --s.range.last; });
      }
    } else {
      try_with([](Statement& s) { s.range = {.object = s.range.object, .whole = false, .first = 0, .last = 1}; });
    }
  }
  if (from.pages > 1) {
    try_with([](Statement& s) { s.pages = 1; });
    try_with([](Statement& s) { s.pages = 2; });
    try_with([](Statement& s) { s.pages = 512; });
    try_with([](Statement& s) { --s.pages; });
  }
  if (from.placement.kind != language::Placement::Kind::own_address) {
    try_with([](Statement& s) { s.placement = {}; });
    if (from.placement.kind == language::Placement::Kind::offset && from.placement.pages > 0) {
      try_with([](Statement& s) { s.placement.pages = 511; });
      try_with([](Statement& s) { --s.placement.pages; });
    }
    if (!from.placement.over.whole && from.placement.over.first > 0) {
      try_with([](Statement& s) { --s.placement.over.first, --s.placement.over.last; });
    }
  }
  if (from.verb == Verb::mmap_anon && from.shared) try_with([](Statement& s) { s.shared = false; });
  if (from.verb == Verb::mmap_file && !from.shared) try_with([](Statement& s) { s.shared = true; });
  if (from.protection != Protection::rw) try_with([](Statement& s) { s.protection = Protection::rw; });
  if (from.protection == Protection::none) try_with([](Statement& s) { s.protection = Protection::r; });
  for (bool language::UffdFeatures::*feature :
       {&language::UffdFeatures::sigbus, &language::UffdFeatures::event_fork, &language::UffdFeatures::event_remap,
        &language::UffdFeatures::wp_unpopulated, &language::UffdFeatures::wp_async}) {
    if (from.features.*feature) try_with([&](Statement& s) { s.features.*feature = false; });
  }
  for (bool language::UffdModes::*mode :
       {&language::UffdModes::missing, &language::UffdModes::wp, &language::UffdModes::minor}) {
    if (from.modes.*mode) try_with([&](Statement& s) { s.modes.*mode = false; });
  }
  if (!from.thread.empty()) try_with([](Statement& s) { s.thread.clear(); });
  if (from.fail_index > 1) {
    try_with([](Statement& s) { s.fail_index = 1; });
    try_with([](Statement& s) { --s.fail_index; });
  }
  if (!from.process.empty() && from.process != kFirstProcess && from.verb != Verb::migrate &&
      from.verb != Verb::freeze) {
    try_with([](Statement& s) { s.process = kFirstProcess; });
  }
  // Other ways to have a page in memory, the most common word for it last.
  const bool populates =
      from.verb == Verb::copy || from.verb == Verb::zeropage || from.verb == Verb::continue_ ||
      (from.verb == Verb::madvise && (from.advice == Advice::populate_read || from.advice == Advice::populate_write));
  if (populates || from.verb == Verb::write) {
    try_with([](Statement& s) { s = Statement{.verb = Verb::read, .process = s.process, .range = s.range}; });
  }
  if (populates) {
    try_with([](Statement& s) { s = Statement{.verb = Verb::write, .process = s.process, .range = s.range}; });
  }
}

// The statement with another name for a mapping or a descriptor.
Statement WithName(Statement statement, const std::string& from, const std::string& to) {
  for (std::string* name : {&statement.range.object, &statement.placement.after, &statement.placement.over.object, &statement.uffd}) {
    if (*name == from) *name = to;
  }
  return statement;
}

bool Maps(const Statement& statement) { return statement.verb == Verb::mmap_anon || statement.verb == Verb::mmap_file; }

class Shrinker {
 public:
  Shrinker(World world, const Shows& shows) : best_(std::move(world)), shows_(shows) {}
  World Run();

 private:
  // Takes the candidate where it is shorter and shows it; what stands behind the statement that shows it goes.
  bool Try(const World& candidate);
  bool RemoveChunks();
  bool RemovePairs();
  bool MergeIntoCopy();
  bool ReuseNames();
  bool SimplifyOperands();
  bool SimplifyTogether();

  World best_;
  Length length_;
  const Shows& shows_;
};

bool Shrinker::Try(const World& candidate) {
  std::optional<World> read = Reread(candidate);
  if (!read || LengthOf(*read) >= length_) return false;
  const std::optional<size_t> at = shows_(*read);
  if (!at) return false;
  size_t end = *at + 1;
  while (end < read->statements.size() && read->statements[end].verb == Verb::at) ++end;
  read->statements.resize(end);
  best_ = std::move(*read);
  length_ = LengthOf(best_);
  return true;
}

bool Shrinker::RemoveChunks() {
  bool any = false;
  for (size_t chunk = std::max<size_t>(best_.statements.size() / 2, 1);; chunk /= 2) {
    for (size_t first = best_.statements.size(); first > 0;) {
      first = std::min(first, best_.statements.size());
      first = first > chunk ? first - chunk : 0;
      any |= Try(Without(best_, first, std::min(first + chunk, best_.statements.size())));
    }
    if (chunk <= 1) return any;
  }
}

bool Shrinker::RemovePairs() {
  if (best_.statements.size() > 14) return false;
  for (size_t second = best_.statements.size(); second-- > 1;) {
    for (size_t first = second; first-- > 0;) {
      const World without_second = Without(best_, second, second + 1);
      if (first < without_second.statements.size() && Try(Without(without_second, first, first + 1))) return true;
    }
  }
  return false;
}

// An access and the protection of what it brought in are one UFFDIO_COPY.
bool Shrinker::MergeIntoCopy() {
  for (size_t second = 1; second < best_.statements.size(); ++second) {
    const Statement& protects = best_.statements[second];
    if (protects.verb != Verb::wp) continue;
    for (size_t first = 0; first < second; ++first) {
      const Verb verb = best_.statements[first].verb;
      if (verb != Verb::read && verb != Verb::write && verb != Verb::copy) continue;
      World candidate = best_;
      candidate.statements[second] = {.verb = Verb::copy,
                                      .process = protects.process,
                                      .range = protects.range,
                                      .uffd = protects.uffd,
                                      .modes = {.wp = true}};
      candidate.statements.erase(candidate.statements.begin() + static_cast<ptrdiff_t>(first));
      if (Try(candidate)) return true;
    }
  }
  return false;
}

// A mapping or a descriptor goes whose part an earlier one can take.
bool Shrinker::ReuseNames() {
  for (size_t second = 1; second < best_.statements.size(); ++second) {
    const Statement& later = best_.statements[second];
    if (later.verb != Verb::uffd && !Maps(later)) continue;
    for (size_t first = 0; first < second; ++first) {
      const Statement& earlier = best_.statements[first];
      if (later.verb == Verb::uffd ? earlier.verb != Verb::uffd : !Maps(earlier)) continue;
      World candidate = best_;
      candidate.statements.erase(candidate.statements.begin() + static_cast<ptrdiff_t>(second));
      for (size_t i = second; i < candidate.statements.size(); ++i) {
        candidate.statements[i] = WithName(std::move(candidate.statements[i]), later.name, earlier.name);
      }
      if (Try(candidate)) return true;
    }
  }
  return false;
}

bool Shrinker::SimplifyOperands() {
  bool any = false;
  if (best_.swap) {
    World candidate = best_;
    candidate.swap = false;
    any |= Try(candidate);
  }
  std::vector<Statement> simpler;
  for (size_t i = 0; i < best_.statements.size(); ++i) {
    simpler.clear();
    SimplerStatements(best_.statements[i], &simpler);
    for (Statement& one : simpler) {
      if (i >= best_.statements.size()) break;
      World candidate = best_;
      candidate.statements[i] = std::move(one);
      any |= Try(candidate);
    }
  }
  return any;
}

// Sizes and ranges of all statements at once, since one alone often does not keep what is looked for.
bool Shrinker::SimplifyTogether() {
  const auto for_all = [this](auto&& change) {
    World candidate = best_;
    for (Statement& one : candidate.statements) change(one);
    return Try(candidate);
  };
  const auto has_range = [](const Statement& s) { return !s.range.object.empty() && s.verb != Verb::truncate; };
  bool any = for_all([&](Statement& s) {
    if (s.pages > 1) s.pages = 1;
    if (has_range(s)) s.range = {.object = s.range.object};
  });
  any |= for_all([&](Statement& s) {
    if (s.pages > 1) s.pages = 1;
    if (has_range(s) && s.verb != Verb::mmap_file)
      s.range = {.object = s.range.object, .whole = false, .first = 0, .last = 1};
  });
  any |= for_all([&](Statement& s) {
    if (s.pages > 1) --s.pages;
    if (!s.range.whole && s.range.first > 0) --s.range.first, --s.range.last;
  });
  any |= for_all([&](Statement& s) {
    if (s.pages > 1) --s.pages;
    if (!s.range.whole && s.range.last - s.range.first > 1) --s.range.last;
  });
  any |= for_all([&](Statement& s) {
    if (!s.range.whole && s.range.first > 0) --s.range.first, --s.range.last;
  });
  return any;
}

World Shrinker::Run() {
  length_ = Length{~size_t{0}, 0, 0};
  const bool shown = Try(best_);
  if (!shown) return best_;
  do {
    while (RemoveChunks()) {
    }
    while (SimplifyTogether()) {
    }
  } while (SimplifyOperands() || MergeIntoCopy() || ReuseNames() || RemovePairs());
  const World renamed = Renamed(best_);
  std::optional<World> read = Reread(renamed);
  return read && shows_(*read) ? std::move(*read) : best_;
}

}  // namespace

Length LengthOf(const World& world) {
  Length length{.statements = world.statements.size(), .bytes = world.swap ? size_t{13} : 0, .numbers = 0};
  for (const Statement& one : world.statements) {
    length.bytes += (one.text.empty() ? language::Compose(one) : one.text).size();
    // As text `read` is shorter than `write`, but a store says what the page holds.
    if (one.verb == Verb::write) --length.bytes;
    length.numbers += one.pages + one.fail_index + (one.range.whole ? 0 : one.range.first + one.range.last) +
                      one.placement.pages + one.placement.over.first;
  }
  return length;
}

World Without(const World& world, size_t first, size_t last) {
  World rest{.swap = world.swap, .statements = {}};
  std::set<std::string> gone;
  for (size_t i = 0; i < world.statements.size(); ++i) {
    const Statement& one = world.statements[i];
    if ((i >= first && i < last) || Uses(one, gone)) {
      if (!one.name.empty()) gone.insert(one.name);
    } else {
      rest.statements.push_back(one);
    }
  }
  return rest;
}

World Renamed(const World& world) {
  std::map<std::string, std::string> names;
  names.emplace(kFirstProcess, kFirstProcess);
  size_t files = 0, mappings = 0, descriptors = 0, children = 0;
  const auto name_of = [](std::string_view letters, size_t number) {
    const char letter = letters[number % letters.size()];
    return number < letters.size() ? fmt::format("{}", letter)
                                   : fmt::format("{}{}", letter, number / letters.size() + 1);
  };
  World renamed = world;
  const auto of_uffd = [&](const std::string& uffd) {
    std::string text;
    for (size_t start = 0; start <= uffd.size();) {
      const size_t dot = std::min(uffd.find('.', start), uffd.size());
      if (!text.empty()) text.push_back('.');
      text.append(names[uffd.substr(start, dot - start)]);
      start = dot + 1;
    }
    return text;
  };
  for (Statement& one : renamed.statements) {
    one.process = names[one.process];
    one.range.object = names[one.range.object];
    one.placement.after = names[one.placement.after];
    one.placement.over.object = names[one.placement.over.object];
    one.uffd = of_uffd(one.uffd);
    if (one.name.empty()) continue;
    std::string& name = names[one.name];
    switch (one.verb) {
      case Verb::file_shmem:
      case Verb::file_hugetlb:
        name = name_of("FGH", files++);
        break;
      case Verb::uffd:
        name = name_of("UVW", descriptors++);
        break;
      case Verb::fork:
        name = name_of("CDE", children++);
        break;
      default:
        name = name_of("ABMNKL", mappings++);
        break;
    }
    one.name = name;
  }
  return renamed;
}

World Shrink(World world, const Shows& shows) { return Shrinker(std::move(world), shows).Run(); }

Shows Breaks(const Target& target, const std::shared_ptr<const Kernel>& kernel) {
  return [target, kernel](const World& world) {
    std::optional<size_t> found;
    Play(world, kernel, {},
         [&](size_t index, std::span<const promises::Violation> violations, const promises::JudgedSession&) {
           for (const promises::Violation& violation : violations) {
             if (TargetOf(violation, world.statements[index]) == target) found = index;
           }
           return !found;
         });
    return found;
  };
}

}  // namespace pteron::search
