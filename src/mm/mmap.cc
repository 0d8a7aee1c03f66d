// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/mmap.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "pteron/check.h"
#include "src/fs/hugetlbfs/inode.h"
#include "src/mm/hugetlb.h"
#include "src/mm/memory.h"
#include "src/mm/rmap.h"
#include "src/mm/shmem.h"
#include "src/mm/swap.h"
#include "src/mm/vma_merge.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

using Index = std::optional<size_t>;

uint64_t PageAlign(uint64_t bytes) { return (bytes + kPageSize - 1) & kPageMask; }

bool IsHugetlbFile(const MachineState& m, FileId file) { return file && m.file(file).kind == FileKind::hugetlb; }

// mm/mmap.c:accountable_mapping(): private writable memory counts against the commit limit.
bool accountable_mapping(const MachineState& m, FileId file, uint64_t vm_flags) {
  return !IsHugetlbFile(m, file) && (vm_flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
}

// mm/mmap.c:get_unmapped_area() with MAP_FIXED, and fs/hugetlbfs/inode.c:hugetlb_get_unmapped_area(). 0 or a negative errno.
int get_unmapped_area(const MachineState& m, FileId file, uint64_t address, uint64_t length) {
  if (length > kTaskSize) return -ENOMEM;
  if (IsHugetlbFile(m, file) && ((length | address) & ~kPmdMask)) return -EINVAL;
  if (address > kTaskSize - length) return -ENOMEM;
  return (address & ~kPageMask) ? -EINVAL : 0;
}

// fs/hugetlbfs/inode.c:hugetlbfs_file_mmap(), v5.14.
int hugetlbfs_file_mmap(MachineState& m, vm_area_struct& vma) {
  vma.kind = VmaKind::hugetlb;
  vma.vm_flags |= VM_HUGETLB | VM_DONTEXPAND;
  if ((vma.vm_pgoff << kPageShift) & ~kPmdMask) return -EINVAL;
  return hugetlb_reserve_pages(m, vma);
}

// call_mmap(), shmem_zero_setup(): gives the new VMA its operations and file. 0 or a negative errno; then the VMA has no file.
int AttachFile(MachineState& m, vm_area_struct& vma, FileId file) {
  if (!file && !(vma.vm_flags & VM_SHARED)) return 0;
  vma.vm_file = file ? file : shmem_file_setup(m, vma.vm_end - vma.vm_start, true);
  vma_get_file(m, vma);
  if (!IsHugetlbFile(m, vma.vm_file)) {
    vma.kind = VmaKind::shmem;
    return 0;
  }
  const int error = hugetlbfs_file_mmap(m, vma);
  if (error) vma_put_file(m, vma);
  return error;
}

// mm/mmap.c:free_pgtables(), v5.14: frees the tables of mm.vmas[first..last) that lie wholly between floor and ceiling (bytes;
// ceiling 0: none), after taking the VMAs out of the reverse maps.
void free_pgtables(MachineState& m, MmId mm, size_t first, size_t last, uint64_t floor, uint64_t ceiling) {
  KernelFunction function(m.journal, "free_pgtables");
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  while (first < last) {
    const uint64_t start = vmas[first].vm_start;
    unlink_anon_vmas(m, vmas[first]);
    while (!is_vm_hugetlb_page(vmas[first]) && first + 1 < last && !is_vm_hugetlb_page(vmas[first + 1]) &&
           vmas[first + 1].vm_start <= vmas[first].vm_end + kPmdSize) {
      unlink_anon_vmas(m, vmas[++first]);
    }
    const uint64_t end = vmas[first].vm_end;
    ++first;
    free_pgd_range(m, mm, start, end, floor, first < last ? vmas[first].vm_start : ceiling);
  }
}

// mm/mmap.c:unmap_region(), v5.14, and what follows it in munmap: mm.vmas[first..last), which fill [start, end), go with all entries.
void UnmapAndRemove(MachineState& m, MmId mm, size_t first, size_t last, uint64_t start, uint64_t end) {
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  {
    KernelFunction function(m.journal, "unmap_region");
    lru_add_drain(m);
    unmap_vmas(m, mm, start, end);
    free_pgtables(m, mm, first, last, first > 0 ? vmas[first - 1].vm_end : 0, last < vmas.size() ? vmas[last].vm_start : 0);
  }
  const auto begin = vmas.begin() + static_cast<std::ptrdiff_t>(first);
  const auto behind = vmas.begin() + static_cast<std::ptrdiff_t>(last);
  std::vector<vm_area_struct> gone(std::make_move_iterator(begin), std::make_move_iterator(behind));
  vmas.erase(begin, behind);
  for (vm_area_struct& vma : gone) vma_close(m, vma);
}

// mm/mmap.c:mmap_region(). `request` holds the rounded length.
int mmap_region(MachineState& m, MmId mm, const MmapRequest& request, uint64_t vm_flags, uint64_t pgoff) {
  const uint64_t end = request.address + request.length;
  if (do_munmap(m, mm, request.address, request.length)) return -ENOMEM;
  if (accountable_mapping(m, request.file, vm_flags)) vm_flags |= VM_ACCOUNT;
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  const size_t behind = find_vma_index(m, mm, request.address);
  Index index = vma_merge_new(m, mm, VmaMergeRequest{.prev = behind > 0 ? Index(behind - 1) : std::nullopt,
                                                     .start = request.address,
                                                     .end = end,
                                                     .vm_flags = vm_flags,
                                                     .anon_vma = AnonVmaId{},
                                                     .vm_file = request.file,
                                                     .vm_pgoff = pgoff,
                                                     .vm_userfaultfd_ctx = UffdId{}});
  if (!index) {
    vm_area_struct vma;
    vma.vm_start = request.address;
    vma.vm_end = end;
    vma.vm_flags = vm_flags;
    vma.vm_pgoff = pgoff;
    if (const int error = AttachFile(m, vma, request.file)) return error;
    vmas.insert(vmas.begin() + static_cast<std::ptrdiff_t>(behind), std::move(vma));
    index = behind;
  }
  // What is new is dirty as a whole: a tracker that remembers what lay here before must not take it for the same memory.
  vmas[*index].vm_flags |= VM_SOFTDIRTY;
  vma_set_page_prot(m, vmas[*index]);
  return 0;
}

}  // namespace

