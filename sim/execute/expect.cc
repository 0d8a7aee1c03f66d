// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/expect.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "pteron/check.h"
#include "sim/execute/entry_bits.h"
#include "src/machine/word_target.h"
#include "src/state/primitives.h"

namespace pteron::execute {
namespace {

using language::ExpectedBit;
using language::ExpectedClass;
using language::Expectation;

// An entry as expectations see it.
struct Entry {
  Level level = Level::pte;
  uint64_t word = 0;
  WordTarget target;
};

bool IsOfClass(EntryClass entry_class, ExpectedClass expected) {
  switch (expected) {
    case ExpectedClass::none: return entry_class == EntryClass::none;
    case ExpectedClass::present: return entry_class == EntryClass::present;
    case ExpectedClass::swap: return entry_class == EntryClass::swap;
    case ExpectedClass::migration: return entry_class == EntryClass::migration;
    case ExpectedClass::hwpoison: return entry_class == EntryClass::hwpoison;
    case ExpectedClass::device: return entry_class == EntryClass::device;
    case ExpectedClass::special: return entry_class == EntryClass::special;
    case ExpectedClass::marker: return entry_class == EntryClass::marker;
    case ExpectedClass::poison: return entry_class == EntryClass::poison || entry_class == EntryClass::swapin_error;
    case ExpectedClass::guard: return entry_class == EntryClass::guard;
    case ExpectedClass::wp_none: return entry_class == EntryClass::special || entry_class == EntryClass::marker;
  }
  return false;
}

bool HasBit(const EntryBits& bits, ExpectedBit bit) {
  switch (bit) {
    case ExpectedBit::rw: return bits.rw;
    case ExpectedBit::user: return bits.user;
    case ExpectedBit::young: return bits.young;
    case ExpectedBit::dirty: return bits.dirty;
    case ExpectedBit::saved_dirty: return bits.saved_dirty;
    case ExpectedBit::soft_dirty: return bits.soft_dirty;
    case ExpectedBit::wp: return bits.wp;
    case ExpectedBit::special_bit: return bits.special_bit;
    case ExpectedBit::huge: return bits.huge;
    case ExpectedBit::nx: return bits.nx;
    case ExpectedBit::exclusive: return bits.exclusive;
    case ExpectedBit::protnone: return bits.protnone;
  }
  return false;
}

bool HasFlag(const KpageFlags& flags, language::PageFlag flag) {
  switch (flag) {
    case language::PageFlag::anon: return flags.anon;
    case language::PageFlag::dirty: return flags.dirty;
    case language::PageFlag::swapcache: return flags.swapcache;
    case language::PageFlag::swapbacked: return flags.swapbacked;
    case language::PageFlag::thp: return flags.thp;
    case language::PageFlag::huge: return flags.huge;
    case language::PageFlag::hwpoison: return flags.hwpoison;
  }
  return false;
}

int64_t CounterOf(const mm_struct& mm, language::CounterName name) {
  switch (name) {
    case language::CounterName::file: return mm.rss[MM_FILEPAGES];
    case language::CounterName::anon: return mm.rss[MM_ANONPAGES];
    case language::CounterName::swap: return mm.rss[MM_SWAPENTS];
    case language::CounterName::shmem: return mm.rss[MM_SHMEMPAGES];
    case language::CounterName::rss: return mm.rss[MM_FILEPAGES] + mm.rss[MM_ANONPAGES] + mm.rss[MM_SHMEMPAGES];
    case language::CounterName::hugetlb: return mm.hugetlb_usage;
    case language::CounterName::tables: return static_cast<int64_t>(mm.tables - mm.deposited_tables);
  }
  return 0;
}

// The 64-bit word that the page behind an entry, or its slot, holds.
std::optional<uint64_t> ValueOf(const MachineState& m, const Entry& entry) {
  if (entry.target.slot >= 0) {
    const SwapSlot& slot = m.swap.slots[static_cast<size_t>(entry.target.slot)];
    return slot.cache != kNoPfn ? m.frames.cold(slot.cache).value : slot.value;
  }
  if (is_zero_pfn(entry.target.frame) || is_huge_zero_pfn(entry.target.frame)) return 0;
  if (!m.frames.Contains(entry.target.frame)) return std::nullopt;
  return m.frames.cold(entry.target.frame).value;
}

bool StartsWith(const std::string& line, const std::vector<std::string>& words) {
  std::string expected;
  for (const std::string& word : words) expected += (expected.empty() ? "" : " ") + word;
  return line == expected || (line.size() > expected.size() && line.compare(0, expected.size(), expected) == 0 && line[expected.size()] == ' ');
}

class ExpectationJudge {
 public:
  ExpectationJudge(const Expectation& expectation, const Session& session, const Step& step)
      : expectation_(expectation), session_(session), m_(session.machine().state()), step_(step) {}

