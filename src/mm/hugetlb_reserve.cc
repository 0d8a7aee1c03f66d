// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/hugetlb_reserve.h"

#include <algorithm>
#include <cerrno>

#include "src/mm/hugetlb.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

bool Contains(const ResvMap& map, uint64_t page) { return page < map.regions.size() && map.regions[page]; }

void Set(ResvMap& map, uint64_t page, bool value) {
  if (page >= map.regions.size()) {
    if (!value) return;
    map.regions.resize(page + 1);
  }
  map.regions[page] = value;
  while (!map.regions.empty() && !map.regions.back()) map.regions.pop_back();
}

uint64_t Count(const ResvMap& map, uint64_t start, uint64_t end) {
  uint64_t count = 0;
  for (uint64_t page = start; page < std::min<uint64_t>(end, map.regions.size()); ++page) count += map.regions[page];
  return count;
}

// The map that decides for this VMA: the file's for a shared mapping, its own for a private one (null in a forked child).
ResvMap* vma_resv_map(MachineState& m, const vm_area_struct& vma) {
  if (vma.vm_flags & VM_MAYSHARE) return &m.file(vma.vm_file).resv_map;
  return vma.resv_map < 0 ? nullptr : &m.hugetlb.private_maps[static_cast<size_t>(vma.resv_map)];
}

// vma_needs_reservation(): whether a page here has to be charged anew. A private map marks what has been used up, the other way round.
bool vma_needs_reservation(MachineState& m, const vm_area_struct& vma, uint64_t address) {
  const ResvMap* map = vma_resv_map(m, vma);
  if (!map) return true;
  const bool marked = Contains(*map, vma_hugecache_offset(vma, address));
  return (vma.vm_flags & VM_MAYSHARE) ? !marked : marked;
}

// vma_has_reserves(): whether a page for this VMA comes out of what is reserved.
bool vma_has_reserves(const vm_area_struct& vma, bool charged_anew) {
  return ((vma.vm_flags & VM_MAYSHARE) || vma.resv_owner) && !charged_anew;
}

// hugetlb_acct_memory(): reserves (or gives back) pages. False: there are not enough; surplus pages are not configured.
bool hugetlb_acct_memory(MachineState& m, int64_t pages) {
  HugetlbPool& pool = m.hugetlb;
  if (pages > 0 && pool.resv_huge_pages + pages > pool.free_huge_pages) return false;
  pool.resv_huge_pages += pages;
  return true;
}

// mm/hugetlb.c:resv_map_alloc(): the index of an empty map with one user.
int32_t resv_map_alloc(MachineState& m) {
  std::vector<ResvMap>& maps = m.hugetlb.private_maps;
  const auto unused = std::find_if(maps.begin(), maps.end(), [](const ResvMap& map) { return map.refs == 0; });
  const auto index = static_cast<int32_t>(unused - maps.begin());
  if (unused == maps.end()) maps.emplace_back();
  maps[static_cast<size_t>(index)].refs = 1;
  return index;
}

// resv_map_release() with the last kref_put().
void resv_map_put(MachineState& m, int32_t index) {
  ResvMap& map = m.hugetlb.private_maps[static_cast<size_t>(index)];
  if (--map.refs == 0) map.regions.clear();
}

// dequeue_huge_page_vma().
std::optional<Pfn> dequeue_huge_page_vma(MachineState& m, const vm_area_struct& vma, bool avoid_reserve, bool charged_anew) {
  HugetlbPool& pool = m.hugetlb;
  const bool from_reserve = !avoid_reserve && vma_has_reserves(vma, charged_anew);
  if (!from_reserve && pool.free_huge_pages == pool.resv_huge_pages) return std::nullopt;
  if (pool.free_huge_pages == 0) return std::nullopt;
  const std::optional<Pfn> page = alloc_page(m, 9);
  if (!page) return std::nullopt;
  --pool.free_huge_pages;
  m.frames.mutable_cold(*page).hugetlb = true;
  if (from_reserve) {
    m.frames.mutable_cold(*page).hugetlb_restore_reserve = true;
    --pool.resv_huge_pages;
  }
  return page;
}

}  // namespace

