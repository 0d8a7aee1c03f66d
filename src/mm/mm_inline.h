// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_MM_MM_INLINE_H_
#define PTERON_SRC_MM_MM_INLINE_H_

// include/linux/mm_inline.h: what every remover of an entry does with its uffd-wp information.

#include "pteron/arch/x86/swapops.h"
#include "src/mm/fault.h"
#include "src/state/primitives.h"

namespace pteron {

// The word that means "no page, write-protected by userfaultfd": the special PTE (version 5 of the series) or a marker
// (5.19). Precondition: the kernel has one.
inline pte_t WpNone(const Encoding& e) {
  return e.uffd_wp_special != 0 ? pte_swp_mkuffd_wp_special(e) : make_pte_marker(e, kPteMarkerUffdWp);
}
inline bool IsWpNone(const Encoding& e, pte_t pte) { return is_swap_special_pte(e, pte) || pte_marker_uffd_wp(e, pte); }

// pte_install_uffd_wp_if_needed(): *ptep has just been cleared and held `pteval`; where that carried uffd-wp and the
// VMA is not anonymous, *ptep is made the leftover word. True where it was. Kernel: include/linux/mm_inline.h, 5.19;
// the series, patch 10, which does not ask whether the VMA is registered. Nothing in kernels that do not call it.
inline bool pte_install_uffd_wp_if_needed(MachineState& m, MmId mm, const vm_area_struct& vma, uint64_t address,
                                          EntryRef ptep, pte_t pteval) {
  const Encoding& e = m.encoding();
  if (vma_is_anonymous(vma)) return false;
  const LeavesUffdWp rule = m.rules().zap.leaves_uffd_wp;
  if (rule == LeavesUffdWp::never || (rule == LeavesUffdWp::if_registered && !userfaultfd_wp(vma))) return false;
  KernelFunction function(m.journal, "pte_install_uffd_wp_if_needed");
  if (!pte_none(e, ptep_get(m, ptep))) m.Warn("pte_install_uffd_wp_if_needed", "the entry is not none");
  const bool armed = pte_present(e, pteval) ? pte_uffd_wp(e, pteval) : pte_swp_uffd_wp_any(e, pteval);
  if (!armed) return false;
  m.journal.why = "uffd-wp of a file's entry stays when the entry goes";
  set_pte_at(m, mm, address, ptep, WpNone(e));
  return true;
}

}  // namespace pteron

#endif  // PTERON_SRC_MM_MM_INLINE_H_
