// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/fs/hugetlbfs/inode.h"

#include <cerrno>

#include "src/mm/hooks.h"
#include "src/mm/hugetlb.h"
#include "src/mm/hugetlb_reserve.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr uint64_t kToEnd = ~uint64_t{0};

// remove_inode_hugepages(): pages [first, end) leave the page cache. A page that is mapped still (a private mapping of a hole) is
// unmapped first.
void remove_inode_hugepages(MachineState& m, FileId file_id, uint64_t first, uint64_t end) {
  KernelFunction function(m.journal, "remove_inode_hugepages");
  const bool truncate_op = end == kToEnd;
  uint64_t freed = 0;
  for (uint64_t index = first; index < end && index < m.file(file_id).cache.size(); ++index) {
    const Pfn page = m.file(file_id).cache[index].page;
    if (page == kNoPfn || WaitsForPage(m, page)) continue;
    if (page_mapped(m, page)) hugetlb_vmdelete_list(m, file_id, index, index + 1, true, page);
    m.file(file_id).cache[index] = CacheSlot{};
    put_page(m, page);
    ++freed;
    if (!truncate_op) hugetlb_unreserve_pages(m, file_id, index, index + 1, 1);
  }
  std::vector<CacheSlot>& cache = m.file(file_id).cache;
  while (!cache.empty() && cache.back().empty()) cache.pop_back();
  if (truncate_op) hugetlb_unreserve_pages(m, file_id, first, end, freed);
}

}  // namespace

FileId hugetlb_file_setup(MachineState& m, uint64_t size) {
  File file;
  file.kind = FileKind::hugetlb;
  file.open = true;
  file.size = size;
  m.files.push_back(file);
  return FileId{static_cast<int32_t>(m.files.size() - 1)};
}

int hugetlb_truncate(MachineState& m, FileId file, uint64_t size) {
  KernelFunction function(m.journal, "hugetlb_vmtruncate");
  if (size % kPmdSize != 0) return -EINVAL;
  const uint64_t first = size / kPmdSize;
  m.file(file).size = size;
  Point(m, "truncate.before-unmap");
  hugetlb_vmdelete_list(m, file, first, kToEnd, true, kNoPfn);
  Point(m, "truncate.after-unmap");
  remove_inode_hugepages(m, file, first, kToEnd);
  return 0;
}

int hugetlb_punch_hole(MachineState& m, FileId file, uint64_t start, uint64_t length) {
  KernelFunction function(m.journal, "hugetlbfs_punch_hole");
  const uint64_t first = (start + kPmdSize - 1) / kPmdSize;
  const uint64_t end = (start + length) / kPmdSize;
  if (end <= first) return 0;
  hugetlb_vmdelete_list(m, file, first, end, false, kNoPfn);
  Point(m, "punch.after-unmap");
  remove_inode_hugepages(m, file, first, end);
  return 0;
}

int hugetlb_file_read_word(MachineState& m, FileId file_id, uint64_t offset, uint64_t* value, bool* eof) {
  const File& file = m.file(file_id);
  *value = 0;
  *eof = offset >= file.size;
  if (*eof) return 0;
  const uint64_t index = offset / kPmdSize;
  if (index >= file.cache.size() || file.cache[index].page == kNoPfn) return 0;
  if (PageHWPoison(m, file.cache[index].page)) return -EIO;
  *value = m.frames.cold(file.cache[index].page + static_cast<uint32_t>(offset % kPmdSize / kPageSize)).value;
  return 0;
}

void hugetlbfs_evict_inode(MachineState& m, FileId file) { remove_inode_hugepages(m, file, 0, kToEnd); }

}  // namespace pteron