  // Empty: it holds; else what holds instead.
  std::optional<std::string> Judge() {
    switch (expectation_.kind) {
      case Expectation::Kind::entry: return JudgeEntries();
      case Expectation::Kind::outcome: return expectation_.range.object.empty() ? JudgeBareOutcome() : JudgeOutcomes();
      case Expectation::Kind::same: return JudgeSame();
      case Expectation::Kind::page: return JudgePages();
      case Expectation::Kind::counters: return JudgeCounters();
    }
    return std::nullopt;
  }

 private:
  struct Pages {
    const NamedMapping* mapping = nullptr;
    int index = 0;
    int64_t first = 0, end = 0;
  };

  Pages PagesOf(const language::Range& range) const {
    const std::optional<int> index = session_.FindMapping(range.object);
    PTERON_CHECK(index.has_value(), "the scenario introduces the mapping");
    const NamedMapping& mapping = session_.mappings()[static_cast<size_t>(*index)];
    return {&mapping, *index, range.first, range.last == language::Range::kToEnd ? mapping.pages : range.last};
  }

  // The process, if it lives.
  std::optional<int> Living(const std::string& name) const {
    const std::optional<int> process = session_.FindProcess(name);
    return process && session_.processes()[static_cast<size_t>(*process)].alive ? process : std::nullopt;
  }

  // What stands for one page of a mapping. Of a huge entry that maps small pages: the part of it.
  Entry EntryAt(int process, const Pages& pages, int64_t page) const {
    const uint64_t address = pages.mapping->start + static_cast<uint64_t>(page) * pages.mapping->page_size;
    Entry entry;
    if (!session_.IsVisible(process, pages.index, address)) return entry;
    const WalkResult walk = session_.machine().Walk(session_.processes()[static_cast<size_t>(process)].mm, address);
    entry.level = walk.level;
    entry.word = walk.word;
    entry.target = TargetOf(m_, walk.level, walk.word);
    if (m_.frames.Contains(entry.target.frame)) entry.target.frame = entry.target.frame + static_cast<uint32_t>((address - walk.first) >> kPageShift);
    return entry;
  }

  static std::string Ended(const std::string& process) { return fmt::format("{} does not exist any more", process); }

  std::string Show(int64_t page, const language::Range& range, const Entry& entry) const {
    return fmt::format("{}[{}] is {} {:016x} {}", range.object, page, LevelText(entry.level), entry.word,
                       Brief(m_, entry.level, entry.word, ""));
  }

  std::optional<std::string> JudgeEntries() const {
    const std::optional<int> process = Living(expectation_.process);
    if (!process) return Ended(expectation_.process);
    const Pages pages = PagesOf(expectation_.range);
    if (pages.end <= pages.first) return fmt::format("{} has no pages there", expectation_.range.object);
    for (int64_t page = pages.first; page < pages.end; ++page) {
      const Entry entry = EntryAt(*process, pages, page);
      if (!Matches(entry)) return Show(page, expectation_.range, entry) + ValueText(entry);
    }
    return std::nullopt;
  }

