// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/language/parse_statement.h"

#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/language/operands.h"
#include "sim/language/vocabulary.h"

namespace pteron::language {
namespace {

// Mapping k starts at 0x100000000000 + k * 0x40000000, below the end of user space with 4 levels, 0x800000000000.
constexpr int kMostMappings = 114'688;

std::vector<std::string_view> VerbWords(bool of_process) {
  std::vector<std::string_view> words;
  for (const VerbForm& form : Verbs()) {
    if (form.of_process == of_process && (words.empty() || words.back() != form.word)) words.push_back(form.word);
  }
  return words;
}

// Notes that `word` has said `what` of this statement; fails where it is said already.
bool SayOnce(Line& line, const Word& word, std::string_view what, bool* said) {
  if (*said)
    return line.Fail(word, fmt::format("{} says {} a second time", Quote(word.text), what), std::string(line.form()));
  *said = true;
  return true;
}

class StatementParser {
 public:
  StatementParser(Line& line, Surroundings& surroundings)
      : line_(line), surroundings_(surroundings), names_(surroundings.names) {}

  bool Parse();
  const Statement& statement() const { return statement_; }

 private:
  bool ParseOfMachine(const Word& word);
  bool ParseOfProcess(const Word& word);
  bool ParseProcess(const Word& word);
  bool FailVerb(const Word& word, bool of_process);
  bool ParseFile();
  bool ParseHook();
  bool ParseAt();
  bool TakeNewMapping();
  bool ParseMmap();
  bool ParseMmapOption(const Word& word, bool* sharing_said, bool* protection_said, bool* placement_said);
  bool ParsePlacement(const Word& word);
  bool CheckOver(const Word& word);
  bool ParseUffd();
  bool ParseThroughDescriptor();
  bool ParseOnMapping();
  bool ParseAccess();
  bool ParseCategories();
  // Reads words that each set one member of `set` until the line ends.
  template <class Set>
  bool ParseSet(std::string_view what, std::span<const Named<bool Set::*>> table, Set* set);

