// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/shmem.h"

#include <algorithm>
#include <cerrno>

#include "pteron/check.h"
#include "src/fs/userfaultfd.h"
#include "src/mm/hooks.h"
#include "src/mm/swap.h"
#include "src/mm/swapfile.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

bool BeyondEnd(const File& file, uint64_t index) { return index << kPageShift >= file.size; }

// shmem_alloc_hugepage(): a huge page for the aligned 2 MiB around index, kNoPfn where anything of it is cached or
// swapped, or none can be had.
Pfn shmem_alloc_hugepage(MachineState& m, FileId file, uint64_t index) {
  const std::vector<CacheSlot>& cache = m.file(file).cache;
  const uint64_t first = index & ~uint64_t{kPtesPerPmd - 1};
  const uint64_t end = std::min(first + kPtesPerPmd, uint64_t{cache.size()});
  for (uint64_t i = first; i < end; ++i) {
    if (!cache[i].empty()) return kNoPfn;
  }
  return alloc_page(m, kHpagePmdOrder).value_or(kNoPfn);
}

// shmem_alloc_and_acct_page() and shmem_add_to_page_cache(): a new zeroed page in the empty slot at index. The small
// page, with a reference of the caller's own; kNoPfn: no memory.
Pfn AddNewPage(MachineState& m, FileId file, uint64_t index, bool huge) {
  Pfn head = huge ? shmem_alloc_hugepage(m, file, index) : kNoPfn;
  if (head == kNoPfn) head = alloc_page(m).value_or(kNoPfn);
  if (head == kNoPfn) return kNoPfn;
  set_page_flag(m, head, PG_swapbacked);
  const uint64_t distance = index & (m.frames.nr(head) - 1);
  add_to_page_cache(m, head, file, index - distance);
  lru_cache_add(m, head);
  return head + static_cast<uint32_t>(distance);
}

// shmem_swapin_page() / shmem_swapin_folio(): the page that the slot of the cache stands for comes back, dirty, and its
// swap slot is given up. With a reference of the caller's own; kNoPfn: no memory.
Pfn shmem_swapin_page(MachineState& m, FileId file, uint64_t index) {
  KernelFunction function(m.journal, "shmem_swapin_page");
  const int32_t slot = page_cache_slot(m, file, index).swap_slot;
  Pfn page = lookup_swap_cache(m, slot);
  if (page != kNoPfn) {
    get_page(m, page);
  } else {
    page = read_swap_cache_async(m, slot);
    if (page == kNoPfn) return kNoPfn;
  }
  store_page_cache_slot(m, file, index, CacheSlot{});
  add_to_page_cache(m, page, file, index);
  delete_from_swap_cache(m, page);
  set_page_dirty(m, page);
  swap_free(m, slot);
  return page;
}

// What a fault brings along; system calls have none.
struct FaultContext {
  vm_fault& vmf;
  vm_fault_t& type;
};

// shmem_getpage_gfp() / shmem_get_folio_gfp(). 0 with *page kNoPfn: a hole, or the fault was handed to userfaultfd
// (then context->type says so).
int shmem_getpage_gfp(MachineState& m, FileId file, uint64_t index, ShmemGet sgp, FaultContext* context, Pfn* page) {
  *page = kNoPfn;
  if (sgp <= ShmemGet::cache && BeyondEnd(m.file(file), index)) return -EINVAL;
  const CacheSlot slot = page_cache_slot(m, file, index);
  if (context && WaitsForPage(m, slot.page)) {
    context->type = VM_FAULT_RETRY;
    return 0;
  }
  if (context && !slot.empty() && userfaultfd_minor(*context->vmf.vma)) {
    context->type = handle_userfault(m, context->vmf, UffdReason::minor);
    return 0;
  }
  if (slot.swap_slot >= 0) {
    if (context && lookup_swap_cache(m, slot.swap_slot) == kNoPfn) context->type |= VM_FAULT_MAJOR;
    *page = shmem_swapin_page(m, file, index);
    return *page == kNoPfn ? -ENOMEM : 0;
  }
  if (slot.page != kNoPfn) {
    get_page(m, slot.page);
    *page = slot.page;
    return 0;
  }
  if (sgp == ShmemGet::read) return 0;
  if (context && userfaultfd_missing(*context->vmf.vma)) {
    context->type = handle_userfault(m, context->vmf, UffdReason::missing);
    return 0;
  }
  *page = AddNewPage(m, file, index, context && shmem_huge_enabled(m, *context->vmf.vma));
  return *page == kNoPfn ? -ENOMEM : 0;
}

}  // namespace

FileId shmem_file_setup(MachineState& m, uint64_t size, bool kernel_mount) {
  const FileId id{static_cast<int32_t>(m.files.size())};
  File file;
  file.kind = FileKind::shmem;
  file.open = !kernel_mount;
  file.size = size;
  file.unlinked_anonymous = kernel_mount;
  m.files.push_back(std::move(file));
  return id;
}

