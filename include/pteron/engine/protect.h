// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ENGINE_PROTECT_H_
#define PTERON_ENGINE_PROTECT_H_

// Changing the protection of entries: the loop of mm/mprotect.c:change_pte_range(). Giving write permission by what is known of a page
// (MM_CP_TRY_CHANGE_WRITABLE) is not among what it does.

#include "pteron/arch/x86/encoding.h"
#include "pteron/engine/table.h"

namespace pteron::engine {

enum class WpBit : uint8_t { keep, set, clear };

struct ProtectSteps {
  pgprot_t newprot;                 // present entries get it: present or PROT_NONE
  WpBit present_wp = WpBit::keep;   // set: they lose write permission too
  WpBit swap_wp = WpBit::keep;      // of swap entries
  bool fills_none = false;          // none becomes "no page, write-protected", where the kernel has it
  bool leaves_wp_none = false;      // "no page, write-protected" comes back as left
  bool clears_wp_none = false;      // or else it becomes none
  bool leaves_other = true;         // all other kinds come back as left; else they stay
};

// What a call adds to.
struct ProtectResult {
  long changed = 0;      // every present entry counts, of others those whose word is another
  List<EntryWord> left;  // entries that nothing was done to

  void Clear() {
    changed = 0;
    left.Clear();
  }
  bool operator==(const ProtectResult&) const = default;
};

namespace reference {
// Changes words[0, count), count at most kMaxEntries. Adds to *result, which holds one call's list at most: Clear() it in between.
void ProtectPtes(const Encoding& e, const ProtectSteps& steps, uint64_t* words, size_t count, ProtectResult* result);
}  // namespace reference

namespace fast {
void ProtectPtes(const Encoding& e, const ProtectSteps& steps, uint64_t* words, size_t count, ProtectResult* result);
}  // namespace fast

}  // namespace pteron::engine

#endif  // PTERON_ENGINE_PROTECT_H_
