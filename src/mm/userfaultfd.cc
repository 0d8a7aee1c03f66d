// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/userfaultfd.h"

#include <cerrno>

#include "pteron/arch/x86/hugetlb.h"
#include "pteron/arch/x86/pgtable.h"
#include "src/fs/userfaultfd.h"
#include "src/mm/hooks.h"
#include "src/mm/huge_memory.h"
#include "src/mm/hugetlb.h"
#include "src/mm/mprotect.h"
#include "src/mm/rmap.h"
#include "src/mm/shmem.h"
#include "src/mm/swap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

enum class McopyAtomicMode : uint8_t { normal, zeropage, minor_continue };  // enum mcopy_atomic_mode

// What one of the calls is to do: the arguments that all its pages share.
struct FillRequest {
  McopyAtomicMode mode = McopyAtomicMode::normal;
  uint64_t value = 0;    // normal: the new page's
  bool wp_copy = false;  // UFFDIO_COPY_MODE_WP
};

// mm/userfaultfd.c:find_dst_vma(): the one VMA that holds the range and is registered with any context.
vm_area_struct* find_dst_vma(MachineState& m, MmId mm, uint64_t start, uint64_t length) {
  vm_area_struct* vma = vma_lookup(m, mm, start);
  if (!vma || start + length > vma->vm_end || !vma->vm_userfaultfd_ctx) return nullptr;
  return vma;
}

// The page lies at or beyond the end of the VMA's file.
bool BeyondEof(const MachineState& m, const vm_area_struct& vma, uint64_t address) {
  return linear_page_index(vma, address) >= (m.file(vma.vm_file).size + kPageSize - 1) >> kPageShift;
}

// The word for a page that is filled in.
pte_t FilledPte(const MachineState& m, const vm_area_struct& vma, Pfn page, bool page_in_cache, bool wp_copy) {
  const Encoding& e = m.encoding();
  const UffdRules& rules = m.rules().uffd;
  // A page of the file in a private mapping is copied when it is written.
  bool writable = (vma.vm_flags & VM_WRITE) && (!page_in_cache || (vma.vm_flags & VM_SHARED));
  pte_t pte = mk_pte(m, page, vma.vm_page_prot);
  if (rules.fill_dirty == FillDirty::always || writable || !page_in_cache) pte = pte_mkdirty(e, pte);
  if (rules.fill_wp == FillWp::private_writable) {
    if (!writable) return pte;
    return wp_copy ? pte_mkuffd_wp(e, pte) : pte_mkwrite(e, pte);
  }
  if (wp_copy) {
    pte = pte_mkuffd_wp(e, pte);
    writable = false;
  }
  return writable ? pte_mkwrite(e, pte) : pte_wrprotect(e, pte);
}

// Where the page comes from that is to be mapped.
enum class FillPage : uint8_t { new_private, new_in_cache, found_in_cache };

// mm/userfaultfd.c:mfill_atomic_install_pte(), v5.14: maps `page` at an entry that is none. 0, then the mapping has
// taken over the caller's reference; -EFAULT beyond the end of the file; -EEXIST.
int mfill_atomic_install_pte(MachineState& m, MmId mm, EntryRef pmd, const vm_area_struct& vma, uint64_t address,
                             Pfn page, FillPage from, bool wp_copy) {
  KernelFunction function(m.journal, "mfill_atomic_install_pte");
  const bool page_in_cache = from != FillPage::new_private;
  const pte_t filled = FilledPte(m, vma, page, page_in_cache, wp_copy);
  Point(m, "copy.before-install", {.page = page_in_cache ? compound_head(m, page) : kNoPfn});
  if (vma_is_shmem(vma) && BeyondEof(m, vma, address)) return -EFAULT;
  const EntryRef ptep = pte_offset_map(m, pmd, address);
  const pte_t old = ptep_get(m, ptep);
  const bool none = pte_none(m.encoding(), old);
  const bool wp_none = pte_none_mostly(m.encoding(), old) || pte_swp_uffd_wp_special(m.encoding(), old);
  if (!none && !(wp_none && m.rules().uffd.wp_none_is_none)) return -EEXIST;
  if (page_in_cache) {
    page_add_file_rmap(m, page, false);
  } else {
    page_add_new_anon_rmap(m, page, vma, address, false);
  }
  if (from != FillPage::found_in_cache) lru_cache_add(m, page);
  add_mm_counter(m, mm, mm_counter(m, page), 1);
  m.journal.why = none ? nullptr : "filled in over wp-none";
  set_pte_at(m, mm, address, ptep, filled);
  m.journal.why = nullptr;
  return 0;
}

