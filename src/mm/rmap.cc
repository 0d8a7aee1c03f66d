// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/rmap.h"

#include <algorithm>

#include "pteron/check.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

anon_vma& Get(MachineState& m, AnonVmaId id) { return m.anon_vmas[static_cast<size_t>(id.value)]; }

// anon_vma_alloc(): the lowest free one, a root of its own, held once.
AnonVmaId anon_vma_alloc(MachineState& m) {
  size_t i = 0;
  while (i < m.anon_vmas.size() && m.anon_vmas[i].refcount > 0) ++i;
  if (i == m.anon_vmas.size()) m.anon_vmas.emplace_back();
  const AnonVmaId id{static_cast<int32_t>(i)};
  m.anon_vmas[i] =
      anon_vma{.root = id, .parent = id, .refcount = 1, .chains = 0, .num_children = 0, .num_active_vmas = 0};
  return id;
}

// put_anon_vma(): drops a reference; with the last one the anon_vma lets go of its root and is free.
void put_anon_vma(MachineState& m, AnonVmaId id) {
  PTERON_CHECK(Get(m, id).refcount > 0, "an anon_vma that is let go was held");
  if (--Get(m, id).refcount > 0) return;
  const AnonVmaId root = Get(m, id).root;
  Get(m, id) = anon_vma{};
  if (root != id) put_anon_vma(m, root);
}

// anon_vma_chain_link(): newest first.
void anon_vma_chain_link(MachineState& m, vm_area_struct& vma, AnonVmaId id) {
  vma.anon_vma_chain.insert(vma.anon_vma_chain.begin(), id);
  ++Get(m, id).chains;
}

// mm/mmap.c:anon_vma_compatible(): whether b could follow a in one VMA, but for access rights.
bool anon_vma_compatible(const vm_area_struct& a, const vm_area_struct& b) {
  return a.vm_end == b.vm_start && a.vm_file == b.vm_file &&
         ((a.vm_flags ^ b.vm_flags) & ~(kVmAccessFlags | VM_SOFTDIRTY)) == 0 &&
         b.vm_pgoff == a.vm_pgoff + ((b.vm_start - a.vm_start) >> kPageShift);
}

// mm/mmap.c:reusable_anon_vma(): that of `old`, one of the neighbours a and b, unless a fork has made it complex.
AnonVmaId reusable_anon_vma(const vm_area_struct& old, const vm_area_struct& a, const vm_area_struct& b) {
  if (anon_vma_compatible(a, b) && old.anon_vma && old.anon_vma_chain.size() == 1) return old.anon_vma;
  return AnonVmaId{};
}

bool MayTakeOver(const MachineState& m, const anon_vma& candidate, AnonVmaId id, AnonVmaId parents_own) {
  if (m.rules().rmap.anon_vma_reuse == AnonVmaReuse::degree_below_two) {
    return id != parents_own && candidate.num_children + candidate.num_active_vmas < 2;
  }
  return candidate.num_children < 2 && candidate.num_active_vmas == 0;
}

// __page_set_anon_rmap(): a page that is anonymous already (from the swap cache) keeps its mapping; one that others may
// map too gets the oldest anon_vma.
void __page_set_anon_rmap(MachineState& m, Pfn page, const vm_area_struct& vma, uint64_t address, bool exclusive) {
  PTERON_CHECK(vma.anon_vma, "a VMA that maps anonymous pages has an anon_vma");
  const Pfn head = compound_head(m, page);
  if (!PageAnon(m, head)) {
    set_page_flag(m, head, PG_anon);
    const unsigned shift = m.frames.cold(head).hugetlb ? kPmdShift - kPageShift : 0;
    const AnonVmaId mapping = exclusive ? vma.anon_vma : Get(m, vma.anon_vma).root;
    m.frames.SetMapping(head, mapping.value, linear_page_index(vma, address) >> shift);
  }
  if (exclusive && m.rules().rmap.anon_exclusive) set_page_flag(m, page, PG_anon_exclusive);
}

// Adds one to the count that a huge or a small entry counts in; true where it was 0.
bool CountEntry(MachineState& m, Pfn page, bool compound) {
  if (compound) return m.frames.mutable_cold(compound_head(m, page)).entire_mapcount++ == 0;
  HotPage& hot = m.frames.hot(page);
  const bool first = hot.mapcount == 0;
  hot.mapcount += 1;
  return first;
}

}  // namespace

// mm/mmap.c, v5.14: the VMA behind is asked before the one in front.
AnonVmaId find_mergeable_anon_vma(const MachineState& m, MmId mm, const vm_area_struct& vma) {
  const std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  const auto next = std::lower_bound(vmas.begin(), vmas.end(), vma.vm_end,
                                     [](const vm_area_struct& v, uint64_t end) { return v.vm_start < end; });
  if (next != vmas.end()) {
    if (const AnonVmaId found = reusable_anon_vma(*next, vma, *next)) return found;
  }
  const auto behind_prev = std::lower_bound(vmas.begin(), vmas.end(), vma.vm_start,
                                            [](const vm_area_struct& v, uint64_t start) { return v.vm_start < start; });
  if (behind_prev == vmas.begin()) return AnonVmaId{};
  return reusable_anon_vma(*(behind_prev - 1), *(behind_prev - 1), vma);
}

// mm/rmap.c, v5.14.
int anon_vma_prepare(MachineState& m, MmId mm, vm_area_struct& vma) {
  if (vma.anon_vma) return 0;
  AnonVmaId id = find_mergeable_anon_vma(m, mm, vma);
  if (!id) {
    id = anon_vma_alloc(m);
    ++Get(m, id).num_children;  // a root is its own parent
  }
  vma.anon_vma = id;
  anon_vma_chain_link(m, vma, id);
  ++Get(m, id).num_active_vmas;
  return 0;
}

