// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/language/vocabulary.h"
#include "sim/search/random.h"
#include "src/mm/hooks.h"

namespace pteron::search {
namespace {

using language::Advice;
using language::Protection;
using language::Range;
using language::Statement;
using language::Verb;

constexpr int kMostProcesses = 4, kMostMappings = 6, kMostFiles = 3, kMostDescriptors = 3;
constexpr int kHugePages = 512;  // pages of 4 KiB in a huge one

// How often a statement is drawn, against the others.
struct Weight {
  Verb verb;
  int weight;
  bool hook = false;
};
constexpr Weight kWeights[] = {
    {Verb::file_shmem, 3},
    {Verb::fill, 6},
    {Verb::peek, 3},
    {Verb::truncate, 4},
    {Verb::punch, 6},
    {Verb::swapoff, 2},
    {Verb::swapon, 1},
    {Verb::mmap_file, 8},
    {Verb::munmap, 4},
    {Verb::mremap, 4},
    {Verb::mprotect, 10},
    {Verb::madvise, 26},
    {Verb::read, 14},
    {Verb::write, 26},
    {Verb::uffd, 4},
    {Verb::register_, 10},
    {Verb::unregister, 3},
    {Verb::wp, 26},
    {Verb::unwp, 9},
    {Verb::copy, 6},
    {Verb::zeropage, 3},
    {Verb::continue_, 4},
    {Verb::poison, 1},
    {Verb::close, 2},
    {Verb::fork, 10},
    {Verb::clear_refs, 4},
    {Verb::exit, 2},
    {Verb::mincore, 1},
    {Verb::wake, 1},
    {Verb::fail, 10, true},
    {Verb::migrate, 6, true},
    {Verb::freeze, 3, true},
    {Verb::thaw, 3, true},
    {Verb::reclaim, 6, true},
    {Verb::unmap_page, 4, true},
    {Verb::collapse_file, 2, true},
};
constexpr size_t kKindsOfStatement = std::size(kWeights);

struct Place {
  Advice advice;
  int weight;
};
constexpr Place kAdvices[] = {
    {Advice::dontneed, 30},    {Advice::free, 8},          {Advice::cold, 3},           {Advice::pageout, 18},
    {Advice::willneed, 3},     {Advice::remove, 10},       {Advice::hugepage, 3},       {Advice::nohugepage, 2},
    {Advice::collapse, 3},     {Advice::populate_read, 6}, {Advice::populate_write, 6}, {Advice::dontfork, 2},
    {Advice::dofork, 1},       {Advice::wipeonfork, 3},    {Advice::keeponfork, 1},     {Advice::guard_install, 2},
    {Advice::guard_remove, 1}, {Advice::hwpoison, 3},
};

// What a seed likes.
struct Taste {
  bool anon = false, shmem = false, hugetlb = false;
  bool huge_anon = false;  // mappings of 2 MiB, advised to be huge
  bool huge_shmem = false;
  bool hooks = false;
  int invalid_percent = 5;
  int pages = 3;  // in small mappings, at most
  std::array<int, kKindsOfStatement> weights{};
};

class Generator {
 public:
  Generator(uint64_t seed, const GeneratorOptions& options) : random_(seed), options_(options) { DrawTaste(); }
  World Run();

 private:
  struct File {
    std::string name;
    bool hugetlb = false;
    int pages = 0;
  };
  struct Mapping {
    std::string name;
    int pages = 0;
    bool hugetlb = false;
    int file = -1;
    unsigned in = 0;        // processes that have it, a bit each
    bool followed = false;  // another mapping lies behind it
  };
  struct Process {
    std::string name;
    bool ended = false;
  };
  struct Descriptor {
    std::string name;
    int process = 0;  // that it watches
    int holder = 0;
    bool event_fork = false, closed = false;
  };