// mm/shmem.c, v5.14: SGP_HUGE and SGP_NOHUGE of shmem_fault() under SHMEM_HUGE_ADVISE; shmem_is_huge() later. The size
// of the file does not matter.
bool shmem_huge_enabled(const MachineState& m, const vm_area_struct& vma) {
  return m.encoding().transparent_hugepage && (vma.vm_flags & VM_HUGEPAGE) && !(vma.vm_flags & VM_NOHUGEPAGE);
}

// mm/shmem.c, v5.14. A fault in a hole that is being punched comes again until that is done.
vm_fault_t shmem_fault(MachineState& m, vm_fault& vmf) {
  KernelFunction function(m.journal, "shmem_fault");
  if (WaitsForPunch(m, vmf.vma->vm_file, vmf.pgoff)) return VM_FAULT_RETRY;
  vm_fault_t type = VM_FAULT_LOCKED;
  FaultContext context{vmf, type};
  const int error = shmem_getpage_gfp(m, vmf.vma->vm_file, vmf.pgoff, ShmemGet::cache, &context, &vmf.page);
  if (error == -ENOMEM) return VM_FAULT_OOM;
  return error ? vm_fault_t{VM_FAULT_SIGBUS} : type;
}

Pfn shmem_getpage(MachineState& m, FileId file, uint64_t index, ShmemGet sgp, int* error) {
  Pfn page = kNoPfn;
  *error = shmem_getpage_gfp(m, file, index, sgp, nullptr, &page);
  return page;
}

// mm/shmem.c, v5.14: shmem_mfill_atomic_pte() but for mfill_atomic_install_pte(). The order of checks is the kernel's:
// no memory, beyond the end, something there already (a swapped page too).
int shmem_mfill_cache(MachineState& m, FileId file, uint64_t index, uint64_t value, Pfn* page) {
  const std::optional<Pfn> fresh = alloc_page(m);
  if (!fresh) return -ENOMEM;
  const bool beyond = BeyondEnd(m.file(file), index);
  if (beyond || !page_cache_slot(m, file, index).empty()) {
    put_page(m, *fresh);
    return beyond ? -EFAULT : -EEXIST;
  }
  set_page_flag(m, *fresh, PG_swapbacked);
  m.frames.SetValue(*fresh, value);
  add_to_page_cache(m, *fresh, file, index);
  if (m.rules().shmem.mfill_marks_page_dirty) set_page_dirty(m, *fresh);
  *page = *fresh;
  return 0;
}

// mm/shmem.c, v5.14. Huge pages have been split before.
bool shmem_writepage(MachineState& m, Pfn page) {
  KernelFunction function(m.journal, "shmem_writepage");
  PTERON_CHECK(!PageCompound(m, page) && !page_mapped(m, page), "a page of a file goes to swap alone and unmapped");
  const FileId file{m.frames.cold(page).mapping};
  const uint64_t index = m.frames.cold(page).index;
  if (!alloc_swap_and_cache(m, page)) {
    set_page_dirty(m, page);
    return false;
  }
  const int32_t slot = m.frames.cold(page).swap_slot;
  swap_duplicate(m, slot);
  store_page_cache_slot(m, file, index, CacheSlot{.page = kNoPfn, .swap_slot = slot});
  m.frames.mutable_cold(page).mapping = -1;
  put_page(m, page);
  swap_writepage(m, page);
  return true;
}

uint64_t shmem_partial_swap_usage(const MachineState& m, FileId file, uint64_t first, uint64_t end) {
  const std::vector<CacheSlot>& cache = m.file(file).cache;
  uint64_t swapped = 0;
  for (uint64_t i = first; i < std::min(end, uint64_t{cache.size()}); ++i) swapped += cache[i].swap_slot >= 0;
  return swapped;
}

// mm/shmem.c, v5.14. Files in order of their making; the kernel's order is that of their first swapping.
int shmem_unuse(MachineState& m) {
  KernelFunction function(m.journal, "shmem_unuse");
  for (size_t i = 0; i < m.files.size(); ++i) {
    const FileId file{static_cast<int32_t>(i)};
    if (m.file(file).kind != FileKind::shmem) continue;
    for (uint64_t index = 0; index < m.file(file).cache.size(); ++index) {
      if (m.file(file).cache[index].swap_slot < 0) continue;
      const Pfn page = shmem_swapin_page(m, file, index);
      if (page == kNoPfn) return -ENOMEM;
      put_page(m, page);
    }
  }
  return 0;
}

void shmem_evict_inode(MachineState& m, FileId file) {
  KernelFunction function(m.journal, "shmem_evict_inode");
  m.file(file).size = 0;
  shmem_truncate_range(m, file, 0, ~uint64_t{0});
}

}  // namespace pteron
