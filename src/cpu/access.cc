// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/cpu/access.h"

#include "src/mm/huge_memory.h"
#include "src/mm/memory.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// The entry that the walk for `address` ends at, huge or small; empty where a table is missing.
struct Translation {
  EntryRef entry;
  bool huge = false;
};

std::optional<Translation> Translate(const MachineState& m, MmId mm, uint64_t address) {
  const std::optional<EntryRef> pmd = find_pmd(m, mm, address);
  if (!pmd) return std::nullopt;
  const uint64_t word = m.tables.word(*pmd);
  if ((word & (kPagePresent | kPagePse)) == (kPagePresent | kPagePse)) return Translation{*pmd, true};
  if (!(word & kPagePresent)) return std::nullopt;
  return Translation{pte_offset_map(m, *pmd, address), false};
}

// The frame of the small page at `address`.
Pfn FrameOf(const MachineState& m, const Translation& translation, uint64_t address) {
  const uint64_t word = m.tables.word(translation.entry);
  if (!translation.huge) return Pfn{static_cast<uint32_t>(pte_pfn(m.encoding(), pte_t{word}))};
  return Pfn{static_cast<uint32_t>(pmd_pfn(m.encoding(), pmd_t{word}) + (address >> kPageShift & (kPtrsPerTable - 1)))};
}

// The walk for an access that faults is over: what the processor tells the kernel.
bool Fault(MachineState& m, MmId mm, uint64_t address, bool write, bool present) {
  if (m.journal.recording) {
    m.journal.faults.push_back({mm, address, X86_PF_USER | (write ? uint32_t{X86_PF_WRITE} : 0) | (present ? uint32_t{X86_PF_PROT} : 0)});
  }
  return false;
}

// What the processor does with a word that allows the access: accessed, and on a store dirty. False: it faults.
bool HardwareAccess(MachineState& m, MmId mm, uint64_t address, bool write, Pfn* page) {
  const std::optional<Translation> translation = Translate(m, mm, address);
  if (!translation) return Fault(m, mm, address, write, false);
  const uint64_t word = m.tables.word(translation->entry);
  const uint64_t needed = kPagePresent | kPageUser | (write ? kPageRw : 0);
  if ((word & needed) != needed) return Fault(m, mm, address, write, (word & kPagePresent) != 0);
  KernelFunction function(m.journal, "(hardware)");
  m.journal.why = nullptr;
  const uint64_t touched = word | kPageAccessed | (write ? kPageDirty : 0);
  if (translation->huge) {
    set_pmd_at(m, mm, address, translation->entry, pmd_t{touched});
  } else {
    set_pte_at(m, mm, address, translation->entry, pte_t{touched});
  }
  *page = FrameOf(m, *translation, address);
  return true;
}

// arch/x86/mm/fault.c:access_error(), without protection keys and shadow stacks.
bool VmaAllows(const vm_area_struct& vma, bool write) { return vma.vm_flags & (write ? VM_WRITE : kVmAccessFlags); }

// One page fault. Empty: the access is to be tried again.
std::optional<AccessResult> TakeFault(MachineState& m, MmId mm, uint64_t address, bool write, uint32_t flags) {
  vm_area_struct* vma = vma_lookup(m, mm, address);
  if (!vma || !VmaAllows(*vma, write)) return AccessResult{.outcome = AccessOutcome::sigsegv};
  m.pending_userfault = PendingUserfault{};
  const vm_fault_t ret =
      handle_mm_fault(m, mm, *vma, address & ~(kPageSize - 1), flags | (write ? uint32_t{FAULT_FLAG_WRITE} : 0));
  if (m.pending_userfault.reason != UffdReason::none) {
    const PendingUserfault pending = m.pending_userfault;
    m.pending_userfault = PendingUserfault{};
    return AccessResult{.outcome = AccessOutcome::blocked, .blocked = pending.reason, .uffd = pending.uffd};
  }
  if (ret & VM_FAULT_OOM) return AccessResult{.outcome = AccessOutcome::oom};
  if (ret & VM_FAULT_HWPOISON) return AccessResult{.outcome = AccessOutcome::sigbus, .hwpoison = true};
  if (ret & VM_FAULT_SIGBUS) return AccessResult{.outcome = AccessOutcome::sigbus};
  if (ret & VM_FAULT_SIGSEGV) return AccessResult{.outcome = AccessOutcome::sigsegv};
  return std::nullopt;
}

// Whether get_user_pages() takes the entry as it is: follow_page_pte(), follow_trans_huge_pmd(), follow_hugetlb_page().
bool FollowPage(MachineState& m, MmId mm, uint64_t address, bool write) {
  const std::optional<Translation> translation = Translate(m, mm, address);
  if (!translation) return false;
  const Encoding& e = m.encoding();
  const uint64_t word = m.tables.word(translation->entry);
  if (!(word & kPagePresent) || (write && !pte_write(e, pte_t{word}))) return false;
  if (!write) return true;
  const Pfn page = FrameOf(m, *translation, address);
  if (m.frames.Contains(page) && PageHuge(m, page)) return true;
  if (translation->huge) {  // touch_pmd()
    set_pmd_at(m, mm, address, translation->entry, pmd_mkdirty(e, pmd_mkyoung(e, pmd_t{word})));
  } else if (!pte_dirty(e, pte_t{word}) && m.frames.Contains(page)) {
    set_page_dirty(m, page);
  }
  return true;
}

constexpr uint32_t kUserFault = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_USER;

}  // namespace

std::optional<AccessResult> AccessWithoutFault(MachineState& m, MmId mm, uint64_t address, bool write, uint64_t value) {
  Pfn page;
  if (!HardwareAccess(m, mm, address, write, &page)) return std::nullopt;
  if (!m.frames.Contains(page)) return AccessResult{};  // a zero page reads as 0 and is never writable
  if (write) m.frames.SetValue(page, value);
  return AccessResult{.value = m.frames.cold(page).value};
}

AccessResult Access(MachineState& m, MmId mm, uint64_t address, bool write, uint64_t value) {
  for (int attempt = 0; attempt < kLivelockRepeats; ++attempt) {
    if (const std::optional<AccessResult> result = AccessWithoutFault(m, mm, address, write, value)) return *result;
    if (const std::optional<AccessResult> result = TakeFault(m, mm, address, write, kUserFault)) return *result;
    if (m.dead) break;
  }
  return AccessResult{.outcome = AccessOutcome::livelock};
}

AccessResult FaultIn(MachineState& m, MmId mm, uint64_t address, bool write) {
  for (int attempt = 0; attempt < kLivelockRepeats; ++attempt) {
    if (FollowPage(m, mm, address, write)) return AccessResult{};
    if (const std::optional<AccessResult> result = TakeFault(m, mm, address, write, FAULT_FLAG_ALLOW_RETRY)) return *result;
    if (m.dead) break;
  }
  return AccessResult{.outcome = AccessOutcome::livelock};
}

}  // namespace pteron