  void DrawTaste();
  void Prelude();
  void Add(Statement statement);
  // One statement of this verb, where there is what it takes.
  void Draw(Verb verb);
  void DrawFile();
  void DrawMmap();
  void DrawMremap();
  void DrawOfMapping(Verb verb);
  void DrawOfFile(Verb verb);
  void DrawUffd();
  void DrawThroughDescriptor(Verb verb);
  void DrawFork();
  void DrawHook(Verb verb);
  void DrawAt(Verb within);
  void DrawPlacement(Statement& statement, int pages, int process, bool hugetlb);

  bool Odd() { return random_.Chance(taste_.invalid_percent); }
  int PickProcess();
  int PickMapping(int process);
  Range PickRange(const std::string& object, int pages, bool access);
  std::string NewName(char first) { return fmt::format("{}{}", first, ++names_[static_cast<size_t>(first - 'A')]); }

  Random random_;
  GeneratorOptions options_;
  Taste taste_;
  World world_;
  std::vector<File> files_;
  std::vector<Mapping> mappings_;
  std::vector<Process> processes_{{.name = "P"}};
  std::vector<Descriptor> descriptors_;
  std::array<int, 26> names_{};
  int mapping_number_ = 0;
  int crossing_ = -1;  // the number of the last mapping that reaches into the place of the next one
};

void Generator::DrawTaste() {
  switch (random_.Below(6)) {
    case 0:
      taste_.anon = true;
      break;
    case 1:
      taste_.shmem = true;
      break;
    case 2:
      taste_.hugetlb = true;
      break;
    case 3:
      taste_.anon = taste_.shmem = true;
      break;
    case 4:
      taste_.shmem = taste_.hugetlb = true;
      break;
    default:
      taste_.anon = taste_.shmem = taste_.hugetlb = true;
      break;
  }
  taste_.huge_anon = taste_.anon && random_.Chance(4);
  taste_.huge_shmem = taste_.shmem && random_.Chance(4);
  taste_.hooks = options_.hooks && random_.Chance(60);
  taste_.invalid_percent = random_.OneOf({0, 3, 10});
  taste_.pages = random_.OneOf({1, 2, 2, 3, 4});
  world_.swap = random_.Chance(50);
  for (size_t i = 0; i < kKindsOfStatement; ++i) {
    const int weight = kWeights[i].hook && !taste_.hooks ? 0 : kWeights[i].weight;
    taste_.weights[i] = weight * random_.OneOf({0, 1, 1, 1, 3});
  }
}

void Generator::Add(Statement statement) {
  statement.step = static_cast<int>(world_.statements.size()) + 1;
  world_.statements.push_back(std::move(statement));
}

int Generator::PickProcess() {
  for (int tries = 0; tries < 4; ++tries) {
    const int process = random_.Below(static_cast<int>(processes_.size()));
    if (!processes_[static_cast<size_t>(process)].ended || Odd()) return process;
  }
  return 0;
}

int Generator::PickMapping(int process) {
  if (mappings_.empty()) return -1;
  for (int tries = 0; tries < 6; ++tries) {
    const int mapping = random_.Below(static_cast<int>(mappings_.size()));
    if ((mappings_[static_cast<size_t>(mapping)].in >> process & 1) || Odd()) return mapping;
  }
  return random_.Below(static_cast<int>(mappings_.size()));
}

Range Generator::PickRange(const std::string& object, int pages, bool access) {
  Range range{.object = object};
  if (Odd()) {  // beyond the end, or nothing
    range.whole = false;
    range.first = random_.Between(0, pages);
    range.last = range.first + random_.Between(0, 3);
    return range;
  }
  const bool large = pages > 8;
  if (!(large && access) && random_.Chance(large ? 40 : 35)) return range;
  range.whole = false;
  // Of a large mapping its ends are what matters.
  range.first = !large ? random_.Below(std::max(pages, 1)) : random_.OneOf({0, 0, 1, 2, pages - 1});
  range.last = range.first + 1;
  if (!large && random_.Chance(30))
    range.last = random_.Between(static_cast<int>(range.first) + 1, std::max(pages, static_cast<int>(range.first) + 1));
  return range;
}

void Generator::DrawFile() {
  if (files_.size() >= kMostFiles || !(taste_.shmem || taste_.hugetlb)) return;
  const bool hugetlb = taste_.hugetlb && (!taste_.shmem || random_.Chance(50));
  Statement statement{.verb = hugetlb ? Verb::file_hugetlb : Verb::file_shmem};
  statement.name = NewName('F');
  statement.pages =
      !hugetlb && taste_.huge_shmem ? kHugePages * random_.Between(1, 2) : random_.Between(Odd() ? 0 : 1, taste_.pages);
  files_.push_back({statement.name, hugetlb, static_cast<int>(statement.pages)});
  Add(std::move(statement));
}

void Generator::DrawPlacement(Statement& statement, int pages, int process, bool hugetlb) {
  using Kind = language::Placement::Kind;
  constexpr int kOutOfTheWay = 64;  // pages
  language::Placement& placement = statement.placement;
  const int draw = random_.Below(100);
  if (draw < 14) {  // across the end of a table of the lowest level or, rarely for small pages, of the one above
    const int span = hugetlb || random_.Chance(85) ? kHugePages : kHugePages * kHugePages;
    placement.kind = Kind::offset;
    placement.pages = span - random_.Between(1, std::max(pages - 1, 1));
    if (hugetlb || span > kHugePages) crossing_ = mapping_number_;
    return;
  }
  Mapping* other = mappings_.empty() ? nullptr : &mappings_[static_cast<size_t>(PickMapping(process))];
  if (draw < 30 && other != nullptr && (!other->followed || Odd())) {
    placement.kind = Kind::after;
    placement.after = other->name;
    other->followed = true;
    return;
  }
  if (draw >= 30 && draw < 38 && other != nullptr) {
    placement.kind = Kind::over;
    placement.over = {
        .object = other->name, .whole = false, .first = random_.Below(std::max(other->pages, 1)), .last = 0};
    placement.over.last = placement.over.first + 1;
    return;
  }
  if (crossing_ >= 0 && crossing_ == mapping_number_ - 1) {
    placement.kind = Kind::offset;
    placement.pages = kOutOfTheWay;
  }
}

void Generator::DrawMmap() {
  if (mappings_.size() >= kMostMappings) return;
  const int process = PickProcess();
  const bool anonymous = files_.empty() || (taste_.anon && random_.Chance(40));
  if (anonymous && !taste_.anon) return;
  Statement statement{.verb = anonymous ? Verb::mmap_anon : Verb::mmap_file};
  Mapping mapping;
  statement.process = processes_[static_cast<size_t>(process)].name;
  if (anonymous) {
    mapping.pages = taste_.huge_anon && random_.Chance(60) ? kHugePages * random_.Between(1, 2)
                                                           : random_.Between(Odd() ? 0 : 1, taste_.pages);
    statement.pages = mapping.pages;
    statement.shared = random_.Chance(15);
  } else {
    mapping.file = random_.Below(static_cast<int>(files_.size()));
    const File& file = files_[static_cast<size_t>(mapping.file)];
    mapping.hugetlb = file.hugetlb;
    statement.range.object = file.name;
    mapping.pages = file.pages;
    if (file.pages > 0 && file.pages <= 8 && random_.Chance(25)) {
      const int first = random_.Below(file.pages);
      const int last = random_.Between(first + 1, file.pages + (Odd() ? 1 : 0));
      statement.range = {.object = file.name, .whole = false, .first = first, .last = last};
      mapping.pages = last - first;
    }
    statement.shared = random_.Chance(60);
  }
  statement.protection = random_.Chance(85) ? Protection::rw : random_.OneOf({Protection::r, Protection::none});
  if (mapping.pages <= 8) DrawPlacement(statement, mapping.pages, process, mapping.hugetlb);
  statement.name = mapping.name = NewName('A');
  statement.mapping_number = mapping_number_++;
  mapping.in = 1u << process;
  Add(std::move(statement));
  mappings_.push_back(mapping);
  if (mapping.pages >= kHugePages && random_.Chance(90)) {
    Statement advice{.verb = Verb::madvise};
    advice.process = processes_[static_cast<size_t>(process)].name;
    advice.range.object = mapping.name;
    advice.advice = Advice::hugepage;
    Add(std::move(advice));
  }
}

void Generator::DrawMremap() {
  const int process = PickProcess();
  const int from = PickMapping(process);
  if (from < 0 || mappings_.size() >= kMostMappings || (crossing_ >= 0 && crossing_ == mapping_number_ - 1)) return;
  Mapping mapping = mappings_[static_cast<size_t>(from)];
  mapping.followed = false;
  Statement statement{.verb = Verb::mremap};
  statement.process = processes_[static_cast<size_t>(process)].name;
  statement.range = PickRange(mapping.name, mapping.pages, false);
  if (!statement.range.whole) mapping.pages = static_cast<int>(statement.range.last - statement.range.first);
  statement.name = mapping.name = NewName('A');
  statement.mapping_number = mapping_number_++;
  mapping.in = 1u << process;
  Add(std::move(statement));
  mappings_.push_back(std::move(mapping));
}

void Generator::DrawOfMapping(Verb verb) {
  const int process = PickProcess();
  const int index = PickMapping(process);
  if (index < 0) return;
  const Mapping& mapping = mappings_[static_cast<size_t>(index)];
  Statement statement{.verb = verb};
  statement.process = processes_[static_cast<size_t>(process)].name;
  const bool access = verb == Verb::read || verb == Verb::write || verb == Verb::mincore;
  statement.range = PickRange(mapping.name, mapping.pages, access);
  if (verb == Verb::mprotect)
    statement.protection =
        random_.OneOf({Protection::r, Protection::r, Protection::none, Protection::rw, Protection::rw});
  if (verb == Verb::madvise) {
    int sum = 0;
    for (const Place& place : kAdvices) sum += place.weight;
    int draw = random_.Below(sum);
    for (const Place& place : kAdvices) {
      statement.advice = place.advice;
      if ((draw -= place.weight) < 0) break;
    }
    const bool populates = statement.advice == Advice::populate_read || statement.advice == Advice::populate_write ||
                           statement.advice == Advice::guard_install;
    if (mapping.pages > 8 && populates) statement.range = PickRange(mapping.name, mapping.pages, true);
  }
  if (access && mapping.pages <= 8 && verb != Verb::mincore && !taste_.hooks &&
      random_.Chance(3)) {  // may have to wait
    statement.thread = random_.OneOf({"t1", "t2"});
    if (statement.range.whole) statement.range = {.object = mapping.name, .whole = false, .first = 0, .last = 1};
    statement.range.last = statement.range.first + 1;
  }
  Add(std::move(statement));
}

void Generator::DrawOfFile(Verb verb) {
  if (files_.empty()) return;
  File& file = files_[static_cast<size_t>(random_.Below(static_cast<int>(files_.size())))];
  Statement statement{.verb = verb};
  if (verb == Verb::truncate) {
    statement.range.object = file.name;
    statement.pages = file.pages > 8 ? random_.OneOf({0, 1, kHugePages}) : random_.Between(0, file.pages + 1);
  } else {
    statement.range = PickRange(file.name, file.pages, verb != Verb::punch);
  }
  Add(std::move(statement));
}

void Generator::DrawUffd() {
  if (descriptors_.size() >= kMostDescriptors) return;
  const int process = PickProcess();
  Statement statement{.verb = Verb::uffd};
  statement.process = processes_[static_cast<size_t>(process)].name;
  statement.name = NewName('U');
  statement.features.sigbus = random_.Chance(50);
  statement.features.event_fork = random_.Chance(50);
  statement.features.event_remap = random_.Chance(40);
  statement.features.wp_unpopulated = random_.Chance(10);
  statement.features.wp_async = random_.Chance(5);
  descriptors_.push_back({statement.name, process, process, statement.features.event_fork, false});
  Add(std::move(statement));
}

void Generator::DrawThroughDescriptor(Verb verb) {
  if (descriptors_.empty() || mappings_.empty()) return;
  Descriptor* descriptor = nullptr;
  for (int tries = 0; tries < 4; ++tries) {
    descriptor = &descriptors_[static_cast<size_t>(random_.Below(static_cast<int>(descriptors_.size())))];
    if (!descriptor->closed || Odd()) break;
  }
  Statement statement{.verb = verb};
  statement.process = processes_[static_cast<size_t>(descriptor->holder)].name;
  statement.uffd = descriptor->name;
  if (verb == Verb::close) {
    descriptor->closed = true;
    return Add(std::move(statement));
  }
  const Mapping& mapping = mappings_[static_cast<size_t>(PickMapping(descriptor->process))];
  const bool by_page = verb == Verb::copy || verb == Verb::zeropage || verb == Verb::continue_;
  statement.range = PickRange(mapping.name, mapping.pages, by_page);
  if (verb == Verb::register_) {
    statement.modes.wp = random_.Chance(90);
    statement.modes.missing = random_.Chance(25);
    statement.modes.minor = random_.Chance(15);
    if (random_.Chance(60)) statement.range = {.object = mapping.name};
  }
  if (verb == Verb::copy || verb == Verb::continue_) statement.modes.wp = random_.Chance(50);
  Add(std::move(statement));
}

void Generator::DrawFork() {
  if (processes_.size() >= kMostProcesses) return;
  const int parent = PickProcess();
  const int child = static_cast<int>(processes_.size());
  Statement statement{.verb = Verb::fork};
  statement.process = processes_[static_cast<size_t>(parent)].name;
  statement.name = NewName('C');
  for (Mapping& mapping : mappings_) mapping.in |= (mapping.in >> parent & 1) << child;
  const size_t before = descriptors_.size();
  for (size_t i = 0; i < before; ++i) {
    if (descriptors_[i].process != parent || !descriptors_[i].event_fork ||
        descriptors_[i].name.find('.') != std::string::npos)
      continue;
    descriptors_.push_back(
        {statement.name + "." + descriptors_[i].name, child, descriptors_[i].holder, true, descriptors_[i].closed});
  }
  processes_.push_back({statement.name, false});
  Add(std::move(statement));
}

void Generator::DrawHook(Verb verb) {
  Statement statement{.verb = verb};
  if (verb == Verb::fail) {
    statement.fail_kind =
        random_.OneOf({language::FailKind::table, language::FailKind::page, language::FailKind::slot});
    statement.fail_index = random_.Between(1, 4);
    return Add(std::move(statement));
  }
  if (verb == Verb::reclaim || verb == Verb::unmap_page || verb == Verb::collapse_file) {
    if (files_.empty()) return;
    const File& file = files_[static_cast<size_t>(random_.Below(static_cast<int>(files_.size())))];
    statement.range = PickRange(file.name, file.pages, verb != Verb::collapse_file);
    return Add(std::move(statement));
  }
  const int process = PickProcess();
  const int index = PickMapping(process);
  if (index < 0) return;
  const Mapping& mapping = mappings_[static_cast<size_t>(index)];
  statement.process = processes_[static_cast<size_t>(process)].name;
  statement.range = PickRange(mapping.name, mapping.pages, true);
  Add(std::move(statement));
}

// An access in the midst of the statement just drawn, at a point that is named after it.
void Generator::DrawAt(Verb within) {
  std::string_view family = language::FormOf(within).word;
  if (within == Verb::read || within == Verb::write) family = "fault";
  std::vector<const char*> points;
  for (const InterleavingPoint& point : InterleavingPoints()) {
    const std::string_view name = point.name;
    if (name.substr(0, name.find('.')) == family) points.push_back(point.name);
  }
  if (points.empty()) return;
  const int process = PickProcess();
  const int index = PickMapping(process);
  if (index < 0) return;
  const Mapping& mapping = mappings_[static_cast<size_t>(index)];
  Statement statement{.verb = Verb::at};
  statement.point = points[static_cast<size_t>(random_.Below(static_cast<int>(points.size())))];
  statement.process = processes_[static_cast<size_t>(process)].name;
  statement.access = random_.OneOf({Verb::read, Verb::write});
  const long page = random_.Below(std::clamp(mapping.pages, 1, 8));
  statement.range = {.object = mapping.name, .whole = false, .first = page, .last = page + 1};
  Add(std::move(statement));
}

void Generator::Draw(Verb verb) {
  switch (verb) {
    case Verb::file_shmem:
      return DrawFile();
    case Verb::fill:
    case Verb::peek:
    case Verb::truncate:
    case Verb::punch:
      return DrawOfFile(verb);
    case Verb::swapoff:
    case Verb::swapon:
      return Add(Statement{.verb = verb});
    case Verb::mmap_file:
      return DrawMmap();
    case Verb::mremap:
      return DrawMremap();
    case Verb::uffd:
      return DrawUffd();
    case Verb::fork:
      return DrawFork();
    case Verb::clear_refs: {
      Statement statement{.verb = verb};
      statement.process = processes_[static_cast<size_t>(PickProcess())].name;
      statement.clear_refs = random_.Chance(75) ? language::ClearRefs::soft_dirty : language::ClearRefs::referenced;
      return Add(std::move(statement));
    }
    case Verb::exit: {
      if (processes_.size() == 1 && !random_.Chance(5)) return;
      const int process = PickProcess();
      Statement statement{.verb = verb};
      statement.process = processes_[static_cast<size_t>(process)].name;
      processes_[static_cast<size_t>(process)].ended = true;
      return Add(std::move(statement));
    }
    case Verb::register_:
    case Verb::unregister:
    case Verb::wp:
    case Verb::unwp:
    case Verb::copy:
    case Verb::zeropage:
    case Verb::continue_:
    case Verb::poison:
    case Verb::wake:
    case Verb::close:
      return DrawThroughDescriptor(verb);
    case Verb::fail:
    case Verb::migrate:
    case Verb::freeze:
    case Verb::thaw:
    case Verb::reclaim:
    case Verb::unmap_page:
    case Verb::collapse_file:
      return DrawHook(verb);
    default:
      return DrawOfMapping(verb);
  }
}

// What most worlds need to be of interest: memory that is watched.
void Generator::Prelude() {
  if (taste_.shmem || taste_.hugetlb) DrawFile();
  DrawMmap();
  if (random_.Chance(50)) DrawMmap();
  if (!random_.Chance(85)) return;
  DrawUffd();
  DrawThroughDescriptor(Verb::register_);
  if (mappings_.size() > 1) DrawThroughDescriptor(Verb::register_);
}

World Generator::Run() {
  Prelude();
  int sum = 0;
  for (const int weight : taste_.weights) sum += weight;
  // A verb that finds nothing to act on adds no statement; a taste that leaves nothing at all ends the world.
  for (int tries = 0;
       tries < 4 * options_.steps && static_cast<int>(world_.statements.size()) < options_.steps && sum > 0; ++tries) {
    int draw = random_.Below(sum);
    size_t kind = 0;
    while ((draw -= taste_.weights[kind]) >= 0) ++kind;
    const size_t before = world_.statements.size();
    Draw(kWeights[kind].verb);
    if (taste_.hooks && world_.statements.size() == before + 1 && random_.Chance(8))
      DrawAt(world_.statements.back().verb);
  }
  return std::move(world_);
}

}  // namespace

World Generate(uint64_t seed, const GeneratorOptions& options) { return Generator(seed, options).Run(); }

}  // namespace pteron::search
