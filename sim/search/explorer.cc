// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/explorer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>

#include "sim/search/parallel.h"

namespace pteron::search {
namespace {

using language::Advice;
using language::Protection;
using language::Statement;
using language::Verb;
using promises::JudgedSession;
using promises::Memory;

constexpr size_t kBlock = 2048;  // states whose successors are held before they are merged
constexpr const char* kChildren[] = {"C", "D", "E"};

struct MemoryName {
  std::string_view word;
  Memory memory;
};
constexpr MemoryName kMemories[] = {
    {"anon", Memory::anon},
    {"shmem", Memory::shmem_shared},
    {"shmem-private", Memory::shmem_private},
    {"hugetlb", Memory::hugetlb_shared},
    {"hugetlb-private", Memory::hugetlb_private},
};

bool IsHugetlb(Memory memory) { return memory == Memory::hugetlb_shared || memory == Memory::hugetlb_private; }

language::Range Page(const char* object, long page) {
  return {.object = object, .whole = false, .first = page, .last = page + 1};
}

// A state by the way to it: the state before, and the statement.
struct State {
  uint32_t before = 0;
  uint16_t statement = 0;
  uint16_t depth = 0;
};

struct Successor {
  uint16_t statement = 0;
  uint64_t digest = 0;
  bool ended = false;
  std::vector<Target> breaches;
};

class Explorer {
 public:
  Explorer(const std::shared_ptr<const Kernel>& kernel, const ExploreOptions& options)
      : kernel_(kernel),
        options_(options),
        beginning_(Beginning(options)),
        statements_(DefaultStatements(options)),
        start_(kernel, {.swap = beginning_.swap}) {
    for (const Statement& statement : beginning_.statements) start_.Execute(statement);
    states_.push_back({});
    known_.insert(start_.Digest());
  }

  ExploreResult Run(const std::function<void(const Layer&, double part)>& progress);

 private:
  // What one state's successors cost and showed.
  struct Expanded {
    std::vector<Successor> successors;
    uint64_t statements = 0, probes = 0;
    std::array<uint64_t, promises::kPromises> judged{}, broken{};
  };

  JudgedSession Replay(uint32_t state) const;
  std::vector<uint16_t> WayTo(uint32_t state) const;
  Expanded Expand(uint32_t state) const;
  bool CanBeTried(const Statement& statement, const execute::Session& session) const;
  void Merge(uint32_t state, const Expanded& expanded, int depth, Layer& layer);
  void ShrinkBreaches();