// mm/userfaultfd.c:mcopy_atomic_pte(), v5.14: a new private page.
int mcopy_atomic_pte(MachineState& m, MmId mm, EntryRef pmd, const vm_area_struct& vma, uint64_t address,
                     const FillRequest& request) {
  KernelFunction function(m.journal, "mcopy_atomic_pte");
  const std::optional<Pfn> page = alloc_page(m);
  if (!page) return -ENOMEM;
  m.frames.SetValue(*page, request.value);
  const int error = mfill_atomic_install_pte(m, mm, pmd, vma, address, *page, FillPage::new_private, request.wp_copy);
  if (error) put_page(m, *page);
  return error;
}

// mm/userfaultfd.c:mfill_zeropage_pte(), v5.14: the zero page, in a private VMA. "No page, write-protected" is not none
// here.
int mfill_zeropage_pte(MachineState& m, MmId mm, EntryRef pmd, const vm_area_struct& vma, uint64_t address) {
  KernelFunction function(m.journal, "mfill_zeropage_pte");
  if (vma.vm_file && BeyondEof(m, vma, address)) return -EFAULT;
  const EntryRef ptep = pte_offset_map(m, pmd, address);
  if (!pte_none(m.encoding(), ptep_get(m, ptep))) return -EEXIST;
  set_pte_at(m, mm, address, ptep, pte_mkspecial(m.encoding(), mk_pte(m, kZeroPagePfn, vma.vm_page_prot)));
  return 0;
}

// mm/shmem.c:shmem_mfill_atomic_pte(), v5.14: a new page of the file, in a shared VMA.
int shmem_mfill_atomic_pte(MachineState& m, MmId mm, EntryRef pmd, const vm_area_struct& vma, uint64_t address,
                           const FillRequest& request) {
  KernelFunction function(m.journal, "shmem_mfill_atomic_pte");
  Pfn page = kNoPfn;
  if (const int error = shmem_mfill_cache(m, vma.vm_file, linear_page_index(vma, address), request.value, &page)) {
    return error;
  }
  const bool wp_copy = request.wp_copy && m.rules().uffd.fill_wp == FillWp::everywhere;
  if (const int error = mfill_atomic_install_pte(m, mm, pmd, vma, address, page, FillPage::new_in_cache, wp_copy)) {
    delete_from_page_cache(m, page);
    put_page(m, page);
    return error;
  }
  return 0;
}

// mm/userfaultfd.c:mcontinue_atomic_pte(), v5.14: the page that the file has there. -EFAULT where it has none, -EINVAL
// beyond its end.
int mcontinue_atomic_pte(MachineState& m, MmId mm, EntryRef pmd, const vm_area_struct& vma, uint64_t address) {
  KernelFunction function(m.journal, "mcontinue_atomic_pte");
  int error = 0;
  const Pfn page = shmem_getpage(m, vma.vm_file, linear_page_index(vma, address), ShmemGet::read, &error);
  if (error) return error;
  if (page == kNoPfn) return -EFAULT;
  // From 5.16 on such pages stay in the file; before, they are not found.
  error = PageHWPoison(m, page)
              ? -EIO
              : mfill_atomic_install_pte(m, mm, pmd, vma, address, page, FillPage::found_in_cache, false);
  if (error) put_page(m, page);
  return error;
}

// mm/userfaultfd.c:mfill_atomic_pte(), v5.14.
int mfill_atomic_pte(MachineState& m, MmId mm, EntryRef pmd, const vm_area_struct& vma, uint64_t address,
                     const FillRequest& request) {
  if (request.mode == McopyAtomicMode::minor_continue) return mcontinue_atomic_pte(m, mm, pmd, vma, address);
  if (vma.vm_flags & VM_SHARED) return shmem_mfill_atomic_pte(m, mm, pmd, vma, address, request);
  if (request.mode == McopyAtomicMode::normal) return mcopy_atomic_pte(m, mm, pmd, vma, address, request);
  return mfill_zeropage_pte(m, mm, pmd, vma, address);
}

// One small page of mm/userfaultfd.c:__mcopy_atomic(), v5.14, with mm_alloc_pmd().
int FillSmallPage(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t address, const FillRequest& request) {
  const std::optional<EntryRef> pmd = pmd_alloc(m, mm, address);
  if (!pmd) return -ENOMEM;
  const pmd_t value = pmdp_get(m, *pmd);
  if (pmd_trans_huge(m.encoding(), value)) return -EEXIST;
  if (is_huge_pmd(m, value)) {
    if (m.rules().uffd.fill_refuses_huge_swap_entry) return -EEXIST;
    m.Bug("__mcopy_atomic", "a huge migration entry is taken for a page table");
    return -EFAULT;
  }
  if (!pte_alloc(m, mm, *pmd, address)) return -ENOMEM;
  return mfill_atomic_pte(m, mm, *pmd, vma, address, request);
}

