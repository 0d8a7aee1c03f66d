// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_LANGUAGE_EXPECTATION_H_
#define PTERON_SIM_LANGUAGE_EXPECTATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/language/statement.h"

namespace pteron::language {

// wp_none is "special or uffd-wp marker".
enum class ExpectedClass { none, present, swap, migration, hwpoison, device, special, marker, poison, guard, wp_none };

enum class ExpectedBit {
  rw,
  user,
  young,
  dirty,
  saved_dirty,
  soft_dirty,
  wp,
  special_bit,
  huge,
  nx,
  exclusive,
  protnone
};

// As the `page` lines of the raw format name them.
enum class PageFlag { anon, dirty, swapcache, swapbacked, thp, huge, hwpoison };

// The counters of a process: the kernel's MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES in pages of 4 KiB;
// rss, the sum of file, anon and shmem; hugetlb (HugetlbPages of /proc/PID/status) in pages of 4 KiB; tables, the page
// tables reachable.
enum class CounterName { file, anon, swap, shmem, rss, hugetlb, tables };

// One word of an expectation, as `dirty` or `!dirty`.
template <class What>
struct Term {
  What what{};
  bool negated = false;
  bool operator==(const Term&) const = default;
};

struct ExpectedCounter {
  CounterName name{};
  uint64_t value = 0;
  bool operator==(const ExpectedCounter&) const = default;
};

// `[k1; k2]`: only on these kernels; `[!k1; k2]`: on all but these. No kernels: on all.
struct KernelFilter {
  bool negated = false;
  // As written, with single blanks; whether they are kernels is not the parser's to say.
  std::vector<std::string> kernels;
  std::vector<Position> positions;  // of each of them
};

// An `expect` line: what must hold after the statement above it.
struct Expectation {
  enum class Kind {
    entry,    // process, range: every entry of it answers to classes, bits, raw and value
    outcome,  // range.object empty: the statement's bare `= OUTCOME` line; else the lines of the pages in range
    same,     // page by page, (process, range) and (other_process, other_range) name one page or slot; negated: two
    page,     // process, range: the page that the entry names has that mapcount and these flags
    counters  // process
  };
  Kind kind = Kind::entry;
  Position at;       // the word `expect`
  std::string text;  // with single blanks, from `expect` on
  KernelFilter filter;

  std::string process;
  Range range;
  std::string other_process;
  Range other_range;
  bool negated = false;

  std::vector<Term<ExpectedClass>> classes;  // all must hold; at most one is not negated
  std::vector<Term<ExpectedBit>> bits;
  std::optional<uint64_t> raw;    // the exact word
  std::optional<uint64_t> value;  // the 64-bit word that the page (or the slot) holds
  // The words behind `=` or the page: {"ok"}, {"ok", "5"}, {"-EINVAL"}, {"blocked-wp"}, {"1"}, {"written"}.
  std::vector<std::string> outcome;
  std::optional<uint64_t> mapcount;
  std::vector<Term<PageFlag>> flags;
  std::vector<ExpectedCounter> counters;
};

// Equal but for where they stand.
bool operator==(const Expectation& a, const Expectation& b);

}  // namespace pteron::language

#endif  // PTERON_SIM_LANGUAGE_EXPECTATION_H_