// mm/mmap.c:do_mmap() behind ksys_mmap_pgoff(), v5.14; always MAP_FIXED or MAP_FIXED_NOREPLACE. Leaves out limits (map count, RLIMIT_AS, commit
// limit), seals, and rights of files, which here may all be read and written. Lengths of hugetlb mappings are rounded up.
int do_mmap(MachineState& m, MmId mm, const MmapRequest& request) {
  KernelFunction function(m.journal, "do_mmap");
  if (request.file && !m.file(request.file).open) return -EBADF;
  if (request.offset & ~kPageMask) return -EINVAL;
  if (request.length == 0) return -EINVAL;
  MmapRequest rounded = request;
  if (IsHugetlbFile(m, request.file)) rounded.length = (request.length + kPmdSize - 1) & kPmdMask;
  rounded.length = PageAlign(rounded.length);
  if (rounded.length == 0) return -ENOMEM;
  const uint64_t pgoff = request.offset >> kPageShift;
  if (const int error = get_unmapped_area(m, request.file, request.address, rounded.length)) return error;
  if (!request.replace) {
    const size_t next = find_vma_index(m, mm, request.address);
    const std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
    if (next < vmas.size() && vmas[next].vm_start < request.address + rounded.length) return -EEXIST;
  }
  uint64_t vm_flags = calc_vm_prot_bits(request.protection) | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
  if (request.shared) vm_flags |= VM_SHARED | VM_MAYSHARE;
  if (request.file) {
    constexpr uint64_t kMaxFileSize = (uint64_t{1} << 63) - 1;  // MAX_LFS_FILESIZE
    if (rounded.length > kMaxFileSize || pgoff > (kMaxFileSize - rounded.length) >> kPageShift) return -EOVERFLOW;
    return mmap_region(m, mm, rounded, vm_flags, pgoff);
  }
  return mmap_region(m, mm, rounded, vm_flags, request.shared ? 0 : request.address >> kPageShift);
}

