// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/madvise.h"

#include <algorithm>
#include <cerrno>

#include "pteron/arch/x86/classify.h"
#include "src/cpu/access.h"
#include "src/mm/huge_memory.h"
#include "src/fs/hugetlbfs/inode.h"
#include "src/mm/hugetlb.h"
#include "src/mm/khugepaged.h"
#include "src/mm/madvise_pages.h"
#include "src/mm/memory.h"
#include "src/mm/memory_failure.h"
#include "src/mm/mmap.h"
#include "src/mm/shmem.h"
#include "src/mm/swap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// mm/internal.h:can_madv_lru_vma().
bool can_madv_lru_vma(const vm_area_struct& vma) { return !(vma.vm_flags & (VM_LOCKED | VM_HUGETLB | VM_PFNMAP)); }

// The flags that a VMA has after advice about the VMA itself. 0 or a negative errno.
int FlagsAfter(const vm_area_struct& vma, Advice advice, uint64_t* flags) {
  *flags = vma.vm_flags;
  switch (advice) {
    case Advice::dontfork:
      *flags |= VM_DONTCOPY;
      return 0;
    case Advice::dofork:
      *flags &= ~uint64_t{VM_DONTCOPY};
      return 0;
    case Advice::wipeonfork:
      if (vma.vm_file || (vma.vm_flags & VM_SHARED)) return -EINVAL;
      *flags |= VM_WIPEONFORK;
      return 0;
    case Advice::keeponfork:
      *flags &= ~uint64_t{VM_WIPEONFORK};
      return 0;
    case Advice::hugepage:
      *flags = (*flags & ~uint64_t{VM_NOHUGEPAGE}) | VM_HUGEPAGE;
      return 0;
    case Advice::nohugepage:
      *flags = (*flags & ~uint64_t{VM_HUGEPAGE}) | VM_NOHUGEPAGE;
      return 0;
    default:
      return -EINVAL;
  }
}

// mm/madvise.c:madvise_behavior() for advice about the VMA itself, v5.14.
int madvise_behavior(MachineState& m, MmId mm, size_t index, uint64_t start, uint64_t end, Advice advice) {
  const vm_area_struct& vma = m.mm(mm).vmas[index];
  uint64_t flags = 0;
  if (const int error = FlagsAfter(vma, advice, &flags)) return error;
  if (flags == vma.vm_flags) return 0;
  if (start > vma.vm_start) {
    if (const int error = vma_may_split(vma, start)) return error;
  }
  if (end < vma.vm_end) {
    if (const int error = vma_may_split(vma, end)) return error;
  }
  vma_modify(m, mm, start, end, flags, vma.vm_userfaultfd_ctx);
  return 0;
}

// mm/madvise.c:madvise_dontneed_free(), v5.14; hugetlb, 5.18. Leaves out UFFD_FEATURE_EVENT_REMOVE.
int madvise_dontneed_free(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end, Advice advice) {
  KernelFunction function(m.journal, "madvise_dontneed_free");
  if (is_vm_hugetlb_page(vma)) {
    if (!m.rules().madvise.dontneed_of_hugetlb || advice != Advice::dontneed || (start & ~kPmdMask)) return -EINVAL;
    end &= kPmdMask;
    if (start == end) return 0;
  } else if (!can_madv_lru_vma(vma)) {
    return -EINVAL;
  }
  if (advice == Advice::dontneed) {
    zap_page_range(m, mm, start, end - start, nullptr);
    return 0;
  }
  if (!vma_is_anonymous(vma)) return -EINVAL;
  madvise_free_page_range(m, mm, vma, start, end);
  return 0;
}

