// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_TESTS_ENGINE_POPULATION_H_
#define PTERON_TESTS_ENGINE_POPULATION_H_

// Tables and frames to try the loops on.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/pte_marker.h"
#include "pteron/arch/x86/swapops.h"
#include "pteron/engine/table.h"
#include "src/engine/facts.h"

namespace pteron::engine {

using Random = std::mt19937_64;
inline bool OneIn(Random& random, unsigned n) { return random() % n == 0; }

// What a table is filled with.
enum class Filling {
  none,
  none_accessed,  // with accessed and dirty bits, which do not count
  consecutive,    // present, frames one after the other
  scattered,      // present, each with a frame of its own, in no order
  repeated,       // present, some frames several times
  prot_none,      // present for the kernel only
  zero_page,
  wp_none,        // special PTE or marker, where the kernel has it
  swap,
  entry_by_entry,  // any of the above, and the rarer kinds
  runs,            // the same in runs of about 16
  any_word,        // any 64 bits
  kCount
};

inline std::string Name(Filling filling) {
  constexpr const char* kNames[] = {"none",      "none, accessed", "consecutive", "scattered",      "repeated", "prot-none",
                                    "zero page", "wp-none",        "swap",        "entry by entry", "runs",     "any word"};
  return kNames[static_cast<int>(filling)];
}

// The frames that tables name: small pages of all sorts, parts of huge ones, uncounted ones.
inline std::vector<HotPage> MakeFrames(Random& random, size_t count, unsigned odd_one_in) {
  std::vector<HotPage> frames(count);
  const bool anon_only = OneIn(random, 2);
  for (HotPage& page : frames) {
    uint8_t flags = anon_only ? PG_anon | PG_anon_exclusive | PG_swapbacked : static_cast<uint8_t>(random() & (PG_dirty | PG_referenced | PG_anon | PG_anon_exclusive | PG_swapbacked));
    page.mapcount = OneIn(random, 3) ? 1 + random() % 3 : 1;
    page.refcount = page.mapcount + (OneIn(random, 3) ? random() % 3 : 0);
    if (OneIn(random, odd_one_in)) {
      switch (random() % 4) {
        case 0: flags |= PG_compound; break;
        case 1: flags |= PG_swapcache; break;
        case 2: page.mapcount = 0; break;
        default: page = HotPage{}; flags = 0;
      }
    }
    page.flags = flags;
  }
  return frames;
}

class TableMaker {
 public:
  // Frames kFirstDataPfn to kFirstDataPfn + frames - 1 are named.
  TableMaker(const Encoding& e, Random& random, uint32_t frames) : e_(e), random_(random), frames_(frames), order_(frames) {
    for (uint32_t i = 0; i < frames; ++i) order_[i] = i;
    std::shuffle(order_.begin(), order_.end(), random_);
  }

  std::vector<uint64_t> Make(Filling filling, size_t count) {
    std::vector<uint64_t> words(count);
    next_ = static_cast<uint32_t>(random_() % (frames_ - count));
    Filling current = Filling::none;
    size_t left = 0;
    for (uint64_t& word : words) {
      if (filling == Filling::runs && left == 0) left = 1 + random_() % 32;
      if (filling == Filling::entry_by_entry || left == 0 || filling != Filling::runs) current = AnySimple();
      if (filling == Filling::runs) {
        if (left-- == 1) current = AnySimple();
      }
      word = Word(filling == Filling::runs || filling == Filling::entry_by_entry ? (OneIn(random_, 20) ? Filling::kCount : current) : filling);
    }
    return words;
  }

 private:
  Filling AnySimple() {
    constexpr Filling kSimple[] = {Filling::none,      Filling::consecutive, Filling::scattered, Filling::scattered, Filling::wp_none,
                                   Filling::swap,      Filling::prot_none,   Filling::none_accessed, Filling::zero_page};
    return kSimple[random_() % std::size(kSimple)];
  }

  // Bits that software and the processor set.
  uint64_t Bits() {
    return random_() & (kPageRw | kPageUser | kPageAccessed | kPageDirty | kPageNx | e_.page_uffd_wp | e_.page_soft_dirty | e_.page_saved_dirty);
  }
  uint64_t Present(uint32_t pfn) { return pfn_pte(e_, pfn, pgprot_t{kPagePresent | kPageUser}).pte | Bits(); }
  uint64_t ProtNone(uint32_t pfn) {
    const uint64_t keeps = kPageAccessed | kPageDirty | e_.page_uffd_wp | e_.page_soft_dirty;
    return pfn_pte(e_, pfn, pgprot_t{kPageProtnone}).pte | (Bits() & keeps);
  }
  uint64_t SwapFlags() { return random_() & (e_.swp_soft_dirty | e_.swp_uffd_wp | e_.swp_exclusive); }
  uint64_t Pfn() { return kFirstDataPfn.value + random_() % frames_; }

  // What a loop leaves to its caller.
  uint64_t Rare() {
    const auto word = [&](swp_entry_t entry) { return entry.val == 0 ? 0 : swp_entry_to_pte(e_, entry).pte | SwapFlags(); };
    switch (random_() % 8) {
      case 0: return word(make_writable_migration_entry(e_, Pfn()));
      case 1: return word(make_readable_migration_entry(e_, Pfn()));
      case 2: return word(make_hwpoison_entry(e_, Pfn()));
      case 3: return word(make_entry_of_type(e_.swp_pte_marker, 1 + random_() % 7));
      case 4: return WpNoneWord(e_) | e_.swp_soft_dirty;
      case 5: return Present(kHugeZeroPagePfn.value + static_cast<uint32_t>(random_() % 512));
      case 6: return Present(kFirstDataPfn.value + frames_ + static_cast<uint32_t>(random_() % 3));
      default: return Present(kFirstDataPfn.value - 513 - static_cast<uint32_t>(random_() % 3));
    }
  }

  uint64_t Word(Filling kind) {
    next_ = (next_ + 1) % frames_;
    switch (kind) {
      case Filling::none: return 0;
      case Filling::none_accessed: return random_() & kPageKnlErratumMask;
      case Filling::consecutive: return Present(kFirstDataPfn.value + next_);
      case Filling::scattered: return Present(kFirstDataPfn.value + order_[next_]);
      case Filling::repeated: return Present(kFirstDataPfn.value + order_[random_() % 40]);
      case Filling::prot_none: return ProtNone(kFirstDataPfn.value + next_);
      case Filling::zero_page: return Present(kZeroPagePfn.value);
      case Filling::wp_none: return WpNoneWord(e_);
      case Filling::swap: return swp_entry_to_pte(e_, swp_entry(0, 1 + random_() % 100000)).pte | SwapFlags();
      case Filling::any_word: return random_();
      default: return Rare();
    }
  }

  const Encoding& e_;
  Random& random_;
  const uint32_t frames_;
  std::vector<uint32_t> order_;
  uint32_t next_ = 0;
};

}  // namespace pteron::engine

#endif  // PTERON_TESTS_ENGINE_POPULATION_H_
