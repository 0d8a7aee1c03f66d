// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Counts everything anew and compares: what a machine keeps as counters against what its tables, caches and lists say.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "pteron/machine.h"
#include "src/machine/table_walk.h"
#include "src/machine/word_target.h"

namespace pteron {
namespace {

class InvariantChecker {
 public:
  explicit InvariantChecker(const MachineState& m) : m_(m) {
    const size_t frames = m.frames.end().value - kFirstDataPfn.value;
    small_entries_.resize(frames);
    huge_entries_.resize(frames);
    references_.resize(frames);
    slot_users_.resize(m.swap.slots.size());
  }

  std::optional<std::string> Check() {
    for (uint32_t i = 0; i < m_.mms.size(); ++i) CheckMm(MmId{i});
    for (size_t i = 0; i < m_.files.size(); ++i) CheckFile(FileId{static_cast<int32_t>(i)});
    CheckSlots();
    CheckFrames();
    CheckHugetlb();
    CheckAnonVmas();
    if (tables_ != m_.tables.used()) Fail("{} page tables are in use, {} can be reached", m_.tables.used(), tables_);
    return std::move(error_);
  }

 private:
  template <class... Args>
  void Fail(fmt::format_string<Args...> text, Args&&... args) {
    if (!error_) error_ = fmt::format(text, std::forward<Args>(args)...);
  }

  static size_t At(Pfn frame) { return frame.value - kFirstDataPfn.value; }

  void CheckVmas(MmId id, const mm_struct& mm) {
    uint64_t end = 0;
    for (const vm_area_struct& vma : mm.vmas) {
      if (vma.vm_start >= vma.vm_end || vma.vm_start < end || (vma.vm_start | vma.vm_end) % kPageSize) {
        return Fail("mm {}: VMA {:#x}-{:#x} is empty, not aligned or not behind the one before it", id.value, vma.vm_start, vma.vm_end);
      }
      end = vma.vm_end;
      if (vma.vm_file) ++file_mappings_[static_cast<size_t>(vma.vm_file.value)];
      const bool registered = vma.vm_flags & kVmUffdFlags;
      if (registered != static_cast<bool>(vma.vm_userfaultfd_ctx)) {
        Fail("mm {}: VMA {:#x} has userfaultfd flags {:#x} and context {}", id.value, vma.vm_start, vma.vm_flags & kVmUffdFlags,
             vma.vm_userfaultfd_ctx.value);
      } else if (registered && m_.userfaultfds[static_cast<size_t>(vma.vm_userfaultfd_ctx.value)].released) {
        Fail("mm {}: VMA {:#x} is registered with context {}, which is closed", id.value, vma.vm_start, vma.vm_userfaultfd_ctx.value);
      }
      for (const AnonVmaId chain : vma.anon_vma_chain) ++anon_vma_chains_[static_cast<size_t>(chain.value)];
      if (vma.anon_vma) ++anon_vma_users_[static_cast<size_t>(vma.anon_vma.value)];
    }
  }

  const vm_area_struct* VmaAt(const mm_struct& mm, uint64_t address) const {
    for (const vm_area_struct& vma : mm.vmas) {
      if (address >= vma.vm_start && address < vma.vm_end) return &vma;
    }
    return nullptr;
  }

  void CheckMm(MmId id) {
    const mm_struct& mm = m_.mm(id);
    file_mappings_.resize(m_.files.size());
    anon_vma_chains_.resize(m_.anon_vmas.size());
    anon_vma_users_.resize(m_.anon_vmas.size());
    if (!mm.alive) {
      if (!mm.vmas.empty()) Fail("mm {} is gone and has VMAs", id.value);
      return;
    }
    CheckVmas(id, mm);
    counted_ = mm_struct{};
    uint64_t tables = 0;
    WalkTables(
        m_, mm,
        [&](uint32_t table, Level, uint64_t address) {
          if (!m_.tables.IsAllocated(table)) Fail("mm {}: the table at {:#x} is not allocated", id.value, address);
          ++tables;
        },
        [&](Level level, uint64_t address, uint64_t word) { CountEntry(id, mm, level, address, word); });
    tables_ += tables;
    if (mm.tables != tables - 1 + mm.deposited_tables) {
      Fail("mm {}: counts {} tables, {} can be reached and {} are deposited", id.value, mm.tables, tables - 1, mm.deposited_tables);
    }
    if (mm.deposited_tables != counted_.deposited_tables) {
      Fail("mm {}: {} tables are deposited for {} huge entries", id.value, mm.deposited_tables, counted_.deposited_tables);
    }
    static constexpr const char* kNames[kRssCounters] = {"MM_FILEPAGES", "MM_ANONPAGES", "MM_SWAPENTS", "MM_SHMEMPAGES"};
    for (int i = 0; i < kRssCounters; ++i) {
      if (mm.rss[i] != counted_.rss[i]) Fail("mm {}: {} is {}, the tables hold {}", id.value, kNames[i], mm.rss[i], counted_.rss[i]);
    }
    if (!m_.hugetlb.usage_astray && mm.hugetlb_usage != counted_.hugetlb_usage) {
      Fail("mm {}: hugetlb_usage is {}, the tables hold {}", id.value, mm.hugetlb_usage, counted_.hugetlb_usage);
    }
  }