// mm/mmap.c:__do_munmap(), v5.14. Leaves out UFFD_FEATURE_EVENT_UNMAP.
int do_munmap(MachineState& m, MmId mm, uint64_t start, uint64_t length) {
  KernelFunction function(m.journal, "__do_munmap");
  if ((start & ~kPageMask) || start > kTaskSize || length > kTaskSize - start) return -EINVAL;
  const uint64_t end = start + PageAlign(length);
  if (end == start) return -EINVAL;
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  size_t first = find_vma_index(m, mm, start);
  if (first == vmas.size() || vmas[first].vm_start >= end) return 0;
  if (start > vmas[first].vm_start) {
    if (const int error = vma_may_split(vmas[first], start)) return error;
    first = split_vma(m, mm, first, start);
  }
  size_t last = find_vma_index(m, mm, end);
  if (last < vmas.size() && end > vmas[last].vm_start) {
    if (const int error = vma_may_split(vmas[last], end)) return error;
    last = split_vma(m, mm, last, end);
  }
  UnmapAndRemove(m, mm, first, last, start, end);
  return 0;
}

// mm/mmap.c, v5.14. Leaves out the part of the out-of-memory reaper.
void exit_mmap(MachineState& m, MmId mm) {
  KernelFunction function(m.journal, "exit_mmap");
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  if (!vmas.empty()) {
    lru_add_drain(m);
    unmap_vmas(m, mm, 0, kTaskSize);
    free_pgtables(m, mm, 0, vmas.size(), 0, 0);
    std::vector<vm_area_struct> gone = std::exchange(vmas, {});
    for (vm_area_struct& vma : gone) vma_close(m, vma);
  }
  m.tables.Free(m.mm(mm).pgd);
  m.mm(mm).pgd = 0;
  m.mm(mm).alive = false;
}

size_t find_vma_index(const MachineState& m, MmId mm, uint64_t address) {
  const std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  const auto found = std::upper_bound(vmas.begin(), vmas.end(), address,
                                      [](uint64_t a, const vm_area_struct& vma) { return a < vma.vm_end; });
  return static_cast<size_t>(found - vmas.begin());
}

// mm/hugetlb.c:hugetlb_vm_op_split(), v5.14; other VMAs may have a border at every page.
int vma_may_split(const vm_area_struct& vma, uint64_t address) {
  return is_vm_hugetlb_page(vma) && (address & ~kPmdMask) ? -EINVAL : 0;
}

// mm/mmap.c:__split_vma(), v5.14, with the part of __vma_adjust() that serves it.
size_t split_vma(MachineState& m, MmId mm, size_t index, uint64_t address) {
  KernelFunction function(m.journal, "__split_vma");
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  PTERON_CHECK(vmas[index].vm_start < address && address < vmas[index].vm_end, "a VMA is split at an address inside it");
  vm_area_struct upper = vmas[index];  // vm_area_dup()
  upper.vm_start = address;
  upper.vm_pgoff += (address - vmas[index].vm_start) >> kPageShift;
  upper.anon_vma_chain.clear();
  anon_vma_clone(m, upper, vmas[index]);
  vma_get_file(m, upper);
  if (is_vm_hugetlb_page(upper)) hugetlb_vm_op_open(m, upper, false);
  split_huge_pmd_if_needed(m, mm, index, address);
  vmas[index].vm_end = address;
  vmas.insert(vmas.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(upper));
  return index + 1;
}

// mm/mprotect.c:mprotect_fixup(), mm/madvise.c:madvise_behavior(), fs/userfaultfd.c:userfaultfd_register(), v5.14: what they share.
// Precondition beside the header's: flags or context differ from what the VMA has, as those three make sure.
size_t vma_modify(MachineState& m, MmId mm, uint64_t start, uint64_t end, uint64_t new_flags, UffdId new_ctx) {
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  size_t index = find_vma_index(m, mm, start);
  PTERON_CHECK(index < vmas.size() && vmas[index].vm_start <= start && end <= vmas[index].vm_end && start < end,
               "the part of a VMA that changes lies in it");
  const vm_area_struct& vma = vmas[index];
  const bool by_uffd = new_ctx != vma.vm_userfaultfd_ctx || ((new_flags ^ vma.vm_flags) & kVmUffdFlags);
  const bool offset_of_part = !by_uffd || m.rules().mmap.uffd_merge_offset == UffdMergeOffset::of_part;
  Index prev = start > vma.vm_start ? Index(index) : std::nullopt;
  if (!prev && index > 0) prev = index - 1;
  const Index merged = vma_merge(m, mm, VmaMergeRequest{.prev = prev,
                                                        .start = start,
                                                        .end = end,
                                                        .vm_flags = new_flags,
                                                        .anon_vma = vma.anon_vma,
                                                        .vm_file = vma.vm_file,
                                                        .vm_pgoff = offset_of_part ? linear_page_index(vma, start) : vma.vm_pgoff,
                                                        .vm_userfaultfd_ctx = new_ctx});
  if (merged) {
    index = *merged;
  } else {
    if (start > vmas[index].vm_start) index = split_vma(m, mm, index, start);
    if (end < vmas[index].vm_end) split_vma(m, mm, index, end);
  }
  vmas[index].vm_flags = new_flags;
  vmas[index].vm_userfaultfd_ctx = new_ctx;
  return index;
}

