// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/kernel.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "src/kernel/changes.h"
#include "src/kernel/options.h"

namespace pteron {
namespace {

constexpr std::string_view kListed = "; `pteron changes` lists them";

std::string Quote(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string KnownBases() {
  std::string names;
  for (const Base& base : AllBases()) names += (names.empty() ? "" : ", ") + std::string(base.name);
  return names;
}

std::optional<size_t> Number(std::string_view text) {
  size_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Position in AllChanges(), which is the order in which changes are folded.
std::optional<size_t> RowOf(std::string_view id) {
  const std::span<const Change> rows = AllChanges();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Change& row) { return row.id == id; });
  if (found == rows.end()) return std::nullopt;
  return static_cast<size_t>(found - rows.begin());
}

const Series* SeriesNamed(std::string_view name) {
  for (const Series& series : AllSeries()) {
    if (series.name == name) return &series;
  }
  return nullptr;
}

// A row by its id; of a patch also by its number without leading zeros, as in "uffd-wp-v5/9".
std::optional<size_t> RowNamed(std::string_view id) {
  const size_t slash = std::min(id.find('/'), id.size());
  const Series* const series = SeriesNamed(id.substr(0, slash));
  const std::optional<size_t> number = series && slash < id.size() ? Number(id.substr(slash + 1)) : std::nullopt;
  if (number && *number >= 1 && *number <= series->patches.size()) return RowOf(series->patches[*number - 1].id);
  return RowOf(id);
}

// Patches 1 to 14 and 25 as "[1-14,25]"; all of them as "".
std::string Selection(const std::vector<size_t>& numbers, size_t all) {
  if (numbers.size() == all) return "";
  std::string text;
  for (size_t i = 0; i < numbers.size();) {
    size_t j = i;
    while (j + 1 < numbers.size() && numbers[j + 1] == numbers[j] + 1) ++j;
    text += (text.empty() ? "[" : ",") + std::to_string(numbers[i]);
    if (j > i) text += "-" + std::to_string(numbers[j]);
    i = j + 1;
  }
  return text + "]";
}

}  // namespace

// Collects what a kernel is made of, checks that it fits together, and folds it.
class KernelBuilder {
 public:
  explicit KernelBuilder(std::string* error) : error_(error) {}

  bool Read(std::string_view text);
  bool AddOwn(const Change& change);
  std::optional<Kernel> Build() const;

 private:
  bool SetBase(std::string_view name);
  bool Add(std::string_view text);
  bool AddRanges(const Series& series, std::string_view text);
  bool Remove(std::string_view id);
  bool Part(char kind, std::string_view text);

  bool Fail(std::string message) const {
    if (error_) *error_ = std::move(message);
    return false;
  }
  // The first change that this one needs and that is not there; empty where there is none.
  std::string_view MissingNeed(const Change& change) const;
  bool IsPresent(std::string_view id) const;
  bool NeedsAreMet() const;
  std::string NameOfRows() const;

