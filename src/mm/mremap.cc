// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/mremap.h"

#include <algorithm>
#include <cerrno>

#include "pteron/arch/x86/classify.h"
#include "src/fs/userfaultfd.h"
#include "src/mm/huge_memory.h"
#include "src/mm/hugetlb.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

uint64_t PageAlign(uint64_t bytes) { return (bytes + kPageSize - 1) & kPageMask; }

// mm/mremap.c:move_soft_dirty_pte(), v5.14, and the series, patch 05 (a special word is nobody's swap entry): whoever tracks writes shall
// notice that something else lies at the address now.
pte_t move_soft_dirty_pte(const Encoding& e, pte_t pte) {
  if (pte_present(e, pte)) return pte_mksoft_dirty(e, pte);
  return pte_has_swap_entry(e, pte) ? pte_swp_mksoft_dirty(e, pte) : pte;
}

// The word at the new address that moves without its uffd-wp information.
pte_t WithoutUffdWp(const Encoding& e, pte_t pte) {
  if (pte_marker_uffd_wp(e, pte)) return pte_t{0};
  return pte_present(e, pte) ? pte_clear_uffd_wp(e, pte) : pte_swp_clear_uffd_wp(e, pte);
}

// Where two places that move together may go on to at most: the next border of a table of `size` bytes in either, or old_end.
// mm/mremap.c:get_extent().
uint64_t get_extent(uint64_t size, uint64_t old_address, uint64_t old_end, uint64_t new_address) {
  const uint64_t old_rest = size - (old_address & (size - 1));
  const uint64_t new_rest = size - (new_address & (size - 1));
  return std::min({old_end - old_address, old_rest, new_rest});
}

// A move in progress.
struct Move {
  MachineState& m;
  MmId mm;
  vm_area_struct& vma;  // where from
  bool clears_uffd_wp;
};

// mm/mremap.c:move_ptes(), v5.14. Both tables exist and hold the whole range. Counters and reverse map stay: the page's mapping and
// index fit both places.
void move_ptes(const Move& move, EntryRef old_pmd, uint64_t old_address, uint64_t extent, EntryRef new_pmd, uint64_t new_address) {
  MachineState& m = move.m;
  const Encoding& e = m.encoding();
  KernelFunction function(m.journal, "move_ptes");
  EntryRef old_pte = pte_offset_map(m, old_pmd, old_address);
  EntryRef new_pte = pte_offset_map(m, new_pmd, new_address);
  for (uint64_t done = 0; done < extent; done += kPageSize, ++old_pte.index, ++new_pte.index) {
    if (pte_none(e, ptep_get(m, old_pte))) continue;
    pte_t pte = move_soft_dirty_pte(e, ptep_get_and_clear(m, move.mm, old_address + done, old_pte));
    if (move.clears_uffd_wp) {
      m.journal.why = "uffd-wp does not move without UFFD_FEATURE_EVENT_REMAP";
      pte = WithoutUffdWp(e, pte);
    }
    set_pte_at(m, move.mm, new_address + done, new_pte, pte);
  }
}

// mm/mremap.c:move_normal_pmd(), v5.14: the table itself moves, its words untouched. False where it may not.
bool move_normal_pmd(const Move& move, EntryRef old_pmd, uint64_t old_address, EntryRef new_pmd, uint64_t new_address) {
  MachineState& m = move.m;
  KernelFunction function(m.journal, "move_normal_pmd");
  if (!pmd_none(m.encoding(), pmdp_get(m, new_pmd))) {
    m.Warn("move_normal_pmd", "the new entry is not none");
    return false;
  }
  if (move.clears_uffd_wp) return false;
  const pmd_t pmd = pmdp_huge_get_and_clear(m, move.mm, old_address, old_pmd);
  set_pmd_at(m, move.mm, new_address, new_pmd, pmd);
  return true;
}

// mm/mremap.c:move_normal_pud(), v5.14: the same one level up.
bool move_normal_pud(const Move& move, EntryRef old_pud, uint64_t old_address, EntryRef new_pud, uint64_t new_address) {
  MachineState& m = move.m;
  KernelFunction function(m.journal, "move_normal_pud");
  if (pudp_get(m, new_pud).pud != 0) {
    m.Warn("move_normal_pud", "the new entry is not none");
    return false;
  }
  if (move.clears_uffd_wp) return false;
  const pud_t pud = pudp_get(m, old_pud);
  set_pud_at(m, move.mm, old_address, old_pud, pud_t{0});
  set_pud_at(m, move.mm, new_address, new_pud, pud);
  return true;
}

// The pud entry of `address` where it names a table: get_old_pud().
std::optional<EntryRef> get_old_pud(const MachineState& m, MmId mm, uint64_t address) {
  if (!has_pud_table(m, mm, address)) return std::nullopt;
  const EntryRef pud = pud_offset(m, p4d_offset(m, mm, address), address);
  if (pudp_get(m, pud).pud == 0) return std::nullopt;
  return pud;
}

enum class Step : uint8_t { done, out_of_memory };

