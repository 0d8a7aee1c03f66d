// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// A number that is the same for machines that differ only in which frames, slots and tables they use: everything is visited in an
// order that does not depend on those, and counts by first appearance.

#include <cstring>
#include <vector>

#include "pteron/machine.h"
#include "src/machine/table_walk.h"
#include "src/machine/word_target.h"

namespace pteron {
namespace {

class Digester {
 public:
  explicit Digester(const MachineState& m) : m_(m) {
    frame_number_.resize(m.frames.end().value - kFirstDataPfn.value);
    slot_number_.resize(m.swap.slots.size());
    anon_vma_number_.resize(m.anon_vmas.size());
    resv_map_number_.resize(m.hugetlb.private_maps.size());
  }

  uint64_t Run() {
    for (const mm_struct& mm : m_.mms) AddMm(mm);
    for (const File& file : m_.files) AddFile(file);
    AddRest();
    // Lists grow while they are visited: a page names a slot, a slot a page.
    size_t frame = 0, slot = 0, anon = 0;
    while (frame < frames_.size() || slot < slots_.size() || anon < anon_vmas_.size()) {
      if (frame < frames_.size()) {
        AddFrame(frames_[frame++]);
      } else if (slot < slots_.size()) {
        AddSlot(slots_[slot++]);
      } else {
        AddAnonVma(anon_vmas_[anon++]);
      }
    }
    return hash_;
  }

 private:
  void Add(uint64_t value) {
    hash_ ^= value + 0x9e3779b97f4a7c15;
    hash_ *= 0xbf58476d1ce4e5b9;
    hash_ ^= hash_ >> 29;
    hash_ *= 0x94d049bb133111eb;
    hash_ ^= hash_ >> 32;
  }
  void Add(const ResvMap& map) {
    Add(uint64_t{map.refs} << 32 | map.regions.size());
    for (const bool bit : map.regions) Add(bit ? 1 : 0);
  }

  // The number of a thing by first appearance, from 1.
  template <class Thing>
  static uint64_t Number(size_t index, Thing thing, std::vector<uint32_t>& numbers, std::vector<Thing>& seen) {
    if (index >= numbers.size()) return 0xffffffff;
    if (numbers[index] == 0) {
      seen.push_back(thing);
      numbers[index] = static_cast<uint32_t>(seen.size());
    }
    return numbers[index];
  }

  void AddFrameName(Pfn frame) {
    if (!m_.frames.Contains(frame)) return Add(uint64_t{1} << 40 | frame.value);  // none and the zero pages
    const Pfn head = m_.frames.head(frame);
    Add(Number(head.value - kFirstDataPfn.value, head, frame_number_, frames_) << 10 | (frame.value - head.value));
  }
  void AddSlotName(int32_t slot) { Add(slot < 0 ? 0 : Number(static_cast<size_t>(slot), slot, slot_number_, slots_)); }
  void AddAnonVmaName(AnonVmaId id) { Add(id ? Number(static_cast<size_t>(id.value), id, anon_vma_number_, anon_vmas_) : 0); }

  void AddVma(const vm_area_struct& vma) {
    Add(vma.vm_start);
    Add(vma.vm_end);
    Add(vma.vm_pgoff);
    Add(vma.vm_flags);
    Add(vma.vm_page_prot.pgprot);
    Add(static_cast<uint64_t>(vma.kind));
    Add(static_cast<uint64_t>(vma.vm_file.value));
    Add(static_cast<uint64_t>(vma.vm_userfaultfd_ctx.value));
    AddAnonVmaName(vma.anon_vma);
    Add(vma.anon_vma_chain.size());
    for (const AnonVmaId id : vma.anon_vma_chain) AddAnonVmaName(id);
    AddResvMap(vma.resv_map);
    Add(uint64_t{vma.resv_owner} << 1 | uint64_t{vma.resv_unmapped});
  }

  void AddResvMap(int32_t index) {
    if (index < 0) return Add(0);
    const uint64_t before = resv_maps_.size();
    const uint64_t number = Number(static_cast<size_t>(index), index, resv_map_number_, resv_maps_);
    Add(number);
    if (resv_maps_.size() == before) return;
    Add(m_.hugetlb.private_maps[static_cast<size_t>(index)]);
  }

  void AddMm(const mm_struct& mm) {
    Add(mm.alive);
    if (!mm.alive) return;
    for (const vm_area_struct& vma : mm.vmas) AddVma(vma);
    for (const int64_t counter : mm.rss) Add(static_cast<uint64_t>(counter));
    Add(static_cast<uint64_t>(mm.hugetlb_usage));
    Add(mm.tables);
    Add(mm.deposited_tables);
    WalkTables(
        m_, mm,
        [&](uint32_t, Level level, uint64_t address) { Add(address | static_cast<uint64_t>(level)); },
        [&](Level level, uint64_t address, uint64_t word) {
          const WordTarget target = TargetOf(m_, level, word);
          Add(address | static_cast<uint64_t>(level));
          Add(target.raw);
          if (target.frame != kNoPfn) AddFrameName(target.frame);
          if (target.slot >= 0) AddSlotName(target.slot);
        });
  }

