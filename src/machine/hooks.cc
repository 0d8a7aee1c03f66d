// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What a helper module does to a page from outside: reclaim, migration, removal of a page's entries.

#include <algorithm>
#include <cerrno>
#include <utility>

#include "pteron/check.h"
#include "pteron/machine.h"
#include "src/machine/word_target.h"
#include "src/mm/hooks.h"
#include "src/mm/khugepaged.h"
#include "src/mm/memory.h"
#include "src/mm/migrate.h"
#include "src/mm/vmscan.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// The head of the page that the file has at this index of its cache, kNoPfn for none.
Pfn CachedPage(const MachineState& m, FileId file, uint64_t page) {
  const std::vector<CacheSlot>& cache = m.file(file).cache;
  return page < cache.size() && cache[page].page != kNoPfn ? compound_head(m, cache[page].page) : kNoPfn;
}

// The head of the page that an entry of this class names at `address`, kNoPfn for none.
Pfn NamedPage(const Machine& machine, MmId mm, uint64_t address, EntryClass entry_class) {
  const MachineState& m = machine.state();
  const WalkResult walk = machine.Walk(mm, address);
  const WordTarget target = TargetOf(m, walk.level, walk.word);
  if (target.entry_class != entry_class || !m.frames.Contains(target.frame)) return kNoPfn;
  return compound_head(m, target.frame);
}

}  // namespace

int Machine::ReclaimPage(FileId file, uint64_t page) {
  const Pfn head = CachedPage(state_, file, page);
  if (head == kNoPfn) return -ENOENT;
  if (IsLocked(state_, head)) return -EBUSY;
  return reclaim_page(state_, head) ? 0 : -EBUSY;
}

int Machine::UnmapPage(FileId file, uint64_t page) {
  const Pfn head = CachedPage(state_, file, page);
  if (head == kNoPfn) return -ENOENT;
  unmap_mapping_page(state_, head);
  return 0;
}

int Machine::MigratePage(MmId mm, uint64_t address) {
  const Pfn head = NamedPage(*this, mm, address, EntryClass::present);
  return head == kNoPfn ? -ENOENT : migrate_page(state_, head);
}

int Machine::FreezePage(MmId mm, uint64_t address) {
  const Pfn head = NamedPage(*this, mm, address, EntryClass::present);
  if (head == kNoPfn) return -ENOENT;
  get_page(state_, head);
  state_.frozen_pages.push_back({head, mm, address});
  try_to_migrate(state_, head, HugeEntries::kept);
  return 0;
}

int Machine::ThawPage(MmId mm, uint64_t address) {
  const Pfn named = NamedPage(*this, mm, address, EntryClass::migration);
  std::vector<FrozenPage>& frozen = state_.frozen_pages;
  const auto at = std::find_if(frozen.begin(), frozen.end(), [&](const FrozenPage& page) {
    return named != kNoPfn ? page.head == named : page.mm == mm && page.address == address;
  });
  if (at == frozen.end()) return -ENOENT;
  const Pfn head = at->head;
  frozen.erase(at);
  remove_migration_ptes(state_, head, head);
  put_page(state_, head);
  return 0;
}

int Machine::CollapseFile(FileId file, uint64_t first, uint64_t end) {
  if (state_.file(file).kind == FileKind::hugetlb) return -EINVAL;
  for (uint64_t start = first - first % kPtesPerPmd; start < end; start += kPtesPerPmd) {
    if (const int error = madvise_collapse_errno(khugepaged_file(state_, file, start))) return error;
  }
  return 0;
}

void Machine::Arm(const ArmedAccess& access) {
  PTERON_CHECK(FindInterleavingPoint(access.point) != nullptr, "an access is armed for a point that exists");
  state_.armed.push_back(access);
  state_.any_armed = true;
}

std::vector<ArmedAccess> Machine::TakeArmed() {
  state_.any_armed = false;
  std::vector<ArmedAccess> taken = std::exchange(state_.armed, {});
  for (ArmedAccess& access : taken) {
    if (access.state == ArmedAccess::State::waits && state_.mm(access.mm).alive) MakeAccess(state_, access);
  }
  return taken;
}

}  // namespace pteron
