// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/language/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/language/scenario.h"

namespace pteron::language {
namespace {

constexpr std::string_view kFileForm = "file F shmem/hugetlb N";
constexpr std::string_view kMmapForm =
    "P: mmap M anon N [private/shared] [rw/r/none] [after A / at=+K / over A[i]], or P: mmap M F[a:b] and the same "
    "options";

constexpr VerbForm kVerbs[] = {
    {"file", Verb::file_shmem, false, false, kFileForm},
    {"file", Verb::file_hugetlb, false, false, kFileForm},
    {"fill", Verb::fill, false, false, "fill F[a:b]"},
    {"peek", Verb::peek, false, false, "peek F[a:b]"},
    {"truncate", Verb::truncate, false, false, "truncate F N"},
    {"punch", Verb::punch, false, false, "punch F[a:b]"},
    {"swapoff", Verb::swapoff, false, false, "swapoff"},
    {"swapon", Verb::swapon, false, false, "swapon"},
    {"mmap", Verb::mmap_anon, true, false, kMmapForm},
    {"mmap", Verb::mmap_file, true, false, kMmapForm},
    {"munmap", Verb::munmap, true, false, "P: munmap M[a:b]"},
    {"mremap", Verb::mremap, true, false, "P: mremap M[a:b] NEW"},
    {"mprotect", Verb::mprotect, true, false, "P: mprotect M[a:b] rw/r/none"},
    {"madvise", Verb::madvise, true, false, "P: madvise M[a:b] ADVICE"},
    {"read", Verb::read, true, false, "P: read M[a:b]"},
    {"write", Verb::write, true, false, "P: write M[a:b]"},
    {"uffd", Verb::uffd, true, false, "P: uffd U [sigbus] [event-fork] [event-remap] [wp-unpopulated] [wp-async]"},
    {"register", Verb::register_, true, false, "P: register U M[a:b] [missing] [wp] [minor]"},
    {"unregister", Verb::unregister, true, false, "P: unregister U M[a:b]"},
    {"wp", Verb::wp, true, false, "P: wp U M[a:b]"},
    {"unwp", Verb::unwp, true, false, "P: unwp U M[a:b]"},
    {"copy", Verb::copy, true, false, "P: copy U M[a:b] [wp]"},
    {"zeropage", Verb::zeropage, true, false, "P: zeropage U M[a:b]"},
    {"continue", Verb::continue_, true, false, "P: continue U M[a:b] [wp]"},
    {"poison", Verb::poison, true, false, "P: poison U M[a:b]"},
    {"close", Verb::close, true, false, "P: close U"},
    {"fork", Verb::fork, true, false, "P: fork C"},
    {"clear-refs", Verb::clear_refs, true, false, "P: clear-refs soft-dirty/referenced"},
    {"exit", Verb::exit, true, false, "P: exit"},
    {"pagemap-scan", Verb::pagemap_scan, true, false, "P: pagemap-scan M[a:b] CATEGORY..."},
    {"mincore", Verb::mincore, true, false, "P: mincore M[a:b]"},
    {"wake", Verb::wake, true, false, "P: wake U M[a:b]"},
    {"migrate", Verb::migrate, false, true, "migrate P A[i]"},
    {"freeze", Verb::freeze, false, true, "freeze P A[i]"},
    {"thaw", Verb::thaw, false, true, "thaw P A[i]"},
    {"reclaim", Verb::reclaim, false, true, "reclaim F[i]"},
    {"unmap-page", Verb::unmap_page, false, true, "unmap-page F[i]"},
    {"collapse-file", Verb::collapse_file, false, true, "collapse-file F[a:b]"},
    {"fail", Verb::fail, false, true, "fail table/page/slot N"},
    {"at", Verb::at, false, true, "at POINT P: read/write A[i]"},
};

constexpr Named<Advice> kAdvices[] = {
    {"dontneed", Advice::dontneed},
    {"free", Advice::free},
    {"cold", Advice::cold},
    {"pageout", Advice::pageout},
    {"willneed", Advice::willneed},
    {"remove", Advice::remove},
    {"hugepage", Advice::hugepage},
    {"nohugepage", Advice::nohugepage},
    {"collapse", Advice::collapse},
    {"populate-read", Advice::populate_read},
    {"populate-write", Advice::populate_write},
    {"dontfork", Advice::dontfork},
    {"dofork", Advice::dofork},
    {"wipeonfork", Advice::wipeonfork},
    {"keeponfork", Advice::keeponfork},
    {"guard-install", Advice::guard_install},
    {"guard-remove", Advice::guard_remove},
    {"hwpoison", Advice::hwpoison},
};

constexpr Named<Protection> kProtections[] = {{"rw", Protection::rw}, {"r", Protection::r}, {"none", Protection::none}};

constexpr Named<bool UffdFeatures::*> kFeatures[] = {
    {"sigbus", &UffdFeatures::sigbus},           {"event-fork", &UffdFeatures::event_fork},
    {"event-remap", &UffdFeatures::event_remap}, {"wp-unpopulated", &UffdFeatures::wp_unpopulated},
    {"wp-async", &UffdFeatures::wp_async},
};

constexpr Named<bool UffdModes::*> kModes[] = {
    {"missing", &UffdModes::missing}, {"wp", &UffdModes::wp}, {"minor", &UffdModes::minor}};

constexpr Named<ClearRefs> kClearRefs[] = {{"soft-dirty", ClearRefs::soft_dirty},
                                           {"referenced", ClearRefs::referenced}};

constexpr Named<bool PagemapCategories::*> kCategories[] = {
    {"wpallowed", &PagemapCategories::wpallowed}, {"written", &PagemapCategories::written},
    {"file", &PagemapCategories::file},           {"present", &PagemapCategories::present},
    {"swapped", &PagemapCategories::swapped},     {"pfnzero", &PagemapCategories::pfnzero},
    {"huge", &PagemapCategories::huge},           {"soft-dirty", &PagemapCategories::soft_dirty},
    {"guard", &PagemapCategories::guard},
};

constexpr Named<FailKind> kFailKinds[] = {
    {"table", FailKind::table}, {"page", FailKind::page}, {"slot", FailKind::slot}};

constexpr Named<ExpectedClass> kClasses[] = {
    {"none", ExpectedClass::none},           {"present", ExpectedClass::present},   {"swap", ExpectedClass::swap},
    {"migration", ExpectedClass::migration}, {"hwpoison", ExpectedClass::hwpoison}, {"device", ExpectedClass::device},
    {"special", ExpectedClass::special},     {"marker", ExpectedClass::marker},     {"poison", ExpectedClass::poison},
    {"guard", ExpectedClass::guard},         {"wp-none", ExpectedClass::wp_none},
};

constexpr Named<ExpectedBit> kBits[] = {
    {"rw", ExpectedBit::rw},
    {"user", ExpectedBit::user},
    {"young", ExpectedBit::young},
    {"dirty", ExpectedBit::dirty},
    {"saved-dirty", ExpectedBit::saved_dirty},
    {"soft-dirty", ExpectedBit::soft_dirty},
    {"wp", ExpectedBit::wp},
    {"special-bit", ExpectedBit::special_bit},
    {"huge", ExpectedBit::huge},
    {"nx", ExpectedBit::nx},
    {"exclusive", ExpectedBit::exclusive},
    {"protnone", ExpectedBit::protnone},
};

constexpr Named<PageFlag> kPageFlags[] = {
    {"anon", PageFlag::anon},
    {"dirty", PageFlag::dirty},
    {"swapcache", PageFlag::swapcache},
    {"swapbacked", PageFlag::swapbacked},
    {"thp", PageFlag::thp},
    {"huge", PageFlag::huge},
    {"hwpoison", PageFlag::hwpoison},
};

constexpr Named<CounterName> kCounters[] = {
    {"file", CounterName::file},     {"anon", CounterName::anon}, {"swap", CounterName::swap},
    {"shmem", CounterName::shmem},   {"rss", CounterName::rss},   {"hugetlb", CounterName::hugetlb},
    {"tables", CounterName::tables},
};

// Levenshtein distance, letters compared without regard to case.
size_t Distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const VerbForm> Verbs() { return kVerbs; }
std::span<const Named<Advice>> Advices() { return kAdvices; }
std::span<const Named<Protection>> Protections() { return kProtections; }
std::span<const Named<bool UffdFeatures::*>> Features() { return kFeatures; }
std::span<const Named<bool UffdModes::*>> Modes() { return kModes; }
std::span<const Named<ClearRefs>> ClearRefsKinds() { return kClearRefs; }
std::span<const Named<bool PagemapCategories::*>> Categories() { return kCategories; }
std::span<const Named<FailKind>> FailKinds() { return kFailKinds; }
std::span<const Named<ExpectedClass>> Classes() { return kClasses; }
std::span<const Named<ExpectedBit>> Bits() { return kBits; }
std::span<const Named<PageFlag>> PageFlags() { return kPageFlags; }
std::span<const Named<CounterName>> Counters() { return kCounters; }

const VerbForm& FormOf(Verb verb) {
  for (const VerbForm& form : kVerbs) {
    if (form.what == verb) return form;
  }
  return kVerbs[0];
}

std::string_view Name(Advice advice) { return WordFor(Advices(), advice); }
std::string_view Name(Protection protection) { return WordFor(Protections(), protection); }
std::string_view Name(ExpectedClass expected) { return WordFor(Classes(), expected); }
std::string_view Name(ExpectedBit bit) { return WordFor(Bits(), bit); }
std::string_view Name(PageFlag flag) { return WordFor(PageFlags(), flag); }
std::string_view Name(CounterName counter) { return WordFor(Counters(), counter); }
std::string_view Name(Verb verb) { return FormOf(verb).word; }

const std::vector<std::string>& RequirementWords() {
  static const auto* const words = new std::vector<std::string>{
      "swap",     "soft-dirty", "thp",   "hugetlb",  "uffd-wp",  "uffd-wp-file", "wp-unpopulated",
      "wp-async", "poison",     "guard", "collapse", "hwpoison", "hook",
  };
  return *words;
}

std::string Alternatives(const std::vector<std::string_view>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr size_t kLongest = 64;
  if (word.size() > kLongest) return {};
  std::string_view nearest;
  size_t least = 1 + word.size() / 3;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const size_t distance = Distance(word, candidate);
    // A word of one letter is a change away from every other; it is near only to its own other case.
    if (distance >= word.size() || distance > least || (distance == least && !nearest.empty())) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string OneOf(std::string_view word, const std::vector<std::string_view>& candidates) {
  const std::string_view nearest = Nearest(word, candidates);
  if (!nearest.empty() && candidates.size() > 3)
    return fmt::format("{}, perhaps? All: {}", nearest, Alternatives(candidates));
  return Alternatives(candidates);
}

}  // namespace pteron::language
