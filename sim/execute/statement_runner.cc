// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/statement_runner.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "pteron/check.h"
#include "sim/execute/requirements.h"
#include "src/mm/hooks.h"

namespace pteron::execute {
namespace {

using language::Range;
using language::Verb;

constexpr uint64_t kHugePageSize = kPmdSize;

pteron::Protection ToMachine(language::Protection protection) {
  switch (protection) {
    case language::Protection::none: return pteron::Protection::none;
    case language::Protection::r: return pteron::Protection::read;
    case language::Protection::rw: return pteron::Protection::read_write;
  }
  return pteron::Protection::none;
}

// The two enumerations list the same advice in the same order.
pteron::Advice ToMachine(language::Advice advice) { return static_cast<pteron::Advice>(advice); }
static_assert(static_cast<int>(language::Advice::dontneed) == static_cast<int>(pteron::Advice::dontneed));
static_assert(static_cast<int>(language::Advice::collapse) == static_cast<int>(pteron::Advice::collapse));
static_assert(static_cast<int>(language::Advice::keeponfork) == static_cast<int>(pteron::Advice::keeponfork));
static_assert(static_cast<int>(language::Advice::hwpoison) == static_cast<int>(pteron::Advice::hwpoison));

const char* BlockedText(UffdReason reason) {
  switch (reason) {
    case UffdReason::wp: return "blocked-wp";
    case UffdReason::minor: return "blocked-minor";
    default: return "blocked-missing";
  }
}

}  // namespace

// ---- Answers.

void StatementRunner::AnswerWords(std::string words) {
  Outcome outcome;
  outcome.words = std::move(words);
  step_.outcomes.push_back(std::move(outcome));
}

void StatementRunner::Answer(int error) { AnswerWords(error == kRepeatsForEver ? "livelock" : error < 0 ? ErrnoText(error) : "ok"); }

void StatementRunner::AnswerPage(std::string_view object, int64_t page, std::string words) {
  Outcome outcome;
  outcome.object = object;
  outcome.first = page;
  outcome.end = page + 1;
  outcome.words = std::move(words);
  step_.outcomes.push_back(std::move(outcome));
}

std::string StatementRunner::AccessWords(const AccessResult& result, bool read) const {
  switch (result.outcome) {
    case AccessOutcome::ok: return read ? fmt::format("ok {}", result.value) : "ok";
    case AccessOutcome::sigbus: return "SIGBUS";
    case AccessOutcome::sigsegv: return "SIGSEGV";
    case AccessOutcome::blocked: return BlockedText(result.blocked);
    case AccessOutcome::livelock: return "livelock";
    case AccessOutcome::oom: return "oom";
  }
  return "?";
}

// ---- Names.

StatementRunner::Span StatementRunner::MappingSpan(const Range& range) const {
  const std::optional<int> index = session_.FindMapping(range.object);
  PTERON_CHECK(index.has_value(), "the scenario introduces the mapping");
  const NamedMapping& mapping = session_.mappings_[static_cast<size_t>(*index)];
  Span span;
  span.mapping = *index;
  span.first = range.first;
  span.end = range.last == Range::kToEnd ? mapping.pages : range.last;
  if (span.end < span.first) span.end = span.first;
  span.page_size = mapping.page_size;
  span.start = mapping.start + static_cast<uint64_t>(span.first) * mapping.page_size;
  span.length = static_cast<uint64_t>(span.end - span.first) * mapping.page_size;
  return span;
}

const NamedFile& StatementRunner::FileRange(const Range& range, int64_t* first, int64_t* end) const {
  const std::optional<int> index = session_.FindFile(range.object);
  PTERON_CHECK(index.has_value(), "the scenario introduces the file");
  const NamedFile& file = session_.files_[static_cast<size_t>(*index)];
  *first = range.first;
  *end = range.last == Range::kToEnd ? static_cast<int64_t>(machine_.state().file(file.id).size / file.page_size) : range.last;
  return file;
}

std::optional<UffdId> StatementRunner::OpenDescriptor() const {
  const std::optional<int> index = session_.FindDescriptor(statement_.uffd);
  if (!index || !session_.descriptors_[static_cast<size_t>(*index)].open) return std::nullopt;
  return session_.descriptors_[static_cast<size_t>(*index)].id;
}

uint32_t StatementRunner::ThreadNumber(int process, const std::string& name) {
  std::vector<NamedThread>& threads = session_.threads_;
  for (size_t i = 0; i < threads.size(); ++i) {
    if (threads[i].process == process && threads[i].name == name) return static_cast<uint32_t>(i);
  }
  threads.push_back({process, name});
  return static_cast<uint32_t>(threads.size() - 1);
}

// ---- Dispatch.

void StatementRunner::Run() {
  if (machine_.state().dead) return AnswerWords("dead");
  switch (statement_.verb) {
    case Verb::migrate:
    case Verb::freeze:
    case Verb::thaw:
    case Verb::reclaim:
    case Verb::unmap_page:
    case Verb::collapse_file:
    case Verb::fail:
    case Verb::at: RunHook(); break;
    default:
      if (statement_.process.empty()) {
        RunMachineStatement();
      } else {
        RunProcessStatement();
      }
  }
  if (statement_.verb != Verb::fail) machine_.state().fail = FailInjection{};
  const bool stuck = std::exchange(machine_.state().held.met, false);
  if (stuck && statement_.verb != Verb::read && statement_.verb != Verb::write) {
    // It needs a page that a hook keeps locked.
    step_.outcomes.clear();
    AnswerWords("livelock");
  }
  TakeArmed();
  ResumeWoken();
  if (machine_.state().dead) {
    const Splat& splat = machine_.state().splats.back();
    step_.outcomes.clear();
    AnswerWords(fmt::format("kernel bug: {}: {}", splat.function, splat.reason));
  }
}

void StatementRunner::RunMachineStatement() {
  switch (statement_.verb) {
    case Verb::file_shmem:
    case Verb::file_hugetlb: return CreateFile();
    case Verb::fill: return Fill();
    case Verb::peek: return Peek();
    case Verb::punch: return Punch();
    case Verb::truncate: {
      int64_t first, end;
      const NamedFile& file = FileRange(Range{.object = statement_.range.object, .whole = true, .first = 0, .last = 0}, &first, &end);
      return Answer(machine_.Ftruncate(file.id, static_cast<uint64_t>(statement_.pages)));
    }
    case Verb::swapoff: return Answer(machine_.Swapoff());
    case Verb::swapon: return Answer(machine_.Swapon());
    default: return NotSimulated(statement_.text);
  }
}

void StatementRunner::RunProcessStatement() {
  // A new mapping's name and number count, whatever becomes of the call.
  if (statement_.verb == Verb::mmap_anon || statement_.verb == Verb::mmap_file) return Mmap();
  if (statement_.verb == Verb::mremap) return Mremap();
  const std::optional<int> process = Process();
  if (!process || !session_.processes_[static_cast<size_t>(*process)].alive) return Answer(-ESRCH);
  const MmId mm = session_.processes_[static_cast<size_t>(*process)].mm;
  switch (statement_.verb) {
    case Verb::munmap:
    case Verb::mprotect:
    case Verb::madvise: return RunMemoryCall(mm);
    case Verb::read:
    case Verb::write: return Accesses(mm);
    case Verb::mincore: return Mincore(mm);
    case Verb::uffd: return Userfaultfd(mm);
    case Verb::close: return CloseDescriptor();
    case Verb::fork: return Fork(mm);
    case Verb::exit: return Exit(*process);
    case Verb::clear_refs:
      return Answer(machine_.ClearRefs(mm, statement_.clear_refs == language::ClearRefs::soft_dirty ? ClearRefsType::soft_dirty
                                                                                                  : ClearRefsType::referenced));
    case Verb::register_:
    case Verb::unregister:
    case Verb::wp:
    case Verb::unwp:
    case Verb::copy:
    case Verb::zeropage:
    case Verb::continue_:
    case Verb::poison:
    case Verb::wake: return RunUffdCall();
    // /proc/PID/pagemap has no ioctls in the kernels modelled so far.
    case Verb::pagemap_scan: return Answer(-ENOTTY);
    default: return NotSimulated(statement_.text);
  }
}

// ---- Files.

void StatementRunner::CreateFile() {
  const bool huge = statement_.verb == Verb::file_hugetlb;
  const FileId id = machine_.MemfdCreate(huge ? FileKind::hugetlb : FileKind::shmem, static_cast<uint64_t>(statement_.pages));
  session_.files_.push_back({statement_.name, id, huge ? kHugePageSize : kPageSize});
  Answer(0);
}

void StatementRunner::Fill() {
  int64_t first, end;
  const NamedFile& file = FileRange(statement_.range, &first, &end);
  for (int64_t page = first; page < end; ++page) {
    const int error = machine_.PwriteWord(file.id, static_cast<uint64_t>(page), static_cast<uint64_t>(statement_.step));
    AnswerPage(file.name, page, error < 0 ? ErrnoText(error) : "ok");
    if (error < 0) return;
  }
}

void StatementRunner::Peek() {
  int64_t first, end;
  const NamedFile& file = FileRange(statement_.range, &first, &end);
  for (int64_t page = first; page < end; ++page) {
    uint64_t value = 0;
    bool eof = false;
    const int error = machine_.PreadWord(file.id, static_cast<uint64_t>(page), &value, &eof);
    AnswerPage(file.name, page, error < 0 ? ErrnoText(error) : eof ? "EOF" : fmt::format("ok {}", value));
    if (error < 0 || eof) return;
  }
}

void StatementRunner::Punch() {
  int64_t first, end;
  const NamedFile& file = FileRange(statement_.range, &first, &end);
  Answer(machine_.PunchHole(file.id, static_cast<uint64_t>(first), static_cast<uint64_t>(end)));
}

// ---- Memory.

uint64_t StatementRunner::AddressOfNewMapping(uint64_t page_size, bool* replace) const {
  using Kind = language::Placement::Kind;
  const uint64_t own = kMappingBase + static_cast<uint64_t>(statement_.mapping_number) * kMappingDistance;
  const language::Placement& placement = statement_.placement;
  *replace = placement.kind == Kind::over;
  switch (placement.kind) {
    case Kind::own_address: return own;
    case Kind::offset: return own + static_cast<uint64_t>(placement.pages) * page_size;
    case Kind::after: return session_.mappings_[static_cast<size_t>(*session_.FindMapping(placement.after))].end();
    case Kind::over: return MappingSpan(placement.over).start;
  }
  return own;
}

void StatementRunner::HideBehind(int process, int newest) {
  const NamedMapping& top = session_.mappings_[static_cast<size_t>(newest)];
  for (int mapping = 0; mapping < newest; ++mapping) {
    const NamedMapping& below = session_.mappings_[static_cast<size_t>(mapping)];
    const uint64_t start = std::max(top.start, below.start);
    const uint64_t end = std::min(top.end(), below.end());
    if (start < end) session_.processes_[static_cast<size_t>(process)].hidden.push_back({mapping, start, end});
  }
}

void StatementRunner::Mmap() {
  MmapRequest request;
  NamedMapping mapping;
  mapping.name = statement_.name;
  mapping.page_size = kPageSize;
  mapping.pages = statement_.pages;
  if (statement_.verb == Verb::mmap_file) {
    int64_t first, end;
    const NamedFile& file = FileRange(statement_.range, &first, &end);
    mapping.page_size = file.page_size;
    mapping.pages = std::max<int64_t>(end - first, 0);
    request.file = file.id;
    request.offset = static_cast<uint64_t>(first) * file.page_size;
  }
  mapping.start = AddressOfNewMapping(mapping.page_size, &request.replace);
  session_.mappings_.push_back(mapping);
  const std::optional<int> process = Process();
  if (!process || !session_.processes_[static_cast<size_t>(*process)].alive) return Answer(-ESRCH);
  request.address = mapping.start;
  request.length = static_cast<uint64_t>(mapping.pages) * mapping.page_size;
  request.shared = statement_.shared;
  request.protection = ToMachine(statement_.protection);
  const int error = machine_.Mmap(session_.processes_[static_cast<size_t>(*process)].mm, request);
  if (error == 0) HideBehind(*process, static_cast<int>(session_.mappings_.size()) - 1);
  Answer(error);
}

void StatementRunner::Mremap() {
  const Span from = MappingSpan(statement_.range);
  NamedMapping mapping;
  mapping.name = statement_.name;
  mapping.page_size = from.page_size;
  mapping.pages = from.end - from.first;
  mapping.start = kMappingBase + static_cast<uint64_t>(statement_.mapping_number) * kMappingDistance;
  session_.mappings_.push_back(mapping);
  const std::optional<int> process = Process();
  if (!process || !session_.processes_[static_cast<size_t>(*process)].alive) return Answer(-ESRCH);
  Answer(machine_.Mremap(session_.processes_[static_cast<size_t>(*process)].mm, from.start, from.length, mapping.start));
}

void StatementRunner::RunMemoryCall(MmId mm) {
  const Span span = MappingSpan(statement_.range);
  if (statement_.verb == Verb::munmap) return Answer(machine_.Munmap(mm, span.start, span.length));
  if (statement_.verb == Verb::mprotect) {
    return Answer(machine_.Mprotect(mm, span.start, span.length, ToMachine(statement_.protection)));
  }
  const CallResult result = machine_.Madvise(mm, span.start, span.length, ToMachine(statement_.advice));
  if (result.livelock) return AnswerWords("livelock");
  if (result.sigbus) return AnswerWords("SIGBUS");
  if (result.blocked != UffdReason::none) return AnswerWords(BlockedText(result.blocked));
  Answer(result.error);
}

void StatementRunner::Accesses(MmId mm) {
  const Span span = MappingSpan(statement_.range);
  const bool read = statement_.verb == Verb::read;
  if (!statement_.thread.empty()) return ThreadAccess(mm, span, read);
  if (span.end <= span.first) return Answer(0);
  for (int64_t page = span.first; page < span.end; ++page) {
    const uint64_t address = span.start + static_cast<uint64_t>(page - span.first) * span.page_size;
    const AccessResult result = read ? machine_.Load(mm, address) : machine_.Store(mm, address, static_cast<uint64_t>(statement_.step));
    AnswerPage(statement_.range.object, page, AccessWords(result, read));
    if (result.outcome != AccessOutcome::ok) return;
  }
}

void StatementRunner::ThreadAccess(MmId mm, const Span& span, bool read) {
  const uint32_t number = ThreadNumber(*Process(), statement_.thread);
  // A thread that waits does nothing else.
  if (session_.threads_[number].waiting) return AnswerPage(statement_.range.object, span.first, "waits");
  const AccessResult result = machine_.ThreadAccess(mm, number, span.start, !read, static_cast<uint64_t>(statement_.step));
  AnswerPage(statement_.range.object, span.first, AccessWords(result, read));
  if (result.outcome == AccessOutcome::blocked) StartWaiting(number, statement_.step, statement_.range.object, span.first);
}

void StatementRunner::StartWaiting(uint32_t number, int step, const std::string& object, int64_t page) {
  NamedThread& thread = session_.threads_[number];
  thread.waiting = true;
  thread.step = step;
  thread.object = object;
  thread.page = page;
}

void StatementRunner::Mincore(MmId mm) {
  const Span span = MappingSpan(statement_.range);
  for (int64_t page = span.first; page < span.end; ++page) {
    bool resident = false;
    const int error = machine_.Mincore(mm, span.start + static_cast<uint64_t>(page - span.first) * span.page_size, &resident);
    if (error < 0) return Answer(error);
    AnswerPage(statement_.range.object, page, resident ? "1" : "0");
  }
}

void StatementRunner::ResumeWoken() {
  for (const Machine::ResumedAccess& resumed : machine_.ResumeWoken()) {
    NamedThread& thread = session_.threads_[resumed.access.thread];
    thread.waiting = resumed.result.outcome == AccessOutcome::blocked;
    WokenAccess woken;
    woken.step = thread.step;
    woken.outcome.object = thread.object;
    woken.outcome.first = thread.page;
    woken.outcome.end = thread.page + 1;
    woken.outcome.words = AccessWords(resumed.result, !resumed.access.write);
    step_.woken.push_back(std::move(woken));
  }
}

// ---- Processes.

void StatementRunner::Fork(MmId mm) {
  int error = 0;
  std::vector<ForkedUffd> forked;
  const std::optional<MmId> child = machine_.Fork(mm, &error, &forked);
  if (!child) return Answer(error);
  NamedProcess process{.name = statement_.name, .mm = *child, .alive = true, .hidden = session_.processes_[static_cast<size_t>(*Process())].hidden};
  session_.processes_.push_back(std::move(process));
  for (const ForkedUffd& pair : forked) {
    for (size_t i = 0; i < session_.descriptors_.size(); ++i) {
      const NamedDescriptor parent = session_.descriptors_[i];
      if (parent.id != pair.parent) continue;
      session_.descriptors_.push_back({statement_.name + "." + parent.name, pair.child, parent.holder, true});
      break;
    }
  }
  Answer(0);
}

void StatementRunner::Exit(int process) {
  machine_.Exit(session_.processes_[static_cast<size_t>(process)].mm);
  session_.processes_[static_cast<size_t>(process)].alive = false;
  for (NamedDescriptor& descriptor : session_.descriptors_) {
    if (descriptor.holder == process) descriptor.open = false;
  }
  Answer(0);
}

// ---- userfaultfd.

void StatementRunner::Userfaultfd(MmId mm) {
  uint64_t features = FeaturesAlwaysAsked(*machine_.state().kernel);
  if (statement_.features.sigbus) features |= kUffdFeatureSigbus;
  if (statement_.features.event_fork) features |= kUffdFeatureEventFork;
  if (statement_.features.event_remap) features |= kUffdFeatureEventRemap;
  if (statement_.features.wp_unpopulated) features |= kUffdFeatureWpUnpopulated;
  if (statement_.features.wp_async) features |= kUffdFeatureWpAsync;
  UffdId id;
  const int error = machine_.Userfaultfd(mm, features, &id);
  session_.descriptors_.push_back({statement_.name, id, *Process(), static_cast<bool>(id)});
  Answer(error);
}

void StatementRunner::CloseDescriptor() {
  const std::optional<UffdId> uffd = OpenDescriptor();
  if (!uffd) return Answer(-EBADF);
  session_.descriptors_[static_cast<size_t>(*session_.FindDescriptor(statement_.uffd))].open = false;
  Answer(machine_.UffdClose(*uffd));
}

void StatementRunner::CopyOrZeropage(UffdId uffd) {
  const Span span = MappingSpan(statement_.range);
  for (int64_t page = span.first; page < span.end; ++page) {
    const uint64_t address = span.start + static_cast<uint64_t>(page - span.first) * span.page_size;
    const int error = statement_.verb == Verb::copy
                          ? machine_.UffdCopy(uffd, address, span.page_size, static_cast<uint64_t>(statement_.step), statement_.modes.wp)
                          : machine_.UffdZeropage(uffd, address, span.page_size);
    AnswerPage(statement_.range.object, page, error < 0 ? ErrnoText(error) : "ok");
    if (error < 0) return;
  }
}

void StatementRunner::RunUffdCall() {
  const std::optional<UffdId> uffd = OpenDescriptor();
  if (!uffd) return Answer(-EBADF);
  if (statement_.verb == Verb::copy || statement_.verb == Verb::zeropage) return CopyOrZeropage(*uffd);
  const Span span = MappingSpan(statement_.range);
  const language::UffdModes& modes = statement_.modes;
  switch (statement_.verb) {
    case Verb::register_:
      return Answer(machine_.UffdRegister(*uffd, span.start, span.length, {.missing = modes.missing, .wp = modes.wp, .minor = modes.minor}));
    case Verb::unregister: return Answer(machine_.UffdUnregister(*uffd, span.start, span.length));
    case Verb::wp: return Answer(machine_.UffdWriteprotect(*uffd, span.start, span.length, true));
    case Verb::unwp: return Answer(machine_.UffdWriteprotect(*uffd, span.start, span.length, false));
    case Verb::continue_: return Answer(machine_.UffdContinue(*uffd, span.start, span.length, modes.wp));
    case Verb::poison: return Answer(machine_.UffdPoison(*uffd, span.start, span.length));
    case Verb::wake: return Answer(machine_.UffdWake(*uffd, span.start, span.length));
    default: return NotSimulated(statement_.text);
  }
}

// ---- Hooks.

void StatementRunner::RunHook() {
  FailInjection& fail = machine_.state().fail;
  const uint32_t which = static_cast<uint32_t>(statement_.fail_index);
  switch (statement_.verb) {
    case Verb::fail:
      if (statement_.fail_kind == language::FailKind::table) fail.table = which;
      if (statement_.fail_kind == language::FailKind::page) fail.page = which;
      if (statement_.fail_kind == language::FailKind::slot) fail.slot = which;
      return Answer(0);
    case Verb::reclaim:
    case Verb::unmap_page: return RunFileHook();
    case Verb::migrate:
    case Verb::freeze:
    case Verb::thaw: return RunMappingHook();
    case Verb::collapse_file: {
      int64_t first, end;
      const NamedFile& file = FileRange(statement_.range, &first, &end);
      return Answer(machine_.CollapseFile(file.id, static_cast<uint64_t>(first), static_cast<uint64_t>(end)));
    }
    case Verb::at: return ShowInterleaved();
    default: return NotSimulated(statement_.text);
  }
}

void StatementRunner::Arm() {
  Interleaved one{.step = statement_.step, .armed = true};
  const std::optional<int> process = Process();
  if (!process || !session_.processes_[static_cast<size_t>(*process)].alive) {
    one.armed = false;
    one.words = ErrnoText(-ESRCH);
  } else if (!session_.FindMapping(statement_.range.object)) {
    // The statement above makes the mapping: no address is known before it is done.
    one.armed = false;
    one.words = "not-reached";
    one.object = statement_.range.object;
    one.page = statement_.range.first;
  } else {
    const Span span = MappingSpan(statement_.range);
    ArmedAccess access{.point = FindInterleavingPoint(statement_.point)->name,
                       .mm = session_.processes_[static_cast<size_t>(*process)].mm,
                       .address = span.start,
                       .write = statement_.access == Verb::write,
                       .value = static_cast<uint64_t>(statement_.step)};
    if (!statement_.thread.empty()) {
      access.by_thread = true;
      access.thread = ThreadNumber(*process, statement_.thread);
      if (session_.threads_[access.thread].waiting) {
        one.armed = false;
        one.words = "waits";
      }
    }
    one.object = statement_.range.object;
    one.page = span.first;
    if (one.armed) machine_.Arm(access);
  }
  session_.interleaved_.push_back(std::move(one));
}

void StatementRunner::TakeArmed() {
  const std::vector<ArmedAccess> taken = machine_.TakeArmed();
  size_t next = 0;
  for (Interleaved& one : session_.interleaved_) {
    if (!one.armed) continue;
    const ArmedAccess& access = taken[next++];
    one.armed = false;
    switch (access.state) {
      case ArmedAccess::State::armed: one.words = "not-reached"; break;
      case ArmedAccess::State::waits: one.words = ErrnoText(-ESRCH); break;
      case ArmedAccess::State::done:
        one.words = AccessWords(access.result, !access.write);
        if (access.by_thread && access.result.outcome == AccessOutcome::blocked) StartWaiting(access.thread, one.step, one.object, one.page);
    }
  }
}

// An `at` statement itself: its access has been made.
void StatementRunner::ShowInterleaved() {
  std::vector<Interleaved>& all = session_.interleaved_;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Interleaved& one) { return one.step == statement_.step; });
  const std::string words = found == all.end() ? "not-reached" : found->words;
  if (found == all.end() || found->object.empty()) {
    AnswerWords(words);
  } else {
    AnswerPage(found->object, found->page, words);
  }
  if (found != all.end()) all.erase(found);
}

