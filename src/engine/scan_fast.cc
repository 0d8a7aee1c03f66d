// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/engine/scan.h"

#define HWY_DISABLED_TARGETS HWY_SSSE3
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/engine/scan_fast.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/engine/words-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pteron::engine::HWY_NAMESPACE {

// Which of the entries in `mask` are wanted, one by one.
uint32_t WantedOneByOne(const Encoding& e, EntryClassSet wanted, const uint64_t* words, uint32_t mask) {
  uint32_t found = 0;
  for (; mask != 0; mask &= mask - 1) {
    const int i = __builtin_ctz(mask);
    if (wanted.contains(classify(e, pte_t{words[i]}))) found |= 1u << i;
  }
  return found;
}

class Scan {
 public:
  Scan(const Encoding& e, EntryClassSet wanted, List<EntryRun>* runs)
      : f_(e),
        wanted_(wanted),
        wants_none_(wanted.contains(EntryClass::none)),
        wants_present_(wanted.contains(EntryClass::present)),
        wants_wp_none_(f_.wp_none != 0 && wanted.contains(classify(e, pte_t{f_.wp_none}))),
        wants_swap_(wanted.contains(EntryClass::swap)),
        runs_(runs) {}

  HWY_INLINE uint32_t Wanted(const uint64_t* words) const {
    switch (UniformKind(f_, words)) {
      case Uniform::none: return wants_none_ ? kWholeGroup : 0;
      case Uniform::present: return wants_present_ ? kWholeGroup : 0;
      case Uniform::wp_none: return wants_wp_none_ ? kWholeGroup : 0;
      case Uniform::no: break;
    }
    const GroupKinds kinds = ClassifyGroup(f_, words);
    return (wants_none_ ? kinds.none : 0) | (wants_present_ ? kinds.present : 0) | (wants_wp_none_ ? kinds.wp_none : 0) |
           (wants_swap_ ? kinds.swap : 0) | WantedOneByOne(f_.e, wanted_, words, kinds.other());
  }

  // `mask` says which of the entries from `first` on are wanted.
  HWY_INLINE void AddGroup(uint32_t first, uint32_t mask) {
    // A bit where an entry differs from the one before it.
    uint32_t borders = mask ^ (mask << 1 | static_cast<uint32_t>(open_));
    for (; borders != 0; borders &= borders - 1) {
      const uint32_t at = first + static_cast<uint32_t>(__builtin_ctz(borders));
      if (open_) runs_->Add({start_, at});
      start_ = at;
      open_ = !open_;
    }
  }

  void Finish(uint32_t end) {
    if (open_) runs_->Add({start_, end});
  }

 private:
  const Facts f_;
  const EntryClassSet wanted_;
  const bool wants_none_, wants_present_, wants_wp_none_, wants_swap_;
  List<EntryRun>* const runs_;
  bool open_ = false;
  uint32_t start_ = 0;
};

void ScanRuns(const Encoding& e, EntryClassSet wanted, const uint64_t* words, size_t count, List<EntryRun>* runs) {
  runs->Clear();
  Scan scan(e, wanted, runs);
  uint32_t i = 0;
  for (; i + kGroup <= count; i += kGroup) {
    PrefetchGroup(words + i);
    scan.AddGroup(i, scan.Wanted(words + i));
  }
  if (i < count) {
    uint64_t rest[kGroup] = {};
    std::copy(words + i, words + count, rest);
    scan.AddGroup(i, scan.Wanted(rest) & ((1u << (count - i)) - 1));
  }
  scan.Finish(static_cast<uint32_t>(count));
}

}  // namespace pteron::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pteron::engine {
HWY_EXPORT(ScanRuns);
void fast::ScanRuns(const Encoding& e, EntryClassSet wanted, const uint64_t* words, size_t count, List<EntryRun>* runs) {
  HWY_DYNAMIC_DISPATCH(ScanRuns)(e, wanted, words, count, runs);
}
}  // namespace pteron::engine
#endif
