// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// One entry after the other, as the kernel's loops go. What it does is what the fast engine has to do.
#include <algorithm>

#include "pteron/arch/x86/pgtable_types.h"
#include "pteron/check.h"
#include "src/engine/engines.h"

namespace pteron::reference {
namespace {

enum class Kind : uint8_t { none, present, wp_none, swap, other };

Kind KindOf(const LoopWords& words, uint64_t word) {
  if (word == 0) return Kind::none;
  if (word & kPagePresent) return Kind::present;
  if (words.wp_none != 0 && word == words.wp_none) return Kind::wp_none;
  if (word & kPageProtnone) return Kind::other;
  return (word >> 59) < words.max_swapfiles ? Kind::swap : Kind::other;
}

uint64_t FrameOf(const LoopWords& words, uint64_t word) { return (word & words.pfn_mask) >> kPageShift; }

void Count(const HotPage& page, PageSums& sums) {
  if (page.flags & PG_anon) {
    ++sums.anon;
  } else if (page.flags & PG_swapbacked) {
    ++sums.shmem;
  } else {
    ++sums.file;
  }
}

void AddFreed(LoopOutput* output, uint32_t frame) {
  if (output->freed_count > 0) {
    FrameRun& last = output->freed[output->freed_count - 1];
    if (last.first + last.count == frame) {
      ++last.count;
      return;
    }
  }
  output->freed[output->freed_count++] = {frame, 1};
}

// The page of a present word where hot metadata is all that hangs on the entry; null where there is more to do.
HotPage* PageOf(const LoopWords& words, uint64_t word, HotPage* pages) {
  const uint64_t frame = FrameOf(words, word);
  if (frame < kFirstDataPfn.value) return nullptr;
  HotPage* page = &pages[frame - kFirstDataPfn.value];
  return page->flags & (PG_compound | PG_swapcache) ? nullptr : page;
}

}  // namespace

ScanSums ScanEntries(const ScanPlan& plan, const uint64_t* words, size_t count, uint64_t* matches) {
  ScanSums sums;
  bool before = false;
  std::fill_n(matches, (count + 63) / 64, 0);
  for (size_t i = 0; i < count; ++i) {
    bool match = false;
    switch (KindOf(plan.words, words[i])) {
      case Kind::none: match = plan.none; break;
      case Kind::present: match = plan.present; break;
      case Kind::wp_none: match = plan.wp_none; break;
      default: match = plan.other; break;
    }
    if (match) {
      ++sums.matches;
      if (!before) ++sums.runs;
      matches[i / 64] |= uint64_t{1} << (i % 64);
    }
    before = match;
  }
  return sums;
}

PageSums ZapEntries(const ZapLoopPlan& plan, uint64_t* words, size_t count, HotPage* pages, LoopOutput* output) {
  PageSums sums;
  output->rest_count = output->freed_count = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t word = words[i];
    const Kind kind = KindOf(plan.words, word);
    if (kind == Kind::none) continue;
    if (kind == Kind::wp_none) {
      if (plan.clears_wp_none) words[i] = 0;
      continue;
    }
    HotPage* page = kind == Kind::present ? PageOf(plan.words, word, pages) : nullptr;
    if (!page) {
      output->rest[output->rest_count++] = static_cast<uint16_t>(i);
      continue;
    }
    const bool anon = page->flags & PG_anon;
    if (anon ? !plan.clears_anon : !plan.clears_file) continue;
    words[i] = plan.leaves_wp_none && (word & plan.words.uffd_wp) ? plan.words.wp_none : 0;
    if (!anon && (word & plan.words.dirty_bits)) page->flags |= PG_dirty;
    Count(*page, sums);
    page->mapcount -= 1;
    page->refcount -= 1;
    if (page->refcount > 0) continue;
    PTERON_CHECK(page->mapcount == 0, "a page without a reference is named by no entry");
    *page = HotPage{};
    AddFreed(output, static_cast<uint32_t>(page - pages));
  }
  return sums;
}

PageSums ForkEntries(const ForkLoopPlan& plan, uint64_t* parent, uint64_t* child, size_t count, HotPage* pages, LoopOutput* output) {
  PageSums sums;
  output->rest_count = output->freed_count = 0;
  for (size_t i = 0; i < count; ++i) {
    uint64_t word = parent[i];
    const Kind kind = KindOf(plan.words, word);
    if (kind == Kind::none) continue;
    if (kind == Kind::wp_none) {
      if (plan.copies_wp_none) child[i] = word;
      continue;
    }
    HotPage* page = kind == Kind::present ? PageOf(plan.words, word, pages) : nullptr;
    if (!page) {
      output->rest[output->rest_count++] = static_cast<uint16_t>(i);
      continue;
    }
    Count(*page, sums);
    page->mapcount += 1;
    page->refcount += 1;
    if (plan.unshares_exclusive && (page->flags & PG_anon)) page->flags &= static_cast<uint8_t>(~PG_anon_exclusive);
    if (plan.write_protects && (word & kPageRw)) {
      word &= ~kPageRw;
      if (plan.words.saved_dirty != 0 && (word & kPageDirty)) word = (word & ~kPageDirty) | plan.words.saved_dirty;
      parent[i] = word;
    }
    if (plan.cleans) word &= ~plan.words.dirty_bits;
    word &= ~kPageAccessed;
    if (!plan.keeps_uffd_wp) word &= ~plan.words.uffd_wp;
    child[i] = word;
  }
  return sums;
}

uint64_t ProtectEntries(const ProtectLoopPlan& plan, uint64_t* words, size_t count, LoopOutput* output) {
  uint64_t changed = 0;
  output->rest_count = output->freed_count = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t word = words[i];
    uint64_t after = word;
    switch (KindOf(plan.words, word)) {
      case Kind::none: after = plan.none_becomes; break;
      case Kind::wp_none: after = plan.wp_none_becomes; break;
      case Kind::swap: after = (word & plan.swap_keep) | plan.swap_set; break;
      case Kind::other: output->rest[output->rest_count++] = static_cast<uint16_t>(i); break;
      case Kind::present:
        after = (word & plan.keep) | plan.set;
        if ((plan.dirty == DirtyShift::to_saved || (plan.dirty == DirtyShift::to_saved_if_was_writable && (word & kPageRw))) && (after & kPageDirty)) {
          after = (after & ~kPageDirty) | plan.words.saved_dirty;
        }
        if (plan.dirty == DirtyShift::from_saved && (after & plan.words.saved_dirty)) after = (after & ~plan.words.saved_dirty) | kPageDirty;
        ++changed;
        words[i] = after;
        continue;
    }
    if (after == word) continue;
    words[i] = after;
    ++changed;
  }
  return changed;
}

}  // namespace pteron::reference
