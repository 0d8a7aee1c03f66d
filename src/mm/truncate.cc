// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/truncate.h"

#include <algorithm>

#include "src/mm/filemap.h"
#include "src/mm/hooks.h"
#include "src/mm/huge_memory.h"
#include "src/mm/memory.h"
#include "src/state/primitives.h"

namespace pteron {

// mm/truncate.c, v5.14: truncate_cleanup_page() and delete_from_page_cache().
void truncate_inode_page(MachineState& m, FileId file, Pfn page) {
  KernelFunction function(m.journal, "truncate_inode_page");
  if (PageAnon(m, page) || m.frames.cold(page).mapping != file.value || WaitsForPage(m, page)) return;
  if (page_mapped(m, page)) unmap_mapping_page(m, page);
  clear_page_flag(m, page, PG_dirty);
  delete_from_page_cache(m, page);
}

// mm/truncate.c, v5.17. A word stands for its page: it is cleared where the range holds the page's first byte.
bool truncate_inode_partial_folio(MachineState& m, FileId file, Pfn page, uint64_t start, uint64_t end) {
  KernelFunction function(m.journal, "truncate_inode_partial_folio");
  const uint32_t pages = m.frames.nr(page);
  const uint64_t pos = m.frames.cold(page).index << kPageShift;
  const uint64_t last = pos + pages * kPageSize - 1;
  if (start <= pos && end >= last) {
    truncate_inode_page(m, file, page);
    return true;
  }
  for (uint32_t i = 0; i < pages; ++i) {
    const uint64_t first_byte = pos + i * kPageSize;
    if (first_byte >= start && first_byte <= end) m.frames.SetValue(page + i, 0);
  }
  if (pages == 1 || split_huge_page(m, page)) return true;
  if (PageDirty(m, page)) return false;
  truncate_inode_page(m, file, page);
  return true;
}

}  // namespace pteron
