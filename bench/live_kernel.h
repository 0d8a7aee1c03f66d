// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_BENCH_LIVE_KERNEL_H_
#define PTERON_BENCH_LIVE_KERNEL_H_

// What the kernel that runs this program takes for the same operation on memory of its own, where it lets us.

#include <cstddef>
#include <optional>
#include <string>

namespace pteron::bench {

enum class LiveOperation {
  munmap_present, munmap_markers, fork_present, writeprotect_present, writeprotect_none, unprotect_markers, pagemap_scan_present, pagemap_scan_markers,
};
const char* Name(LiveOperation operation);

// Nanoseconds an entry for `bytes` of memory (of small pages); empty where the kernel refuses, with the reason in *why.
std::optional<double> MeasureLive(LiveOperation operation, size_t bytes, std::string* why);

}  // namespace pteron::bench

#endif  // PTERON_BENCH_LIVE_KERNEL_H_
