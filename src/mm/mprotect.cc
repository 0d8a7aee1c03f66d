// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/mm/mprotect.h"

#include <algorithm>
#include <cerrno>

#include "pteron/arch/x86/classify.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/swapops.h"
#include "pteron/check.h"
#include "pteron/engine/table_loops.h"
#include "src/mm/huge_memory.h"
#include "src/mm/hugetlb.h"
#include "src/mm/mm_inline.h"
#include "src/mm/plan_override.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr uint32_t kUffdWpAll = MM_CP_UFFD_WP | MM_CP_UFFD_WP_RESOLVE;  // MM_CP_UFFD_WP_ALL

// Picks by what the caller wants of uffd-wp.
ProtectAction ByUffdWp(uint32_t cp_flags, ProtectAction neither, ProtectAction set, ProtectAction clear) {
  if (cp_flags & MM_CP_UFFD_WP) return set;
  return cp_flags & MM_CP_UFFD_WP_RESOLVE ? clear : neither;
}

// CONFIG_MEM_SOFT_DIRTY is on and the VMA's writes are tracked.
bool vma_soft_dirty_enabled(const MachineState& m, const vm_area_struct& vma) {
  return m.encoding().page_soft_dirty != 0 && !(vma.vm_flags & VM_SOFTDIRTY);
}

// mm/mprotect.c:can_change_pte_writable(), v6.1: whether a write fault on this word would do nothing but make it
// writable. Precondition: the VMA is writable, the word is not.
bool can_change_pte_writable(const MachineState& m, const vm_area_struct& vma, pte_t pte) {
  const Encoding& e = m.encoding();
  if (pte_protnone(e, pte) || !pte_dirty(e, pte)) return false;
  if (vma_soft_dirty_enabled(m, vma) && !pte_soft_dirty(e, pte)) return false;
  if (userfaultfd_wp(vma) && pte_uffd_wp(e, pte)) return false;
  if (vma.vm_flags & VM_SHARED) return true;
  const Pfn page = vm_normal_page(m, pte);
  return page != kNoPfn && PageAnon(m, page) && PageAnonExclusive(m, page);
}

bool MayUpgrade(const MachineState& m, const vm_area_struct& vma, pte_t pte) {
  const Encoding& e = m.encoding();
  if (m.rules().protect.upgrade == ProtectUpgrade::page_by_page) {
    return !pte_write(e, pte) && can_change_pte_writable(m, vma, pte);
  }
  // The test of the VMA is the wrong way round in these kernels: what is tracked gets write permission.
  const bool vma_soft_dirty = e.page_soft_dirty != 0 && (vma.vm_flags & VM_SOFTDIRTY);
  return pte_dirty(e, pte) && (pte_soft_dirty(e, pte) || !vma_soft_dirty);
}

// A present word with its new protection.
pte_t ProtectPresent(const MachineState& m, const vm_area_struct& vma, pte_t old, ProtectAction action,
                     pgprot_t newprot, bool upgrade) {
  const Encoding& e = m.encoding();
  pte_t pte = pte_modify(e, old, newprot);
  if (action == ProtectAction::protect_set_wp) pte = pte_mkuffd_wp(e, pte_wrprotect(e, pte));
  if (action == ProtectAction::protect_clear_wp) pte = pte_clear_uffd_wp(e, pte);
  return upgrade && MayUpgrade(m, vma, pte) ? pte_mkwrite(e, pte) : pte;
}

// A migration or device entry that allows no write. An anonymous page stays exclusive where migration entries can say
// so.
pte_t MakeReadable(const MachineState& m, pte_t old) {
  const Encoding& e = m.encoding();
  swp_entry_t entry = pte_to_swp_entry(e, old);
  const uint64_t offset = swp_offset(entry);
  bool keep_soft_dirty = true;
  if (is_writable_migration_entry(e, entry)) {
    const Pfn page{static_cast<uint32_t>(swp_offset_pfn(e, entry))};
    const bool exclusive = e.swp_migration_read_exclusive != kNoSwapType && PageAnon(m, page);
    entry = exclusive ? make_readable_exclusive_migration_entry(e, offset) : make_readable_migration_entry(e, offset);
  } else if (is_writable_device_private_entry(e, entry)) {
    entry = make_readable_device_private_entry(e, offset);
    keep_soft_dirty = false;
  } else if (is_writable_device_exclusive_entry(e, entry)) {
    entry = make_readable_device_exclusive_entry(e, offset);
  } else {
    return old;
  }
  pte_t pte = swp_entry_to_pte(e, entry);
  if (keep_soft_dirty && pte_swp_soft_dirty(e, old)) pte = pte_swp_mksoft_dirty(e, pte);
  return pte_swp_uffd_wp(e, old) ? pte_swp_mkuffd_wp(e, pte) : pte;
}

