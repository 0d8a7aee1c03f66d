// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/execute/session.h"
#include "src/machine/word_target.h"
#include "src/state/primitives.h"

namespace pteron::execute {
namespace {

struct Span {
  uint64_t start, end;
};

// Names the frame that a word names.
void DescribeFrame(const MachineState& m, Labels& labels, Pfn frame, EntryState& entry) {
  if (is_zero_pfn(frame)) {
    entry.label.kind = Label::Kind::zero;
  } else if (is_huge_zero_pfn(frame)) {
    entry.label.kind = Label::Kind::huge_zero;
  } else if (m.frames.Contains(frame)) {
    entry.label = {Label::Kind::page, labels.Page(m, frame)};
    entry.frame = frame;
  }
}

void Describe(const MachineState& m, Labels& labels, EntryState& entry) {
  const WordTarget target = TargetOf(m, entry.level, entry.word);
  entry.raw = target.raw;
  entry.entry_class = target.entry_class;
  if (target.frame != kNoPfn) return DescribeFrame(m, labels, target.frame, entry);
  if (target.slot < 0) return;
  entry.slot = target.slot;
  entry.label = {Label::Kind::swap, labels.Slot(target.slot)};
}

// First byte of [start, end) that lies in one of the spans.
bool FirstIn(const std::vector<Span>& live, uint64_t start, uint64_t end, uint64_t* first) {
  for (const Span& span : live) {
    if (span.start >= end || span.end <= start) continue;
    *first = std::max(span.start, start);
    return true;
  }
  return false;
}

// Takes [start, end) out of the spans.
void Remove(std::vector<Span>& spans, uint64_t start, uint64_t end) {
  std::vector<Span> left;
  for (const Span& span : spans) {
    if (span.end <= start || span.start >= end) {
      left.push_back(span);
      continue;
    }
    if (span.start < start) left.push_back({span.start, start});
    if (span.end > end) left.push_back({end, span.end});
  }
  spans = std::move(left);
}

}  // namespace

MappingState Session::ObserveMapping(int process, int mapping) {
  const NamedProcess& owner = processes_[static_cast<size_t>(process)];
  const NamedMapping& named = mappings_[static_cast<size_t>(mapping)];
  const MachineState& m = machine_.state();
  MappingState state;
  state.process = process;
  state.mapping = mapping;
  state.process_name = owner.name;
  state.mapping_name = named.name;

  std::vector<Span> visible = {{named.start, named.end()}};
  for (const NamedProcess::Hidden& hidden : owner.hidden) {
    if (hidden.mapping == mapping) Remove(visible, hidden.start, hidden.end);
  }
  std::vector<Span> live;
  bool has_vma = false;
  for (const vm_area_struct& vma : m.mm(owner.mm).vmas) {
    bool here = false;
    for (const Span& span : visible) {
      const Span part{std::max(span.start, vma.vm_start), std::min(span.end, vma.vm_end)};
      if (part.start >= part.end) continue;
      live.push_back(part);
      here = true;
    }
    if (!here) continue;
    has_vma = true;
    const Smaps smaps = show_smap(m, owner.mm, vma);
    state.smaps.rss += smaps.rss;
    state.smaps.anonymous += smaps.anonymous;
    state.smaps.swap += smaps.swap;
    state.smaps.dirty += smaps.dirty;
  }
  if (!has_vma) {
    state.mapping = -1;
    return state;
  }
  for (uint64_t address = named.start; address < named.end();) {
    const WalkResult walk = machine_.Walk(owner.mm, address);
    const uint64_t end = std::min(walk.end, named.end());
    EntryState entry;
    if (FirstIn(live, address, end, &entry.address)) {
      entry.page = static_cast<int64_t>((entry.address - named.start) / named.page_size);
      entry.level = walk.level;
      entry.word = walk.word;
      Describe(m, labels_, entry);
      entry.pagemap = pagemap_read(m, owner.mm, entry.address);
      state.entries.push_back(entry);
    }
    address = end;
  }
  return state;
}

PageState Session::StateOfPage(const MachineState& m, Pfn frame) {
  PageState state{0, frame, page_mapcount(m, frame), stable_page_flags(m, frame)};
  // A private page of the hugetlb pool may have the flag from a former life.
  if (state.flags.anon && state.flags.huge) state.flags.dirty = false;
  return state;
}

Observation Session::Observe() {
  Observation state;
  labels_.BeginDump();
  for (size_t process = 0; process < processes_.size(); ++process) {
    if (!processes_[process].alive) continue;
    for (size_t mapping = 0; mapping < mappings_.size(); ++mapping) {
      MappingState one = ObserveMapping(static_cast<int>(process), static_cast<int>(mapping));
      if (one.mapping >= 0) state.mappings.push_back(std::move(one));
    }
  }
  const MachineState& m = machine_.state();
  for (const Labels::PageLabel& page : labels_.NamedPages()) {
    PageState one = StateOfPage(m, page.frame);
    one.number = page.number;
    state.pages.push_back(one);
  }
  labels_.Sweep(m);
  return state;
}

}  // namespace pteron::execute
