// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ENGINE_SCAN_H_
#define PTERON_ENGINE_SCAN_H_

// Finding runs of entries of some classes in a table, as mincore(), smaps and PAGEMAP_SCAN do.

#include "pteron/arch/x86/encoding.h"
#include "pteron/engine/table.h"

namespace pteron::engine {

// Entries first to end - 1.
struct EntryRun {
  uint32_t first;
  uint32_t end;
  bool operator==(const EntryRun&) const = default;
};

namespace reference {
// Replaces *runs by the runs of entries whose class is in `wanted`, as long as they can be, by index. count: at most kMaxEntries.
void ScanRuns(const Encoding& e, EntryClassSet wanted, const uint64_t* words, size_t count, List<EntryRun>* runs);
}  // namespace reference

namespace fast {
void ScanRuns(const Encoding& e, EntryClassSet wanted, const uint64_t* words, size_t count, List<EntryRun>* runs);
}  // namespace fast

}  // namespace pteron::engine

#endif  // PTERON_ENGINE_SCAN_H_
