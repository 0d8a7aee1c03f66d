// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_WORD_HELPERS_H_
#define PTERON_ARCH_X86_WORD_HELPERS_H_

// The kernel's helpers and constants as a table, by name: to compare them with the real headers, to call them from the command
// line, and to say which words each is meant for.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pteron/arch/x86/encoding.h"
#include "pteron/arch/x86/entry_class.h"

namespace pteron {

// How a helper's 64-bit argument is read.
enum class WordRole : uint8_t { unused, pte, pmd, pud, swp_entry, number };

struct WordArgument {
  WordRole role = WordRole::unused;
  // The classes that the helper is meant for; all for numbers.
  EntryClassSet meant_for = EntryClassSet::All();
};

struct WordHelper {
  std::string_view name;
  int arity;  // 1 or 2
  // The helper on bare words: `b` is not read where arity is 1; predicates give 0 or 1. Three names take the offset first and
  // the type second: swp_entry, __swp_entry and swp_pte (swp_entry_to_pte() of swp_entry()); of the type only 5 bits are read.
  // flip_protnone_guard works on the frame number of a PTE, swp_offset_pfn_raw does not ask what the entry is, and pte_swp_type
  // and pte_swp_offset read the entry of a PTE.
  uint64_t (*call)(const Encoding& e, uint64_t a, uint64_t b);
  WordArgument a;
  WordArgument b;
};

// All helpers, each name once.
std::span<const WordHelper> WordHelpers();
// Null where no helper has that name.
const WordHelper* FindWordHelper(std::string_view name);

// Empty where `a` and `b` are words that the helper is meant for; else one line that says what was handed over and what the
// helper is meant for. (helper.call() accepts every word all the same.)
std::optional<std::string> CheckMisuse(const Encoding& e, const WordHelper& helper, uint64_t a, uint64_t b = 0);

struct WordConstant {
  std::string_view name;  // as the kernel spells it, also "pgprot_val(PAGE_NONE)"
  // Empty where the kernel has no such constant.
  std::optional<uint64_t> (*value)(const Encoding& e);
};

std::span<const WordConstant> WordConstants();

}  // namespace pteron

#endif  // PTERON_ARCH_X86_WORD_HELPERS_H_
