// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/promises/machine_view.h"

#include <algorithm>

#include "src/fs/proc/task_mmu.h"
#include "src/machine/word_target.h"
#include "src/state/primitives.h"

namespace pteron::promises {
namespace {

using execute::Session;

uint8_t FlagsOf(const PagemapEntry& entry) {
  return static_cast<uint8_t>((entry.present ? kPmPresent : 0) | (entry.swap ? kPmSwap : 0) | (entry.file ? kPmFile : 0) |
                              (entry.exclusive ? kPmExclusive : 0) | (entry.uffd_wp ? kPmWp : 0) | (entry.soft_dirty ? kPmSoftDirty : 0) |
                              (entry.guard ? kPmGuard : 0));
}

uint8_t FlagsOf(const KpageFlags& flags) {
  return static_cast<uint8_t>((flags.anon ? kPageAnon : 0) | (flags.dirty ? kPageDirty : 0) | (flags.swapcache ? kPageSwapcache : 0) |
                              (flags.swapbacked ? kPageSwapbacked : 0) | (flags.thp ? kPageThp : 0) | (flags.huge ? kPageHuge : 0) |
                              (flags.hwpoison ? kPageHwpoison : 0));
}

class Viewer {
 public:
  Viewer(const Session& session, const Ledger& ledger, StateView& view)
      : session_(session), ledger_(ledger), m_(session.machine().state()), view_(view) {}

  void ViewMapping(const Space& named) {
    const MmId mm = session_.processes()[static_cast<size_t>(named.process)].mm;
    const auto is_visible = [&](uint64_t address) {
      uint32_t page = 0;
      const Space* const owner = ledger_.Find(named.process, address, &page);
      return owner == nullptr || owner == &named;
    };
    MappingView one;
    one.process = named.process;
    one.mapping = named.mapping;
    one.first_entry = static_cast<uint32_t>(view_.entries.size());
    bool any = false;
    uint64_t behind = 0;  // what the last entry covers ends here
    for (const vm_area_struct& vma : m_.mm(mm).vmas) {
      const uint64_t start = std::max(named.start, vma.vm_start), end = std::min(named.end(), vma.vm_end);
      if (start >= end) continue;
      bool visible = false;
      for (uint64_t address = start; address < end;) {
        const bool visible_here = is_visible(address);
        visible |= visible_here;
        if (address < behind || !visible_here) {
          address += named.page_size;
          continue;
        }
        const WalkResult walk = session_.machine().Walk(mm, address);
        Add(mm, named, address, walk);
        behind = walk.end;
        address = std::max(std::min(walk.end, end), address + named.page_size);
      }
      if (!visible) continue;
      any = true;
      const Smaps smaps = show_smap(m_, mm, vma);
      one.rss += static_cast<uint32_t>(smaps.rss);
      one.anonymous += static_cast<uint32_t>(smaps.anonymous);
      one.swap += static_cast<uint32_t>(smaps.swap);
      one.dirty += static_cast<uint32_t>(smaps.dirty);
    }
    if (!any) return;
    one.entries = static_cast<uint32_t>(view_.entries.size()) - one.first_entry;
    view_.mappings.push_back(one);
  }

 private:
  void Add(MmId mm, const Space& named, uint64_t address, const WalkResult& walk) {
    EntryView entry;
    const WordTarget target = TargetOf(m_, walk.level, walk.word);
    entry.word = target.raw;
    entry.page = static_cast<uint32_t>((address - named.start) / named.page_size);
    entry.level = walk.level;
    entry.label = LabelOf(target);
    entry.pagemap = FlagsOf(pagemap_read(m_, mm, address));
    view_.entries.push_back(entry);
  }

  Label LabelOf(const WordTarget& target) {
    if (target.slot >= 0) return {Label::Kind::swap, static_cast<uint64_t>(target.slot)};
    if (target.frame == kNoPfn) return {};
    if (is_zero_pfn(target.frame)) return {Label::Kind::zero, 0};
    if (is_huge_zero_pfn(target.frame)) return {Label::Kind::huge_zero, 0};
    if (!m_.frames.Contains(target.frame)) return {};
    // A frame that is freed and taken again is another page.
    const uint64_t number = uint64_t{m_.frames.generation(target.frame)} << 32 | target.frame.value;
    const auto at = std::find_if(view_.pages.begin(), view_.pages.end(), [&](const PageView& page) { return page.number == number; });
    if (at == view_.pages.end()) {
      // As in the raw format: the flag of a private huge page of hugetlb may stay from a former life.
      KpageFlags flags = stable_page_flags(m_, target.frame);
      if (flags.anon && flags.huge) flags.dirty = false;
      view_.pages.push_back({number, page_mapcount(m_, target.frame), FlagsOf(flags)});
    }
    return {Label::Kind::page, number};
  }

  const Session& session_;
  const Ledger& ledger_;
  const MachineState& m_;
  StateView& view_;
};

}  // namespace

void ViewMachine(const execute::Session& session, const Ledger& ledger, StateView* view) {
  view->clear();
  Viewer viewer(session, ledger, *view);
  for (const Space& space : ledger.spaces()) {
    if (ledger.IsAlive(space.process)) viewer.ViewMapping(space);
  }
}

}  // namespace pteron::promises