void StatementRunner::RunFileHook() {
  int64_t first, end;
  const NamedFile& file = FileRange(statement_.range, &first, &end);
  for (int64_t page = first; page < end; ++page) {
    const uint64_t index = static_cast<uint64_t>(page);
    const int error = statement_.verb == Verb::reclaim ? machine_.ReclaimPage(file.id, index) : machine_.UnmapPage(file.id, index);
    AnswerPage(file.name, page, error < 0 ? ErrnoText(error) : "ok");
    if (error < 0) return;
  }
}

void StatementRunner::RunMappingHook() {
  const std::optional<int> process = Process();
  if (!process || !session_.processes_[static_cast<size_t>(*process)].alive) return Answer(-ESRCH);
  const MmId mm = session_.processes_[static_cast<size_t>(*process)].mm;
  const Span span = MappingSpan(statement_.range);
  for (int64_t page = span.first; page < span.end; ++page) {
    const uint64_t address = span.start + static_cast<uint64_t>(page - span.first) * span.page_size;
    const int error = statement_.verb == Verb::migrate  ? machine_.MigratePage(mm, address)
                      : statement_.verb == Verb::freeze ? machine_.FreezePage(mm, address)
                                                        : machine_.ThawPage(mm, address);
    AnswerPage(statement_.range.object, page, error < 0 ? ErrnoText(error) : "ok");
    if (error < 0) return;
  }
}

}  // namespace pteron::execute
