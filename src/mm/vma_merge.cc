// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/vma_merge.h"

#include "src/mm/huge_memory.h"
#include "src/mm/mmap.h"
#include "src/mm/rmap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr uint64_t kVmSpecial = VM_PFNMAP | VM_DONTEXPAND | VM_MIXEDMAP;  // VM_SPECIAL; VM_IO does not exist here

using Index = std::optional<size_t>;

// mm/mmap.c:is_mergeable_vma(). VMAs of hugetlb have a close operation, which forbids merging.
bool is_mergeable_vma(const vm_area_struct& vma, const VmaMergeRequest& request) {
  return ((vma.vm_flags ^ request.vm_flags) & ~uint64_t{VM_SOFTDIRTY}) == 0 && vma.vm_file == request.vm_file &&
         vma.kind != VmaKind::hugetlb && vma.vm_userfaultfd_ctx == request.vm_userfaultfd_ctx;
}

// mm/mmap.c:is_mergeable_anon_vma(). With a VMA, one whose chain a fork has lengthened does not join.
bool is_mergeable_anon_vma(AnonVmaId a, AnonVmaId b, const vm_area_struct* vma) {
  if ((!a || !b) && (vma == nullptr || vma->anon_vma_chain.size() == 1)) return true;
  return a == b;
}

// mm/mmap.c:can_vma_merge_before(): the VMA may follow a part that has this anon_vma.
bool can_vma_merge_before(const vm_area_struct& vma, const VmaMergeRequest& request, AnonVmaId anon_vma) {
  const uint64_t pages = (request.end - request.start) >> kPageShift;
  return is_mergeable_vma(vma, request) && is_mergeable_anon_vma(anon_vma, vma.anon_vma, &vma) &&
         vma.vm_pgoff == request.vm_pgoff + pages;
}

// mm/mmap.c:can_vma_merge_after(): the part may follow the VMA.
bool can_vma_merge_after(const vm_area_struct& vma, const VmaMergeRequest& request, AnonVmaId anon_vma) {
  const uint64_t pages = (vma.vm_end - vma.vm_start) >> kPageShift;
  return is_mergeable_vma(vma, request) && is_mergeable_anon_vma(anon_vma, vma.anon_vma, &vma) &&
         vma.vm_pgoff + pages == request.vm_pgoff;
}

// A VMA that takes over pages of another can map its anonymous pages only with its anon_vmas.
void ImportAnonVma(MachineState& m, vm_area_struct& importer, const vm_area_struct& exporter) {
  if (!exporter.anon_vma || importer.anon_vma) return;
  importer.anon_vma = exporter.anon_vma;
  anon_vma_clone(m, importer, exporter);
}

// Takes mm.vmas[index], which another VMA has swallowed, off the list: anon_vma_merge(), fput().
void RemoveSwallowed(MachineState& m, MmId mm, size_t index) {
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  if (vmas[index].anon_vma) unlink_anon_vmas(m, vmas[index]);
  vma_put_file(m, vmas[index]);
  vmas.erase(vmas.begin() + static_cast<std::ptrdiff_t>(index));
}

// Cases 1, 2, 5, 6, 7 of vma_merge(): mm.vmas[index] grows up to `end`, over the whole or the first part of what lies behind it.
void GrowUp(MachineState& m, MmId mm, size_t index, uint64_t end) {
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  while (index + 1 < vmas.size() && vmas[index + 1].vm_end <= end) {
    const size_t next = index + 1;
    const bool another = next + 1 < vmas.size() && vmas[next + 1].vm_start < end;
    ImportAnonVma(m, vmas[index], another && !vmas[next].anon_vma ? vmas[next + 1] : vmas[next]);
    vmas[index].vm_end = vmas[next].vm_end;
    RemoveSwallowed(m, mm, next);
  }
  if (index + 1 < vmas.size() && vmas[index + 1].vm_start < end) {
    vm_area_struct& next = vmas[index + 1];
    ImportAnonVma(m, vmas[index], next);
    split_huge_pmd_if_needed(m, mm, index + 1, end);
    next.vm_pgoff += (end - next.vm_start) >> kPageShift;
    next.vm_start = end;
  }
  if (vmas[index].vm_end < end) vmas[index].vm_end = end;
}

