// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_TRUNCATE_H_
#define PTERON_SRC_MM_TRUNCATE_H_

// mm/truncate.c: pages leave their file, their content is lost.

#include "src/mm/fault.h"

namespace pteron {

// truncate_inode_page() / truncate_inode_folio(): removes the entries that still name the page (a head), its dirty flag
// and its place in the page cache of `file`. Does nothing where it is not a page of `file`.
void truncate_inode_page(MachineState& m, FileId file, Pfn page);

// truncate_inode_partial_folio() (5.17 on): what of [start, end] (bytes of the file, inclusive) lies in the page goes:
// all of it is truncated, a part is cleared and a huge page split. False where it could not be split, so that it stays
// whole. The caller holds a reference.
bool truncate_inode_partial_folio(MachineState& m, FileId file, Pfn page, uint64_t start, uint64_t end);

}  // namespace pteron

#endif  // PTERON_SRC_MM_TRUNCATE_H_
