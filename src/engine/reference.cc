// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// The loops as the kernel has them, one entry at a time.
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/swapops.h"
#include "pteron/engine/copy.h"
#include "pteron/engine/protect.h"
#include "pteron/engine/scan.h"
#include "pteron/engine/zap.h"
#include "src/engine/facts.h"

namespace pteron::engine::reference {
namespace {

RssCounter CounterOf(const HotPage& page) {
  if (page.flags & PG_anon) return MM_ANONPAGES;
  return page.flags & PG_swapbacked ? MM_SHMEMPAGES : MM_FILEPAGES;
}

// ---- Zap.

class Zap {
 public:
  Zap(const Encoding& e, const ZapSteps& steps, uint64_t* words, const Frames& frames, ZapResult* result)
      : e_(e), steps_(steps), words_(words), frames_(frames), result_(result), wp_none_(WpNoneWord(e)) {}

  void Entry(uint32_t index) {
    const pte_t pte{words_[index]};
    const EntryClass entry_class = classify(e_, pte);
    switch (entry_class) {
      case EntryClass::none: return;
      case EntryClass::present: return Present(index, pte);
      case EntryClass::swap: return Swap(index, pte);
      case EntryClass::special:
      case EntryClass::marker: return WpNone(index, pte);
      default:
        if (steps_.other == ZapStep::leave) Leave(index);
    }
  }

 private:
  void Present(uint32_t index, pte_t pte) {
    const uint64_t pfn = pte_pfn(e_, pte);
    if (IsPageless(pfn)) return ZeroPage(index, pte);
    if (steps_.anon_page == ZapStep::keep && steps_.file_page == ZapStep::keep) return;
    if (!Contains(frames_, pfn)) return Leave(index);
    HotPage& page = frames_.hot[pfn - frames_.first];
    if ((page.flags & (PG_compound | PG_swapcache)) || page.refcount == 0 || page.mapcount == 0) return Leave(index);
    const bool anon = page.flags & PG_anon;
    if ((anon ? steps_.anon_page : steps_.file_page) == ZapStep::keep) return;
    Clear(index, pte_uffd_wp(e_, pte));
    --result_->rss[CounterOf(page)];
    if (!anon && pte_dirty(e_, pte)) page.flags |= PG_dirty;
    page.mapcount -= 1;
    page.refcount -= 1;
    if (page.refcount > 0) return;
    page = HotPage{};
    AddFreed(&result_->freed, static_cast<uint32_t>(pfn), 1);
  }

  void ZeroPage(uint32_t index, pte_t pte) {
    if (steps_.zero_page == ZapStep::leave) return Leave(index);
    if (steps_.zero_page == ZapStep::clear) Clear(index, pte_uffd_wp(e_, pte));
  }

  void Swap(uint32_t index, pte_t pte) {
    if (steps_.swap == ZapStep::leave) return Leave(index);
    if (steps_.swap == ZapStep::keep) return;
    result_->swap.Add({index, pte.pte});
    --result_->rss[MM_SWAPENTS];
    Clear(index, pte_swp_uffd_wp(e_, pte));
  }

  void WpNone(uint32_t index, pte_t) {
    if (steps_.wp_none == ZapStep::leave) return Leave(index);
    if (steps_.wp_none == ZapStep::clear) words_[index] = 0;
  }

  void Clear(uint32_t index, bool uffd_wp) { words_[index] = steps_.leave_wp && uffd_wp ? wp_none_ : 0; }
  void Leave(uint32_t index) { result_->left.Add({index, words_[index]}); }

