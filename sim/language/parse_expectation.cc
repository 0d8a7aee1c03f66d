// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/language/parse_expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/language/operands.h"
#include "sim/language/scenario.h"
#include "sim/language/vocabulary.h"

namespace pteron::language {
namespace {

constexpr std::string_view kForm =
    "expect [KERNELS] and one of: P A[1] CLASS BIT..., A[1] OUTCOME, = OUTCOME, same P A[1] C A[1], page P A[1] "
    "FLAG..., counters P NAME=N...";
constexpr std::string_view kEntryForm = "expect P A[1] and what its entry is: a class, bits, raw=WORD, value=N";
constexpr std::string_view kSameForm = "expect same P A[1] C A[1]";
constexpr std::string_view kPageForm = "expect page P A[1] [mapcount=N] [FLAG...]";
constexpr std::string_view kCountersForm = "expect counters P NAME=N...";
constexpr std::string_view kPageOutcomeForm =
    "expect A[1] and one of: ok [N], SIGBUS, SIGSEGV, EOF, livelock, blocked-wp, -EINVAL or another errno";
constexpr std::string_view kOutcomeForm =
    "expect = and one of: ok, SIGBUS, SIGSEGV, livelock, blocked-wp, -EINVAL or another errno";

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Every run of blanks made one.
std::string WithSingleBlanks(std::string_view text) {
  std::string single;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r';
    if (!blank || single.back() != ' ') single += blank ? ' ' : c;
  }
  return single;
}

// -EINVAL and its like, by their shape.
bool IsErrno(std::string_view word) {
  const auto good = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return word.size() > 2 && word.starts_with("-E") && std::all_of(word.begin() + 1, word.end(), good);
}

// What a word of an expectation says: "!dirty", "value=5".
struct Part {
  bool negated = false;
  Word word;                  // without the "!"
  std::optional<Word> value;  // behind "="; word is then what stands before
};

Part Divide(const Word& word) {
  Part part{word.text.starts_with('!'), word, std::nullopt};
  if (part.negated) part.word = Word{word.text.substr(1), word.column + 1};
  if (const size_t equals = part.word.text.find('='); equals != std::string_view::npos) {
    part.value = Word{part.word.text.substr(equals + 1), part.word.column + static_cast<int>(equals) + 1};
    part.word.text = part.word.text.substr(0, equals);
  }
  return part;
}

class ExpectationParser {
 public:
  ExpectationParser(Line& line, const Names& names, const Statement* above)
      : line_(line), names_(names), above_(above) {}

  bool Parse();
  const Expectation& expectation() const { return expectation_; }

 private:
  bool ParseFilter();
  bool ParseKernels(std::string_view inside, int column);
  bool ParseSubject();
  bool ParseNamed(const Word& word);
  bool ParseEntry();
  bool ParseEntryWord(const Word& word);
  bool ParseBareOutcome();
  bool ParseOutcomeOfPages();
  bool ParseOutcomeWord(const Word& word);
  bool ParseSame();
  bool ParsePage();
  bool ParsePageWord(const Word& word);
  bool ParseCounters();
  bool TakeProcessAndRange(std::string* process, Range* range);
  bool TakeValue(const Word& word, const Part& part, int base, std::optional<uint64_t>* out);
  // Adds a term, unless it is there.
  template <class What>
  bool AddTerm(const Word& word, Term<What> term, std::vector<Term<What>>* terms);