std::optional<Pfn> alloc_huge_page(MachineState& m, vm_area_struct& vma, uint64_t address, bool avoid_reserve) {
  const bool charged_anew = vma_needs_reservation(m, vma, address);
  const std::optional<Pfn> page = dequeue_huge_page_vma(m, vma, avoid_reserve, charged_anew || avoid_reserve);
  if (!page) return std::nullopt;
  // vma_commit_reservation(): the file has the page now; a private VMA has used its reservation.
  if (ResvMap* map = vma_resv_map(m, vma)) Set(*map, vma_hugecache_offset(vma, address), true);
  return page;
}

void restore_reserve_on_error(MachineState& m, vm_area_struct& vma, uint64_t address, Pfn page) {
  ResvMap* map = vma_resv_map(m, vma);
  const uint64_t offset = vma_hugecache_offset(vma, address);
  const bool shared = vma.vm_flags & VM_MAYSHARE;
  const bool needs = vma_needs_reservation(m, vma, address);
  if (m.frames.cold(page).hugetlb_restore_reserve) {
    if (needs && map) Set(*map, offset, shared);  // vma_add_reservation()
  } else if (!needs && map) {
    Set(*map, offset, !shared);  // vma_del_reservation()
  }
}

int hugetlb_reserve_pages(MachineState& m, vm_area_struct& vma) {
  const uint64_t from = vma_hugecache_offset(vma, vma.vm_start);
  const uint64_t to = from + (vma.vm_end - vma.vm_start) / kPmdSize;
  File& file = m.file(vma.vm_file);
  const bool shared = vma.vm_flags & VM_MAYSHARE;
  const uint64_t change = shared ? (to - from) - Count(file.resv_map, from, to) : to - from;
  if (!hugetlb_acct_memory(m, static_cast<int64_t>(change))) return -ENOMEM;
  if (shared) {
    for (uint64_t page = from; page < to; ++page) Set(file.resv_map, page, true);
  } else {
    vma.resv_map = resv_map_alloc(m);
    vma.resv_owner = true;
  }
  const uint64_t end = to * kPmdSize;
  if ((vma.vm_flags & VM_WRITE) && file.size < end) file.size = end;  // hugetlbfs_file_mmap()
  return 0;
}

void hugetlb_unreserve_pages(MachineState& m, FileId file_id, uint64_t start, uint64_t end, uint64_t freed) {
  ResvMap& map = m.file(file_id).resv_map;
  end = std::min<uint64_t>(end, map.regions.size());
  const uint64_t removed = Count(map, start, end);
  for (uint64_t page = end; page > start; --page) Set(map, page - 1, false);
  hugetlb_acct_memory(m, -(static_cast<int64_t>(removed) - static_cast<int64_t>(freed)));
}

void reset_vma_resv_huge_pages(MachineState&, vm_area_struct& vma) {
  vma.resv_map = -1;
  vma.resv_owner = false;
  vma.resv_unmapped = false;
}

void clear_vma_resv_huge_pages(MachineState& m, vm_area_struct& vma) {
  if (vma.resv_map >= 0 && vma.resv_owner) resv_map_put(m, vma.resv_map);
  reset_vma_resv_huge_pages(m, vma);
}

void hugetlb_vm_op_open(MachineState& m, vm_area_struct& vma, bool forked) {
  if (forked) {
    reset_vma_resv_huge_pages(m, vma);
  } else if (vma.resv_map >= 0 && vma.resv_owner) {
    ++m.hugetlb.private_maps[static_cast<size_t>(vma.resv_map)].refs;
  }
}

void hugetlb_vm_op_close(MachineState& m, vm_area_struct& vma) {
  if (vma.resv_map < 0 || !vma.resv_owner) return;
  const uint64_t start = vma_hugecache_offset(vma, vma.vm_start);
  const uint64_t end = vma_hugecache_offset(vma, vma.vm_end);
  const uint64_t used = Count(m.hugetlb.private_maps[static_cast<size_t>(vma.resv_map)], start, end);
  hugetlb_acct_memory(m, -static_cast<int64_t>(end - start - used));
  resv_map_put(m, vma.resv_map);
  reset_vma_resv_huge_pages(m, vma);
}

}  // namespace pteron