// One huge page of mm/userfaultfd.c:__mcopy_atomic_hugetlb(), v5.14.
int FillHugePage(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t address, const FillRequest& request) {
  const std::optional<EntryRef> ptep = pmd_alloc(m, mm, address);  // huge_pte_alloc()
  if (!ptep) return -ENOMEM;
  const bool is_continue = request.mode == McopyAtomicMode::minor_continue;
  const pte_t old = ptep_get(m, *ptep);
  const bool none = huge_pte_none(m.encoding(), old);
  const bool wp_none = huge_pte_none_mostly(m.encoding(), old) || pte_swp_uffd_wp_special(m.encoding(), old);
  if (!is_continue && !none && !(wp_none && m.rules().hugetlb.wp_none_is_none)) return -EEXIST;
  return hugetlb_mcopy_atomic_pte(m, mm, vma, address, is_continue, request.wp_copy, request.value);
}

// mm/userfaultfd.c:__mcopy_atomic(), v5.14, with __mcopy_atomic_hugetlb(). Bytes done, or a negative errno. Leaves out
// mmap_changing and faults on the source.
int64_t __mcopy_atomic(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length, const FillRequest& request) {
  KernelFunction function(m.journal, "__mcopy_atomic");
  const MmId mm = m.uffd(ctx).mm;
  vm_area_struct* vma = find_dst_vma(m, mm, dst, length);
  if (!vma) return -ENOENT;
  if (request.wp_copy && !userfaultfd_wp(*vma)) return -EINVAL;
  const bool hugetlb = is_vm_hugetlb_page(*vma);
  if (hugetlb) {
    if (request.mode == McopyAtomicMode::zeropage || ((dst | length) & ~kPmdMask)) return -EINVAL;
  } else if (!vma_is_shmem(*vma) && request.mode == McopyAtomicMode::minor_continue) {
    return -EINVAL;
  }
  if (!(vma->vm_flags & VM_SHARED) && anon_vma_prepare(m, mm, *vma)) return -ENOMEM;
  const uint64_t page_size = hugetlb ? kPmdSize : kPageSize;
  uint64_t copied = 0;
  for (; copied < length; copied += page_size) {
    const int error =
        hugetlb ? FillHugePage(m, mm, *vma, dst + copied, request) : FillSmallPage(m, mm, *vma, dst + copied, request);
    if (error) return copied ? static_cast<int64_t>(copied) : error;
  }
  return static_cast<int64_t>(copied);
}

}  // namespace

int64_t mcopy_atomic(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length, uint64_t value, bool wp) {
  return __mcopy_atomic(m, ctx, dst, length, {.mode = McopyAtomicMode::normal, .value = value, .wp_copy = wp});
}

int64_t mfill_zeropage(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length) {
  return __mcopy_atomic(m, ctx, dst, length, {.mode = McopyAtomicMode::zeropage});
}

// mm/userfaultfd.c:mcopy_continue(), v5.14.
int64_t mcontinue_atomic(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length) {
  return __mcopy_atomic(m, ctx, dst, length, {.mode = McopyAtomicMode::minor_continue});
}

// mm/userfaultfd.c, v6.1; before, a part of mwriteprotect_range(). Failed allocations are warned about and go
// unnoticed.
long uffd_wp_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t length, bool enable_wp) {
  KernelFunction function(m.journal, "uffd_wp_range");
  const uint64_t flags = enable_wp ? vma.vm_flags & ~uint64_t{VM_WRITE} : vma.vm_flags;
  change_protection(m, mm, vma, start, start + length, vm_get_page_prot(m, flags),
                    enable_wp ? MM_CP_UFFD_WP : MM_CP_UFFD_WP_RESOLVE);
  return 0;
}

// mm/userfaultfd.c, v5.14. Leaves out mmap_changing.
int mwriteprotect_range(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, bool enable_wp) {
  KernelFunction function(m.journal, "mwriteprotect_range");
  const MmId mm = m.uffd(ctx).mm;
  vm_area_struct* vma = find_dst_vma(m, mm, start, length);
  if (!vma || !userfaultfd_wp(*vma) || !vma_can_userfault(m, *vma, vma->vm_flags)) return -ENOENT;
  if (is_vm_hugetlb_page(*vma) && m.rules().uffd.wp_checks_hugetlb_alignment && ((start | length) & ~kPmdMask)) {
    return -EINVAL;
  }
  uffd_wp_range(m, mm, *vma, start, length, enable_wp);
  return 0;
}

}  // namespace pteron