// mm/rmap.c, v5.14.
int anon_vma_clone(MachineState& m, vm_area_struct& dst, const vm_area_struct& src) {
  const absl::InlinedVector<AnonVmaId, 4> chain = src.anon_vma_chain;  // dst may be src's copy: take it before clearing
  dst.anon_vma_chain.clear();
  for (auto id = chain.rbegin(); id != chain.rend(); ++id) {
    anon_vma_chain_link(m, dst, *id);
    if (!dst.anon_vma && src.anon_vma && MayTakeOver(m, Get(m, *id), *id, src.anon_vma)) dst.anon_vma = *id;
  }
  if (dst.anon_vma) ++Get(m, dst.anon_vma).num_active_vmas;
  return 0;
}

// mm/rmap.c, v5.14.
int anon_vma_fork(MachineState& m, vm_area_struct& child, const vm_area_struct& parent) {
  child.anon_vma = AnonVmaId{};
  child.anon_vma_chain.clear();
  if (!parent.anon_vma) return 0;
  if (const int error = anon_vma_clone(m, child, parent)) return error;
  if (child.anon_vma) return 0;
  const AnonVmaId id = anon_vma_alloc(m);
  anon_vma& own = Get(m, id);
  own.num_active_vmas = 1;
  own.root = Get(m, parent.anon_vma).root;
  own.parent = parent.anon_vma;
  ++Get(m, own.root).refcount;
  ++Get(m, own.parent).num_children;
  child.anon_vma = id;
  anon_vma_chain_link(m, child, id);
  return 0;
}

// mm/rmap.c, v5.14. Two rounds, since an anon_vma that loses its last chain is still looked at as a parent.
void unlink_anon_vmas(MachineState& m, vm_area_struct& vma) {
  for (const AnonVmaId id : vma.anon_vma_chain) {
    if (--Get(m, id).chains == 0) --Get(m, Get(m, id).parent).num_children;
  }
  if (vma.anon_vma) --Get(m, vma.anon_vma).num_active_vmas;
  vma.anon_vma = AnonVmaId{};
  const absl::InlinedVector<AnonVmaId, 4> chain = std::move(vma.anon_vma_chain);
  vma.anon_vma_chain.clear();
  for (const AnonVmaId id : chain) {
    if (Get(m, id).chains > 0) continue;
    PTERON_CHECK(Get(m, id).num_children == 0 && Get(m, id).num_active_vmas == 0,
                 "an anon_vma without chains has neither children nor VMAs");
    put_anon_vma(m, id);
  }
}

// mm/rmap.c:page_add_new_anon_rmap() and mm/rmap.c:hugepage_add_new_anon_rmap(), v5.14.
void page_add_new_anon_rmap(MachineState& m, Pfn page, const vm_area_struct& vma, uint64_t address, bool compound) {
  if (!PageHuge(m, page)) set_page_flag(m, compound_head(m, page), PG_swapbacked);
  CountEntry(m, page, compound);
  __page_set_anon_rmap(m, page, vma, address, true);
}

// mm/rmap.c:do_page_add_anon_rmap(), v5.14; page_add_anon_rmap() with rmap_t flags, v5.19.
void page_add_anon_rmap(MachineState& m, Pfn page, const vm_area_struct& vma, uint64_t address, bool compound,
                        bool exclusive) {
  if (CountEntry(m, page, compound)) __page_set_anon_rmap(m, page, vma, address, exclusive);
}

// mm/rmap.c, v5.14. What a huge entry adds to each small page's count in the kernel is entire_mapcount here.
void page_add_file_rmap(MachineState& m, Pfn page, bool compound) { CountEntry(m, page, compound); }

void page_dup_rmap(MachineState& m, Pfn page, bool compound) { CountEntry(m, page, compound); }

// include/linux/rmap.h, v5.19.
void page_try_dup_anon_rmap(MachineState& m, Pfn page, bool compound) {
  clear_page_flag(m, page, PG_anon_exclusive);
  CountEntry(m, page, compound);
}

// include/linux/rmap.h, v5.19.
void page_try_share_anon_rmap(MachineState& m, Pfn page) { clear_page_flag(m, page, PG_anon_exclusive); }

// mm/rmap.c, v5.14. PG_anon and the mapping stay: swapoff finds the page by them, and freeing clears them.
void page_remove_rmap(MachineState& m, Pfn page, bool compound) {
  if (compound) {
    uint32_t& count = m.frames.mutable_cold(compound_head(m, page)).entire_mapcount;
    PTERON_CHECK(count > 0, "a huge entry that is removed was counted");
    --count;
    return;
  }
  HotPage& hot = m.frames.hot(page);
  PTERON_CHECK(hot.mapcount > 0, "an entry that is removed was counted");
  hot.mapcount -= 1;
}

// mm/rmap.c, v5.14; marks the page exclusive from v5.19 on.
void page_move_anon_rmap(MachineState& m, Pfn page, const vm_area_struct& vma) {
  PTERON_CHECK(vma.anon_vma, "a VMA that owns an anonymous page has an anon_vma");
  const Pfn head = compound_head(m, page);
  if (m.frames.cold(head).mapping != vma.anon_vma.value) m.frames.mutable_cold(head).mapping = vma.anon_vma.value;
  if (m.rules().rmap.anon_exclusive) set_page_flag(m, page, PG_anon_exclusive);
}

}  // namespace pteron