  void CountEntry(MmId id, const mm_struct& mm, Level level, uint64_t address, uint64_t word) {
    const WordTarget target = TargetOf(m_, level, word);
    const vm_area_struct* const vma = VmaAt(mm, address);
    if (vma == nullptr) return Fail("mm {}: word {:#x} at {:#x} lies in no VMA", id.value, word, address);
    const uint64_t pages = level == Level::pte ? 1 : kPtesPerPmd;
    const bool hugetlb = is_vm_hugetlb_page(*vma);
    if (level == Level::pmd && vma_is_anonymous(*vma) && !hugetlb) ++counted_.deposited_tables;
    switch (target.entry_class) {
      case EntryClass::swap: return CountSlot(id, address, target.slot);
      case EntryClass::present: break;
      case EntryClass::migration: return CountRss(id, address, hugetlb, pages, target.frame);
      case EntryClass::invalid: return Fail("mm {}: word {:#x} at {:#x} is of no class", id.value, word, address);
      default: return;
    }
    if (is_zero_pfn(target.frame) || is_huge_zero_pfn(target.frame)) return;
    if (!CheckNamed(id, address, target.frame)) return;
    const Pfn head = m_.frames.head(target.frame);
    ++(level == Level::pte ? small_entries_[At(target.frame)] : huge_entries_[At(head)]);
    ++references_[At(head)];
    CheckMapping(id, *vma, address, target.frame);
    CountRss(id, address, hugetlb, pages, target.frame);
  }

  bool CheckNamed(MmId id, uint64_t address, Pfn frame) {
    if (m_.frames.Contains(frame) && m_.frames.IsAllocated(frame)) return true;
    Fail("mm {}: the word at {:#x} names frame {:#x}, which is free", id.value, address, frame.value);
    return false;
  }

  // A page of a file is mapped where its offset says; an anonymous page by a VMA that its anon_vma leads to.
  void CheckMapping(MmId id, const vm_area_struct& vma, uint64_t address, Pfn frame) {
    const Pfn head = m_.frames.head(frame);
    const ColdPage cold = m_.frames.cold(head);
    if (PageAnon(m_, head)) {
      for (const AnonVmaId chain : vma.anon_vma_chain) {
        if (chain.value == cold.mapping) return;
      }
      return Fail("mm {}: the anonymous page at {:#x} has anon_vma {}, which its VMA's chain does not hold", id.value, address, cold.mapping);
    }
    if (page_flag(m_, frame, PG_hwpoison)) return;  // taken out of the cache while mapped
    const uint64_t index = cold.hugetlb ? cold.index << (kPmdShift - kPageShift) : cold.index + (frame.value - head.value);
    const uint64_t expected = cold.hugetlb ? linear_page_index(vma, address) & ~uint64_t{kPtesPerPmd - 1} : linear_page_index(vma, address);
    if (cold.mapping != vma.vm_file.value || index != expected) {
      Fail("mm {}: the word at {:#x} names page {} of file {}, its VMA maps page {} of file {} there", id.value, address, index, cold.mapping,
           expected, vma.vm_file.value);
    }
  }

  void CountRss(MmId id, uint64_t address, bool hugetlb, uint64_t pages, Pfn frame) {
    if (!CheckNamed(id, address, frame)) return;
    if (hugetlb) {
      counted_.hugetlb_usage += static_cast<int64_t>(pages);
    } else {
      counted_.rss[mm_counter(m_, frame)] += static_cast<int64_t>(pages);
    }
  }

