// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// mm/shmem.c: what system calls on the file do.

#include <algorithm>
#include <cerrno>

#include "src/mm/hooks.h"
#include "src/mm/huge_memory.h"
#include "src/mm/memory.h"
#include "src/mm/shmem.h"
#include "src/mm/swapfile.h"
#include "src/mm/truncate.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr uint64_t kToTheEnd = ~uint64_t{0};

// Bytes [lstart, lend] of a file, inclusive, and the pages that lie in it whole.
struct UndoRange {
  FileId file;
  uint64_t lstart;
  uint64_t lend;
  uint64_t start;  // first whole page
  uint64_t end;    // behind the last one
};

// shmem_free_swap(): the swapped page at index is given up.
void shmem_free_swap(MachineState& m, FileId file, uint64_t index) {
  const int32_t slot = page_cache_slot(m, file, index).swap_slot;
  store_page_cache_slot(m, file, index, CacheSlot{});
  free_swap_and_cache(m, slot);
}

uint64_t EndIn(const MachineState& m, FileId file, uint64_t end) {
  return std::min(end, uint64_t{m.file(file).cache.size()});
}

// The first round: swap slots, and pages that lie in the range as a whole.
void UndoWholePages(MachineState& m, const UndoRange& range) {
  for (uint64_t index = range.start; index < EndIn(m, range.file, range.end); ++index) {
    const CacheSlot slot = page_cache_slot(m, range.file, index);
    if (slot.swap_slot >= 0) shmem_free_swap(m, range.file, index);
    if (slot.page == kNoPfn) continue;
    const Pfn head = compound_head(m, slot.page);
    const uint64_t behind = m.frames.cold(head).index + m.frames.nr(head);
    if (head == slot.page && behind <= range.end) truncate_inode_page(m, range.file, head);
    index = behind - 1;
  }
}

// shmem_punch_compound(): true where the page may go: it is small, lies whole in the range, or could be split.
bool shmem_punch_compound(MachineState& m, Pfn page, const UndoRange& range) {
  if (!PageCompound(m, page)) return true;
  const Pfn head = compound_head(m, page);
  const uint64_t first = m.frames.cold(head).index;
  if (head == page && first >= range.start && first + kPtesPerPmd <= range.end) return true;
  return split_huge_page(m, page);
}

// The bytes before `start` and behind `end` that share a page with the range: its first word is cleared where the range
// holds it.
void ClearPartialPage(MachineState& m, FileId file, uint64_t index, bool first_word) {
  int error = 0;
  const Pfn page = shmem_getpage(m, file, index, ShmemGet::read, &error);
  if (page == kNoPfn) return;
  if (first_word) m.frames.SetValue(page, 0);
  set_page_dirty(m, page);
  put_page(m, page);
}

// shmem_undo_range() of v5.14: partial pages, then what the first round could not take.
void UndoRestSplittingWhenMet(MachineState& m, const UndoRange& range) {
  const uint64_t partial_start = range.lstart & (kPageSize - 1);
  const uint64_t partial_end = range.lend == kToTheEnd ? 0 : (range.lend + 1) & (kPageSize - 1);
  if (partial_start) ClearPartialPage(m, range.file, range.start - 1, false);
  if (partial_end && !(partial_start && range.start > range.end)) ClearPartialPage(m, range.file, range.end, true);
  for (uint64_t index = range.start; index < EndIn(m, range.file, range.end); ++index) {
    const CacheSlot slot = page_cache_slot(m, range.file, index);
    if (slot.swap_slot >= 0) shmem_free_swap(m, range.file, index);
    if (slot.page == kNoPfn) continue;
    get_page(m, slot.page);
    if (shmem_punch_compound(m, slot.page, range)) {
      truncate_inode_page(m, range.file, slot.page);
    } else {
      m.frames.SetValue(slot.page, 0);
      set_page_dirty(m, slot.page);
    }
    put_page(m, slot.page);
  }
}

// shmem_get_partial_folio(): the page at index with a reference, also beyond the end of the file; a swapped one only
// within it.
Pfn shmem_get_partial_folio(MachineState& m, FileId file, uint64_t index) {
  const CacheSlot slot = page_cache_slot(m, file, index);
  if (slot.page != kNoPfn) get_page(m, slot.page);
  if (slot.swap_slot < 0) return slot.page;
  int error = 0;
  return shmem_getpage(m, file, index, ShmemGet::read, &error);
}

// One end of the range that cuts a page. True where the range ends inside that same page; *start and *end give way to a
// page that stays whole.
bool UndoPartialPage(MachineState& m, const UndoRange& range, uint64_t index, bool first, uint64_t* start,
                     uint64_t* end) {
  const Pfn page = shmem_get_partial_folio(m, range.file, index);
  if (page == kNoPfn) return first && range.lstart >> kPageShift == range.lend >> kPageShift;
  const Pfn head = compound_head(m, page);
  const uint64_t head_index = m.frames.cold(head).index;
  const uint64_t behind = head_index + m.frames.nr(head);
  const bool same = range.lend < behind << kPageShift;
  set_page_dirty(m, head);
  if (!truncate_inode_partial_folio(m, range.file, head, range.lstart, range.lend)) {
    if (first) *start = behind;
    if (!first || same) *end = head_index;
  }
  put_page(m, head);
  return same;
}