  std::string* error_;
  const Base* base_ = nullptr;
  std::set<size_t> present_;  // rows of AllChanges()
  std::vector<Change> own_;
  KernelOptions options_;
};

bool KernelBuilder::SetBase(std::string_view name) {
  for (const Base& base : AllBases()) {
    if (base.name == name) base_ = &base;
  }
  if (!base_) return Fail("no kernel " + Quote(name) + "; there are " + KnownBases());
  for (const std::string_view id : base_->folded) present_.insert(*RowOf(id));
  return true;
}

// "uffd-wp-v5", "uffd-wp-v5[1-14,25]", "uffd-wp-v5/09" or the id of a change.
bool KernelBuilder::Add(std::string_view text) {
  const size_t end = std::min(text.find_first_of("[/"), text.size());
  const Series* const series = SeriesNamed(text.substr(0, end));
  if (series && series->base != base_->name) {
    return Fail("series " + Quote(series->name) + " applies to " + std::string(series->base) + " alone, not to " + std::string(base_->name));
  }
  if (series && end < text.size() && text[end] == '[') return AddRanges(*series, text.substr(end));
  if (series && end == text.size()) {
    for (const Change& patch : series->patches) present_.insert(*RowOf(patch.id));
    return true;
  }
  const std::optional<size_t> row = RowNamed(text);
  if (!row) return Fail("no series or change " + Quote(text) + std::string(kListed));
  present_.insert(*row);
  return true;
}

// `text` is "[1-14,25]".
bool KernelBuilder::AddRanges(const Series& series, std::string_view text) {
  if (text.size() < 3 || text.back() != ']') return Fail("expected a selection such as [1-14,25], not " + Quote(text));
  text = text.substr(1, text.size() - 2);
  while (true) {
    const size_t comma = text.find(',');
    const std::string_view range = text.substr(0, comma);
    const size_t dash = range.find('-');
    const std::optional<size_t> first = Number(range.substr(0, dash));
    const std::optional<size_t> last = dash == std::string_view::npos ? first : Number(range.substr(dash + 1));
    if (!first || !last || *first < 1 || *last < *first || *last > series.patches.size()) {
      return Fail("patches of " + std::string(series.name) + " are numbered 1 to " + std::to_string(series.patches.size()) + " (" +
                  std::string(series.rest) + "); expected numbers or ranges such as 1-14, not " + Quote(range));
    }
    for (size_t i = *first; i <= *last; ++i) present_.insert(*RowOf(series.patches[i - 1].id));
    if (comma == std::string_view::npos) return true;
    text = text.substr(comma + 1);
  }
}

// Takes a change out, and all that need it.
bool KernelBuilder::Remove(std::string_view id) {
  const std::optional<size_t> removed = RowNamed(id);
  if (!removed) return Fail("no change " + Quote(id) + std::string(kListed));
  if (!present_.erase(*removed)) return Fail("change " + Quote(id) + " is not in this kernel, so it cannot be left out");
  const std::span<const Change> rows = AllChanges();
  std::set<std::string_view> gone = {rows[*removed].id};
  for (size_t i = *removed + 1; i < rows.size(); ++i) {  // what a change needs stands before it
    const auto& needs = rows[i].needs;
    if (std::none_of(needs.begin(), needs.end(), [&](std::string_view need) { return gone.count(need) > 0; })) continue;
    gone.insert(rows[i].id);
    present_.erase(i);
  }
  return true;
}

bool KernelBuilder::Part(char kind, std::string_view text) {
  if (kind == '+') return Add(text);
  if (kind == '~') return Remove(text);
  const size_t equals = std::min(text.find('='), text.size());
  std::string why;
  return ApplyOption(text.substr(0, equals), text.substr(std::min(equals + 1, text.size())), options_, &why) || Fail(why);
}

bool KernelBuilder::Read(std::string_view text) {
  size_t at = std::min(text.find_first_of("+~,"), text.size());
  if (!SetBase(text.substr(0, at))) return false;
  while (at < text.size()) {
    size_t end = at + 1;
    for (bool in_brackets = false; end < text.size(); ++end) {
      if (text[end] == '[') in_brackets = true;
      if (text[end] == ']') in_brackets = false;
      if (text[end] == '+' || text[end] == '~' || (text[end] == ',' && !in_brackets)) break;
    }
    if (!Part(text[at], text.substr(at + 1, end - at - 1))) return false;
    at = end;
  }
  return true;
}

bool KernelBuilder::AddOwn(const Change& change) {
  if (change.id.empty() || change.id.find_first_of("+~,=[] ") != std::string_view::npos) {
    return Fail("the id of a change has at least one character and none of + ~ , = [ ] and blanks, unlike " + Quote(change.id));
  }
  if (IsPresent(change.id) || RowNamed(change.id) || SeriesNamed(change.id)) return Fail("there is a change " + Quote(change.id) + " already");
  own_.push_back(change);
  return true;
}

bool KernelBuilder::IsPresent(std::string_view id) const {
  const std::optional<size_t> row = RowOf(id);
  if (row) return present_.count(*row) > 0;
  return std::any_of(own_.begin(), own_.end(), [&](const Change& change) { return change.id == id; });
}

std::string_view KernelBuilder::MissingNeed(const Change& change) const {
  for (const std::string_view need : change.needs) {
    if (!IsPresent(need)) return need;
  }
  return {};
}

bool KernelBuilder::NeedsAreMet() const {
  const auto check = [&](const Change& change) {
    const std::string_view missing = MissingNeed(change);
    if (missing.empty()) return true;
    return Fail("change " + Quote(change.id) + " (" + std::string(change.subject) + ") needs " + Quote(missing) + ", which is not in this kernel");
  };
  return std::all_of(present_.begin(), present_.end(), [&](size_t row) { return check(AllChanges()[row]); }) &&
         std::all_of(own_.begin(), own_.end(), check);
}

// The canonical name up to the changes of the user's own.
std::string KernelBuilder::NameOfRows() const {
  std::string name(base_->name);
  std::set<size_t> shown;
  for (const std::string_view id : base_->folded) shown.insert(*RowOf(id));
  for (const Series& series : AllSeries()) {
    std::vector<size_t> numbers;
    for (size_t i = 0; i < series.patches.size(); ++i) {
      const size_t row = *RowOf(series.patches[i].id);
      if (present_.count(row)) numbers.push_back(i + 1);
      shown.insert(row);
    }
    if (!numbers.empty()) name += "+" + std::string(series.name) + Selection(numbers, series.patches.size());
  }
  for (const size_t row : present_) {
    if (!shown.count(row)) name += "+" + std::string(AllChanges()[row].id);
  }
  return name;
}

std::optional<Kernel> KernelBuilder::Build() const {
  if (!NeedsAreMet()) return std::nullopt;
  Kernel kernel;
  kernel.facts_ = base_->facts;
  const auto apply = [&](const Change& change) {
    if (change.apply) change.apply(kernel.rules_, kernel.facts_);
    kernel.changes_.emplace_back(change.id);
  };
  for (const size_t row : present_) apply(AllChanges()[row]);
  for (const Change& change : own_) apply(change);
  ApplyOptions(options_, kernel.facts_);
  kernel.encoding_ = MakeEncoding(kernel.facts_);
  kernel.release_ = std::string(base_->release);
  kernel.words_only_ = base_->words_only;
  kernel.own_ = own_;

  std::string own;
  for (const Change& change : own_) own += "+" + std::string(change.id);
  std::string left_out;
  for (const std::string_view id : base_->folded) {
    const size_t row = *RowOf(id);
    if (!present_.count(row) && MissingNeed(AllChanges()[row]).empty()) left_out += "~" + std::string(id);
  }
  left_out += OptionsText(options_);
  kernel.name_ = NameOfRows() + own + left_out;
  kernel.name_without_own_ = NameOfRows() + left_out;
  return kernel;
}

std::optional<Kernel> Kernel::Parse(std::string_view text, std::string* error) {
  KernelBuilder builder(error);
  if (!builder.Read(text)) return std::nullopt;
  return builder.Build();
}

std::optional<Kernel> Kernel::With(const Change& change, std::string* error) const {
  const Change* const row = FindChange(change.id);
  const bool of_table = row && row->apply == change.apply;
  KernelBuilder builder(error);
  if (!builder.Read(of_table ? name_without_own_ + "+" + std::string(change.id) : name_without_own_)) return std::nullopt;
  for (const Change& own : own_) {
    if (!builder.AddOwn(own)) return std::nullopt;
  }
  if (!of_table && !builder.AddOwn(change)) return std::nullopt;
  return builder.Build();
}

Kernel Kernel::WithRules(const Rules& rules) const {
  Kernel kernel = *this;
  kernel.rules_ = rules;
  return kernel;
}

}  // namespace pteron