// One round of move_page_tables(): at most what one pmd entry covers in both places. *extent is set to the bytes that are dealt with.
Step MoveOneExtent(const Move& move, uint64_t old_address, uint64_t old_end, uint64_t new_address, uint64_t* extent) {
  MachineState& m = move.m;
  *extent = get_extent(kPudSize, old_address, old_end, new_address);
  const std::optional<EntryRef> old_pud = get_old_pud(m, move.mm, old_address);
  if (!old_pud) return Step::done;
  if (!pud_alloc(m, move.mm, new_address)) return Step::out_of_memory;
  const EntryRef new_pud = pud_offset(m, p4d_offset(m, move.mm, new_address), new_address);
  if (*extent == kPudSize && move_normal_pud(move, *old_pud, old_address, new_pud, new_address)) return Step::done;

  *extent = get_extent(kPmdSize, old_address, old_end, new_address);
  const EntryRef old_pmd = pmd_offset(m, *old_pud, old_address);
  if (pmd_none(m.encoding(), pmdp_get(m, old_pmd))) return Step::done;
  const std::optional<EntryRef> new_pmd = pmd_alloc(m, move.mm, new_address);
  if (!new_pmd) return Step::out_of_memory;
  if (is_huge_pmd(m, pmdp_get(m, old_pmd))) {
    if (*extent == kPmdSize && move_huge_pmd(m, move.mm, move.vma, old_address, new_address, old_pmd, *new_pmd)) return Step::done;
    split_huge_pmd(m, move.mm, move.vma, old_pmd, old_address & kPmdMask);
    if (!find_pte(m, move.mm, old_address)) return Step::done;  // a file's huge entry just goes: the page is mapped again by a fault
  } else if (*extent == kPmdSize && move_normal_pmd(move, old_pmd, old_address, *new_pmd, new_address)) {
    return Step::done;
  }
  if (!pte_alloc(m, move.mm, *new_pmd, new_address)) return Step::out_of_memory;
  move_ptes(move, old_pmd, old_address, *extent, *new_pmd, new_address);
  return Step::done;
}

// mm/mremap.c:move_vma(), v5.14. The VMA holds [old_address, + length); nothing is mapped at the new place.
int move_vma(MachineState& m, MmId mm, uint64_t old_address, uint64_t length, uint64_t new_address) {
  KernelFunction function(m.journal, "move_vma");
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  size_t index = find_vma_index(m, mm, old_address);
  const uint64_t old_end = old_address + length;
  if (vmas[index].vm_start != old_address) {
    if (const int error = vma_may_split(vmas[index], old_address)) return error;
  }
  if (vmas[index].vm_end != old_end) {
    if (const int error = vma_may_split(vmas[index], old_end)) return error;
  }
  const std::optional<size_t> copy = copy_vma(m, mm, index, new_address, length, linear_page_index(vmas[index], old_address));
  if (!copy) return -ENOMEM;
  index = find_vma_index(m, mm, old_address);  // it may be a part of the copy now
  const uint64_t moved = move_page_tables(m, mm, vmas[index], old_address, vmas[*copy], new_address, length);
  const bool failed = moved < length;
  if (failed) {
    move_page_tables(m, mm, vmas[*copy], new_address, vmas[index], old_address, moved);
  } else {
    mremap_userfaultfd_prep(m, vmas[*copy]);
  }
  if (is_vm_hugetlb_page(vmas[index])) clear_vma_resv_huge_pages(m, vmas[failed ? *copy : index]);
  do_munmap(m, mm, failed ? new_address : old_address, length);
  return failed ? -ENOMEM : 0;
}

// mm/mremap.c:vma_to_resize(), v5.14, for a move that keeps the length. 0 or a negative errno.
int vma_to_resize(MachineState& m, MmId mm, uint64_t address, uint64_t length) {
  const vm_area_struct* vma = vma_lookup(m, mm, address);
  if (!vma) return -EFAULT;
  if (is_vm_hugetlb_page(*vma) && !m.rules().mremap.hugetlb_can_move) return -EINVAL;
  return length > vma->vm_end - address ? -EFAULT : 0;
}

}  // namespace

bool move_clears_uffd_wp(const MachineState& m, const vm_area_struct& vma) {
  if (m.rules().mremap.uffd_wp_without_event == MovedUffdWp::kept || !vma.vm_userfaultfd_ctx) return false;
  return !(m.userfaultfds[static_cast<size_t>(vma.vm_userfaultfd_ctx.value)].features & kUffdFeatureEventRemap);
}

// mm/mremap.c, v5.14.
uint64_t move_page_tables(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t old_address, vm_area_struct& new_vma,
                          uint64_t new_address, uint64_t length) {
  KernelFunction function(m.journal, "move_page_tables");
  if (length == 0) return 0;
  if (is_vm_hugetlb_page(vma)) return move_hugetlb_page_tables(m, mm, vma, old_address, new_vma, new_address, length);
  const Move move{m, mm, vma, move_clears_uffd_wp(m, vma)};
  uint64_t done = 0;
  while (done < length) {
    uint64_t extent = 0;
    if (MoveOneExtent(move, old_address + done, old_address + length, new_address + done, &extent) == Step::out_of_memory) break;
    done += extent;
  }
  return done;
}

// mm/mremap.c:mremap() and mremap_to(), v5.14, old and new length equal. Leaves out limits and accounting.
int mremap_to(MachineState& m, MmId mm, uint64_t old_address, uint64_t length, uint64_t new_address) {
  KernelFunction function(m.journal, "mremap_to");
  if (old_address & ~kPageMask) return -EINVAL;
  length = PageAlign(length);
  if (length == 0) return -EINVAL;
  if (m.rules().mremap.looks_up_vma_first) {
    const vm_area_struct* vma = vma_lookup(m, mm, old_address);
    if (!vma) return -EFAULT;
    if (is_vm_hugetlb_page(*vma)) {
      length = (length + kPmdSize - 1) & kPmdMask;
      if ((old_address | new_address) & ~kPmdMask) return -EINVAL;
    }
  }
  if (new_address & ~kPageMask) return -EINVAL;
  if (length > kTaskSize || new_address > kTaskSize - length) return -EINVAL;
  if (old_address + length > new_address && new_address + length > old_address) return -EINVAL;
  if (const int error = do_munmap(m, mm, new_address, length)) return error;
  if (const int error = vma_to_resize(m, mm, old_address, length)) return error;
  return move_vma(m, mm, old_address, length, new_address);
}

}  // namespace pteron