  Line& line_;
  const Names& names_;
  const Statement* above_;
  Expectation expectation_;
};

bool ExpectationParser::Parse() {
  expectation_.text = line_.Rest();
  line_.set_form(kForm);
  Word word;
  if (!line_.Take("expect", &word)) return false;
  expectation_.at = Position{line_.number(), word.column};
  if (above_ == nullptr)
    return line_.Fail(word, "no statement stands above this expectation", "a statement, and what to expect below it");
  if (line_.peek().text.starts_with('[') && !ParseFilter()) return false;
  return ParseSubject();
}

// Kernels may have brackets and blanks of their own, so the filter is read byte by byte.
bool ExpectationParser::ParseFilter() {
  const int open = line_.peek().column;
  const std::string_view rest = line_.text().substr(static_cast<size_t>(open) - 1);
  const std::string_view code = rest.substr(0, rest.find('#'));
  size_t end = 0;
  int depth = 0;
  for (; end < code.size(); ++end) {
    if (code[end] == '[') ++depth;
    if (code[end] == ']' && --depth == 0) break;
  }
  if (end == code.size())
    return line_.Fail(open, "the bracket around the kernels is not closed", "[k1; k2] or [!k1; k2]");
  if (end + 1 < code.size() && Trim(code.substr(end + 1, 1)).size() == 1) {
    return line_.Fail(open + static_cast<int>(end) + 1, "a blank is missing behind the kernels",
                      "[k1; k2] or [!k1; k2], and a blank");
  }
  line_.SkipTo(open + static_cast<int>(end) + 1);
  return ParseKernels(code.substr(1, end - 1), open + 1);
}

bool ExpectationParser::ParseKernels(std::string_view inside, int column) {
  KernelFilter& filter = expectation_.filter;
  size_t at = 0;
  while (at <= inside.size()) {
    const size_t end = std::min(inside.find(';', at), inside.size());
    std::string_view kernel = Trim(inside.substr(at, end - at));
    int position = column + static_cast<int>(kernel.empty() ? at : static_cast<size_t>(kernel.data() - inside.data()));
    if (kernel.starts_with('!')) {
      if (!filter.kernels.empty()) {
        return line_.Fail(position, "\"!\" stands before the first kernel and holds for all",
                          "[!k1; k2]: on all kernels but these");
      }
      filter.negated = true;
      const std::string_view rest = Trim(kernel.substr(1));
      position += static_cast<int>(rest.empty() ? 1 : rest.data() - kernel.data());
      kernel = rest;
    }
    if (kernel.empty()) return line_.Fail(position, "a kernel is missing", "[k1; k2] or [!k1; k2]");
    filter.kernels.push_back(WithSingleBlanks(kernel));
    filter.positions.push_back(Position{line_.number(), position});
    at = end + 1;
  }
  return true;
}

bool ExpectationParser::ParseSubject() {
  const Word word = line_.peek();
  if (line_.TakeIf("=")) return ParseBareOutcome();
  if (line_.TakeIf("same")) return ParseSame();
  if (line_.TakeIf("!same")) {
    expectation_.negated = true;
    return ParseSame();
  }
  if (line_.TakeIf("page")) return ParsePage();
  if (line_.TakeIf("counters")) return ParseCounters();
  if (line_.done()) {
    Word missing;
    return line_.Take("what to expect", &missing);
  }
  return ParseNamed(word);
}

// A process with the range of its entries, or a mapping or file with the outcome of its pages: the name tells.
bool ExpectationParser::ParseNamed(const Word& word) {
  const std::string_view name = word.text.substr(0, word.text.find('['));
  const Names::Entry* const entry = names_.Lookup(name);
  if (entry == nullptr) {
    if (!IsName(name))
      return line_.Fail(word, fmt::format("{} is nothing to expect", Quote(word.text)), std::string(kForm));
    std::vector<std::string_view> known = names_.All(NameKind::process);
    for (const NameKind kind : {NameKind::mapping, NameKind::file}) {
      const std::vector<std::string_view> more = names_.All(kind);
      known.insert(known.end(), more.begin(), more.end());
    }
    known.insert(known.end(), {"same", "page", "counters"});
    const std::string_view nearest = Nearest(name, known);
    return line_.Fail(word, fmt::format("no earlier statement introduces {}", Quote(name)),
                      nearest.empty() ? "a process, a mapping or a file"
                                      : fmt::format("a process, a mapping or a file, perhaps {}", nearest));
  }
  if (entry->kind == NameKind::process) return ParseEntry();
  if (entry->kind == NameKind::descriptor) {
    return line_.Fail(word, fmt::format("{} is a descriptor", Quote(name)), "a process, a mapping or a file");
  }
  return ParseOutcomeOfPages();
}

bool ExpectationParser::TakeProcessAndRange(std::string* process, Range* range) {
  return TakeKnownName(line_, names_, NameKind::process, process) && TakeRange(line_, names_, NameKind::mapping, range);
}

bool ExpectationParser::TakeValue(const Word& word, const Part& part, int base, std::optional<uint64_t>* out) {
  const std::string name(part.word.text);
  if (part.negated)
    return line_.Fail(word, fmt::format("{} cannot be negated", name),
                      fmt::format("{}=N, or a class or bit with !", name));
  if (out->has_value()) return line_.Fail(word, fmt::format("{} stands here a second time", name), "it once");
  uint64_t value = 0;
  if (!part.value.has_value())
    return line_.Fail(word, fmt::format("{} has no value", name), fmt::format("{}=N, without blanks", name));
  if (!ReadUint64(line_, *part.value, fmt::format("the value of {}", name), base, &value)) return false;
  *out = value;
  return true;
}

template <class What>
bool ExpectationParser::AddTerm(const Word& word, Term<What> term, std::vector<Term<What>>* terms) {
  for (const Term<What>& other : *terms) {
    if (other.what == term.what)
      return line_.Fail(word, fmt::format("{} stands here a second time", Name(term.what)), "it once");
  }
  terms->push_back(term);
  return true;
}

bool ExpectationParser::ParseEntry() {
  expectation_.kind = Expectation::Kind::entry;
  line_.set_form(kEntryForm);
  if (!TakeProcessAndRange(&expectation_.process, &expectation_.range)) return false;
  Word word;
  do {
    if (!line_.Take("a class or bit", &word) || !ParseEntryWord(word)) return false;
  } while (!line_.done());
  return true;
}

bool ExpectationParser::ParseEntryWord(const Word& word) {
  const Part part = Divide(word);
  if (part.word.text == "raw") return TakeValue(word, part, 16, &expectation_.raw);
  if (part.word.text == "value") return TakeValue(word, part, 10, &expectation_.value);
  if (!part.value.has_value()) {
    if (const auto* const found = Find(Classes(), part.word.text); found != nullptr) {
      const auto stands = [](const Term<ExpectedClass>& term) { return !term.negated; };
      if (!part.negated && std::any_of(expectation_.classes.begin(), expectation_.classes.end(), stands)) {
        return line_.Fail(word, fmt::format("{} is a second class", Quote(part.word.text)),
                          "one class: an entry has no two");
      }
      return AddTerm(word, Term<ExpectedClass>{found->what, part.negated}, &expectation_.classes);
    }
    if (const auto* const found = Find(Bits(), part.word.text); found != nullptr) {
      return AddTerm(word, Term<ExpectedBit>{found->what, part.negated}, &expectation_.bits);
    }
  }
  std::vector<std::string_view> words = WordsOf(Classes());
  for (const std::string_view bit : WordsOf(Bits())) words.push_back(bit);
  words.insert(words.end(), {"raw=WORD", "value=N"});
  return line_.Fail(word, fmt::format("{} is neither a class nor a bit of an entry", Quote(word.text)),
                    OneOf(part.word.text, words));
}

bool ExpectationParser::ParseOutcomeWord(const Word& word) {
  // oom: an access for which no page could be had, as after `fail page 1`.
  constexpr std::array<std::string_view, 10> kOutcomes = {"ok",         "SIGBUS",          "SIGSEGV",       "livelock", "waits",
                                                          "blocked-wp", "blocked-missing", "blocked-minor", "oom",      "not-reached"};
  const bool of_pages = !expectation_.range.object.empty();
  const bool known = std::find(kOutcomes.begin(), kOutcomes.end(), word.text) != kOutcomes.end() ||
                     (of_pages && word.text == "EOF") ||
                     (of_pages && above_->verb == Verb::mincore && (word.text == "0" || word.text == "1"));
  if (!known && !IsErrno(word.text)) {
    return line_.Fail(word, fmt::format("{} is not an outcome", Quote(word.text)),
                      std::string(of_pages ? kPageOutcomeForm : kOutcomeForm));
  }
  expectation_.outcome.emplace_back(word.text);
  return true;
}

bool ExpectationParser::ParseBareOutcome() {
  expectation_.kind = Expectation::Kind::outcome;
  line_.set_form(kOutcomeForm);
  const std::string_view next = line_.peek().text;
  const size_t bracket = next.find('[');
  // `= A[1] SIGBUS`, as the raw format has it.
  if (bracket != std::string_view::npos || names_.Lookup(next) != nullptr) return ParseOutcomeOfPages();
  Word word;
  return line_.Take("an outcome", &word) && ParseOutcomeWord(word) && line_.End();
}

bool ExpectationParser::ParseOutcomeOfPages() {
  expectation_.kind = Expectation::Kind::outcome;
  line_.set_form(kPageOutcomeForm);
  Word word;
  if (!line_.Take("a mapping or a file", &word)) return false;
  const Names::Entry* const entry = names_.Lookup(word.text.substr(0, word.text.find('[')));
  const NameKind kind = entry != nullptr && entry->kind == NameKind::file ? NameKind::file : NameKind::mapping;
  if (!ReadRange(line_, word, names_, kind, &expectation_.range) || !line_.Take("an outcome", &word)) return false;
  if (above_->verb == Verb::pagemap_scan && Find(Categories(), word.text) != nullptr) {
    expectation_.outcome.emplace_back(word.text);
    while (!line_.done()) {
      const Named<bool PagemapCategories::*>* category = nullptr;
      if (!TakeOneOf(line_, "a category of pages", Categories(), &category)) return false;
      expectation_.outcome.emplace_back(category->word);
    }
    return true;
  }
  if (!ParseOutcomeWord(word)) return false;
  if (word.text != "ok" || line_.done()) return line_.End();
  uint64_t value = 0;
  if (!line_.Take("the word read", &word) || !ReadUint64(line_, word, "the word read", 10, &value)) return false;
  expectation_.outcome.push_back(fmt::format("{}", value));
  return line_.End();
}

bool ExpectationParser::ParseSame() {
  expectation_.kind = Expectation::Kind::same;
  line_.set_form(kSameForm);
  if (!TakeProcessAndRange(&expectation_.process, &expectation_.range)) return false;
  const Word other = line_.peek();
  if (!TakeProcessAndRange(&expectation_.other_process, &expectation_.other_range)) return false;
  const auto length = [](const Range& range) {
    return range.whole || range.last == Range::kToEnd ? -1 : range.last - range.first;
  };
  const long first = length(expectation_.range);
  const long second = length(expectation_.other_range);
  if (first >= 0 && second >= 0 && first != second) {
    return line_.Fail(other, fmt::format("{} pages cannot be the same as {}", second, first),
                      "two ranges of one length");
  }
  return line_.End();
}

bool ExpectationParser::ParsePage() {
  expectation_.kind = Expectation::Kind::page;
  line_.set_form(kPageForm);
  if (!TakeProcessAndRange(&expectation_.process, &expectation_.range)) return false;
  Word word;
  do {
    if (!line_.Take("mapcount=N or a flag", &word) || !ParsePageWord(word)) return false;
  } while (!line_.done());
  return true;
}

bool ExpectationParser::ParsePageWord(const Word& word) {
  const Part part = Divide(word);
  if (part.word.text == "mapcount") return TakeValue(word, part, 10, &expectation_.mapcount);
  const auto* const flag = Find(PageFlags(), part.word.text);
  if (flag != nullptr && !part.value.has_value()) {
    return AddTerm(word, Term<PageFlag>{flag->what, part.negated}, &expectation_.flags);
  }
  std::vector<std::string_view> words = WordsOf(PageFlags());
  words.insert(words.begin(), "mapcount=N");
  return line_.Fail(word, fmt::format("{} is not a flag of a page", Quote(word.text)), OneOf(part.word.text, words));
}

bool ExpectationParser::ParseCounters() {
  expectation_.kind = Expectation::Kind::counters;
  line_.set_form(kCountersForm);
  if (!TakeKnownName(line_, names_, NameKind::process, &expectation_.process)) return false;
  Word word;
  do {
    if (!line_.Take("a counter", &word)) return false;
    const Part part = Divide(word);
    const auto* const counter = Find(Counters(), part.word.text);
    if (counter == nullptr) {
      return line_.Fail(word, fmt::format("{} is not a counter", Quote(word.text)),
                        OneOf(part.word.text, WordsOf(Counters())));
    }
    std::optional<uint64_t> value;
    if (!TakeValue(word, part, 10, &value)) return false;
    for (const ExpectedCounter& other : expectation_.counters) {
      if (other.name == counter->what)
        return line_.Fail(word, fmt::format("{} stands here a second time", counter->word), "it once");
    }
    expectation_.counters.push_back(ExpectedCounter{counter->what, *value});
  } while (!line_.done());
  return true;
}

}  // namespace

bool ParseExpectation(Line& line, const Names& names, const Statement* above, Expectation* out) {
  ExpectationParser parser(line, names, above);
  if (!parser.Parse()) return false;
  *out = parser.expectation();
  return true;
}

}  // namespace pteron::language