// shmem_undo_range() from v5.17 on.
void UndoRestZeroAndSplit(MachineState& m, const UndoRange& range) {
  uint64_t start = range.start;
  uint64_t end = range.end;
  const bool same = UndoPartialPage(m, range, range.lstart >> kPageShift, true, &start, &end);
  if (!same) UndoPartialPage(m, range, range.lend >> kPageShift, false, &start, &end);
  for (uint64_t index = start; index < EndIn(m, range.file, end); ++index) {
    const CacheSlot slot = page_cache_slot(m, range.file, index);
    if (slot.swap_slot >= 0) shmem_free_swap(m, range.file, index);
    if (slot.page == kNoPfn) continue;
    const Pfn head = compound_head(m, slot.page);
    if (!PageCompound(m, head)) {
      truncate_inode_page(m, range.file, head);
      continue;
    }
    const uint64_t behind = m.frames.cold(head).index + m.frames.nr(head);
    get_page(m, head);
    const bool gone = truncate_inode_partial_folio(m, range.file, head, range.lstart, range.lend);
    const bool was_split = gone && !PageCompound(m, head);
    put_page(m, head);
    index = was_split ? start - 1 : behind - 1;
  }
}

// Whether a page whose memory failed refuses reads and writes.
bool Refused(const MachineState& m, Pfn page) {
  return m.rules().shmem.hwpoison_pages_are_refused && PageHWPoison(m, page);
}

}  // namespace

// mm/shmem.c:shmem_undo_range() without undoing of fallocate().
void shmem_truncate_range(MachineState& m, FileId file, uint64_t start, uint64_t end) {
  KernelFunction function(m.journal, "shmem_undo_range");
  const UndoRange range{.file = file,
                        .lstart = start,
                        .lend = end,
                        .start = (start + kPageSize - 1) >> kPageShift,
                        .end = end == kToTheEnd ? kToTheEnd : (end + 1) >> kPageShift};
  UndoWholePages(m, range);
  if (m.rules().shmem.partial_huge_page == PartialHugePage::split_when_met) {
    UndoRestSplittingWhenMet(m, range);
  } else {
    UndoRestZeroAndSplit(m, range);
  }
}

// mm/shmem.c:shmem_setattr(), v5.14. The entries go before the pages, private copies too, and again afterwards.
int shmem_truncate(MachineState& m, FileId file, uint64_t size) {
  KernelFunction function(m.journal, "shmem_setattr");
  const uint64_t old_size = m.file(file).size;
  m.file(file).size = size;
  if (size > old_size) return 0;
  const uint64_t hole_begin = (size + kPageSize - 1) & kPageMask;
  Point(m, "truncate.before-unmap");
  if (old_size > hole_begin) unmap_mapping_pages(m, file, hole_begin >> kPageShift, 0, true);
  Point(m, "truncate.after-unmap");
  shmem_truncate_range(m, file, size, kToTheEnd);
  if (old_size > hole_begin) unmap_mapping_pages(m, file, hole_begin >> kPageShift, 0, true);
  return 0;
}

// mm/shmem.c:shmem_fallocate() with FALLOC_FL_PUNCH_HOLE and FALLOC_FL_KEEP_SIZE, v5.14. Private copies stay; nothing
// is unmapped a second time.
int shmem_punch_hole(MachineState& m, FileId file, uint64_t start, uint64_t length) {
  KernelFunction function(m.journal, "shmem_fallocate");
  if (length == 0) return -EINVAL;
  const uint64_t first = (start + kPageSize - 1) >> kPageShift;
  const uint64_t end = (start + length) >> kPageShift;
  if (end > first) unmap_mapping_pages(m, file, first, end - first, false);
  Point(m, "punch.after-unmap", {.punched = file, .first = first, .end = end});
  shmem_truncate_range(m, file, start, start + length - 1);
  return 0;
}

// mm/shmem.c:shmem_write_begin(), shmem_write_end(), v5.14. The file grows to the end of the word.
int shmem_file_write_word(MachineState& m, FileId file, uint64_t offset, uint64_t value) {
  KernelFunction function(m.journal, "shmem_write_begin");
  int error = 0;
  const Pfn page = shmem_getpage(m, file, offset >> kPageShift, ShmemGet::write, &error);
  if (error) return error;
  if (Refused(m, page)) {
    put_page(m, page);
    return -EIO;
  }
  m.file(file).size = std::max(m.file(file).size, offset + sizeof(value));
  m.frames.SetValue(page, value);
  set_page_dirty(m, page);
  put_page(m, page);
  return 0;
}

// mm/shmem.c:shmem_file_read_iter(), v5.14. A hole reads as 0 and stays one.
int shmem_file_read_word(MachineState& m, FileId file, uint64_t offset, uint64_t* value, bool* eof) {
  KernelFunction function(m.journal, "shmem_file_read_iter");
  *eof = offset >= m.file(file).size;
  *value = 0;
  if (*eof) return 0;
  int error = 0;
  const Pfn page = shmem_getpage(m, file, offset >> kPageShift, ShmemGet::read, &error);
  if (error) return error;
  if (page == kNoPfn) return 0;
  if (Refused(m, page)) {
    put_page(m, page);
    return -EIO;
  }
  *value = m.frames.cold(page).value;
  put_page(m, page);
  return 0;
}

}  // namespace pteron