  bool Matches(const Entry& entry) const {
    for (const auto& term : expectation_.classes) {
      if (IsOfClass(entry.target.entry_class, term.what) == term.negated) return false;
    }
    const EntryBits bits = BitsOf(m_, entry.level, entry.word);
    for (const auto& term : expectation_.bits) {
      if (HasBit(bits, term.what) == term.negated) return false;
    }
    // The word as it stands in the table, or as outputs show it.
    if (expectation_.raw && *expectation_.raw != entry.word && *expectation_.raw != entry.target.raw) return false;
    return !expectation_.value || ValueOf(m_, entry) == expectation_.value;
  }

  std::string ValueText(const Entry& entry) const {
    if (!expectation_.value) return {};
    const std::optional<uint64_t> value = ValueOf(m_, entry);
    return value ? fmt::format(" value={}", *value) : " and holds no value";
  }

  std::string OutcomesText() const {
    std::string text;
    for (const Outcome& outcome : step_.outcomes) text += (text.empty() ? "= " : ", = ") + outcome.Text();
    return text.empty() ? "no outcome" : text;
  }

  // Where the statement answers page by page, each of its lines has to say it.
  std::optional<std::string> JudgeBareOutcome() const {
    const bool holds = !step_.outcomes.empty() && std::all_of(step_.outcomes.begin(), step_.outcomes.end(), [&](const Outcome& outcome) {
      return StartsWith(outcome.words, expectation_.outcome);
    });
    if (holds) return std::nullopt;
    return "the outcome is " + OutcomesText();
  }

  // The line that tells what became of a page: of this statement, or of an access that it woke.
  const Outcome* OutcomeOf(const std::string& object, int64_t page) const {
    const auto tells = [&](const Outcome& outcome) { return outcome.object == object && page >= outcome.first && page < outcome.end; };
    for (const WokenAccess& woken : step_.woken) {
      if (tells(woken.outcome)) return &woken.outcome;
    }
    for (const Outcome& outcome : step_.outcomes) {
      if (tells(outcome)) return &outcome;
    }
    return nullptr;
  }

  std::optional<std::string> JudgeOutcomes() const {
    const language::Range& range = expectation_.range;
    int64_t first = range.first;
    int64_t end = range.last;
    if (range.last == language::Range::kToEnd) end = PagesOfObject(range.object);
    if (end <= first) return fmt::format("{} has no pages there", range.object);
    for (int64_t page = first; page < end; ++page) {
      const Outcome* const outcome = OutcomeOf(range.object, page);
      if (outcome == nullptr) return fmt::format("nothing is said of {}[{}]: {}", range.object, page, OutcomesText());
      if (!StartsWith(outcome->words, expectation_.outcome)) return "the outcome is = " + outcome->Text();
    }
    return std::nullopt;
  }

  int64_t PagesOfObject(const std::string& object) const {
    if (const std::optional<int> mapping = session_.FindMapping(object)) return session_.mappings()[static_cast<size_t>(*mapping)].pages;
    const std::optional<int> index = session_.FindFile(object);
    if (!index) return 0;
    const NamedFile& file = session_.files()[static_cast<size_t>(*index)];
    return static_cast<int64_t>(m_.file(file.id).size / file.page_size);
  }

  std::optional<std::string> JudgeSame() const {
    const std::optional<int> process = Living(expectation_.process);
    const std::optional<int> other = Living(expectation_.other_process);
    if (!process) return Ended(expectation_.process);
    if (!other) return Ended(expectation_.other_process);
    const Pages pages = PagesOf(expectation_.range);
    const Pages others = PagesOf(expectation_.other_range);
    if (pages.end - pages.first != others.end - others.first || pages.end <= pages.first) return "the ranges are not of one length";
    bool all_same = true;
    std::string difference;
    for (int64_t i = 0; i < pages.end - pages.first && all_same; ++i) {
      const Entry a = EntryAt(*process, pages, pages.first + i);
      const Entry b = EntryAt(*other, others, others.first + i);
      const bool names = a.target.frame != kNoPfn || a.target.slot >= 0;
      all_same = names && a.target.frame == b.target.frame && a.target.slot == b.target.slot;
      if (!all_same) difference = Show(pages.first + i, expectation_.range, a) + ", " + Show(others.first + i, expectation_.other_range, b);
    }
    if (all_same != expectation_.negated) return std::nullopt;
    return expectation_.negated ? "they name one page or slot" : difference;
  }

