// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_KERNEL_CHANGES_H_
#define PTERON_SRC_KERNEL_CHANGES_H_

// The rows of the table of changes, a file a group; and the series and bases that are made of them.

#include <span>
#include <string_view>
#include <vector>

#include "pteron/kernel/change.h"

namespace pteron {

std::span<const Change> UffdWpV5Changes();  // the series, by patch number
std::span<const Change> FixChanges();       // single fixes that a thread or a later release brought, each of use over any base
std::span<const Change> V61Changes();       // what v6.1 has and v5.14-rc has not, oldest first

struct Series {
  std::string_view name;
  std::string_view base;            // the one base that it applies to
  std::span<const Change> patches;  // patch N is patches[N - 1]
  std::string_view rest;            // what the patches behind them do, for messages
};
std::span<const Series> AllSeries();

// A base is a set of facts, initial rules and the rows that are folded over them.
struct Base {
  std::string_view name;
  std::string_view release;  // what it stands for
  EncodingFacts facts;
  std::vector<std::string_view> folded;  // ids
  bool words_only = false;               // its facts are known, its rules are not
};
std::span<const Base> AllBases();

}  // namespace pteron

#endif  // PTERON_SRC_KERNEL_CHANGES_H_