  void AddFile(const File& file) {
    Add(static_cast<uint64_t>(file.kind) << 2 | uint64_t{file.open} << 1 | uint64_t{file.unlinked_anonymous});
    Add(file.size);
    Add(file.mappings);
    for (size_t i = 0; i < file.cache.size(); ++i) {
      if (file.cache[i].empty()) continue;
      Add(i);
      AddFrameName(file.cache[i].page);
      AddSlotName(file.cache[i].swap_slot);
    }
    Add(file.resv_map);
  }

  void AddFrame(Pfn head) {
    for (uint32_t i = 0; i < m_.frames.nr(head); ++i) {
      const HotPage& hot = m_.frames.hot(head + i);
      Add(uint64_t{hot.refcount} << 32 | uint64_t{hot.mapcount} << 8 | uint64_t{hot.flags});
      Add(m_.frames.cold(head + i).value);
    }
    const ColdPage cold = m_.frames.cold(head);
    Add(cold.index);
    if (m_.frames.hot(head).flags & PG_anon) {
      AddAnonVmaName(AnonVmaId{cold.mapping});
    } else {
      Add(static_cast<uint64_t>(cold.mapping));
    }
    AddSlotName(cold.swap_slot);
    Add(cold.entire_mapcount);
    Add(uint64_t{cold.hugetlb} << 1 | uint64_t{cold.hugetlb_restore_reserve});
  }

  void AddSlot(int32_t index) {
    const SwapSlot& slot = m_.swap.slots[static_cast<size_t>(index)];
    Add(slot.count);
    AddFrameName(slot.cache);
    Add(slot.value);
  }

  void AddAnonVma(AnonVmaId id) {
    const anon_vma& one = m_.anon_vmas[static_cast<size_t>(id.value)];
    AddAnonVmaName(one.root);
    AddAnonVmaName(one.parent);
    Add(uint64_t{one.refcount} << 32 | one.chains);
    Add(uint64_t{one.num_children} << 32 | one.num_active_vmas);
  }

  void AddRest() {
    for (const userfaultfd_ctx& ctx : m_.userfaultfds) {
      Add(uint64_t{ctx.mm.value} << 32 | ctx.holder.value);
      Add(ctx.features << 2 | uint64_t{ctx.open} << 1 | uint64_t{ctx.released});
      for (const WaitingAccess& waiting : ctx.waiting) {
        Add(waiting.address | (waiting.write ? 1 : 0));
        Add(uint64_t{waiting.thread} << 8 | static_cast<uint64_t>(waiting.reason));
        Add(waiting.value);
      }
    }
    Add(uint64_t{m_.swap.present} << 1 | uint64_t{m_.swap.enabled});
    Add(static_cast<uint64_t>(m_.hugetlb.nr_huge_pages));
    Add(static_cast<uint64_t>(m_.hugetlb.free_huge_pages));
    Add(static_cast<uint64_t>(m_.hugetlb.resv_huge_pages));
    Add(uint64_t{m_.huge_zero_page_allocated} << 1 | uint64_t{m_.dead});
    for (size_t i = 0; i < m_.zero_pages_hwpoison.size(); ++i) {
      if (m_.zero_pages_hwpoison[i]) Add(i);
    }
    Add(uint64_t{m_.fail.table} << 32 | m_.fail.page);
    Add(m_.fail.slot);
    for (const FrozenPage& frozen : m_.frozen_pages) {
      AddFrameName(frozen.head);
      Add(frozen.address | frozen.mm.value);
    }
    for (const Splat& splat : m_.splats) {
      for (const char* c = splat.function; c != nullptr && *c != '\0'; ++c) Add(static_cast<unsigned char>(*c));
      for (const char c : splat.reason) Add(static_cast<unsigned char>(c));
    }
  }

  const MachineState& m_;
  uint64_t hash_ = 0x243f6a8885a308d3;
  std::vector<uint32_t> frame_number_, slot_number_, anon_vma_number_, resv_map_number_;  // by index, 0: not seen
  std::vector<Pfn> frames_;  // heads, by number
  std::vector<int32_t> slots_;
  std::vector<AnonVmaId> anon_vmas_;
  std::vector<int32_t> resv_maps_;
};

}  // namespace

uint64_t Machine::Digest() const { return Digester(state_).Run(); }

}  // namespace pteron
