// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_LIVE_KERNEL_H_
#define PTERON_BENCH_LIVE_KERNEL_H_

// What the kernel that this program runs on needs for the same operation, on private anonymous memory in small pages.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace pteron::bench {

enum class LiveCall : uint8_t {
  none,  // not asked
  munmap_present,
  munmap_none,     // tables with nothing in them
  munmap_markers,  // uffd-wp markers
  fork,            // what it costs more with that memory than without
  wp_on_present,   // UFFDIO_WRITEPROTECT
  wp_on_none,
  wp_off_present,
  wp_off_markers,
  scan_present,  // PAGEMAP_SCAN for present pages
  scan_none,
  scan_markers,
};

const char* Name(LiveCall call);

// Nanoseconds an entry over `entries` entries, once. Empty where the machine refuses; *reason says why.
std::optional<double> MeasureLive(LiveCall call, size_t entries, std::string* reason);

}  // namespace pteron::bench

#endif  // PTERON_BENCH_LIVE_KERNEL_H_