// What becomes of a word that is not present.
pte_t ProtectAbsent(const MachineState& m, pte_t old, ProtectAction action) {
  const Encoding& e = m.encoding();
  switch (action) {
    case ProtectAction::make_readable: return MakeReadable(m, old);
    case ProtectAction::make_readable_set_wp: return pte_swp_mkuffd_wp(e, MakeReadable(m, old));
    case ProtectAction::make_readable_clear_wp: return pte_swp_clear_uffd_wp(e, MakeReadable(m, old));
    case ProtectAction::set_wp: return pte_swp_mkuffd_wp(e, old);
    case ProtectAction::clear_wp: return pte_swp_clear_uffd_wp(e, old);
    case ProtectAction::install_wp_none: return WpNone(e);
    case ProtectAction::clear: return pte_t{0};
    default: return old;
  }
}

// One entry of change_pte_range(). Whether it counts as changed.
bool ProtectEntryAt(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t address, EntryRef pte, pgprot_t newprot, const ProtectPlan& plan) {
  const pte_t old = ptep_get(m, pte);
  const EntryClass entry_class = classify(m.encoding(), old);
  const ProtectAction action = plan.on(entry_class);
  if (action == ProtectAction::keep) return false;
  const bool present = entry_class == EntryClass::present;
  const pte_t changed =
      present ? ProtectPresent(m, vma, old, action, newprot, plan.upgrade) : ProtectAbsent(m, old, action);
  if (!present && pte_same(old, changed)) return false;
  m.journal.why = Name(action);
  set_pte_at(m, mm, address, pte, changed);
  return true;
}

// The plan in the fast loop's terms; empty where that cannot say it: write permission by what a page is, PROT_NONE, special PTEs taken for swap entries.
std::optional<ProtectLoopPlan> PlanForLoop(const MachineState& m, pgprot_t newprot, const ProtectPlan& plan) {
  const Encoding& e = m.encoding();
  if (plan.upgrade || !(newprot.pgprot & kPagePresent) || e.page_saved_dirty != 0) return std::nullopt;
  if (m.rules().protect.wp_none == ProtectWpNone::taken_for_swap_entry) return std::nullopt;
  ProtectLoopPlan loop{.words = WordsForLoops(e), .keep = e.page_chg_mask, .set = check_pgprot(e, newprot) & ~e.page_chg_mask};
  switch (plan.on(EntryClass::present)) {
    case ProtectAction::protect: break;
    case ProtectAction::protect_set_wp:
      loop.keep &= ~kPageRw;
      loop.set = (loop.set & ~kPageRw) | e.page_uffd_wp;
      break;
    case ProtectAction::protect_clear_wp:
      loop.keep &= ~e.page_uffd_wp;
      loop.set &= ~e.page_uffd_wp;
      break;
    default: return std::nullopt;
  }
  switch (plan.on(EntryClass::swap)) {
    case ProtectAction::keep: break;
    case ProtectAction::set_wp: loop.swap_set = e.swp_uffd_wp; break;
    case ProtectAction::clear_wp: loop.swap_keep = ~e.swp_uffd_wp; break;
    default: return std::nullopt;
  }
  const EntryClass wp_none = e.uffd_wp_special != 0 ? EntryClass::special : EntryClass::marker;
  loop.none_becomes = plan.on(EntryClass::none) == ProtectAction::install_wp_none ? loop.words.wp_none : 0;
  loop.wp_none_becomes = plan.on(wp_none) == ProtectAction::clear ? 0 : loop.words.wp_none;
  const bool known = (plan.on(EntryClass::none) == ProtectAction::keep || plan.on(EntryClass::none) == ProtectAction::install_wp_none) &&
                     (plan.on(wp_none) == ProtectAction::keep || plan.on(wp_none) == ProtectAction::clear);
  return known ? std::optional(loop) : std::nullopt;
}

