// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_CHANGE_H_
#define PTERON_KERNEL_CHANGE_H_

// One commit or patch, as data: what it turns in Rules and EncodingFacts.

#include <span>
#include <string_view>
#include <vector>

#include "pteron/arch/x86/encoding.h"
#include "pteron/kernel/rules.h"

namespace pteron {

enum class ChangeKind : uint8_t {
  behaviour,  // some scenario tells it from its absence
  refactor,   // none does: it decides nothing, or prepares what later changes decide, or matters to concurrency alone
  gate,       // only lets user space in
};

// What the row was checked against, best first.
enum class Evidence : uint8_t { golden, header_oracle, source, mail };

// Its strings are kept by reference: a change of the user's own has them as literals.
struct Change {
  std::string_view id;       // "uffd-wp-v5/09", "vma_needs_copy"
  std::string_view subject;  // the commit's or patch's subject line
  std::string_view place;    // "5.18" (first release), or "uffd-wp-v5" (its series)
  std::string_view commit;   // abbreviated hash, empty where it never had one
  std::vector<std::string_view> needs;  // ids that must be present
  ChangeKind kind = ChangeKind::behaviour;
  Evidence evidence = Evidence::source;
  void (*apply)(Rules& rules, EncodingFacts& facts) = nullptr;  // nullptr: changes nothing here
};

// All rows: the patches of the series, single fixes, then each later release's commits, oldest first.
std::span<const Change> AllChanges();
// Null where no row has this id.
const Change* FindChange(std::string_view id);

}  // namespace pteron

#endif  // PTERON_KERNEL_CHANGE_H_