  std::shared_ptr<const Kernel> kernel_;
  ExploreOptions options_;
  World beginning_;
  std::vector<Statement> statements_;
  JudgedSession start_;
  std::vector<State> states_;
  std::unordered_set<uint64_t> known_;
  std::map<Target, std::pair<uint32_t, uint16_t>> breaches_;  // the first way to each
  std::map<Target, uint64_t> times_;
  ExploreResult result_;
};

std::vector<uint16_t> Explorer::WayTo(uint32_t state) const {
  std::vector<uint16_t> way;
  for (; state != 0; state = states_[state].before) way.push_back(states_[state].statement);
  std::reverse(way.begin(), way.end());
  return way;
}

JudgedSession Explorer::Replay(uint32_t state) const {
  JudgedSession session = start_;
  for (const uint16_t statement : WayTo(state)) session.Execute(statements_[statement]);
  return session;
}

// Whether the scenario may have the statement here, and it can do anything.
bool Explorer::CanBeTried(const Statement& statement, const execute::Session& session) const {
  if (statement.verb == Verb::fork) return !session.FindProcess(statement.name);
  if (statement.process.empty()) return true;
  const std::optional<int> process = session.FindProcess(statement.process);
  if (!process || !session.processes()[static_cast<size_t>(*process)].alive) return false;
  return statement.uffd.empty() || session.FindDescriptor(statement.uffd);
}

Explorer::Expanded Explorer::Expand(uint32_t state) const {
  Expanded expanded;
  const JudgedSession here = Replay(state);
  for (size_t i = 0; i < statements_.size(); ++i) {
    if (!CanBeTried(statements_[i], here.session())) continue;
    JudgedSession next = here;
    Successor successor{.statement = static_cast<uint16_t>(i), .breaches = {}};
    for (const promises::Violation& violation : next.Execute(statements_[i]))
      successor.breaches.push_back(TargetOf(violation, statements_[i]));
    successor.ended = next.ended();
    if (!successor.ended) successor.digest = next.Digest();
    ++expanded.statements;
    expanded.probes += next.probes() - here.probes();
    for (size_t id = 0; id < promises::kPromises; ++id) {
      const auto promise = static_cast<promises::PromiseId>(id);
      expanded.judged[id] += next.judge().judged(promise) - here.judge().judged(promise);
      expanded.broken[id] += next.judge().broken(promise) - here.judge().broken(promise);
    }
    expanded.successors.push_back(std::move(successor));
  }
  return expanded;
}

void Explorer::Merge(uint32_t state, const Expanded& expanded, int depth, Layer& layer) {
  result_.statements += expanded.statements;
  result_.probes += expanded.probes;
  for (size_t id = 0; id < promises::kPromises; ++id) {
    result_.judged[id] += expanded.judged[id];
    result_.broken[id] += expanded.broken[id];
  }
  for (const Successor& successor : expanded.successors) {
    ++layer.transitions;
    for (const Target& target : successor.breaches) {
      breaches_.try_emplace(target, state, successor.statement);
      ++times_[target];
    }
    if (successor.ended || !known_.insert(successor.digest).second) continue;
    ++layer.states;
    // Where the last depth is reached nothing goes on from the state, and it need not be kept.
    if (depth < options_.depth) states_.push_back({state, successor.statement, static_cast<uint16_t>(depth)});
  }
}

void Explorer::ShrinkBreaches() {
  const std::vector<std::pair<Target, std::pair<uint32_t, uint16_t>>> all(breaches_.begin(), breaches_.end());
  std::vector<Finding> findings(all.size());
  ForAll(all.size(), options_.jobs, [&](size_t i) {
    const auto& [target, where] = all[i];
    World world = beginning_;
    for (const uint16_t statement : WayTo(where.first)) world.statements.push_back(statements_[statement]);
    world.statements.push_back(statements_[where.second]);
    findings[i] = MakeFinding(world, target, kernel_);
    findings[i].worlds = times_.at(target);
  });
  // Stores are numbered by their statements in a scenario and by their process here; a breach that hangs on that has no
  // text.
  for (Finding& finding : findings) {
    if (!finding.text.empty()) result_.findings.Add(std::move(finding));
  }
}

ExploreResult Explorer::Run(const std::function<void(const Layer&, double part)>& progress) {
  const auto start = std::chrono::steady_clock::now();
  size_t first = 0, end = 1;  // states of the depth before
  for (int depth = 1; depth <= options_.depth; ++depth) {
    Layer layer{.depth = depth};
    for (size_t block = first; block < end; block += kBlock) {
      const size_t count = std::min(kBlock, end - block);
      std::vector<Expanded> expanded(count);
      ForAll(count, options_.jobs, [&](size_t i) { expanded[i] = Expand(static_cast<uint32_t>(block + i)); });
      for (size_t i = 0; i < count; ++i) Merge(static_cast<uint32_t>(block + i), expanded[i], depth, layer);
      if (progress) progress(layer, static_cast<double>(block + count - first) / static_cast<double>(end - first));
    }
    result_.layers.push_back(layer);
    first = end;
    end = states_.size();
  }
  ShrinkBreaches();
  result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return std::move(result_);
}

}  // namespace

std::optional<Memory> ParseMemory(std::string_view word) {
  const auto* const found =
      std::find_if(std::begin(kMemories), std::end(kMemories), [&](const MemoryName& one) { return one.word == word; });
  if (found == std::end(kMemories)) return std::nullopt;
  return found->memory;
}

std::string_view MemoryWord(Memory memory) {
  for (const MemoryName& one : kMemories) {
    if (one.memory == memory) return one.word;
  }
  return "none";
}

World Beginning(const ExploreOptions& options) {
  World world{.swap = !IsHugetlb(options.memory), .statements = {}};
  const auto add = [&](Statement statement) {
    statement.step = static_cast<int>(world.statements.size()) + 1;
    world.statements.push_back(std::move(statement));
  };
  const bool anonymous = options.memory == Memory::anon;
  if (!anonymous)
    add({.verb = IsHugetlb(options.memory) ? Verb::file_hugetlb : Verb::file_shmem,
         .name = "F",
         .pages = options.pages});
  Statement mmap{
      .verb = anonymous ? Verb::mmap_anon : Verb::mmap_file, .process = "P", .name = "A", .mapping_number = 0};
  if (anonymous) {
    mmap.pages = options.pages;
  } else {
    mmap.range.object = "F";
    mmap.shared = options.memory == Memory::shmem_shared || options.memory == Memory::hugetlb_shared;
  }
  add(std::move(mmap));
  add({.verb = Verb::uffd, .process = "P", .name = "U", .features = {.event_fork = true}});
  return world;
}

std::vector<Statement> DefaultStatements(const ExploreOptions& options) {
  std::vector<Statement> all;
  const bool hugetlb = IsHugetlb(options.memory);
  const int begun = static_cast<int>(Beginning(options).statements.size());
  for (int process = 0; process < options.processes; ++process) {
    const std::string name = process == 0 ? "P" : kChildren[process - 1];
    const std::string uffd = process == 0 ? "U" : name + ".U";
    const auto add = [&](Statement statement) {
      statement.process = statement.uffd.empty() ? name : "P";
      // What a process stores is always the same word: distinct from what the others store, and few enough for states
      // to meet.
      statement.step = begun + 1 + process;
      all.push_back(std::move(statement));
    };
    if (process > 0) {
      add({.verb = Verb::fork, .name = name});
      all.back().process = "P";
    }
    for (int page = 0; page < options.pages; ++page) {
      add({.verb = Verb::read, .range = Page("A", page)});
      add({.verb = Verb::write, .range = Page("A", page)});
      add({.verb = Verb::wp, .range = Page("A", page), .uffd = uffd});
      add({.verb = Verb::unwp, .range = Page("A", page), .uffd = uffd});
      add({.verb = Verb::madvise, .range = Page("A", page), .advice = Advice::dontneed});
      if (!hugetlb) add({.verb = Verb::madvise, .range = Page("A", page), .advice = Advice::pageout});
    }
    add({.verb = Verb::register_, .range = {.object = "A"}, .uffd = uffd, .modes = {.wp = true}});
    add({.verb = Verb::unregister, .range = {.object = "A"}, .uffd = uffd});
    for (const Protection protection : {Protection::r, Protection::rw})
      add({.verb = Verb::mprotect, .range = {.object = "A"}, .protection = protection});
    if (process > 0) add({.verb = Verb::exit});
  }
  const auto add = [&](Statement statement) { all.push_back(std::move(statement)); };
  if (options.memory != Memory::anon) {
    for (int page = 0; page < options.pages; ++page) add({.verb = Verb::punch, .range = Page("F", page)});
    add({.verb = Verb::truncate, .range = {.object = "F"}, .pages = options.pages - 1});
    add({.verb = Verb::truncate, .range = {.object = "F"}, .pages = options.pages});
  }
  if (!hugetlb) add({.verb = Verb::swapoff});
  add({.verb = Verb::clear_refs, .process = "P"});
  return all;
}

ExploreResult Explore(const std::shared_ptr<const Kernel>& kernel, const ExploreOptions& options,
                      const std::function<void(const Layer&, double part)>& progress) {
  return Explorer(kernel, options).Run(progress);
}

}  // namespace pteron::search