  std::optional<std::string> JudgePages() const {
    const std::optional<int> process = Living(expectation_.process);
    if (!process) return Ended(expectation_.process);
    const Pages pages = PagesOf(expectation_.range);
    if (pages.end <= pages.first) return fmt::format("{} has no pages there", expectation_.range.object);
    for (int64_t page = pages.first; page < pages.end; ++page) {
      const Entry entry = EntryAt(*process, pages, page);
      if (!m_.frames.Contains(entry.target.frame)) return Show(page, expectation_.range, entry) + ", which names no page";
      const PageState state = Session::StateOfPage(m_, entry.target.frame);
      bool holds = !expectation_.mapcount || state.mapcount == *expectation_.mapcount;
      for (const auto& term : expectation_.flags) holds = holds && HasFlag(state.flags, term.what) != term.negated;
      if (!holds) {
        return fmt::format("the page of {}[{}] has mapcount={} flags={}", expectation_.range.object, page, state.mapcount,
                           KpageFlagsText(state.flags));
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> JudgeCounters() const {
    const std::optional<int> process = Living(expectation_.process);
    if (!process) return Ended(expectation_.process);
    const mm_struct& mm = m_.mm(session_.processes()[static_cast<size_t>(*process)].mm);
    for (const language::ExpectedCounter& counter : expectation_.counters) {
      const int64_t value = CounterOf(mm, counter.name);
      if (value != static_cast<int64_t>(counter.value)) return fmt::format("{}={}", language::Name(counter.name), value);
    }
    return std::nullopt;
  }

  const Expectation& expectation_;
  const Session& session_;
  const MachineState& m_;
  const Step& step_;
};

bool AppliesTo(const language::KernelFilter& filter, const Kernel& kernel) {
  if (filter.kernels.empty()) return true;
  const bool named = std::any_of(filter.kernels.begin(), filter.kernels.end(), [&](const std::string& text) {
    const std::optional<Kernel> one = Kernel::Parse(text);
    return one && one->name() == kernel.name();
  });
  return named != filter.negated;
}

}  // namespace

ExpectationResult Judge(const Expectation& expectation, const Session& session, const Step& step) {
  ExpectationResult result;
  result.expectation = &expectation;
  result.step = step.number;
  if (!AppliesTo(expectation.filter, *session.machine().state().kernel)) {
    result.verdict = Verdict::not_for_this_kernel;
    return result;
  }
  // A state in which the kernel has stopped half-way answers for nothing but its outcome.
  if (session.machine().state().dead && expectation.kind != Expectation::Kind::outcome) {
    result.verdict = Verdict::failed;
    result.reason = "the kernel has stopped: " + step.outcomes.back().Text();
    return result;
  }
  if (std::optional<std::string> reason = ExpectationJudge(expectation, session, step).Judge()) {
    result.verdict = Verdict::failed;
    result.reason = std::move(*reason);
  }
  return result;
}

std::optional<language::Error> CheckKernelFilters(const language::Scenario& scenario) {
  for (const language::Item& item : scenario.items) {
    const auto* const expectation = std::get_if<Expectation>(&item);
    if (expectation == nullptr) continue;
    for (size_t i = 0; i < expectation->filter.kernels.size(); ++i) {
      std::string why;
      if (Kernel::Parse(expectation->filter.kernels[i], &why)) continue;
      language::Error error;
      error.file = scenario.file;
      error.at = expectation->filter.positions[i];
      error.message = why;
      return error;
    }
  }
  return std::nullopt;
}

}  // namespace pteron::execute
