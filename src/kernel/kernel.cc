// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/kernel.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "src/kernel/changes.h"
#include "src/kernel/options.h"

namespace pteron {
namespace {

std::string Quote(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string KnownBases() {
  std::string names;
  for (const Base& base : AllBases()) names += (names.empty() ? "" : ", ") + std::string(base.name);
  return names;
}

}  // namespace

// Collects what a kernel is made of, checks that it fits together, and folds it.
class KernelBuilder {
 public:
  explicit KernelBuilder(std::string* error) : error_(error) {}

  bool SetBase(std::string_view name) {
    const std::span<const Base> bases = AllBases();
    const auto found = std::find_if(bases.begin(), bases.end(), [&](const Base& base) { return base.name == name; });
    if (found == bases.end()) return Fail("no kernel " + Quote(name) + "; there are " + KnownBases());
    base_ = &*found;
    for (const Change* change : base_->folded) present_.insert(FindRow(change->id));
    return true;
  }

  // "uffd-wp-v5", "uffd-wp-v5[1-14,25]", "uffd-wp-v5/09" or the id of a change.
  bool Add(std::string_view text) {
    const size_t bracket = text.find('[');
    const std::string_view name = text.substr(0, bracket);
    for (const Series& series : AllSeries()) {
      if (series.name == name) {
        if (base_->name != "v5.14-rc") return Fail("series " + Quote(name) + " applies to v5.14-rc alone, not to " + Quote(base_->name));
        return bracket == std::string_view::npos ? AddAll(series) : AddRanges(series, text.substr(bracket));
      }
    }
    const Change* change = FindRow(text);
    if (!change) return Fail("no series or change " + Quote(text) + "; `pteron changes` lists them");
    if (IsPatchOfSeries(change) && base_->name != "v5.14-rc") return Fail("change " + Quote(text) + " applies to v5.14-rc alone");
    present_.insert(change);
    return true;
  }

  // Takes a change out, and all that need it.
  bool Remove(std::string_view id) {
    const Change* change = FindRow(id);
    if (!change) return Fail("no change " + Quote(id) + "; `pteron changes` lists them");
    if (!present_.erase(change)) return Fail("change " + Quote(id) + " is not in this kernel, so it cannot be left out");
    for (bool again = true; again;) {
      again = false;
      for (const Change* other : std::vector<const Change*>(present_.begin(), present_.end())) {
        if (!MissingNeed(*other).empty()) again = present_.erase(other) > 0;
      }
    }
    return true;
  }

  bool SetOption(std::string_view name, std::string_view value) {
    std::string why;
    if (!ApplyOption(name, value, options_, &why)) return Fail(why);
    return true;
  }

  void AddOwn(const Change& change) { own_.push_back(change); }

  std::optional<Kernel> Build() const {
    for (const Change* change : Ordered()) {
      const std::string_view missing = MissingNeed(*change);
      if (!missing.empty()) {
        Fail("change " + Quote(change->id) + " (" + std::string(change->subject) + ") needs " + Quote(missing) + ", which is not in this kernel");
        return std::nullopt;
      }
    }
    Kernel kernel;
    kernel.facts_ = base_->facts;
    const auto apply = [&](const Change& change) {
      if (change.apply) change.apply(kernel.rules_, kernel.facts_);
      kernel.changes_.emplace_back(change.id);
    };
    for (const Change* change : Ordered()) apply(*change);
    for (const Change& change : own_) apply(change);
    ApplyOptions(options_, kernel.facts_);
    kernel.encoding_ = MakeEncoding(kernel.facts_);
    kernel.release_ = std::string(base_->release);
    kernel.name_ = CanonicalName();
    return kernel;
  }

 private:
  bool Fail(std::string message) const {
    if (error_) *error_ = std::move(message);
    return false;
  }

  static const Change* FindRow(std::string_view id) { return FindChange(id); }

  static bool IsPatchOfSeries(const Change* change) {
    for (const Series& series : AllSeries()) {
      if (change->place == series.name) return true;
    }
    return false;
  }

  static const Change* Row(const Change& row) { return FindChange(row.id); }

  bool AddAll(const Series& series) {
    for (const Change& patch : series.patches) present_.insert(Row(patch));
    return true;
  }