// mm/madvise.c:madvise_remove(), v5.14: punches a hole into the VMA's file.
int madvise_remove(MachineState& m, const vm_area_struct& vma, uint64_t start, uint64_t end) {
  KernelFunction function(m.journal, "madvise_remove");
  if (!vma.vm_file) return -EINVAL;
  const uint64_t needed = VM_SHARED | (m.rules().madvise.remove_needs == RemoveNeeds::write ? VM_WRITE : VM_MAYWRITE);
  if ((vma.vm_flags & needed) != needed) return -EACCES;
  const uint64_t offset = (start - vma.vm_start) + (vma.vm_pgoff << kPageShift);
  const FileId file = vma.vm_file;
  return m.file(file).kind == FileKind::hugetlb ? hugetlb_punch_hole(m, file, offset, end - start)
                                                : shmem_punch_hole(m, file, offset, end - start);
}

// mm/gup.c:check_vma_flags() for a plain read or write.
bool AllowsAccess(const vm_area_struct& vma, bool write) { return vma.vm_flags & (write ? VM_WRITE : VM_READ); }

// The errno for a page that get_user_pages() could not bring: vm_fault_to_errno(). Only who asks for -EHWPOISON gets it.
CallResult GupResult(const AccessResult& access, bool wants_hwpoison) {
  switch (access.outcome) {
    case AccessOutcome::ok: return CallResult{};
    case AccessOutcome::oom: return CallResult{.error = -ENOMEM};
    case AccessOutcome::blocked: return CallResult{.blocked = access.blocked};
    case AccessOutcome::livelock: return CallResult{.livelock = true};
    case AccessOutcome::sigbus: return CallResult{.error = access.hwpoison && wants_hwpoison ? -EHWPOISON : -EFAULT};
    case AccessOutcome::sigsegv: return CallResult{.error = -EFAULT};
  }
  return CallResult{};
}

bool Failed(const CallResult& result) {
  return result.error != 0 || result.blocked != UffdReason::none || result.livelock || result.sigbus;
}

// mm/madvise.c:madvise_populate(), v5.14. Pages before the one that fails stay.
CallResult madvise_populate(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t start, uint64_t end, bool write) {
  if (!AllowsAccess(vma, write)) return CallResult{.error = -EINVAL};
  const uint64_t size = is_vm_hugetlb_page(vma) ? kPmdSize : kPageSize;
  for (uint64_t address = start; address < end; address = (address | (size - 1)) + 1) {
    const CallResult result = GupResult(FaultIn(m, mm, address, write), /*wants_hwpoison=*/true);
    if (Failed(result)) return result;
  }
  if (m.rules().madvise.populate_drains_lru_batch) lru_add_drain(m);
  return CallResult{};
}

// mm/madvise.c:madvise_vma(), v5.14: advice for a part of one VMA.
CallResult madvise_vma(MachineState& m, MmId mm, size_t index, uint64_t start, uint64_t end, Advice advice) {
  vm_area_struct& vma = m.mm(mm).vmas[index];
  switch (advice) {
    case Advice::remove:
      return CallResult{.error = madvise_remove(m, vma, start, end)};
    case Advice::willneed:
      madvise_willneed_range(m, mm, vma, start, end);
      return CallResult{};
    case Advice::cold:
    case Advice::pageout:
      if (!can_madv_lru_vma(vma)) return CallResult{.error = -EINVAL};
      advice == Advice::cold ? madvise_cold_page_range(m, mm, vma, start, end) : madvise_pageout_page_range(m, mm, vma, start, end);
      return CallResult{};
    case Advice::free:
    case Advice::dontneed:
      return CallResult{.error = madvise_dontneed_free(m, mm, vma, start, end, advice)};
    case Advice::populate_read:
    case Advice::populate_write:
      return madvise_populate(m, mm, vma, start, end, advice == Advice::populate_write);
    case Advice::collapse: {
      const int error = madvise_collapse(m, mm, start, end);
      return error == kRepeatsForEver ? CallResult{.livelock = true} : CallResult{.error = error};
    }
    default:
      return CallResult{.error = madvise_behavior(m, mm, index, start, end, advice)};
  }
}

// mm/madvise.c:madvise_behavior_valid().
bool madvise_behavior_valid(const MachineState& m, Advice advice) {
  switch (advice) {
    case Advice::collapse: return m.rules().madvise.collapse;
    case Advice::guard_install:
    case Advice::guard_remove: return false;
    default: return true;
  }
}