  void CountSlot(MmId id, uint64_t address, int32_t slot) {
    ++counted_.rss[MM_SWAPENTS];
    if (slot <= 0 || static_cast<size_t>(slot) >= m_.swap.slots.size()) {
      return Fail("mm {}: the word at {:#x} names slot {}, which does not exist", id.value, address, slot);
    }
    ++slot_users_[static_cast<size_t>(slot)];
  }

  void CheckFile(FileId id) {
    const File& file = m_.file(id);
    if (file.mappings != file_mappings_[static_cast<size_t>(id.value)]) {
      Fail("file {}: {} VMAs are counted, {} map it", id.value, file.mappings, file_mappings_[static_cast<size_t>(id.value)]);
    }
    const bool hugetlb = file.kind == FileKind::hugetlb;
    for (size_t i = 0; i < file.cache.size(); ++i) {
      const CacheSlot& slot = file.cache[i];
      if (slot.swap_slot >= 0) {
        if (slot.page != kNoPfn) Fail("file {} page {}: in memory and in swap", id.value, i);
        if (static_cast<size_t>(slot.swap_slot) < slot_users_.size()) ++slot_users_[static_cast<size_t>(slot.swap_slot)];
      }
      if (slot.page == kNoPfn) continue;
      if (!m_.frames.Contains(slot.page) || !m_.frames.IsAllocated(slot.page)) {
        Fail("file {} page {}: frame {:#x} is free", id.value, i, slot.page.value);
        continue;
      }
      const Pfn head = m_.frames.head(slot.page);
      ++references_[At(head)];
      const ColdPage cold = m_.frames.cold(head);
      const uint64_t index = hugetlb ? cold.index : cold.index + (slot.page.value - head.value);
      if (PageAnon(m_, head) || cold.mapping != id.value || index != i) {
        Fail("file {} page {}: frame {:#x} says page {} of {} {}", id.value, i, slot.page.value, index, PageAnon(m_, head) ? "anon_vma" : "file",
             cold.mapping);
      }
    }
  }

  void CheckSlots() {
    for (size_t i = 0; i < m_.swap.slots.size(); ++i) {
      const SwapSlot& slot = m_.swap.slots[i];
      if (slot.count != slot_users_[i]) Fail("swap slot {}: counts {} users, {} name it", i, slot.count, slot_users_[i]);
      if (slot.cache == kNoPfn) continue;
      if (!m_.frames.Contains(slot.cache) || !m_.frames.IsAllocated(slot.cache)) {
        Fail("swap slot {}: its page, frame {:#x}, is free", i, slot.cache.value);
        continue;
      }
      const Pfn head = m_.frames.head(slot.cache);
      ++references_[At(head)];
      if (!PageSwapCache(m_, head) || m_.frames.cold(head).swap_slot + static_cast<int32_t>(slot.cache.value - head.value) != static_cast<int32_t>(i)) {
        Fail("swap slot {}: frame {:#x} does not know that it is its cache", i, slot.cache.value);
      }
    }
  }

  void CheckFrames() {
    for (Pfn frame = kFirstDataPfn; frame != m_.frames.end(); frame = frame + 1) {
      const HotPage& hot = m_.frames.hot(frame);
      const ColdPage cold = m_.frames.cold(frame);
      if (!m_.frames.IsAllocated(frame)) {
        if (hot != HotPage{} || cold != ColdPage{}) Fail("frame {:#x} is free and holds something", frame.value);
        continue;
      }
      if (hot.mapcount != small_entries_[At(frame)]) {
        Fail("frame {:#x}: mapcount {}, {} entries name it", frame.value, uint64_t{hot.mapcount}, small_entries_[At(frame)]);
      }
      if (m_.frames.head(frame) != frame) {
        if (hot.refcount != 0) Fail("frame {:#x}: refcount {} in a part of a huge page", frame.value, uint64_t{hot.refcount});
        continue;
      }
      if (cold.entire_mapcount != huge_entries_[At(frame)]) {
        Fail("frame {:#x}: mapcount of the whole {}, {} entries name it", frame.value, cold.entire_mapcount, huge_entries_[At(frame)]);
      }
      CheckReferences(frame, hot);
    }
  }