// change_pte_range() by the fast loop; what that leaves is changed entry by entry.
long ProtectByLoop(MachineState& m, MmId mm, const vm_area_struct& vma, EntryRef pte, uint64_t address, uint32_t entries, pgprot_t newprot,
                   const ProtectPlan& plan, const ProtectLoopPlan& loop) {
  LoopOutput output;
  uint64_t* words = m.tables.mutable_words(pte.table, pte.index, pte.index + entries);
  long pages = static_cast<long>(ProtectEntries(Engine::fast, loop, words, entries, &output));
  for (uint32_t i = 0; i < output.rest_count; ++i) {
    pages += ProtectEntryAt(m, mm, vma, address + output.rest[i] * kPageSize, pte + output.rest[i], newprot, plan);
  }
  return pages;
}

// mm/mprotect.c:change_pte_range(), v5.14: the entries of [address, end), which lie in the table under *pmd. Returns
// how many changed: every present one counts. Leaves out NUMA balancing.
long change_pte_range(MachineState& m, MmId mm, const vm_area_struct& vma, EntryRef pmd, uint64_t address, uint64_t end,
                      pgprot_t newprot, const ProtectPlan& plan) {
  KernelFunction function(m.journal, "change_pte_range");
  long pages = 0;
  EntryRef pte = pte_offset_map(m, pmd, address);
  const uint64_t entries = (end - address) >> kPageShift;
  if (m.UsesFastLoops(entries)) {
    if (const std::optional<ProtectLoopPlan> loop = PlanForLoop(m, newprot, plan)) {
      return ProtectByLoop(m, mm, vma, pte, address, static_cast<uint32_t>(entries), newprot, plan, *loop);
    }
  }
  for (; address != end; address += kPageSize, pte = pte + 1) pages += ProtectEntryAt(m, mm, vma, address, pte, newprot, plan);
  m.journal.why = nullptr;
  return pages;
}

// mm/mprotect.c:change_pmd_prepare(), 5.19; the series, patch 11: a table to write "no page, write-protected" into.
void change_pmd_prepare(MachineState& m, MmId mm, EntryRef pmd, uint64_t address, const ProtectPlan& plan) {
  if (plan.tables == ProtectTables::none) return;
  m.journal.why = "write protection of none entries needs a table";
  if (!pte_alloc(m, mm, pmd, address)) m.Warn("change_pmd_range", "no page table");
  m.journal.why = nullptr;
}

// One round of mm/mprotect.c:change_pmd_range(), v5.14: [address, end) lies under *pmd.
long change_pmd(MachineState& m, MmId mm, vm_area_struct& vma, EntryRef pmd, uint64_t address, uint64_t end,
                pgprot_t newprot, uint32_t cp_flags, const ProtectPlan& plan) {
  KernelFunction function(m.journal, "change_pmd_range");
  change_pmd_prepare(m, mm, pmd, address, plan);
  if (is_huge_pmd(m, pmdp_get(m, pmd))) {
    if (end - address != kPmdSize || plan.split_huge_entries) {
      split_huge_pmd(m, mm, vma, pmd, address);
      // A file's huge entry is gone then.
      if (plan.split_huge_entries) change_pmd_prepare(m, mm, pmd, address, plan);
    } else if (const int changed = change_huge_pmd(m, mm, vma, pmd, address, newprot, cp_flags)) {
      return changed == static_cast<int>(kPtesPerPmd) ? changed : 0;
    }
  }
  const pmd_t value = pmdp_get(m, pmd);
  if (pmd_none(m.encoding(), value) || is_huge_pmd(m, value)) return 0;  // pmd_trans_unstable()
  return change_pte_range(m, mm, vma, pmd, address, end, newprot, plan);
}

// mm/mprotect.c:change_prepare(), 5.19: the tables above the lowest. Empty where one cannot be had.
std::optional<EntryRef> change_prepare(MachineState& m, MmId mm, uint64_t address) {
  m.journal.why = "write protection of none entries needs a table";
  const std::optional<EntryRef> pmd = pmd_alloc(m, mm, address);
  m.journal.why = nullptr;
  if (!pmd) {
    const bool no_pud = p4d_none(m.encoding(), p4dp_get(m, p4d_offset(m, mm, address)));
    m.Warn(no_pud ? "change_p4d_range" : "change_pud_range", "no page table");
  }
  return pmd;
}

