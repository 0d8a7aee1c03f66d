// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_PTE_MARKER_H_
#define PTERON_ARCH_X86_PTE_MARKER_H_

// Words without a page that still say something: PTE markers (include/linux/swapops.h, 5.19 on) and the special PTE of the
// uffd-wp series, version 5 (include/linux/userfaultfd_k.h, include/asm-generic/pgtable_uffd.h there).

#include <cstdint>

#include "pteron/arch/x86/swapops.h"

namespace pteron {

// ---- Markers: a swap type of their own, whose offset holds kPteMarker... bits. The flags of swap entries mean nothing in them
// but can be set (soft-dirty, by a move).
constexpr swp_entry_t make_pte_marker_entry(const Encoding& e, uint64_t marker) {
  return make_entry_of_type(e.swp_pte_marker, marker);
}
constexpr bool is_pte_marker_entry(const Encoding& e, swp_entry_t entry) { return swp_type(entry) == e.swp_pte_marker; }
// The bits that this kernel knows.
constexpr uint64_t pte_marker_get(const Encoding& e, swp_entry_t entry) { return swp_offset(entry) & e.pte_marker_mask; }
constexpr bool is_pte_marker(const Encoding& e, pte_t pte) {
  return is_swap_pte(e, pte) && is_pte_marker_entry(e, pte_to_swp_entry(e, pte));
}
constexpr pte_t make_pte_marker(const Encoding& e, uint64_t marker) { return swp_entry_to_pte(e, make_pte_marker_entry(e, marker)); }
// Nothing there, or a marker: what may be filled with a page.
constexpr bool pte_none_mostly(const Encoding& e, pte_t pte) { return pte_none(e, pte) || is_pte_marker(e, pte); }

// include/linux/mm_inline.h, include/linux/userfaultfd_k.h: the marker is (also) a write protection. Never, where the
// kernel has no write protection by userfaultfd.
constexpr bool pte_marker_entry_uffd_wp(const Encoding& e, swp_entry_t entry) {
  return e.page_uffd_wp != 0 && is_pte_marker_entry(e, entry) && (pte_marker_get(e, entry) & kPteMarkerUffdWp);
}
constexpr bool pte_marker_uffd_wp(const Encoding& e, pte_t pte) {
  return is_swap_pte(e, pte) && pte_marker_entry_uffd_wp(e, pte_to_swp_entry(e, pte));
}
// Not present, and write-protected by userfaultfd in either way: bit 2 of a swap entry, or a marker.
constexpr bool pte_swp_uffd_wp_any(const Encoding& e, pte_t pte) {
  return e.page_uffd_wp != 0 && is_swap_pte(e, pte) && (pte_swp_uffd_wp(e, pte) || pte_marker_uffd_wp(e, pte));
}

// The page could not be read back from swap. 5.19 to 6.1: a type of its own, the offset is the failed frame's number; 6.2 on: a
// marker (renamed poisoned in 6.6, when UFFDIO_POISON came).
constexpr bool is_poisoned_swp_entry(const Encoding& e, swp_entry_t entry) {
  return is_pte_marker_entry(e, entry) && (pte_marker_get(e, entry) & kPteMarkerPoisoned);
}
constexpr swp_entry_t make_poisoned_swp_entry(const Encoding& e) { return make_pte_marker_entry(e, kPteMarkerPoisoned); }
constexpr bool is_swapin_error_entry(const Encoding& e, swp_entry_t entry) {
  return e.swp_swapin_error != kNoSwapType ? swp_type(entry) == e.swp_swapin_error : is_poisoned_swp_entry(e, entry);
}
constexpr swp_entry_t make_swapin_error_entry(const Encoding& e, uint64_t pfn) {
  return e.swp_swapin_error != kNoSwapType ? swp_entry(e.swp_swapin_error, pfn) : make_poisoned_swp_entry(e);
}
// Guard region (6.13).
constexpr bool is_guard_swp_entry(const Encoding& e, swp_entry_t entry) {
  return is_pte_marker_entry(e, entry) && (pte_marker_get(e, entry) & kPteMarkerGuard);
}
constexpr swp_entry_t make_guard_swp_entry(const Encoding& e) { return make_pte_marker_entry(e, kPteMarkerGuard); }
// include/linux/leafops.h (6.19): a marker that is userfaultfd's, write protection or poison.
constexpr bool pte_is_uffd_marker(const Encoding& e, pte_t pte) {
  const swp_entry_t entry = pte_to_swp_entry(e, pte);
  return is_swap_pte(e, pte) && is_pte_marker_entry(e, entry) &&
         (pte_marker_get(e, entry) & (kPteMarkerUffdWp | kPteMarkerPoisoned));
}

// ---- The special PTE. As a swap entry it would be type 0, offset 2^50-1; pte_to_swp_entry() must never see it. On kernels
// without the series the predicates are what they are without it, and the maker gives the empty word.
constexpr pte_t pte_swp_mkuffd_wp_special(const Encoding& e) { return pte_t{e.uffd_wp_special}; }
constexpr bool pte_swp_uffd_wp_special(const Encoding& e, pte_t pte) {
  return e.uffd_wp_special != 0 && pte.pte == e.uffd_wp_special;
}
constexpr bool is_swap_special_pte(const Encoding& e, pte_t pte) { return pte_swp_uffd_wp_special(e, pte); }
// A swap entry that names something: what may be given to pte_to_swp_entry().
constexpr bool pte_has_swap_entry(const Encoding& e, pte_t pte) { return is_swap_pte(e, pte) && !is_swap_special_pte(e, pte); }

}  // namespace pteron

#endif  // PTERON_ARCH_X86_PTE_MARKER_H_