  // `text` is "[1-14,25]".
  bool AddRanges(const Series& series, std::string_view text) {
    const std::string_view whole = text;
    if (text.size() < 3 || text.back() != ']') return Fail("expected a selection such as [1-14,25], not " + Quote(whole));
    text = text.substr(1, text.size() - 2);
    while (true) {
      const size_t comma = text.find(',');
      const std::string_view range = text.substr(0, comma);
      const size_t dash = range.find('-');
      const std::optional<size_t> first = Number(range.substr(0, dash));
      const std::optional<size_t> last = dash == std::string_view::npos ? first : Number(range.substr(dash + 1));
      if (!first || !last || *first < 1 || *last < *first || *last > series.patches.size()) {
        return Fail("patches of " + std::string(series.name) + " are numbered 1 to " + std::to_string(series.patches.size()) +
                    "; expected numbers or ranges such as 1-14, not " + Quote(range));
      }
      for (size_t i = *first; i <= *last; ++i) present_.insert(Row(series.patches[i - 1]));
      if (comma == std::string_view::npos) return true;
      text = text.substr(comma + 1);
    }
  }

  static std::optional<size_t> Number(std::string_view text) {
    size_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
  }

  std::string_view MissingNeed(const Change& change) const {
    for (const std::string_view need : change.needs) {
      if (!present_.count(FindRow(need))) return need;
    }
    return {};
  }

  std::vector<const Change*> Ordered() const {
    std::vector<const Change*> ordered;
    for (const Change& row : AllChanges()) {
      if (present_.count(&row)) ordered.push_back(&row);
    }
    return ordered;
  }

  bool InBase(const Change* change) const {
    return std::any_of(base_->folded.begin(), base_->folded.end(), [&](const Change* row) { return row->id == change->id; });
  }

  // Patches 1 to 14 and 25 as "[1-14,25]"; all of them as "".
  static std::string Selection(const std::vector<size_t>& numbers, size_t all) {
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

  std::string CanonicalName() const {
    std::string name(base_->name);
    for (const Series& series : AllSeries()) {
      std::vector<size_t> numbers;
      for (size_t i = 0; i < series.patches.size(); ++i) {
        if (present_.count(Row(series.patches[i]))) numbers.push_back(i + 1);
      }
      if (!numbers.empty()) name += "+" + std::string(series.name) + Selection(numbers, series.patches.size());
    }
    for (const Change* change : Ordered()) {
      if (!InBase(change) && !IsPatchOfSeries(change)) name += "+" + std::string(change->id);
    }
    for (const Change& change : own_) name += "+" + std::string(change.id);
    for (const Change* change : base_->folded) {
      if (!present_.count(FindRow(change->id)) && MissingNeed(*change).empty()) name += "~" + std::string(change->id);
    }
    return name + OptionsText(options_);
  }

  std::string* error_;
  const Base* base_ = nullptr;
  std::set<const Change*> present_;  // rows of AllChanges(), so that a set of pointers is a set of rows; order comes from the table
  std::vector<Change> own_;
  KernelOptions options_;

  friend class Kernel;
};

std::optional<Kernel> Kernel::Parse(std::string_view text, std::string* error) {
  KernelBuilder builder(error);
  const size_t end_of_base = std::min(text.find_first_of("+~,"), text.size());
  if (!builder.SetBase(text.substr(0, end_of_base))) return std::nullopt;
  size_t at = end_of_base;
  while (at < text.size()) {
    const char kind = text[at];
    size_t end = at + 1;
    for (bool in_brackets = false; end < text.size(); ++end) {
      if (text[end] == '[') in_brackets = true;
      if (text[end] == ']') in_brackets = false;
      if (!in_brackets && (text[end] == '+' || text[end] == '~' || text[end] == ',')) break;
    }
    const std::string_view part = text.substr(at + 1, end - at - 1);
    if (kind == '+') {
      if (!builder.Add(part)) return std::nullopt;
    } else if (kind == '~') {
      if (!builder.Remove(part)) return std::nullopt;
    } else {
      const size_t equals = part.find('=');
      if (!builder.SetOption(part.substr(0, equals), equals == std::string_view::npos ? "" : part.substr(equals + 1))) {
        return std::nullopt;
      }
    }
    at = end;
  }
  return builder.Build();
}

std::optional<Kernel> Kernel::With(const Change& change, std::string* error) const {
  for (const std::string_view need : change.needs) {
    if (std::find(changes_.begin(), changes_.end(), need) == changes_.end()) {
      if (error) *error = "change " + Quote(change.id) + " needs " + Quote(need) + ", which is not in " + name_;
      return std::nullopt;
    }
  }
  Kernel kernel = *this;
  if (change.apply) change.apply(kernel.rules_, kernel.facts_);
  kernel.encoding_ = MakeEncoding(kernel.facts_);
  kernel.changes_.emplace_back(change.id);
  const size_t options = std::min(name_.find(','), name_.size());
  kernel.name_ = name_.substr(0, options) + "+" + std::string(change.id) + name_.substr(options);
  return kernel;
}

}  // namespace pteron