// First byte behind the span, of 512 GiB or 1 GiB, in which `address` has no pmd table.
uint64_t EndOfMissingTable(const MachineState& m, MmId mm, uint64_t address) {
  const bool no_pud = p4d_none(m.encoding(), p4dp_get(m, p4d_offset(m, mm, address)));
  return (address | ((no_pud ? kP4dSize : kPudSize) - 1)) + 1;
}

// mm/mprotect.c:change_protection_range() with change_p4d_range() and change_pud_range(), v5.14.
long change_protection_range(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end,
                             pgprot_t newprot, uint32_t cp_flags) {
  KernelFunction function(m.journal, "change_protection_range");
  const ProtectPlan plan = plan_protect(m.rules(), vma, cp_flags);
  long pages = 0;
  for (uint64_t address = start; address < end;) {
    std::optional<EntryRef> pmd = find_pmd(m, mm, address);
    if (!pmd && plan.tables == ProtectTables::all_levels) pmd = change_prepare(m, mm, address);
    if (!pmd) {
      address = std::min(end, EndOfMissingTable(m, mm, address));
      continue;
    }
    const uint64_t next = pmd_addr_end(address, end);
    pages += change_pmd(m, mm, vma, *pmd, address, next, newprot, cp_flags, plan);
    address = next;
  }
  return pages;
}

// split_vma() and vma_merge() as mprotect_fixup() calls them for [start, end) of mm.vmas[*index]. 0, then *index is the
// VMA that holds it; or -EINVAL where a border lies inside a huge page (the one at `start` has been made if only that
// at `end` does).
int SplitAndMerge(MachineState& m, MmId mm, size_t* index, uint64_t start, uint64_t end, uint64_t newflags) {
  const vm_area_struct& vma = m.mm(mm).vmas[*index];
  const bool cuts_start = start > vma.vm_start;
  if (cuts_start && vma_may_split(vma, start)) return -EINVAL;
  if (end < vma.vm_end && vma_may_split(vma, end)) {
    if (cuts_start) *index = split_vma(m, mm, *index, start);
    return -EINVAL;
  }
  *index = vma_modify(m, mm, start, end, newflags, vma.vm_userfaultfd_ctx);
  return 0;
}

// mm/mprotect.c:mprotect_fixup(), v5.14: [start, end) of mm.vmas[*index] gets newflags; *index is the VMA that holds it
// afterwards. 0 or -EINVAL. Leaves out limits, the commit charge (but not VM_ACCOUNT, which decides merging), VM_LOCKED
// and special mappings.
int mprotect_fixup(MachineState& m, MmId mm, size_t* index, uint64_t start, uint64_t end, uint64_t newflags) {
  KernelFunction function(m.journal, "mprotect_fixup");
  const uint64_t oldflags = m.mm(mm).vmas[*index].vm_flags;
  if (newflags == oldflags) return 0;
  constexpr uint64_t kCharged = VM_ACCOUNT | VM_WRITE | VM_HUGETLB | VM_SHARED | VM_NORESERVE;
  if ((newflags & VM_WRITE) && !(oldflags & kCharged)) newflags |= VM_ACCOUNT;
  if (const int error = SplitAndMerge(m, mm, index, start, end, newflags)) return error;

  vm_area_struct& vma = m.mm(mm).vmas[*index];
  // Asked with vm_page_prot as it was before.
  bool upgrade = vma_wants_writenotify(m, vma, vma.vm_page_prot);
  if (m.rules().protect.upgrade == ProtectUpgrade::page_by_page && !(vma.vm_flags & VM_SHARED)) {
    upgrade = vma.vm_flags & VM_WRITE;
  }
  vma_set_page_prot(m, vma);
  change_protection(m, mm, vma, start, end, vma.vm_page_prot, upgrade ? uint32_t{MM_CP_TRY_CHANGE_WRITABLE} : 0);
  return 0;
}

}  // namespace

