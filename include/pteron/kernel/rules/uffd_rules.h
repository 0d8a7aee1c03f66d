// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_RULES_UFFD_RULES_H_
#define PTERON_KERNEL_RULES_UFFD_RULES_H_

// Decisions of userfaultfd: registration, filling, write-protection (fs/userfaultfd.c, mm/userfaultfd.c).
// A member's initial value is what v5.14-rc does.

#include <cstdint>

namespace pteron {

// Which entries that UFFDIO_COPY, UFFDIO_CONTINUE and UFFDIO_ZEROPAGE (of shared memory) make are dirty.
enum class FillDirty : uint8_t {
  writable_or_private,  // those that may be written, and those of private pages
  always,
};

// What UFFDIO_COPY_MODE_WP does with small pages.
enum class FillWp : uint8_t {
  private_writable,  // sets uffd-wp in private writable VMAs alone, and leaves write permission as vm_page_prot has it
  everywhere,        // sets uffd-wp and takes write permission, whatever the VMA is
};

struct UffdRules {
  // UFFD_API_FEATURES: what UFFDIO_API accepts, in the numbering of UffdFeature. All up to MINOR_SHMEM, bit 10.
  uint64_t api_features = 0x7ff;
  // Memory of files, shmem and hugetlb, may be registered for write-protection and write-protected.
  bool wp_on_files = false;

  FillDirty fill_dirty = FillDirty::writable_or_private;
  FillWp fill_wp = FillWp::private_writable;
  // "No page, write-protected" counts as none: pages may be filled in over it, and an access that finds it waits. (Of
  // hugetlb: HugetlbRules::wp_none_is_none.)
  bool wp_none_is_none = false;
  // Filling refuses a huge migration entry; without it, it is taken for a page table.
  bool fill_refuses_huge_swap_entry = false;

  // UFFDIO_WRITEPROTECT of hugetlb wants whole huge pages.
  bool wp_checks_hugetlb_alignment = false;
  // UFFDIO_WRITEPROTECT answers -ESRCH where the process has ended; without it, it looks at what is left of the address
  // space.
  bool wp_needs_live_process = false;
  // UFFDIO_UNREGISTER takes the write protection off first.
  bool unregister_resets_wp = false;
  // close() does so too.
  bool close_resets_wp = false;
  // vm_page_prot of a shared VMA is computed anew when it is registered for write-protection, or no longer is.
  bool page_prot_follows_wp = false;
  // Ranges below mmap_min_addr are refused.
  bool checks_mmap_min_addr = true;
  bool operator==(const UffdRules&) const = default;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_RULES_UFFD_RULES_H_
