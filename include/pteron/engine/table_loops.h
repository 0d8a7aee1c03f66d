// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ENGINE_TABLE_LOOPS_H_
#define PTERON_ENGINE_TABLE_LOOPS_H_

// The four loops over page-table entries that everything large comes down to - scan, zap, copy at fork, change of protection - as functions
// on plain arguments, each in two engines: a reference that goes entry by entry, and a fast one that works on words eight at a time and on
// pages by runs. Both do the same to every word and every page; tests/engine/ holds them against each other.
//
// All take `count` entries of one table, at most 512, that start at `words`, and the hot metadata of frame kFirstDataPfn on, `pages`. What needs
// more than words and hot metadata - swap slots, migration, huge pages, PROT_NONE, the zero page - they leave as it is and name in `rest`: the
// caller's own code does it. Functions keep no state: two threads may work on disjoint ranges whose pages are disjoint.

#include <array>
#include <cstddef>
#include <cstdint>

#include "pteron/arch/x86/encoding.h"
#include "pteron/engine.h"
#include "pteron/mm/page.h"

namespace pteron {

// What the loops know of an Encoding.
struct LoopWords {
  uint64_t pfn_mask = 0;      // frame number of a present word
  uint64_t uffd_wp = 0;
  uint64_t dirty_bits = 0;    // all that say "dirty"
  uint64_t saved_dirty = 0;   // 0: none
  uint64_t wp_none = 0;       // "no page, write-protected": special PTE or marker, compared as a whole; 0: none
  uint32_t max_swapfiles = 0;  // swap types below name slots
};
LoopWords WordsForLoops(const Encoding& encoding);

struct alignas(uint64_t) FrameRun {  // written as one word; not initialized, for an array of them would be at every call of a loop
  uint32_t first;  // frame number less kFirstDataPfn
  uint32_t count;
};

// What a loop hands back besides its sums. It starts as tables do: a processor takes a load for one of what it has just stored where the lowest 12 bits of both
// addresses are the same, and entries are named in `rest` while words are loaded.
struct alignas(4096) LoopOutput {
  uint32_t rest_count = 0;
  uint32_t freed_count = 0;
  std::array<uint16_t, 512> rest;     // indices into `words` of entries left to the caller, ascending
  // Frames whose last reference went, in no order: their hot metadata is all zero, the rest of freeing them is the caller's.
  alignas(64) std::array<FrameRun, 512> freed;
};

// Entries by the rss counter that their page counts in.
struct PageSums {
  int64_t anon = 0, shmem = 0, file = 0;
  bool operator==(const PageSums&) const = default;
};

// ---- Scan: which entries are of the wanted kinds, as PAGEMAP_SCAN asks.
struct ScanPlan {
  LoopWords words;
  bool none = false, present = false, wp_none = false, other = false;
};
struct ScanSums {
  uint64_t matches = 0;
  uint64_t runs = 0;  // of neighbouring matches within these entries
  bool operator==(const ScanSums&) const = default;
};
// Bit i of matches[i / 64] tells of entry i. `matches` has room for (count + 63) / 64 words.
ScanSums ScanEntries(Engine engine, const ScanPlan& plan, const uint64_t* words, size_t count, uint64_t* matches);

// ---- Zap: zap_pte_range(). Entries of pages in order of frame and entries of the same kind are what it is quick with.
struct ZapLoopPlan {
  LoopWords words;
  bool clears_anon = true, clears_file = true;  // pages of these kinds go
  bool clears_wp_none = true;
  bool leaves_wp_none = false;  // an entry with uffd-wp becomes wp_none instead of none
};
// A page of a file gets PG_dirty from its entry; a page loses one mapping and one reference.
PageSums ZapEntries(Engine engine, const ZapLoopPlan& plan, uint64_t* words, size_t count, HotPage* pages, LoopOutput* output);

// ---- Fork: copy_pte_range().
struct ForkLoopPlan {
  LoopWords words;
  bool write_protects = true;    // a private mapping: writable entries become read-only in parent and child
  bool cleans = false;           // a shared mapping: the child's entries are clean
  bool keeps_uffd_wp = false;    // the child's VMA is registered
  bool copies_wp_none = false;
  bool unshares_exclusive = false;  // an anonymous page loses PG_anon_exclusive
};
// Precondition: child[0, count) is all none. A page gets one more mapping and one more reference.
PageSums ForkEntries(Engine engine, const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t count, HotPage* pages, LoopOutput* output);

// ---- Change of protection: change_pte_range(), where no entry may get write permission by what its page is.
// Where the dirty bit of a word goes that is changed: kernels with _PAGE_SAVED_DIRTY keep it apart while the word allows no write.
enum class DirtyShift : uint8_t { none, to_saved, to_saved_if_was_writable, from_saved };
struct ProtectLoopPlan {
  LoopWords words;
  uint64_t keep = 0, set = 0;  // a present word becomes (word & keep) | set; kPagePresent is in set
  DirtyShift dirty = DirtyShift::none;
  uint64_t none_becomes = 0;
  uint64_t wp_none_becomes = 0;
  uint64_t swap_keep = ~uint64_t{0}, swap_set = 0;  // the same for words that name a slot
};
// Entries changed: every present one counts, others where the word is another one now. Takes no pages.
uint64_t ProtectEntries(Engine engine, const ProtectLoopPlan& plan, uint64_t* words, size_t count, LoopOutput* output);

}  // namespace pteron

#endif  // PTERON_ENGINE_TABLE_LOOPS_H_