ProtectPlan plan_protect(const Rules& rules, const vm_area_struct& vma, uint32_t cp_flags) {
  const bool wp_file = (cp_flags & MM_CP_UFFD_WP) && !vma_is_anonymous(vma);
  const ProtectAction by_bit = ByUffdWp(cp_flags, ProtectAction::keep, ProtectAction::set_wp, ProtectAction::clear_wp);
  const ProtectAction make_readable =
      ByUffdWp(cp_flags, ProtectAction::make_readable, ProtectAction::make_readable_set_wp,
               ProtectAction::make_readable_clear_wp);
  ProtectPlan plan;
  const auto set = [&](EntryClass entry, ProtectAction action) { plan.action[static_cast<size_t>(entry)] = action; };
  set(EntryClass::present,
      ByUffdWp(cp_flags, ProtectAction::protect, ProtectAction::protect_set_wp, ProtectAction::protect_clear_wp));
  set(EntryClass::migration, make_readable);
  set(EntryClass::device, make_readable);
  for (const EntryClass entry : {EntryClass::swap, EntryClass::hwpoison, EntryClass::swapin_error, EntryClass::poison,
                                 EntryClass::guard, EntryClass::invalid}) {
    set(entry, by_bit);
  }
  switch (rules.protect.wp_none) {
    case ProtectWpNone::taken_for_swap_entry:
      set(EntryClass::special, by_bit);
      set(EntryClass::marker, by_bit);
      break;
    case ProtectWpNone::kept: break;
    case ProtectWpNone::set_and_dropped:
      if (wp_file) set(EntryClass::none, ProtectAction::install_wp_none);
      if (cp_flags & MM_CP_UFFD_WP_RESOLVE) {
        set(EntryClass::marker, ProtectAction::clear);
        if (!vma_is_anonymous(vma)) set(EntryClass::special, ProtectAction::clear);
      }
      break;
  }
  plan.upgrade = cp_flags & MM_CP_TRY_CHANGE_WRITABLE;
  if (wp_file) plan.tables = rules.protect.tables_for_wp;
  plan.split_huge_entries = wp_file && rules.protect.wp_splits_file_huge_entries;
  ApplyOverride(rules, PlanOverride::Plan::protect, ProtectSituation(vma, cp_flags), plan.action);
  return plan;
}

const char* Name(ProtectAction action) {
  switch (action) {
    case ProtectAction::keep: return "keep";
    case ProtectAction::protect: return "protect";
    case ProtectAction::protect_set_wp: return "protect, set wp";
    case ProtectAction::protect_clear_wp: return "protect, clear wp";
    case ProtectAction::make_readable: return "make readable";
    case ProtectAction::make_readable_set_wp: return "make readable, set wp";
    case ProtectAction::make_readable_clear_wp: return "make readable, clear wp";
    case ProtectAction::set_wp: return "set wp";
    case ProtectAction::clear_wp: return "clear wp";
    case ProtectAction::install_wp_none: return "becomes wp-none";
    case ProtectAction::clear: return "becomes none";
  }
  return "?";
}

// mm/mprotect.c, v5.14.
long change_protection(MachineState& m, MmId mm, vm_area_struct& vma, uint64_t start, uint64_t end, pgprot_t newprot,
                       uint32_t cp_flags) {
  PTERON_CHECK((cp_flags & kUffdWpAll) != kUffdWpAll, "uffd-wp is either set or cleared");
  PTERON_CHECK(start < end, "a range has a length");
  if (is_vm_hugetlb_page(vma)) return hugetlb_change_protection(m, mm, vma, start, end, newprot, cp_flags);
  return change_protection_range(m, mm, vma, start, end, newprot, cp_flags);
}

// mm/mprotect.c:do_mprotect_pkey(), v5.14. Leaves out protection keys, growing mappings, READ_IMPLIES_EXEC and security
// modules.
int do_mprotect(MachineState& m, MmId mm, uint64_t start, uint64_t length, Protection protection) {
  KernelFunction function(m.journal, "do_mprotect_pkey");
  if (start & ~kPageMask) return -EINVAL;
  if (length == 0) return 0;
  const uint64_t end = start + ((length + kPageSize - 1) & kPageMask);
  if (end <= start) return -ENOMEM;
  const std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  size_t index = find_vma_index(m, mm, start);
  if (index == vmas.size() || vmas[index].vm_start > start) return -ENOMEM;
  for (uint64_t next = start;;) {
    const uint64_t newflags = calc_vm_prot_bits(protection) | (vmas[index].vm_flags & ~kVmAccessFlags);
    // VM_MAYREAD and its like lie four bits above VM_READ.
    if ((newflags & ~(newflags >> 4)) & kVmAccessFlags) return -EACCES;
    if (const int error = mprotect_fixup(m, mm, &index, next, std::min(vmas[index].vm_end, end), newflags)) {
      return error;
    }
    next = vmas[index].vm_end;
    if (next >= end) return 0;
    ++index;
    if (index == vmas.size() || vmas[index].vm_start != next) return -ENOMEM;
  }
}

}  // namespace pteron