  Line& line_;
  const Surroundings& surroundings_;
  const Names& names_;
  Statement statement_;
};

bool StatementParser::Parse() {
  statement_.text = line_.Rest();
  Word word;
  if (!line_.Take("a statement", &word)) return false;
  statement_.at = Position{line_.number(), word.column};
  statement_.step = surroundings_.steps + 1;
  return word.text.ends_with(':') ? ParseOfProcess(word) : ParseOfMachine(word);
}

bool StatementParser::FailVerb(const Word& word, bool of_process) {
  if (const VerbForm* const form = Find(Verbs(), word.text); form != nullptr) {
    return line_.Fail(word, fmt::format("{} is {} a statement of a process", word.text, of_process ? "not" : "always"),
                      std::string(form->form));
  }
  std::vector<std::string_view> words = VerbWords(of_process);
  if (!of_process) words.insert(words.begin(), {"about", "require", "expect"});
  if (!of_process && names_.Lookup(word.text) != nullptr && names_.Lookup(word.text)->kind == NameKind::process) {
    return line_.Fail(word.column + static_cast<int>(word.text.size()),
                      fmt::format("a colon is missing behind the process {}", word.text),
                      fmt::format("{}: and a statement", word.text));
  }
  if (const size_t colon = word.text.find(':');
      !of_process && colon != std::string_view::npos && IsName(word.text.substr(0, colon))) {
    return line_.Fail(word.column + static_cast<int>(colon) + 1, "a blank is missing behind the colon",
                      fmt::format("{}: and a statement", word.text.substr(0, colon < 40 ? colon : 40)));
  }
  return line_.Fail(word, fmt::format("unknown statement {}", Quote(word.text)), OneOf(word.text, words));
}

bool StatementParser::ParseOfMachine(const Word& word) {
  const VerbForm* const form = Find(Verbs(), word.text);
  if (form == nullptr || form->of_process) return FailVerb(word, false);
  line_.set_form(form->form);
  statement_.verb = form->what;
  if (form->needs_hook && !surroundings_.requires_hook) {
    return line_.Fail(word, fmt::format("{} needs more than system calls", Quote(word.text)),
                      "`require hook` in the header of the scenario");
  }
  switch (statement_.verb) {
    case Verb::file_shmem:
      return ParseFile();
    case Verb::fill:
    case Verb::peek:
    case Verb::punch:
      return TakeRange(line_, names_, NameKind::file, &statement_.range) && line_.End();
    case Verb::truncate:
      return TakeKnownName(line_, names_, NameKind::file, &statement_.range.object) &&
             TakeNumber(line_, "the number of pages", 0, &statement_.pages) && line_.End();
    case Verb::swapoff:
    case Verb::swapon:
      return line_.End();
    case Verb::at:
      return ParseAt();
    default:
      return ParseHook();
  }
}

bool StatementParser::ParseFile() {
  if (!TakeNewName(line_, names_, NameKind::file, &statement_.name)) return false;
  Word kind;
  if (!line_.Take("shmem or hugetlb", &kind)) return false;
  if (kind.text != "shmem" && kind.text != "hugetlb") {
    return line_.Fail(kind, fmt::format("{} is not a kind of file", Quote(kind.text)), "shmem or hugetlb");
  }
  statement_.verb = kind.text == "shmem" ? Verb::file_shmem : Verb::file_hugetlb;
  return TakeNumber(line_, "the number of pages", 0, &statement_.pages) && line_.End();
}

bool StatementParser::ParseHook() {
  switch (statement_.verb) {
    case Verb::migrate:
    case Verb::freeze:
    case Verb::thaw:
      return TakeKnownName(line_, names_, NameKind::process, &statement_.process) &&
             TakeRange(line_, names_, NameKind::mapping, &statement_.range) && line_.End();
    case Verb::fail: {
      const Named<FailKind>* kind = nullptr;
      if (!TakeOneOf(line_, "a kind of allocation", FailKinds(), &kind)) return false;
      statement_.fail_kind = kind->what;
      return TakeNumber(line_, "which allocation", 1, &statement_.fail_index) && line_.End();
    }
    default:  // reclaim, unmap_page, collapse_file
      return TakeRange(line_, names_, NameKind::file, &statement_.range) && line_.End();
  }
}

bool StatementParser::ParseAt() {
  if (surroundings_.steps == 0) {
    return line_.Fail(statement_.at.column, "no statement stands above for the access to happen in",
                      "a statement, and below it `at POINT P: read/write A[i]`");
  }
  Word point;
  if (!line_.Take("the name of a point", &point)) return false;
  if (point.text.ends_with(':') || point.text.find('.') == std::string_view::npos) {
    return line_.Fail(point, fmt::format("{} is not the name of a point", Quote(point.text)),
                      "a point such as truncate.after-unmap");
  }
  statement_.point = std::string(point.text);
  statement_.point_at = Position{line_.number(), point.column};
  Word process;
  if (!line_.Take("a process", &process)) return false;
  if (!process.text.ends_with(':')) {
    return line_.Fail(process, fmt::format("{} is not a process with a colon", Quote(process.text)),
                      std::string(line_.form()));
  }
  if (!ParseProcess(process)) return false;
  Word access;
  if (!line_.Take("read or write", &access)) return false;
  if (access.text != "read" && access.text != "write") {
    return line_.Fail(access, fmt::format("{} is not an access", Quote(access.text)), "read or write");
  }
  statement_.access = access.text == "read" ? Verb::read : Verb::write;
  const Word page = line_.peek();
  return TakeRange(line_, names_, NameKind::mapping, &statement_.range) &&
         OnePage(line_, page, statement_.range, "the access inside a statement is to one page") && line_.End();
}

// `P:` or `P.t1:`.
bool StatementParser::ParseProcess(const Word& word) {
  const std::string_view whole = word.text.substr(0, word.text.size() - 1);
  const size_t dot = whole.find('.');
  if (!ReadKnownName(line_, Word{whole.substr(0, dot), word.column}, names_, NameKind::process, &statement_.process))
    return false;
  if (dot == std::string_view::npos) return true;
  const std::string_view thread = whole.substr(dot + 1);
  if (!IsName(thread)) {
    return line_.Fail(word.column + static_cast<int>(dot) + 1,
                      fmt::format("{} is not the name of a thread", Quote(thread)),
                      "a letter, then letters, digits and _, as in P.t1:");
  }
  statement_.thread = std::string(thread);
  return true;
}

bool StatementParser::ParseOfProcess(const Word& word) {
  line_.set_form("P: and a statement");
  if (!ParseProcess(word)) return false;
  Word verb;
  if (!line_.Take("what the process does", &verb)) return false;
  const VerbForm* const form = Find(Verbs(), verb.text);
  if (form == nullptr || !form->of_process) return FailVerb(verb, true);
  line_.set_form(form->form);
  statement_.verb = form->what;
  if (!statement_.thread.empty() && form->what != Verb::read && form->what != Verb::write) {
    return line_.Fail(verb, fmt::format("a thread does not {}", verb.text), "read or write; the rest is the process's");
  }
  switch (statement_.verb) {
    case Verb::mmap_anon:
      return ParseMmap();
    case Verb::read:
    case Verb::write:
      return ParseAccess();
    case Verb::uffd:
      return ParseUffd();
    case Verb::register_:
    case Verb::unregister:
    case Verb::wp:
    case Verb::unwp:
    case Verb::copy:
    case Verb::zeropage:
    case Verb::continue_:
    case Verb::poison:
    case Verb::wake:
      return ParseThroughDescriptor();
    case Verb::close:
      return TakeKnownName(line_, names_, NameKind::descriptor, &statement_.uffd) && line_.End();
    case Verb::fork:
      return TakeNewName(line_, names_, NameKind::process, &statement_.name) && line_.End();
    case Verb::clear_refs: {
      const Named<ClearRefs>* kind = nullptr;
      if (!TakeOneOf(line_, "a kind of clear-refs", ClearRefsKinds(), &kind)) return false;
      statement_.clear_refs = kind->what;
      return line_.End();
    }
    case Verb::exit:
      return line_.End();
    default:
      return ParseOnMapping();
  }
}

bool StatementParser::TakeNewMapping() {
  if (surroundings_.mappings >= kMostMappings) {
    return line_.Fail(statement_.at.column, "no address is left for another mapping",
                      fmt::format("at most {} mmap and mremap statements", kMostMappings));
  }
  statement_.mapping_number = surroundings_.mappings;
  return TakeNewName(line_, names_, NameKind::mapping, &statement_.name);
}

bool StatementParser::ParseMmap() {
  if (!TakeNewMapping()) return false;
  if (line_.TakeIf("anon")) {
    if (!TakeNumber(line_, "the number of pages", 0, &statement_.pages)) return false;
  } else {
    Word file;
    if (!line_.Take("anon or a file", &file) || !ReadRange(line_, file, names_, NameKind::file, &statement_.range))
      return false;
    statement_.verb = Verb::mmap_file;
    statement_.shared = true;
  }
  bool sharing_said = false;
  bool protection_said = false;
  bool placement_said = false;
  Word word;
  while (!line_.done()) {
    if (!line_.Take("an option", &word) || !ParseMmapOption(word, &sharing_said, &protection_said, &placement_said))
      return false;
  }
  return true;
}

bool StatementParser::ParseMmapOption(const Word& word, bool* sharing_said, bool* protection_said,
                                      bool* placement_said) {
  if (word.text == "shared" || word.text == "private") {
    statement_.shared = word.text == "shared";
    return SayOnce(line_, word, "shared or private", sharing_said);
  }
  if (const auto* const protection = Find(Protections(), word.text); protection != nullptr) {
    statement_.protection = protection->what;
    return SayOnce(line_, word, "the protection", protection_said);
  }
  if (word.text == "after" || word.text == "over" || word.text.starts_with("at=")) {
    return SayOnce(line_, word, "the place", placement_said) && ParsePlacement(word);
  }
  return line_.Fail(word, fmt::format("{} is not an option of mmap", Quote(word.text)),
                    OneOf(word.text, {"shared", "private", "rw", "r", "none", "after", "at=+K", "over"}));
}

bool StatementParser::ParsePlacement(const Word& word) {
  Placement& placement = statement_.placement;
  if (word.text == "after") {
    placement.kind = Placement::Kind::after;
    return TakeKnownName(line_, names_, NameKind::mapping, &placement.after);
  }
  if (word.text == "over") {
    placement.kind = Placement::Kind::over;
    Word over;
    return line_.Take("the part of a mapping to lie over", &over) &&
           ReadRange(line_, over, names_, NameKind::mapping, &placement.over) && CheckOver(over);
  }
  placement.kind = Placement::Kind::offset;
  const std::string_view offset = word.text.substr(3);
  if (!offset.starts_with('+')) {
    return line_.Fail(word.column + 3, fmt::format("{} is not an offset", Quote(offset)),
                      "at=+K, K pages behind the address it would have");
  }
  return ReadNumber(line_, Word{offset.substr(1), word.column + 4}, "the number of pages", 0, &placement.pages);
}

// Where the length of what is laid over and of the new mapping are both written down, they agree.
bool StatementParser::CheckOver(const Word& word) {
  const Range& over = statement_.placement.over;
  const Range& range = statement_.range;
  const long length = statement_.verb == Verb::mmap_anon           ? statement_.pages
                      : range.whole || range.last == Range::kToEnd ? -1
                                                                   : range.last - range.first;
  if (over.whole || over.last == Range::kToEnd || over.last == over.first + 1 || length < 0 ||
      length == over.last - over.first)
    return true;
  return line_.Fail(word, fmt::format("{} pages do not lie over {}", length, over.last - over.first),
                    fmt::format("over {}[{}:{}], or over {}[{}]", over.object, over.first, over.first + length,
                                over.object, over.first));
}

template <class Set>
bool StatementParser::ParseSet(std::string_view what, std::span<const Named<bool Set::*>> table, Set* set) {
  while (!line_.done()) {
    const Word word = line_.peek();
    const Named<bool Set::*>* row = nullptr;
    if (!TakeOneOf(line_, what, table, &row)) return false;
    if (!SayOnce(line_, word, "it", &(set->*(row->what)))) return false;
  }
  return true;
}

bool StatementParser::ParseUffd() {
  return TakeNewName(line_, names_, NameKind::descriptor, &statement_.name) &&
         ParseSet<UffdFeatures>("a feature of userfaultfd", Features(), &statement_.features);
}

bool StatementParser::ParseThroughDescriptor() {
  if (!TakeKnownName(line_, names_, NameKind::descriptor, &statement_.uffd) ||
      !TakeRange(line_, names_, NameKind::mapping, &statement_.range)) {
    return false;
  }
  if (statement_.verb == Verb::register_) return ParseSet<UffdModes>("a mode of register", Modes(), &statement_.modes);
  if (statement_.verb == Verb::copy || statement_.verb == Verb::continue_) statement_.modes.wp = line_.TakeIf("wp");
  return line_.End();
}

bool StatementParser::ParseAccess() {
  const Word page = line_.peek();
  if (!TakeRange(line_, names_, NameKind::mapping, &statement_.range)) return false;
  if (!statement_.thread.empty() &&
      !OnePage(line_, page, statement_.range, "a thread accesses one page, since it may have to wait there")) {
    return false;
  }
  return line_.End();
}

bool StatementParser::ParseCategories() {
  if (line_.done()) {
    Word word;
    return line_.Take("a category of pages", &word);
  }
  return ParseSet<PagemapCategories>("a category of pages", Categories(), &statement_.categories);
}

bool StatementParser::ParseOnMapping() {
  if (!TakeRange(line_, names_, NameKind::mapping, &statement_.range)) return false;
  switch (statement_.verb) {
    case Verb::mremap:
      return TakeNewMapping() && line_.End();
    case Verb::mprotect: {
      const Named<Protection>* protection = nullptr;
      if (!TakeOneOf(line_, "a protection", Protections(), &protection)) return false;
      statement_.protection = protection->what;
      return line_.End();
    }
    case Verb::madvise: {
      const Named<Advice>* advice = nullptr;
      if (!TakeOneOf(line_, "an advice", Advices(), &advice)) return false;
      statement_.advice = advice->what;
      return line_.End();
    }
    case Verb::pagemap_scan:
      return ParseCategories();
    default:
      return line_.End();  // munmap, mincore
  }
}

NameKind KindIntroducedBy(Verb verb) {
  switch (verb) {
    case Verb::file_shmem:
    case Verb::file_hugetlb:
      return NameKind::file;
    case Verb::uffd:
      return NameKind::descriptor;
    case Verb::fork:
      return NameKind::process;
    default:
      return NameKind::mapping;
  }
}

}  // namespace

bool ParseStatement(Line& line, Surroundings& surroundings, Statement* out) {
  StatementParser parser(line, surroundings);
  if (!parser.Parse()) return false;
  *out = parser.statement();
  ++surroundings.steps;
  if (out->mapping_number >= 0) ++surroundings.mappings;
  if (!out->name.empty()) surroundings.names.Introduce(out->name, KindIntroducedBy(out->verb), line.number());
  return true;
}

}  // namespace pteron::language