  const Encoding& e_;
  const ZapSteps steps_;
  uint64_t* const words_;
  const Frames frames_;
  ZapResult* const result_;
  const uint64_t wp_none_;
};

// ---- Copy.

// What the child's entry is, of the parent's as it is now.
pte_t ChildOf(const Encoding& e, const CopySteps& steps, pte_t pte) {
  if (steps.clean) pte = pte_mkclean(e, pte);
  pte = pte_mkold(e, pte);
  return steps.keep_uffd_wp ? pte : pte_clear_uffd_wp(e, pte);
}

// False where the page is left to the caller.
bool CopyPage(const CopySteps& steps, uint64_t pfn, const Frames& frames, CopyResult* result) {
  if (IsPageless(pfn)) return true;
  if (!Contains(frames, pfn)) return false;
  HotPage& page = frames.hot[pfn - frames.first];
  if (page.flags & PG_compound) return false;
  page.refcount += 1;
  page.mapcount += 1;
  if (steps.unshare && (page.flags & PG_anon)) page.flags &= static_cast<uint8_t>(~PG_anon_exclusive);
  ++result->rss[CounterOf(page)];
  return true;
}

void CopySwap(const Encoding& e, const CopySteps& steps, uint64_t* src, uint64_t* dst, uint32_t index, CopyResult* result) {
  pte_t pte{src[index]};
  result->swap.Add({index, pte.pte});
  ++result->rss[MM_SWAPENTS];
  if (steps.unshare && pte_swp_exclusive(e, pte)) {
    pte = pte_swp_clear_exclusive(e, pte);
    src[index] = pte.pte;
  }
  dst[index] = (steps.keep_uffd_wp ? pte : pte_swp_clear_uffd_wp(e, pte)).pte;
}

// ---- Protect.

pte_t ProtectPresent(const Encoding& e, const ProtectSteps& steps, pte_t old) {
  const pte_t pte = pte_modify(e, old, steps.newprot);
  switch (steps.present_wp) {
    case WpBit::keep: break;
    case WpBit::set: return pte_mkuffd_wp(e, pte_wrprotect(e, pte));
    case WpBit::clear: return pte_clear_uffd_wp(e, pte);
  }
  return pte;
}

pte_t ProtectSwap(const Encoding& e, const ProtectSteps& steps, pte_t old) {
  switch (steps.swap_wp) {
    case WpBit::keep: break;
    case WpBit::set: return pte_swp_mkuffd_wp(e, old);
    case WpBit::clear: return pte_swp_clear_uffd_wp(e, old);
  }
  return old;
}

}  // namespace

void ScanRuns(const Encoding& e, EntryClassSet wanted, const uint64_t* words, size_t count, List<EntryRun>* runs) {
  runs->Clear();
  for (uint32_t i = 0; i < count; ++i) {
    if (!wanted.contains(classify(e, pte_t{words[i]}))) continue;
    if (!runs->empty() && runs->back().end == i) {
      ++runs->back().end;
    } else {
      runs->Add({i, i + 1});
    }
  }
}

void ZapPtes(const Encoding& e, const ZapSteps& steps, uint64_t* words, size_t count, const Frames& frames, ZapResult* result) {
  Zap zap(e, steps, words, frames, result);
  for (uint32_t i = 0; i < count; ++i) zap.Entry(i);
}

void CopyPtes(const Encoding& e, const CopySteps& steps, uint64_t* src, uint64_t* dst, size_t count, const Frames& frames, CopyResult* result) {
  for (uint32_t i = 0; i < count; ++i) {
    pte_t pte{src[i]};
    const EntryClass entry_class = classify(e, pte);
    if (entry_class == EntryClass::none) continue;
    if (entry_class == EntryClass::present && CopyPage(steps, pte_pfn(e, pte), frames, result)) {
      if (steps.wrprotect && pte_write(e, pte)) src[i] = (pte = pte_wrprotect(e, pte)).pte;
      dst[i] = ChildOf(e, steps, pte).pte;
    } else if (entry_class == EntryClass::swap) {
      CopySwap(e, steps, src, dst, i, result);
    } else if (IsWpNone(entry_class)) {
      if (steps.copy_wp_none) dst[i] = pte.pte;
    } else {
      result->left.Add({i, pte.pte});
    }
  }
}

void ProtectPtes(const Encoding& e, const ProtectSteps& steps, uint64_t* words, size_t count, ProtectResult* result) {
  const uint64_t wp_none = WpNoneWord(e);
  for (uint32_t i = 0; i < count; ++i) {
    const pte_t old{words[i]};
    const EntryClass entry_class = classify(e, old);
    pte_t pte = old;
    if (entry_class == EntryClass::present) {
      pte = ProtectPresent(e, steps, old);
    } else if (entry_class == EntryClass::swap) {
      pte = ProtectSwap(e, steps, old);
    } else if (entry_class == EntryClass::none) {
      if (steps.fills_none && wp_none != 0) pte = pte_t{wp_none};
    } else if (IsWpNone(entry_class)) {
      if (steps.leaves_wp_none) {
        result->left.Add({i, old.pte});
      } else if (steps.clears_wp_none) {
        pte = pte_t{0};
      }
    } else if (steps.leaves_other) {
      result->left.Add({i, old.pte});
    }
    words[i] = pte.pte;
    if (entry_class == EntryClass::present || !pte_same(old, pte)) ++result->changed;
  }
}

}  // namespace pteron::engine::reference