// The page that the entry of `address` names, which must be present. get_user_pages_fast() has just made sure of that.
Pfn MappedPage(const MachineState& m, MmId mm, uint64_t address) {
  const Encoding& e = m.encoding();
  const std::optional<EntryRef> pmd = find_pmd(m, mm, address);
  if (pmd && (pmdp_get(m, *pmd).pmd & kPagePse)) {
    return Pfn{static_cast<uint32_t>(pmd_pfn(e, pmdp_get(m, *pmd)) + (address >> kPageShift & (kPtrsPerTable - 1)))};
  }
  const std::optional<EntryRef> pte = find_pte(m, mm, address);
  return pte ? Pfn{static_cast<uint32_t>(pte_pfn(e, ptep_get(m, *pte)))} : kNoPfn;
}

// mm/madvise.c:madvise_inject_error() with MADV_HWPOISON, v5.14. The length is not rounded up.
CallResult madvise_inject_error(MachineState& m, MmId mm, uint64_t start, uint64_t end) {
  KernelFunction function(m.journal, "madvise_inject_error");
  while (start < end) {
    const vm_area_struct* vma = vma_lookup(m, mm, start);
    if (!vma || !AllowsAccess(*vma, false)) return CallResult{.error = -EFAULT};
    const CallResult got = GupResult(FaultIn(m, mm, start, false), /*wants_hwpoison=*/false);
    if (Failed(got)) return got;
    const Pfn page = MappedPage(m, mm, start);
    const bool counted = m.frames.Contains(page);  // the zero pages are not
    if (counted) get_page(m, page);
    const uint64_t size = counted ? uint64_t{m.frames.nr(compound_head(m, page))} << kPageShift : kPageSize;
    if (const int error = memory_failure(m, page)) return CallResult{.error = error};
    start += size;
  }
  return CallResult{};
}

// mm/madvise.c:madvise_walk_vmas(), v6.1; in v5.14 the loop of do_madvise(). Parts that are not mapped are passed over and reported at the end.
CallResult madvise_walk_vmas(MachineState& m, MmId mm, uint64_t start, uint64_t end, Advice advice) {
  int unmapped_error = 0;
  while (start < end) {
    size_t index = find_vma_index(m, mm, start);
    if (index == m.mm(mm).vmas.size()) return CallResult{.error = -ENOMEM};
    if (start < m.mm(mm).vmas[index].vm_start) {
      unmapped_error = -ENOMEM;
      start = m.mm(mm).vmas[index].vm_start;
      if (start >= end) break;
    }
    const uint64_t part_end = std::min(end, m.mm(mm).vmas[index].vm_end);
    const CallResult result = madvise_vma(m, mm, index, start, part_end, advice);
    if (Failed(result)) return result;
    // What the VMA has been merged with has the flags already.
    index = find_vma_index(m, mm, part_end - 1);
    start = std::max(part_end, m.mm(mm).vmas[index].vm_end);
  }
  return CallResult{.error = unmapped_error};
}

}  // namespace

// mm/madvise.c, v5.14.
CallResult do_madvise(MachineState& m, MmId mm, uint64_t start, uint64_t length, Advice advice) {
  KernelFunction function(m.journal, "do_madvise");
  if (!madvise_behavior_valid(m, advice)) return CallResult{.error = -EINVAL};
  if (start & ~kPageMask) return CallResult{.error = -EINVAL};
  const uint64_t rounded = (length + kPageSize - 1) & kPageMask;
  if (length != 0 && rounded == 0) return CallResult{.error = -EINVAL};
  const uint64_t end = start + rounded;
  if (end < start) return CallResult{.error = -EINVAL};
  if (end == start) return CallResult{};
  if (advice == Advice::hwpoison) return madvise_inject_error(m, mm, start, start + length);
  return madvise_walk_vmas(m, mm, start, end, advice);
}

}  // namespace pteron
