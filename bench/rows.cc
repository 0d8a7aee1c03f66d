// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/rows.h"

#include <cstring>

#include <benchmark/benchmark.h>

#include "bench/limits.h"
#include "pteron/engine/copy.h"
#include "pteron/engine/protect.h"
#include "pteron/engine/scan.h"
#include "pteron/engine/zap.h"

namespace pteron::bench {
namespace {

using engine::CopySteps;
using engine::ProtectSteps;
using engine::WpBit;
using engine::ZapStep;
using engine::ZapSteps;

constexpr size_t kTable = kPtrsPerTable;

// Calls once(i) for each table, whose first entry i is.
template <class Once>
void EachTable(size_t first, size_t end, Once once) {
  for (size_t i = first; i < end; i += kTable) once(i);
}

using ScanFunction = void (*)(const Encoding&, EntryClassSet, const uint64_t*, size_t, engine::List<engine::EntryRun>*);
Pass ScanPass(ScanFunction scan) {
  return [scan](World& world, size_t first, size_t end) {
    engine::List<engine::EntryRun> runs;
    size_t found = 0;
    EachTable(first, end, [&](size_t i) {
      scan(world.e, EntryClassSet(EntryClass::present), world.words.data() + i, kTable, &runs);
      found += runs.size();
    });
    benchmark::DoNotOptimize(found);
  };
}

using ZapFunction = void (*)(const Encoding&, const ZapSteps&, uint64_t*, size_t, const engine::Frames&, engine::ZapResult*);
Pass ZapPass(ZapFunction zap, const ZapSteps& steps) {
  return [zap, steps](World& world, size_t first, size_t end) {
    engine::ZapResult result;
    int64_t pages = 0;
    EachTable(first, end, [&](size_t i) {
      zap(world.e, steps, world.words.data() + i, kTable, world.frames(), &result);
      pages += result.rss[MM_ANONPAGES] + static_cast<int64_t>(result.freed.size());
      result.Clear();
    });
    benchmark::DoNotOptimize(pages);
  };
}

using CopyFunction = void (*)(const Encoding&, const CopySteps&, uint64_t*, uint64_t*, size_t, const engine::Frames&, engine::CopyResult*);
Pass CopyPass(CopyFunction copy, const CopySteps& steps) {
  return [copy, steps](World& world, size_t first, size_t end) {
    engine::CopyResult result;
    int64_t pages = 0;
    EachTable(first, end, [&](size_t i) {
      copy(world.e, steps, world.words.data() + i, world.child.data() + i, kTable, world.frames(), &result);
      pages += result.rss[MM_ANONPAGES];
      result.Clear();
    });
    benchmark::DoNotOptimize(pages);
  };
}

using ProtectFunction = void (*)(const Encoding&, const ProtectSteps&, uint64_t*, size_t, engine::ProtectResult*);
Pass ProtectPass(ProtectFunction protect, const ProtectSteps& steps) {
  return [protect, steps](World& world, size_t first, size_t end) {
    engine::ProtectResult result;
    EachTable(first, end, [&](size_t i) {
      protect(world.e, steps, world.words.data() + i, kTable, &result);
      result.left.Clear();
    });
    benchmark::DoNotOptimize(result.changed);
  };
}

enum class Words { read, change, copy, change_and_copy };

// The limit goes table by table too, so that words are in the nearest cache when their frames are asked for.
Pass Limit(Words traffic, bool pages) {
  return [traffic, pages](World& world, size_t first, size_t end) {
    const size_t page_words = pages ? world.present() : 0;
    uint64_t* const hot = reinterpret_cast<uint64_t*>(world.pages.data());
    uint64_t read = 0;
    EachTable(first, end, [&](size_t i) {
      uint64_t* const words = world.words.data() + i;
      if (page_words != 0 && world.random_frames()) ChangePages(words, kTable, world.e.pte_pfn_mask, kFirstDataPfn.value, hot);
      switch (traffic) {
        case Words::read: read |= ReadWords(words, kTable); break;
        case Words::change: ChangeWords(words, kTable); break;
        case Words::copy: std::memcpy(world.child.data() + i, words, kTable * sizeof(uint64_t)); break;
        case Words::change_and_copy: CopyWords(words, world.child.data() + i, kTable); break;
      }
      if (page_words == 0 || world.random_frames()) return;
      // Frames in order: each table has its share of them.
      const auto share = [&](size_t entry) { return entry * page_words / world.entries() & ~size_t{15}; };
      ChangeWords(hot + share(i), share(i + kTable) - share(i));
    });
    benchmark::DoNotOptimize(read);
  };
}

Row Scan(std::string population, Filling filling, const Aim& aim, LiveCall live = LiveCall::none) {
  return {.loop = "scan for runs", .population = std::move(population), .filling = filling, .changes_words = false, .changes_child = false,
          .changes_pages = false, .reference = ScanPass(engine::reference::ScanRuns), .fast = ScanPass(engine::fast::ScanRuns),
          .limit = Limit(Words::read, false), .aim = aim, .live = live, .live_aim = 7};
}

// words: what happens to words that stay, if anything.
Row Zap(std::string population, Filling filling, const ZapSteps& steps, Words words, const Aim& aim, LiveCall live = LiveCall::none) {
  const bool pages = filling != Filling::none && filling != Filling::markers;
  return {.loop = "zap", .population = std::move(population), .filling = filling, .changes_words = true, .changes_child = false,
          .changes_pages = pages, .reference = ZapPass(engine::reference::ZapPtes, steps), .fast = ZapPass(engine::fast::ZapPtes, steps),
          .limit = Limit(words, pages), .aim = aim, .live = live, .live_aim = pages ? 50.0 : 7.0};
}

Row Fork(std::string population, Filling filling, const Aim& aim) {
  const bool pages = filling != Filling::markers;
  const CopySteps steps{.wrprotect = pages, .keep_uffd_wp = !pages, .unshare = true, .copy_wp_none = true};
  return {.loop = "fork copy", .population = std::move(population), .filling = filling, .changes_words = pages, .changes_child = true,
          .changes_pages = pages, .reference = CopyPass(engine::reference::CopyPtes, steps), .fast = CopyPass(engine::fast::CopyPtes, steps),
          .limit = Limit(pages ? Words::change_and_copy : Words::copy, pages), .aim = aim,
          .live = filling == Filling::anon_in_order ? LiveCall::fork : LiveCall::none, .live_aim = 25};
}

Row Protect(std::string loop, std::string population, Filling filling, const ProtectSteps& steps, const Aim& aim,
            LiveCall live = LiveCall::none) {
  return {.loop = std::move(loop), .population = std::move(population), .filling = filling, .changes_words = true, .changes_child = false,
          .changes_pages = false, .reference = ProtectPass(engine::reference::ProtectPtes, steps),
          .fast = ProtectPass(engine::fast::ProtectPtes, steps), .limit = Limit(Words::change, false), .aim = aim,
          .live = live, .live_aim = 7};
}

}  // namespace

std::vector<Row> Rows() {
  constexpr ZapSteps kDrop{.zero_page = ZapStep::clear, .file_page = ZapStep::clear, .anon_page = ZapStep::clear, .swap = ZapStep::clear,
                           .wp_none = ZapStep::clear};
  constexpr ZapSteps kKeepMarkers{.zero_page = ZapStep::clear, .file_page = ZapStep::clear, .anon_page = ZapStep::clear,
                                  .swap = ZapStep::clear, .wp_none = ZapStep::keep, .leave_wp = true};
  constexpr pgprot_t kReadOnly{kPagePresent | kPageUser | kPageAccessed | kPageNx};
  constexpr ProtectSteps kWpOn{.newprot = kReadOnly, .present_wp = WpBit::set, .swap_wp = WpBit::set, .fills_none = true};
  constexpr ProtectSteps kWpOff{.newprot = kReadOnly, .present_wp = WpBit::clear, .swap_wp = WpBit::clear, .clears_wp_none = true};
  constexpr Aim kScan{1.2, 1.3, false, 2}, kScanMixed{2.3, 5, false, 5};
  constexpr Aim kZapOrder{1.25, 2.0, false, 1.7}, kZapRandom{1.4, 1.3, false, 1.7}, kZapNone{1.7, 0.4, true, 2};
  constexpr Aim kZapMixed{3.2, 1.1, true, 5}, kZapRuns{3.2, 1.1, true, 3.5};
  constexpr Aim kFork{1.15, 1.2, false, 1.7}, kForkMarkers{1.15, 2.5, false, 1.7}, kForkMixed{2.0, 2.5, false, 5};
  constexpr Aim kWp{1.3, 1.4, false, 2}, kWpMixed{2.0, 0.6, true, 5}, kWpRuns{3.2, 0.45, true, 2};
  return {
      Scan("present", Filling::anon_in_order, kScan, LiveCall::scan_present),
      Scan("none", Filling::none, kScan, LiveCall::scan_none),
      Scan("markers", Filling::markers, kScan, LiveCall::scan_markers),
      Scan("mixed entry by entry", Filling::entry_by_entry, kScanMixed),
      Zap("private pages, consecutive frames", Filling::anon_in_order, kDrop, Words::change, kZapOrder,
          LiveCall::munmap_present),
      Zap("private pages, random frames", Filling::anon_random, kDrop, Words::change, kZapRandom),
      Zap("shmem pages, random frames", Filling::shmem_random, kDrop, Words::change, kZapRandom),
      Zap("none", Filling::none, kDrop, Words::read, kZapNone, LiveCall::munmap_none),
      Zap("markers dropped", Filling::markers, kDrop, Words::change, kZapNone, LiveCall::munmap_markers),
      Zap("markers kept", Filling::markers, kKeepMarkers, Words::read, kZapNone),
      Zap("mixed entry by entry", Filling::entry_by_entry, kDrop, Words::change, kZapMixed),
      Zap("mixed in runs of 16", Filling::runs, kDrop, Words::change, kZapRuns),
      Fork("private pages, consecutive frames", Filling::anon_in_order, kFork),
      Fork("markers", Filling::markers, kForkMarkers),
      Fork("mixed entry by entry", Filling::entry_by_entry, kForkMixed),
      Protect("uffd-wp on", "present", Filling::anon_in_order, kWpOn, kWp, LiveCall::wp_on_present),
      Protect("uffd-wp on", "none", Filling::none, kWpOn, kWp, LiveCall::wp_on_none),
      Protect("uffd-wp on", "mixed entry by entry", Filling::entry_by_entry, kWpOn, kWpMixed),
      Protect("uffd-wp on", "mixed in runs of 16", Filling::runs, kWpOn, kWpRuns),
      Protect("uffd-wp off", "present", Filling::anon_in_order, kWpOff, kWp, LiveCall::wp_off_present),
      Protect("uffd-wp off", "markers", Filling::markers, kWpOff, kWp, LiveCall::wp_off_markers),
      Protect("uffd-wp off", "mixed entry by entry", Filling::entry_by_entry, kWpOff, kWpMixed),
      Protect("uffd-wp off", "mixed in runs of 16", Filling::runs, kWpOff, kWpRuns),
  };
}

}  // namespace pteron::bench
