// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_EXECUTE_OBSERVATION_H_
#define PTERON_SIM_EXECUTE_OBSERVATION_H_

// What a step shows: its outcome, and the state behind it in the terms of the raw state format (words, labels, counters). Every
// renderer, the comparer and the promises start from these.

#include <cstdint>
#include <string>
#include <vector>

#include "pteron/arch/x86/entry_class.h"
#include "pteron/journal.h"
#include "pteron/mm/types.h"
#include "src/fs/proc/task_mmu.h"

namespace pteron::execute {

// Which page or slot an entry names: numbers count distinct ones in order of first appearance.
struct Label {
  enum class Kind : uint8_t { none, page, swap, zero, huge_zero };
  Kind kind = Kind::none;
  int number = 0;
  bool operator==(const Label&) const = default;
};

// One entry line: where the walk for a part of a mapping ends.
struct EntryState {
  int64_t page = 0;       // of the mapping: the first one still mapped that the entry covers
  uint64_t address = 0;   // of that page, bytes
  Level level = Level::pte;
  uint64_t word = 0;      // as it stands in the table
  uint64_t raw = 0;       // the same without its frame or slot
  EntryClass entry_class = EntryClass::none;
  Label label;
  Pfn frame;              // with Label::Kind::page: the small page; kNoPfn else
  int32_t slot = -1;      // with Label::Kind::swap
  PagemapEntry pagemap;
};

// One mapping of a process, with the entries of the part that is still mapped.
struct MappingState {
  int process = 0;        // indices in Session::processes() and mappings()
  int mapping = 0;
  std::string process_name;
  std::string mapping_name;
  std::vector<EntryState> entries;
  Smaps smaps;
};

// One `page` line.
struct PageState {
  int number = 0;         // label
  Pfn frame;
  uint64_t mapcount = 0;
  KpageFlags flags;
};

struct Observation {
  std::vector<MappingState> mappings;
  std::vector<PageState> pages;
};

// One outcome line. `subject` is empty for the bare `= ok`.
struct Outcome {
  std::string object;      // mapping or file of a line that concerns pages of it
  int64_t first = 0;       // its pages, half-open
  int64_t end = 0;
  bool range = false;      // printed as OBJECT[first:end]
  std::string words;       // "ok", "ok 5", "-EEXIST", "blocked-wp"
  // The line behind "= ".
  std::string Text() const;
};

// An access that a statement woke: "~ STEP A[2] ok".
struct WokenAccess {
  int step = 0;            // of the statement that waited
  Outcome outcome;
};

struct Step {
  int number = 0;
  std::string text;                 // the statement with single blanks
  std::vector<Outcome> outcomes;
  std::vector<WokenAccess> woken;
  Observation state;
  // While recording.
  std::vector<WordWrite> writes;
  std::vector<PageFault> faults;
  // In any case.
  std::vector<Misuse> misuses;
  std::vector<Splat> splats;        // of this step
  // Empty, or why this statement could not be executed: Pteron does not simulate it yet. Then the rest is empty too.
  std::string not_simulated;
};

// Words of the raw format.
std::string LabelText(const Label& label);            // "page=3", "swap=1", "page=zero", "page=hugezero", "-"
std::string PagemapText(const PagemapEntry& entry);   // "pfxd", "-"
std::string KpageFlagsText(const KpageFlags& flags);  // "anon,dirty", "-"
std::string_view LevelText(Level level);              // "PTE"

}  // namespace pteron::execute

#endif  // PTERON_SIM_EXECUTE_OBSERVATION_H_
