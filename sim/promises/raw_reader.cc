// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/promises/raw_reader.h"

#include <algorithm>
#include <charconv>

namespace pteron::promises {
namespace {

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  for (size_t at = 0; at < line.size();) {
    const size_t end = std::min(line.find(' ', at), line.size());
    if (end > at) words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

template <class Number>
Number NumberIn(std::string_view text, int base = 10) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

// What stands behind "key=", or nothing.
std::string_view Behind(std::string_view word, std::string_view key) {
  return word.starts_with(key) ? word.substr(key.size()) : std::string_view();
}

Label LabelIn(std::string_view word) {
  if (word == "page=zero") return {Label::Kind::zero, 0};
  if (word == "page=hugezero") return {Label::Kind::huge_zero, 0};
  if (word.starts_with("page=")) return {Label::Kind::page, NumberIn<uint64_t>(word.substr(5))};
  if (word.starts_with("swap=")) return {Label::Kind::swap, NumberIn<uint64_t>(word.substr(5))};
  return {};
}

Level LevelIn(std::string_view word) {
  if (word == "PTE") return Level::pte;
  if (word == "PMD") return Level::pmd;
  if (word == "PUD") return Level::pud;
  return Level::p4d;
}

uint8_t PagemapIn(std::string_view text) {
  constexpr std::string_view kLetters = "psfxwdg";
  uint8_t flags = 0;
  for (const char letter : text) {
    const size_t at = kLetters.find(letter);
    if (at != std::string_view::npos) flags = static_cast<uint8_t>(flags | 1u << at);
  }
  return flags;
}

uint8_t PageFlagsIn(std::string_view text) {
  constexpr std::string_view kNames[] = {"anon", "dirty", "swapcache", "swapbacked", "thp", "huge", "hwpoison"};
  uint8_t flags = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    for (size_t i = 0; i < std::size(kNames); ++i) {
      if (text.substr(at, end - at) == kNames[i]) flags = static_cast<uint8_t>(flags | 1u << i);
    }
    at = end + 1;
  }
  return flags;
}

// "A[1] ok 5", "ok": behind the sign.
Outcome OutcomeIn(std::string_view text) {
  const size_t bracket = text.find('[');
  const size_t blank = text.find(' ');
  if (bracket == std::string_view::npos || blank == std::string_view::npos || blank < bracket) return Translator::TranslateWords(text);
  Outcome outcome = Translator::TranslateWords(text.substr(blank + 1));
  outcome.page = NumberIn<int64_t>(text.substr(bracket + 1));
  return outcome;
}

class StepReader {
 public:
  StepReader(const Translator& translator, StateView& state) : translator_(translator), state_(state) {}

  void ReadPage(const std::vector<std::string_view>& words) {
    PageView page;
    page.number = NumberIn<uint64_t>(words[1]);
    page.mapcount = NumberIn<uint32_t>(Behind(words[2], "mapcount="));
    page.flags = PageFlagsIn(Behind(words[3], "flags="));
    state_.pages.push_back(page);
  }

  void ReadSmaps(const std::vector<std::string_view>& words) {
    MappingView& mapping = Mapping(words[0], words[1]);
    for (size_t i = 3; i < words.size(); ++i) {
      if (const std::string_view rss = Behind(words[i], "rss="); !rss.empty()) mapping.rss = NumberIn<uint32_t>(rss);
      if (const std::string_view anonymous = Behind(words[i], "anonymous="); !anonymous.empty())
        mapping.anonymous = NumberIn<uint32_t>(anonymous);
      if (const std::string_view swap = Behind(words[i], "swap="); !swap.empty()) mapping.swap = NumberIn<uint32_t>(swap);
      if (const std::string_view dirty = Behind(words[i], "dirty="); !dirty.empty()) mapping.dirty = NumberIn<uint32_t>(dirty);
    }
  }

  void ReadEntry(const std::vector<std::string_view>& words) {
    const size_t bracket = words[1].find('[');
    MappingView& mapping = Mapping(words[0], words[1].substr(0, bracket));
    EntryView entry;
    entry.page = NumberIn<uint32_t>(words[1].substr(bracket + 1));
    entry.level = LevelIn(words[2]);
    entry.word = NumberIn<uint64_t>(words[3], 16);
    entry.label = LabelIn(words[4]);
    entry.pagemap = PagemapIn(Behind(words[5], "pm="));
    state_.entries.push_back(entry);
    ++mapping.entries;
  }

 private:
  // Lines of one mapping stand together.
  MappingView& Mapping(std::string_view process_name, std::string_view mapping_name) {
    const int16_t process = static_cast<int16_t>(translator_.FindProcess(process_name));
    const int16_t mapping = static_cast<int16_t>(translator_.FindMapping(mapping_name));
    if (state_.mappings.empty() || state_.mappings.back().process != process || state_.mappings.back().mapping != mapping) {
      MappingView view;
      view.process = process;
      view.mapping = mapping;
      view.first_entry = static_cast<uint32_t>(state_.entries.size());
      state_.mappings.push_back(view);
    }
    return state_.mappings.back();
  }

  const Translator& translator_;
  StateView& state_;
};

}  // namespace

std::vector<RawStep> SplitRaw(std::string_view raw) {
  std::vector<RawStep> steps;
  for (size_t at = 0; at < raw.size();) {
    const size_t end = std::min(raw.find('\n', at), raw.size());
    const std::string_view line = raw.substr(at, end - at);
    if (line.starts_with("@ ")) {
      steps.push_back({std::string(line), {}});
    } else if (!steps.empty() && !line.empty()) {
      steps.back().lines.emplace_back(line);
    }
    at = end + 1;
  }
  return steps;
}

void ReadRawStep(const RawStep& step, const Translator& translator, std::vector<Outcome>* outcomes, std::vector<Woken>* woken,
                 StateView* state) {
  outcomes->clear();
  woken->clear();
  state->clear();
  StepReader reader(translator, *state);
  for (const std::string& line : step.lines) {
    const std::vector<std::string_view> words = Words(line);
    if (line.starts_with("= ")) {
      outcomes->push_back(OutcomeIn(std::string_view(line).substr(2)));
    } else if (line.starts_with("~ ") && words.size() > 2) {
      const size_t text = line.find(' ', 2) + 1;
      woken->push_back(
          {static_cast<int16_t>(translator.ThreadOfStep(NumberIn<int>(words[1]))), OutcomeIn(std::string_view(line).substr(text))});
    } else if (words.size() == 4 && words[0] == "page") {
      reader.ReadPage(words);
    } else if (words.size() > 3 && words[2] == "smaps") {
      reader.ReadSmaps(words);
    } else if (words.size() == 6 && words[5].starts_with("pm=") && words[1].find('[') != std::string_view::npos) {
      reader.ReadEntry(words);
    }
  }
}

}  // namespace pteron::promises