  void CheckReferences(Pfn head, const HotPage& hot) {
    // memory_failure() keeps its reference, unless the page was part of a huge one that it could not split.
    bool poisoned = false;
    for (uint32_t i = 0; i < m_.frames.nr(head); ++i) poisoned |= page_flag(m_, head + i, PG_hwpoison);
    const uint64_t frozen = static_cast<uint64_t>(
        std::count_if(m_.frozen_pages.begin(), m_.frozen_pages.end(), [&](const FrozenPage& page) { return page.head == head; }));
    const uint64_t batched = static_cast<uint64_t>(std::count(m_.lru_batch.begin(), m_.lru_batch.end(), head));
    const uint64_t expected = references_[At(head)] + frozen + batched;
    if (hot.refcount != expected && !(poisoned && hot.refcount == expected + 1)) {
      Fail("frame {:#x}: refcount {}, entries, caches and pins hold {}", head.value, uint64_t{hot.refcount}, expected);
    }
    if (page_flag(m_, head, PG_swapcache)) {
      const int32_t slot = m_.frames.cold(head).swap_slot;
      if (slot <= 0 || static_cast<size_t>(slot) >= m_.swap.slots.size() || m_.swap.slots[static_cast<size_t>(slot)].cache != head) {
        Fail("frame {:#x}: in the swap cache for slot {}, which has another page", head.value, slot);
      }
    }
    if (page_flag(m_, head, PG_anon_exclusive) && page_mapcount(m_, head) > 1) {
      Fail("frame {:#x}: exclusive, and {} entries name it", head.value, page_mapcount(m_, head));
    }
  }

  void CheckHugetlb() {
    int64_t in_use = 0;
    for (Pfn frame = kFirstDataPfn; frame != m_.frames.end(); frame = frame + 1) {
      if (m_.frames.IsAllocated(frame) && m_.frames.cold(frame).hugetlb) ++in_use;
    }
    const HugetlbPool& pool = m_.hugetlb;
    if (pool.free_huge_pages + in_use != pool.nr_huge_pages) {
      Fail("hugetlb: {} pages, {} free and {} in use", pool.nr_huge_pages, pool.free_huge_pages, in_use);
    }
    if (pool.resv_huge_pages < 0 || pool.resv_huge_pages > pool.free_huge_pages) {
      Fail("hugetlb: {} pages reserved of {} free", pool.resv_huge_pages, pool.free_huge_pages);
    }
  }

  void CheckAnonVmas() {
    std::vector<uint32_t> pinned(m_.anon_vmas.size());
    std::vector<uint32_t> children(m_.anon_vmas.size());
    for (size_t i = 0; i < m_.anon_vmas.size(); ++i) {
      const anon_vma& one = m_.anon_vmas[i];
      if (one.refcount == 0) continue;
      if (one.root.value != static_cast<int32_t>(i)) ++pinned[static_cast<size_t>(one.root.value)];
      ++children[static_cast<size_t>(one.parent.value)];
    }
    for (size_t i = 0; i < m_.anon_vmas.size(); ++i) {
      const anon_vma& one = m_.anon_vmas[i];
      if (one.chains != anon_vma_chains_[i]) Fail("anon_vma {}: {} chains, {} hold it", i, one.chains, anon_vma_chains_[i]);
      if (one.num_active_vmas != anon_vma_users_[i]) Fail("anon_vma {}: {} VMAs, {} have it", i, one.num_active_vmas, anon_vma_users_[i]);
      const uint32_t expected = pinned[i] + (one.chains > 0 ? 1 : 0);
      if (one.refcount != expected) Fail("anon_vma {}: refcount {} instead of {}", i, one.refcount, expected);
    }
  }

  const MachineState& m_;
  std::optional<std::string> error_;
  mm_struct counted_;  // what the tables of the mm in hand hold
  uint64_t tables_ = 0;
  std::vector<uint64_t> small_entries_, huge_entries_, references_;  // by frame
  std::vector<uint32_t> slot_users_;
  std::vector<uint32_t> file_mappings_;
  std::vector<uint32_t> anon_vma_chains_, anon_vma_users_;
};

}  // namespace

std::optional<std::string> Machine::CheckInvariants() const { return InvariantChecker(state_).Check(); }

}  // namespace pteron