// Cases 3, 4 and 8: mm.vmas[next] grows down to `start`, over the end of mm.vmas[next - 1] (case 4) or all of it (case 8), if that
// lies there. Returns where it lies now.
size_t GrowDown(MachineState& m, MmId mm, size_t next, uint64_t start) {
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  const bool overlaps = next > 0 && vmas[next - 1].vm_end > start;
  if (overlaps) {
    ImportAnonVma(m, vmas[next], vmas[next - 1]);
    split_huge_pmd_if_needed(m, mm, next - 1, start);
  }
  vmas[next].vm_pgoff -= (vmas[next].vm_start - start) >> kPageShift;
  vmas[next].vm_start = start;
  if (!overlaps) return next;
  if (vmas[next - 1].vm_start < start) {
    vmas[next - 1].vm_end = start;
    return next;
  }
  RemoveSwallowed(m, mm, next - 1);
  return next - 1;
}

}  // namespace

// mm/huge_memory.c:split_huge_pmd_if_needed(), v5.14.
void split_huge_pmd_if_needed(MachineState& m, MmId mm, size_t index, uint64_t address) {
  vm_area_struct& vma = m.mm(mm).vmas[index];
  const uint64_t first = address & kPmdMask;
  if (address == first || first < vma.vm_start || first + kPmdSize > vma.vm_end) return;
  const std::optional<EntryRef> pmd = find_pmd(m, mm, address);
  if (pmd && is_huge_pmd(m, pmdp_get(m, *pmd))) split_huge_pmd(m, mm, vma, *pmd, first);
}

// mm/mmap.c, v5.14: vma_merge() with __vma_adjust(). The order of checks in later kernels gives the same answers. Policies of
// NUMA memory and names of anonymous VMAs do not exist here.
std::optional<size_t> vma_merge(MachineState& m, MmId mm, const VmaMergeRequest& request) {
  if (request.vm_flags & kVmSpecial) return std::nullopt;
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  const Index prev = request.prev;
  size_t next = prev ? *prev + 1 : 0;
  if (next < vmas.size() && vmas[next].vm_end == request.end) ++next;  // what is there now lies within the range
  const bool next_fits = next < vmas.size() && vmas[next].vm_start == request.end &&
                         can_vma_merge_before(vmas[next], request, request.anon_vma);
  const bool prev_fits =
      prev && vmas[*prev].vm_end == request.start && can_vma_merge_after(vmas[*prev], request, request.anon_vma);
  if (prev_fits) {
    const bool both = next_fits && is_mergeable_anon_vma(vmas[*prev].anon_vma, vmas[next].anon_vma, nullptr);
    GrowUp(m, mm, *prev, both ? vmas[next].vm_end : request.end);
    return prev;
  }
  if (next_fits) return GrowDown(m, mm, next, request.start);
  return std::nullopt;
}

// mm/mmap.c:mmap_region(), v6.1, with vma_expand(); before that, mmap_region() calls vma_merge().
std::optional<size_t> vma_merge_new(MachineState& m, MmId mm, const VmaMergeRequest& request) {
  if (m.rules().mmap.new_mapping_merge == NewMappingMerge::as_vma_merge) return vma_merge(m, mm, request);
  if (request.vm_flags & kVmSpecial) return std::nullopt;
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  const Index prev = request.prev;
  const size_t next = prev ? *prev + 1 : 0;
  const bool next_fits = next < vmas.size() && vmas[next].vm_start == request.end && can_vma_merge_before(vmas[next], request, AnonVmaId{});
  const bool prev_fits = prev && vmas[*prev].vm_end == request.start &&
                         can_vma_merge_after(vmas[*prev], request, next_fits ? vmas[next].anon_vma : AnonVmaId{});
  if (prev_fits) {
    GrowUp(m, mm, *prev, next_fits ? vmas[next].vm_end : request.end);
    return prev;
  }
  if (next_fits) return GrowDown(m, mm, next, request.start);
  return std::nullopt;
}

}  // namespace pteron
