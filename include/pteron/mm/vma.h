// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_VMA_H_
#define PTERON_MM_VMA_H_

// A virtual memory area: vm_area_struct of include/linux/mm_types.h, as far as page-table code asks it.

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "pteron/arch/x86/pgtable_types.h"
#include "pteron/mm/types.h"

namespace pteron {

// vm_flags, with the kernel's values (5.14).
enum VmFlag : uint64_t {
  VM_NONE = 0,
  VM_READ = 0x1,
  VM_WRITE = 0x2,
  VM_EXEC = 0x4,
  VM_SHARED = 0x8,
  VM_MAYREAD = 0x10,
  VM_MAYWRITE = 0x20,
  VM_MAYEXEC = 0x40,
  VM_MAYSHARE = 0x80,
  VM_UFFD_MISSING = 0x200,
  VM_PFNMAP = 0x400,
  VM_UFFD_WP = 0x1000,
  VM_LOCKED = 0x2000,
  VM_DONTCOPY = 0x20000,
  VM_DONTEXPAND = 0x40000,
  VM_ACCOUNT = 0x100000,
  VM_NORESERVE = 0x200000,
  VM_HUGETLB = 0x400000,
  VM_WIPEONFORK = 0x2000000,
  VM_SOFTDIRTY = 0x8000000,
  VM_MIXEDMAP = 0x10000000,
  VM_HUGEPAGE = 0x20000000,
  VM_NOHUGEPAGE = 0x40000000,
  VM_UFFD_MINOR = 1ull << 37,
};

inline constexpr uint64_t kVmAccessFlags = VM_READ | VM_WRITE | VM_EXEC;       // VM_ACCESS_FLAGS
inline constexpr uint64_t kVmUffdFlags = VM_UFFD_MISSING | VM_UFFD_WP | VM_UFFD_MINOR;  // __VM_UFFD_FLAGS

// Which vm_ops a VMA has. `anonymous` is vm_ops == NULL: private anonymous memory only; shared anonymous memory is shmem.
enum class VmaKind : uint8_t { anonymous, shmem, hugetlb };

struct vm_area_struct {
  uint64_t vm_start = 0;  // bytes
  uint64_t vm_end = 0;    // first byte behind
  uint64_t vm_pgoff = 0;  // offset of vm_start in the file (anonymous: address at birth), in 4 KiB pages
  uint64_t vm_flags = 0;  // VmFlag
  pgprot_t vm_page_prot{0};
  VmaKind kind = VmaKind::anonymous;
  FileId vm_file;
  UffdId vm_userfaultfd_ctx;
  AnonVmaId anon_vma;
  // anon_vma_chain: the anon_vmas whose pages may be mapped here, oldest last. Its presence, sharing and length decide merging.
  absl::InlinedVector<AnonVmaId, 4> anon_vma_chain;
  // hugetlb, private: index of its reservation map in MachineState::hugetlb, -1 for none; only the owner (not a child) may use it.
  int32_t resv_map = -1;
  bool resv_owner = false;      // HPAGE_RESV_OWNER
  bool resv_unmapped = false;   // HPAGE_RESV_UNMAPPED

  bool operator==(const vm_area_struct&) const = default;
};

// include/linux/mm.h:vma_is_anonymous().
inline bool vma_is_anonymous(const vm_area_struct& vma) { return vma.kind == VmaKind::anonymous; }
// mm/shmem.c:vma_is_shmem().
inline bool vma_is_shmem(const vm_area_struct& vma) { return vma.kind == VmaKind::shmem; }
// include/linux/hugetlb_inline.h:is_vm_hugetlb_page().
inline bool is_vm_hugetlb_page(const vm_area_struct& vma) { return vma.vm_flags & VM_HUGETLB; }
// mm/internal.h:is_cow_mapping().
inline bool is_cow_mapping(uint64_t vm_flags) { return (vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE; }
// include/linux/userfaultfd_k.h: userfaultfd_missing(), userfaultfd_wp(), userfaultfd_minor(), userfaultfd_armed().
inline bool userfaultfd_missing(const vm_area_struct& vma) { return vma.vm_flags & VM_UFFD_MISSING; }
inline bool userfaultfd_wp(const vm_area_struct& vma) { return vma.vm_flags & VM_UFFD_WP; }
inline bool userfaultfd_minor(const vm_area_struct& vma) { return vma.vm_flags & VM_UFFD_MINOR; }
inline bool userfaultfd_armed(const vm_area_struct& vma) { return vma.vm_flags & kVmUffdFlags; }
// include/linux/pagemap.h:linear_page_index(): offset in the mapping of `address`, in 4 KiB pages.
inline uint64_t linear_page_index(const vm_area_struct& vma, uint64_t address) {
  return ((address - vma.vm_start) >> kPageShift) + vma.vm_pgoff;
}

}  // namespace pteron

#endif  // PTERON_MM_VMA_H_
