// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/promises/translator.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "pteron/check.h"
#include "sim/execute/session.h"

namespace pteron::promises {
namespace {

using language::Range;

// The language's enumerators in the same order.
static_assert(static_cast<int>(language::Verb::file_shmem) == static_cast<int>(Verb::file_shmem));
static_assert(static_cast<int>(language::Verb::mmap_anon) == static_cast<int>(Verb::mmap_anon));
static_assert(static_cast<int>(language::Verb::wp) == static_cast<int>(Verb::wp));
static_assert(static_cast<int>(language::Verb::fork) == static_cast<int>(Verb::fork));
static_assert(static_cast<int>(language::Verb::migrate) == static_cast<int>(Verb::migrate));
static_assert(static_cast<int>(language::Verb::at) == static_cast<int>(Verb::at));
static_assert(static_cast<int>(language::Advice::collapse) == static_cast<int>(Advice::collapse));
static_assert(static_cast<int>(language::Advice::hwpoison) == static_cast<int>(Advice::hwpoison));
static_assert(static_cast<int>(language::Protection::rw) == static_cast<int>(Protection::rw));

constexpr uint64_t kSmallPage = 4096, kHugePage = 512 * kSmallPage;

uint8_t ModesOf(const language::UffdModes& modes) {
  return static_cast<uint8_t>((modes.missing ? kMissing : 0) | (modes.wp ? kWp : 0) | (modes.minor ? kMinor : 0));
}

uint8_t FeaturesOf(const language::UffdFeatures& features) {
  return static_cast<uint8_t>((features.sigbus ? kSigbus : 0) | (features.event_fork ? kEventFork : 0) |
                              (features.event_remap ? kEventRemap : 0) | (features.wp_unpopulated ? kWpUnpopulated : 0) |
                              (features.wp_async ? kWpAsync : 0));
}

// The errnos that promises ask for; any other is EIO to them.
int ErrnoOf(std::string_view words) {
  struct Row {
    std::string_view words;
    int number;
  };
  static constexpr Row kRows[] = {{"-EINVAL", EINVAL}, {"-ENOMEM", ENOMEM},      {"-EEXIST", EEXIST}, {"-EBADF", EBADF},
                                  {"-ESRCH", ESRCH},   {"-ENOENT", ENOENT},      {"-EAGAIN", EAGAIN}, {"-EFAULT", EFAULT},
                                  {"-EPERM", EPERM},   {"-EBUSY", EBUSY},        {"-EACCES", EACCES}, {"-ENOTTY", ENOTTY},
                                  {"-ENOSPC", ENOSPC}, {"-EHWPOISON", EHWPOISON}};
  for (const Row& row : kRows) {
    if (row.words == words) return row.number;
  }
  return EIO;
}

}  // namespace

Translator::Translator() : processes_{"P"}, process_index_{0} {}

int Translator::FindProcess(std::string_view name) const {
  for (size_t i = processes_.size(); i-- > 0;) {
    if (processes_[i] == name) return process_index_[i];
  }
  return -1;
}

const std::string& Translator::ProcessName(int process) const {
  size_t at = 0;
  while (at + 1 < processes_.size() && process_index_[at] != process) ++at;
  return processes_[at];
}

int Translator::FindMapping(std::string_view name) const {
  for (size_t i = mappings_.size(); i-- > 0;) {
    if (mappings_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

int Translator::FindFile(std::string_view name) const {
  for (size_t i = files_.size(); i-- > 0;) {
    if (files_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

// "C.U" is the descriptor that the fork of C made of U, which may be such a one itself.
int Translator::FindDescriptor(std::string_view name, const Ledger& ledger) const {
  for (size_t i = descriptors_.size(); i-- > 0;) {
    if (descriptors_[i] == name) return descriptor_index_[i];
  }
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return -1;
  const int process = FindProcess(name.substr(0, dot));
  return process < 0 ? -1 : ledger.ForkedDescriptor(process, FindDescriptor(name.substr(dot + 1), ledger));
}

int Translator::ThreadNumber(int process, const std::string& name, int step) {
  size_t at = 0;
  while (at < threads_.size() && !(threads_[at].process == process && threads_[at].name == name)) ++at;
  if (at == threads_.size()) threads_.push_back({process, name});
  thread_steps_.push_back({step, static_cast<int>(at)});
  return static_cast<int>(at);
}

int Translator::ThreadOfStep(int step) const {
  for (const ThreadStep& one : thread_steps_) {
    if (one.step == step) return one.thread;
  }
  return -1;
}

void Translator::CoverMapping(const Range& range, Act& act) const {
  const int index = FindMapping(range.object);
  if (index < 0) return;
  const Mapping& mapping = mappings_[static_cast<size_t>(index)];
  act.mapping = static_cast<int16_t>(index);
  act.page_size = mapping.page_size;
  act.first = range.first;
  act.last = std::max(range.last == Range::kToEnd ? mapping.pages : range.last, act.first);
  act.start = mapping.start + static_cast<uint64_t>(act.first) * mapping.page_size;
  act.end = mapping.start + static_cast<uint64_t>(act.last) * mapping.page_size;
}

void Translator::CoverFile(const Range& range, const Ledger& ledger, Act& act) const {
  const int index = FindFile(range.object);
  if (index < 0) return;
  const File& file = files_[static_cast<size_t>(index)];
  act.file = static_cast<int16_t>(file.index);
  act.page_size = file.page_size;
  act.first = range.first;
  act.last = range.last == Range::kToEnd ? static_cast<int64_t>(ledger.files()[static_cast<size_t>(file.index)].size / file.page_size)
                                         : range.last;
  act.last = std::max(act.last, act.first);
}

// Where a new mapping lies, whether the call succeeds or not.
void Translator::PlaceMapping(const language::Statement& statement, const Ledger& ledger, Act& act) {
  Mapping mapping;
  mapping.name = statement.name;
  mapping.pages = statement.pages;
  if (act.verb == Verb::mmap_file) {
    CoverFile(statement.range, ledger, act);
    mapping.page_size = act.page_size;
    mapping.pages = act.last - act.first;
  }
  mapping.start = OwnAddress();
  using Kind = language::Placement::Kind;
  const language::Placement& placement = statement.placement;
  if (placement.kind == Kind::offset) mapping.start += static_cast<uint64_t>(placement.pages) * mapping.page_size;
  if (placement.kind == Kind::after) {
    const int below = FindMapping(placement.after);
    if (below >= 0) mapping.start = mappings_[static_cast<size_t>(below)].end();
  }
  if (placement.kind == Kind::over) {
    Act over;
    CoverMapping(placement.over, over);
    mapping.start = over.start;
  }
  act.created = static_cast<int16_t>(mappings_.size());
  act.start = mapping.start;
  act.end = mapping.end();
  mappings_.push_back(std::move(mapping));
}

void Translator::PlaceMoved(const language::Statement& statement, Act& act) {
  CoverMapping(statement.range, act);
  Mapping mapping;
  mapping.name = statement.name;
  mapping.page_size = act.page_size;
  mapping.pages = act.last - act.first;
  mapping.start = OwnAddress();
  act.created = static_cast<int16_t>(mappings_.size());
  act.new_start = mapping.start;
  mappings_.push_back(std::move(mapping));
}

uint64_t Translator::OwnAddress() const {
  return execute::kMappingBase + static_cast<uint64_t>(mappings_.size()) * execute::kMappingDistance;
}

Act Translator::Translate(const language::Statement& statement, const Ledger& ledger) {
  // A fork that failed made no process.
  for (int& index : process_index_) {
    if (index >= ledger.processes()) index = -1;
  }
  Act act;
  act.verb = static_cast<Verb>(statement.verb);
  act.process = statement.process.empty() ? int16_t{-1} : static_cast<int16_t>(FindProcess(statement.process));
  act.value = static_cast<uint64_t>(statement.step);
  act.modes = ModesOf(statement.modes);
  act.features = FeaturesOf(statement.features);
  act.shared = statement.shared;
  act.soft_dirty = statement.clear_refs == language::ClearRefs::soft_dirty;
  act.write = statement.verb == language::Verb::at && statement.access == language::Verb::write;
  act.protection = static_cast<Protection>(statement.protection);
  act.advice = static_cast<Advice>(statement.advice);
  act.pages = statement.pages;
  if (!statement.thread.empty()) act.thread = static_cast<int16_t>(ThreadNumber(act.process, statement.thread, statement.step));
  if (!statement.uffd.empty()) act.uffd = static_cast<int16_t>(FindDescriptor(statement.uffd, ledger));
  switch (act.verb) {
    case Verb::file_shmem:
    case Verb::file_hugetlb:
      act.created = static_cast<int16_t>(ledger.files().size());
      files_.push_back({statement.name, act.verb == Verb::file_hugetlb ? kHugePage : kSmallPage, act.created});
      break;
    case Verb::mmap_anon:
    case Verb::mmap_file:
      PlaceMapping(statement, ledger, act);
      break;
    case Verb::mremap:
      PlaceMoved(statement, act);
      break;
    case Verb::fill:
    case Verb::peek:
    case Verb::punch:
    case Verb::truncate:
    case Verb::reclaim:
    case Verb::unmap_page:
    case Verb::collapse_file:
      CoverFile(statement.range, ledger, act);
      break;
    case Verb::uffd:
      act.created = static_cast<int16_t>(ledger.descriptors().size());
      descriptors_.push_back(statement.name);
      descriptor_index_.push_back(act.created);
      break;
    case Verb::fork:
      act.created = static_cast<int16_t>(ledger.processes());
      processes_.push_back(statement.name);
      process_index_.push_back(act.created);
      break;
    default:
      if (!statement.range.object.empty()) CoverMapping(statement.range, act);
  }
  return act;
}

Outcome Translator::TranslateWords(std::string_view words) {
  Outcome outcome;
  if (words == "ok") return outcome;
  if (words.starts_with("ok ")) {
    outcome.has_value = true;
    std::from_chars(words.data() + 3, words.data() + words.size(), outcome.value);
    return outcome;
  }
  if (words == "0" || words == "1") {  // mincore
    outcome.value = words == "1";
    outcome.has_value = true;
    return outcome;
  }
  struct Row {
    std::string_view words;
    Answer answer;
  };
  static constexpr Row kRows[] = {{"SIGBUS", Answer::sigbus},
                                  {"SIGSEGV", Answer::sigsegv},
                                  {"blocked-wp", Answer::blocked_wp},
                                  {"blocked-missing", Answer::blocked_missing},
                                  {"blocked-minor", Answer::blocked_minor},
                                  {"EOF", Answer::eof},
                                  {"livelock", Answer::livelock},
                                  {"waits", Answer::waits},
                                  {"not-reached", Answer::not_reached},
                                  {"oom", Answer::oom}};
  for (const Row& row : kRows) {
    if (row.words == words) {
      outcome.answer = row.answer;
      return outcome;
    }
  }
  if (words.starts_with("kernel bug")) {
    outcome.answer = Answer::kernel_bug;
    return outcome;
  }
  outcome.answer = Answer::error;
  outcome.error = static_cast<int16_t>(ErrnoOf(words));
  return outcome;
}

Outcome Translator::TranslateOutcome(const execute::Outcome& outcome) {
  Outcome translated = TranslateWords(outcome.words);
  if (!outcome.object.empty()) translated.page = outcome.first;
  return translated;
}

}  // namespace pteron::promises
