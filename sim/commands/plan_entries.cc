// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/plan_entries.h"

namespace pteron::commands {
namespace {

constexpr SampleVma kVmas[] = {
    {"file-wp", "file VMA, registered for uffd-wp", VmaKind::shmem, VM_SHARED | VM_WRITE | VM_UFFD_WP},
    {"file", "file VMA, not registered", VmaKind::shmem, VM_SHARED | VM_WRITE},
    {"anon-wp", "anonymous VMA, registered for uffd-wp", VmaKind::anonymous, VM_WRITE | VM_UFFD_WP},
    {"anon", "anonymous VMA, not registered", VmaKind::anonymous, VM_WRITE},
    {"hugetlb-wp", "hugetlb VMA, registered for uffd-wp", VmaKind::hugetlb, VM_SHARED | VM_WRITE | VM_HUGETLB | VM_UFFD_WP},
    {"hugetlb", "hugetlb VMA, not registered", VmaKind::hugetlb, VM_SHARED | VM_WRITE | VM_HUGETLB},
};

const SampleCaller kCallers[] = {
    {"unmap_vmas", {.caller = ZapCaller::unmap_vmas}},
    {"zap_page_range", {.caller = ZapCaller::zap_page_range}},
    {"unmap_mapping_pages even_cows", {.caller = ZapCaller::unmap_mapping_pages, .even_cows = true}},
    {"unmap_mapping_pages", {.caller = ZapCaller::unmap_mapping_pages, .even_cows = false}},
    {"unmap_mapping_page", {.caller = ZapCaller::unmap_mapping_page, .even_cows = false}},
};

bool HasWpNone(const Kernel& kernel) { return kernel.facts().special_pte || kernel.facts().pte_markers; }

}  // namespace

std::span<const SampleVma> SampleVmas() { return kVmas; }

std::span<const SampleCaller> SampleCallers() { return kCallers; }

bool IsByFile(const SampleCaller& caller) {
  return caller.details.caller == ZapCaller::unmap_mapping_pages || caller.details.caller == ZapCaller::unmap_mapping_page;
}

vm_area_struct Sample(const SampleVma& vma) {
  vm_area_struct sample;
  sample.kind = vma.kind;
  sample.vm_flags = vma.flags;
  return sample;
}

bool Has(const Kernel& kernel, ZapEntry entry, const vm_area_struct& vma) {
  switch (entry) {
    case ZapEntry::wp_none: return HasWpNone(kernel) && !vma_is_anonymous(vma);
    case ZapEntry::file_page:
    case ZapEntry::migration_file: return !vma_is_anonymous(vma);
    case ZapEntry::swapin_error: return kernel.facts().swapin_error_type;
    case ZapEntry::device: return kernel.facts().device_private;
    default: return true;
  }
}

bool Has(const Kernel& kernel, ForkEntry entry) {
  if (entry == ForkEntry::wp_none) return HasWpNone(kernel);
  return entry != ForkEntry::swapin_error || kernel.facts().swapin_error_type;
}

bool Has(const Kernel& kernel, EntryClass entry, const vm_area_struct& vma) {
  switch (entry) {
    case EntryClass::special: return kernel.facts().special_pte && !vma_is_anonymous(vma);
    case EntryClass::marker: return kernel.facts().pte_markers && !vma_is_anonymous(vma);
    case EntryClass::swapin_error: return kernel.facts().swapin_error_type;
    case EntryClass::device: return kernel.facts().device_private;
    case EntryClass::poison: return kernel.facts().marker_mask & 2;
    case EntryClass::guard: return kernel.facts().marker_mask & 4;
    case EntryClass::table:
    case EntryClass::invalid: return false;
    default: return true;
  }
}

bool Has(const Kernel& kernel, FaultEntry entry, const vm_area_struct& vma) {
  switch (entry) {
    case FaultEntry::wp_none: return HasWpNone(kernel) && !vma_is_anonymous(vma);
    case FaultEntry::swapin_error: return kernel.facts().swapin_error_type && !is_vm_hugetlb_page(vma);
    case FaultEntry::swap: return !is_vm_hugetlb_page(vma);
    case FaultEntry::other: return false;
    default: return true;
  }
}

}  // namespace pteron::commands
