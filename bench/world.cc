// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/world.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/pte_marker.h"
#include "pteron/arch/x86/swapops.h"

namespace pteron::bench {
namespace {

constexpr uint64_t kPageBits = kPagePresent | kPageRw | kPageUser | kPageAccessed | kPageDirty | kPageNx;

enum class Kind { page, none, swap, marker };

}  // namespace

World::World(const Encoding& encoding, Filling filling, size_t entries)
    : e(encoding), words(entries), child(entries), pages(entries), first_words_(entries) {
  std::mt19937_64 random(1);
  random_frames_ = filling == Filling::anon_random || filling == Filling::shmem_random;
  std::vector<uint32_t> order(random_frames_ ? entries : 0);
  std::iota(order.begin(), order.end(), 0u);
  std::shuffle(order.begin(), order.end(), random);
  const bool mixed = filling == Filling::entry_by_entry || filling == Filling::runs;
  Kind kind = filling == Filling::none ? Kind::none : filling == Filling::markers ? Kind::marker : Kind::page;
  const uint64_t marker = make_pte_marker(e, kPteMarkerUffdWp).pte;
  for (size_t i = 0; i < entries; ++i) {
    if (mixed && (filling == Filling::entry_by_entry || random() % 16 == 0)) kind = static_cast<Kind>(random() % 4);
    switch (kind) {
      case Kind::none: first_words_[i] = 0; break;
      case Kind::marker: first_words_[i] = marker; break;
      case Kind::swap: first_words_[i] = swp_entry_to_pte(e, swp_entry(0, 1 + i)).pte; break;
      case Kind::page: {
        const uint64_t frame = random_frames_ ? order[i] : present_;
        first_words_[i] = pfn_pte(e, kFirstDataPfn.value + frame, pgprot_t{kPageBits}).pte;
        ++present_;
      }
    }
  }
  page_ = {.refcount = 1, .mapcount = 1, .flags = PG_anon | PG_anon_exclusive | PG_swapbacked};
  if (filling == Filling::shmem_random) page_ = {.refcount = 2, .mapcount = 1, .flags = PG_swapbacked};
  Restore(true, true, true);
}

void World::Restore(bool restore_words, bool restore_child, bool restore_pages) {
  if (restore_words) std::memcpy(words.data(), first_words_.data(), words.size() * sizeof(uint64_t));
  if (restore_child) std::memset(child.data(), 0, child.size() * sizeof(uint64_t));
  if (restore_pages) std::fill_n(pages.data(), present_, page_);
}

}  // namespace pteron::bench
