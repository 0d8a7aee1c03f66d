// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_FILE_H_
#define PTERON_MM_FILE_H_

// A file in memory: an inode of tmpfs (shmem) or hugetlbfs with its page cache (address_space::i_pages).

#include <cstdint>
#include <vector>

#include "pteron/mm/hugetlb.h"
#include "pteron/mm/types.h"

namespace pteron {

// One slot of the page cache: empty, a page, or (shmem) the swap slot where the page went.
struct CacheSlot {
  Pfn page;                // the small page; a huge page fills 512 slots with consecutive frames
  int32_t swap_slot = -1;  // shmem: slot number, with no page
  bool empty() const { return page == kNoPfn && swap_slot < 0; }
  bool operator==(const CacheSlot&) const = default;
};

enum class FileKind : uint8_t { shmem, hugetlb };

struct File {
  FileKind kind = FileKind::shmem;
  bool open = false;                // a descriptor holds it; without one it lives as long as VMAs map it
  uint64_t size = 0;                // i_size, bytes
  std::vector<CacheSlot> cache;     // by page (hugetlb: by huge page); as long as its last occupied slot needs
  uint32_t mappings = 0;            // VMAs that map it
  bool unlinked_anonymous = false;  // shared anonymous memory: no descriptor ever
  // hugetlb: what shared mappings have reserved or filled.
  ResvMap resv_map;

  bool operator==(const File&) const = default;
};

}  // namespace pteron

#endif  // PTERON_MM_FILE_H_
