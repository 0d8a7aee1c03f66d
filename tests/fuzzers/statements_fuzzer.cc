// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Any bytes choose a sequence of valid statements, which plays on a kernel: the machine's invariants hold after each, a copy that
// executes the same statement has the same digest, and so has a replay from the start.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "sim/execute/points.h"
#include "sim/execute/session.h"
#include "sim/language/scenario.h"
#include "tests/fuzzers/fuzz.h"
#include "tests/language/small_scenario.h"

namespace pteron::fuzz {
namespace {

using execute::Session;
using language::Item;
using language::Scenario;
using language::Statement;
using language::Verb;

constexpr int kMostStatements = 32;

// The input, read as choices; at its end every choice is the first.
class Choices {
 public:
  Choices(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool empty() const { return at_ >= size_; }
  // A number below `bound`, which is at most 256.
  size_t Below(size_t bound) { return at_ < size_ ? data_[at_++] % bound : 0; }
  bool Maybe() { return Below(2) == 1; }
  template <typename T, size_t kSize>
  const T& Of(const T (&values)[kSize]) {
    return values[Below(kSize)];
  }
  template <typename T>
  const T& Of(const std::vector<T>& values) {
    return values[Below(values.size())];
  }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

// Writes statements, all of whose names exist.
class Writer {
 public:
  explicit Writer(Choices& choices) : choices_(choices) {}

  std::string Scenario() {
    text_ = choices_.Maybe() ? "require hook swap\n" : "require hook\n";
    files_ = {"F", "H"};
    text_ += fmt::format("file F shmem {}\nfile H hugetlb {}\n", choices_.Of(kFilePages), 1 + choices_.Below(2));
    Map("P");
    for (int i = 0; i < kMostStatements && !choices_.empty(); ++i) Statement();
    return text_;
  }

 private:
  static constexpr long kFilePages[] = {3, 1, 8, 520};

  std::string NewName(char kind) { return fmt::format("{}{}", kind, ++names_); }

  // "M2[1:3]"; small ranges at the start, whole objects, and what reaches beyond.
  std::string RangeOf(const std::string& object) {
    const size_t first = choices_.Below(4);
    switch (choices_.Below(4)) {
      case 0: return object;
      case 1: return fmt::format("{}[{}]", object, first);
      case 2: return fmt::format("{}[{}:{}]", object, first, first + 1 + choices_.Below(4));
      default: return fmt::format("{}[{}:]", object, 0);
    }
  }
  std::string File() { return RangeOf(choices_.Of(files_)); }
  std::string Memory() { return RangeOf(choices_.Of(mappings_)); }
  std::string Page() { return fmt::format("{}[{}]", choices_.Of(mappings_), choices_.Below(4)); }

  void Line(std::string line) { text_ += line + "\n"; }

  void Map(const std::string& process) {
    static constexpr const char* kProtection[] = {"rw", "rw", "r", "none"};
    static constexpr const char* kSharing[] = {"private", "shared"};
    static constexpr int kAnonPages[] = {3, 1, 8, 512, 1024};
    const std::string name = NewName('M');
    std::string where;
    if (!mappings_.empty() && choices_.Below(4) == 1) where = " after " + choices_.Of(mappings_);
    if (choices_.Maybe()) {
      Line(fmt::format("{}: mmap {} {} {} {}{}", process, name, choices_.Of(files_), choices_.Of(kSharing), choices_.Of(kProtection), where));
    } else {
      Line(fmt::format("{}: mmap {} anon {} {} {}{}", process, name, choices_.Of(kAnonPages), choices_.Of(kSharing),
                       choices_.Of(kProtection), where));
    }
    mappings_.push_back(name);
  }

  void Advise(const std::string& process) {
    static constexpr const char* kAdvice[] = {"dontneed", "free",          "cold",           "pageout",  "willneed", "remove",     "hugepage",
                                              "nohugepage", "collapse",    "populate-read",  "populate-write", "dontfork", "dofork", "wipeonfork",
                                              "hwpoison"};
    Line(fmt::format("{}: madvise {} {}", process, Memory(), choices_.Of(kAdvice)));
  }

  void Register(const std::string& process) {
    static constexpr const char* kModes[] = {"wp", "missing wp", "missing", "minor", "minor wp"};
    static constexpr const char* kFeatures[] = {"sigbus", "sigbus event-fork", "sigbus event-remap", "event-fork event-remap"};
    if (uffds_.empty() || choices_.Below(4) == 1) {
      uffds_.push_back(NewName('U'));
      Line(fmt::format("{}: uffd {} {}", process, uffds_.back(), choices_.Of(kFeatures)));
    }
    Line(fmt::format("{}: register {} {} {}", process, choices_.Of(uffds_), Memory(), choices_.Of(kModes)));
  }

  void Uffd(const std::string& process) {
    if (uffds_.empty()) return Register(process);
    const std::string who = fmt::format("{}: ", process), what = fmt::format(" {} {}", choices_.Of(uffds_), Memory());
    switch (choices_.Below(10)) {
      case 0:
      case 1: return Line(who + "wp" + what);
      case 2: return Line(who + "unwp" + what);
      case 3: return Line(who + "copy" + what);
      case 4: return Line(who + "copy" + what + " wp");
      case 5: return Line(who + "zeropage" + what);
      case 6: return Line(who + "continue" + what);
      case 7: return Line(who + "unregister" + what);
      case 8: return Line(who + "wake" + what);
      default: return Line(fmt::format("{}close {}", who, choices_.Of(uffds_)));
    }
  }

  void OfFile() {
    switch (choices_.Below(6)) {
      case 0: return Line("fill " + File());
      case 1: return Line("peek " + File());
      case 2: return Line(fmt::format("truncate {} {}", choices_.Of(files_), choices_.Below(5)));
      case 3: return Line("punch " + File());
      case 4: return Line("swapoff");
      default: return Line("swapon");
    }
  }

  void Hook(const std::string& process) {
    static constexpr const char* kVerbs[] = {"migrate", "freeze", "thaw"};
    static constexpr const char* kFileVerbs[] = {"reclaim", "unmap-page"};
    static constexpr const char* kKinds[] = {"table", "page", "slot"};
    switch (choices_.Below(4)) {
      case 0: return Line(fmt::format("{} {} {}", choices_.Of(kVerbs), process, Page()));
      case 1: return Line(fmt::format("{} F[{}]", choices_.Of(kFileVerbs), choices_.Below(4)));
      case 2: return Line("collapse-file F[0:512]");
      default: return Line(fmt::format("fail {} {}", choices_.Of(kKinds), 1 + choices_.Below(3)));
    }
  }

  void OfProcess(const std::string& process) {
    static constexpr const char* kProtection[] = {"rw", "r", "none"};
    static constexpr const char* kBits[] = {"soft-dirty", "referenced"};
    switch (choices_.Below(9)) {
      case 0: return Line(fmt::format("{}: munmap {}", process, Memory()));
      case 1: {
        const std::string name = NewName('M');
        Line(fmt::format("{}: mremap {} {}", process, Memory(), name));
        mappings_.push_back(name);
        return;
      }
      case 2:
      case 3: return Line(fmt::format("{}: mprotect {} {}", process, Memory(), choices_.Of(kProtection)));
      case 4: return Line(fmt::format("{}: clear-refs {}", process, choices_.Of(kBits)));
      case 5: return Line(fmt::format("{}: mincore {}", process, Memory()));
      case 6:
        if (processes_.size() < 2) return;
        return Line(fmt::format("{}: exit", processes_[1 + choices_.Below(processes_.size() - 1)]));
      default:
        if (processes_.size() >= 4) return;
        const std::string child = NewName('C');
        Line(fmt::format("{}: fork {}", process, child));
        processes_.push_back(child);
        return;
    }
  }

  void Statement() {
    const std::string process = choices_.Of(processes_);
    switch (choices_.Below(12)) {
      case 0:
      case 1:
      case 2: return Line(fmt::format("{}: write {}", process, Memory()));
      case 3: return Line(fmt::format("{}: read {}", process, Memory()));
      case 4: return Map(process);
      case 5: return Advise(process);
      case 6: return Register(process);
      case 7:
      case 8: return Uffd(process);
      case 9: return OfFile();
      case 10: return Hook(process);
      default: return OfProcess(process);
    }
  }

  Choices& choices_;
  std::string text_;
  int names_ = 0;
  std::vector<std::string> files_, mappings_, uffds_;
  std::vector<std::string> processes_ = {"P"};
};

void Execute(Session& session, const std::vector<Item>& items, size_t i) {
  const Statement& statement = std::get<Statement>(items[i]);
  if (statement.verb != Verb::at) execute::ArmFollowing(items, i, session);
  session.ExecuteOnly(statement);
}

// The fault to plant: a huge page is mapped in a child.
bool IsPlantedFault(const Session& session) {
  for (size_t i = 1; i < session.processes().size(); ++i) {
    if (!session.processes()[i].alive) continue;
    for (const execute::NamedMapping& mapping : session.mappings()) {
      const WalkResult walk = session.machine().Walk(session.processes()[i].mm, mapping.start);
      if (walk.level == Level::pmd && (walk.word & kPagePresent) && (walk.word & kPagePse)) return true;
    }
  }
  return false;
}

void Play(const Scenario& scenario, const std::shared_ptr<const Kernel>& kernel) {
  const execute::SessionOptions options{.swap = scenario.Requires("swap")};
  Session session(kernel, options);
  size_t played = 0;
  while (played < scenario.items.size() && !session.machine().state().dead) {
    Session copy = session;
    Execute(session, scenario.items, played);
    Execute(copy, scenario.items, played);
    const std::string& text = std::get<Statement>(scenario.items[played]).text;
    if (session.machine().Digest() != copy.machine().Digest()) Found(text + ": a copy answers differently");
    if (!session.machine().state().dead) {
      const std::optional<std::string> broken = session.machine().CheckInvariants();
      if (broken && !testing::IsKernelsOwn(*broken)) Found(text + ": " + *broken);
    }
    if (IsPlanted() && IsPlantedFault(session)) Found("the planted fault");
    ++played;
  }
  Session replay(kernel, options);
  for (size_t i = 0; i < played; ++i) Execute(replay, scenario.items, i);
  if (replay.machine().Digest() != session.machine().Digest()) Found("a replay answers differently");
}

void Try(const uint8_t* data, size_t size) {
  Choices choices(data, size);
  const std::shared_ptr<const Kernel>& kernel = choices.Of(Kernels());
  const std::string text = Writer(choices).Scenario();
  const auto parsed = language::Parse("fuzz", text);
  if (const auto* error = std::get_if<language::Error>(&parsed)) Found("no scenario: " + error->Format() + text);
  Play(std::get<Scenario>(parsed), kernel);
}

}  // namespace
}  // namespace pteron::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pteron::fuzz::Try(data, size);
  return 0;
}