// mm/mmap.c, v5.14. Nothing here gives a VMA other cache attributes, so that vm_pgprot_modify() is vm_get_page_prot().
void vma_set_page_prot(MachineState& m, vm_area_struct& vma) {
  const pgprot_t prot = vm_get_page_prot(m, vma.vm_flags);
  vma.vm_page_prot = vma_wants_writenotify(m, vma, prot) ? vm_get_page_prot(m, vma.vm_flags & ~uint64_t{VM_SHARED}) : prot;
}

// mm/mmap.c, v5.14. Neither shmem nor hugetlb is told by page_mkwrite, nor writes dirty pages back.
bool vma_wants_writenotify(const MachineState& m, const vm_area_struct& vma, pgprot_t vm_page_prot) {
  const MmapRules& rules = m.rules().mmap;
  if ((vma.vm_flags & (VM_WRITE | VM_SHARED)) != (VM_WRITE | VM_SHARED)) return false;
  if (vm_page_prot != vm_get_page_prot(m, vma.vm_flags)) return false;
  const bool tracks_soft_dirty = m.kernel->facts().soft_dirty && !(vma.vm_flags & VM_SOFTDIRTY);
  if (tracks_soft_dirty && (rules.writenotify_for_soft_dirty_hugetlb || !is_vm_hugetlb_page(vma))) return true;
  return rules.writenotify_for_uffd_wp && userfaultfd_wp(vma);
}

// mm/mmap.c, v5.14.
std::optional<size_t> copy_vma(MachineState& m, MmId mm, size_t index, uint64_t address, uint64_t length, uint64_t pgoff) {
  KernelFunction function(m.journal, "copy_vma");
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  const vm_area_struct& old = vmas[index];
  // Anonymous memory that nobody has touched may take the offset of its new place, where it merges more often.
  if (vma_is_anonymous(old) && !old.anon_vma) pgoff = address >> kPageShift;
  const size_t behind = find_vma_index(m, mm, address);
  if (behind < vmas.size() && vmas[behind].vm_start < address + length) return std::nullopt;
  const Index merged = vma_merge(m, mm, VmaMergeRequest{.prev = behind > 0 ? Index(behind - 1) : std::nullopt,
                                                        .start = address,
                                                        .end = address + length,
                                                        .vm_flags = old.vm_flags,
                                                        .anon_vma = old.anon_vma,
                                                        .vm_file = old.vm_file,
                                                        .vm_pgoff = pgoff,
                                                        .vm_userfaultfd_ctx = old.vm_userfaultfd_ctx});
  if (merged) return merged;
  vm_area_struct copy = old;  // vm_area_dup()
  copy.vm_start = address;
  copy.vm_end = address + length;
  copy.vm_pgoff = pgoff;
  copy.anon_vma_chain.clear();
  anon_vma_clone(m, copy, old);
  vma_get_file(m, copy);
  if (is_vm_hugetlb_page(copy)) hugetlb_vm_op_open(m, copy, false);
  vmas.insert(vmas.begin() + static_cast<std::ptrdiff_t>(behind), std::move(copy));
  return behind;
}

void vma_get_file(MachineState& m, const vm_area_struct& vma) {
  if (vma.vm_file) ++m.file(vma.vm_file).mappings;
}

void vma_put_file(MachineState& m, const vm_area_struct& vma) {
  if (!vma.vm_file) return;
  File& file = m.file(vma.vm_file);
  PTERON_CHECK(file.mappings > 0, "a VMA's file counts it");
  if (--file.mappings > 0 || file.open) return;
  if (file.kind == FileKind::shmem) {
    shmem_evict_inode(m, vma.vm_file);
  } else {
    hugetlbfs_evict_inode(m, vma.vm_file);
  }
}

// mm/mmap.c:remove_vma(), v5.14.
void vma_close(MachineState& m, vm_area_struct& vma) {
  if (is_vm_hugetlb_page(vma)) hugetlb_vm_op_close(m, vma);
  vma_put_file(m, vma);
}

}  // namespace pteron
