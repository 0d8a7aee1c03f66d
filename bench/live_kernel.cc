// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "bench/live_kernel.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>

namespace pteron::bench {
namespace {

constexpr size_t kPage = 4096;
// Newer than the headers of some machines: UFFD_FEATURE_WP_UNPOPULATED (6.4), PAGEMAP_SCAN (6.7).
constexpr uint64_t kWpUnpopulated = uint64_t{1} << 13;
struct PmScanArg {
  uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, category_inverted, category_mask, category_anyof_mask, return_mask;
};
struct PageRegion {
  uint64_t start, end, categories;
};
constexpr unsigned long kPagemapScan = _IOWR('f', 16, PmScanArg);
constexpr uint64_t kPageIsPresent = 1 << 3;

double Time(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

// Memory of which pages are touched, emptied or marked, as the call wants it.
class Memory {
 public:
  explicit Memory(size_t entries) : bytes_(entries * kPage) {
    start_ = static_cast<char*>(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    if (start_ == MAP_FAILED) {
      Fail("mmap");
      return;
    }
    if (madvise(start_, bytes_, MADV_NOHUGEPAGE) != 0 && errno != EINVAL) Fail("madvise");
  }
  ~Memory() {
    Unmap();
    if (uffd_ >= 0) close(uffd_);
    if (pagemap_ >= 0) close(pagemap_);
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  bool ok() const { return failure_.empty(); }
  const std::string& failure() const { return failure_; }

  void Touch() {
    for (size_t at = 0; at < bytes_; at += kPage) start_[at] = 1;
  }
  void Empty() { madvise(start_, bytes_, MADV_DONTNEED); }
  void Unmap() {
    if (start_ != MAP_FAILED) munmap(start_, bytes_);
    start_ = static_cast<char*>(MAP_FAILED);
  }
  void Register() {
    uffd_ = static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY));
    if (uffd_ < 0) return Fail("userfaultfd");
    uffdio_api api{.api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP | kWpUnpopulated, .ioctls = 0};
    if (ioctl(uffd_, UFFDIO_API, &api) != 0) return Fail("UFFDIO_API");
    uffdio_register registration{.range = Range(), .mode = UFFDIO_REGISTER_MODE_WP, .ioctls = 0};
    if (ioctl(uffd_, UFFDIO_REGISTER, &registration) != 0) Fail("UFFDIO_REGISTER");
  }
  void Protect(bool on) {
    uffdio_writeprotect protect{.range = Range(), .mode = on ? uint64_t{UFFDIO_WRITEPROTECT_MODE_WP} : 0};
    if (ioctl(uffd_, UFFDIO_WRITEPROTECT, &protect) != 0) Fail("UFFDIO_WRITEPROTECT");
  }
  void OpenPagemap() {
    pagemap_ = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (pagemap_ < 0) Fail("/proc/self/pagemap");
  }
  void Scan() {
    PageRegion regions[64];
    PmScanArg scan{};
    scan.size = sizeof scan;
    scan.start = reinterpret_cast<uint64_t>(start_);
    scan.end = scan.start + bytes_;
    scan.vec = reinterpret_cast<uint64_t>(regions);
    scan.vec_len = 64;
    scan.category_mask = kPageIsPresent;
    scan.return_mask = kPageIsPresent;
    if (ioctl(pagemap_, kPagemapScan, &scan) < 0) Fail("PAGEMAP_SCAN");
  }

 private:
  uffdio_range Range() const { return {.start = reinterpret_cast<uint64_t>(start_), .len = bytes_}; }
  void Fail(const char* what) {
    if (failure_.empty()) failure_ = std::string(what) + ": " + std::strerror(errno);
  }

  size_t bytes_;
  char* start_ = nullptr;
  int uffd_ = -1, pagemap_ = -1;
  std::string failure_;
};

double TimeFork() {
  pid_t child = -1;
  const double time = Time([&] {
    child = fork();
    if (child == 0) _exit(0);
  });
  if (child > 0) waitpid(child, nullptr, 0);
  return time;
}

double MeasureFork(Memory& memory) {
  memory.Touch();
  TimeFork();
  memory.Touch();  // fork has write-protected them
  const double with = TimeFork();
  memory.Unmap();
  TimeFork();
  return with - TimeFork();
}

double Measure(LiveCall call, Memory& memory) {
  const bool wants_uffd = call == LiveCall::munmap_markers || call == LiveCall::scan_markers || (call >= LiveCall::wp_on_present && call <= LiveCall::wp_off_markers);
  const bool markers = call == LiveCall::munmap_markers || call == LiveCall::scan_markers || call == LiveCall::wp_off_markers;
  const bool scans = call >= LiveCall::scan_present;
  if (call == LiveCall::fork) return MeasureFork(memory);
  memory.Touch();
  if (call == LiveCall::munmap_none || call == LiveCall::wp_on_none || call == LiveCall::scan_none || markers) memory.Empty();
  if (wants_uffd) memory.Register();
  if (!memory.ok()) return 0;
  if (markers || call == LiveCall::wp_off_present) memory.Protect(true);
  if (scans) memory.OpenPagemap();
  if (!memory.ok()) return 0;
  return Time([&] {
    if (scans) return memory.Scan();
    if (call == LiveCall::wp_on_present || call == LiveCall::wp_on_none) return memory.Protect(true);
    if (call == LiveCall::wp_off_present || call == LiveCall::wp_off_markers) return memory.Protect(false);
    memory.Unmap();
  });
}

}  // namespace

const char* Name(LiveCall call) {
  switch (call) {
    case LiveCall::none: return "";
    case LiveCall::munmap_present: return "munmap";
    case LiveCall::munmap_none: return "munmap, tables empty";
    case LiveCall::munmap_markers: return "munmap, markers";
    case LiveCall::fork: return "fork";
    case LiveCall::wp_on_present: return "UFFDIO_WRITEPROTECT";
    case LiveCall::wp_on_none: return "UFFDIO_WRITEPROTECT, none";
    case LiveCall::wp_off_present: return "UFFDIO_WRITEPROTECT off";
    case LiveCall::wp_off_markers: return "UFFDIO_WRITEPROTECT off, markers";
    case LiveCall::scan_present: return "PAGEMAP_SCAN";
    case LiveCall::scan_none: return "PAGEMAP_SCAN, none";
    case LiveCall::scan_markers: return "PAGEMAP_SCAN, markers";
  }
  return "?";
}

std::optional<double> MeasureLive(LiveCall call, size_t entries, std::string* reason) {
  Memory memory(entries);
  const double time = memory.ok() ? Measure(call, memory) : 0;
  if (memory.ok()) return time / static_cast<double>(entries);
  *reason = memory.failure();
  return std::nullopt;
}

}  // namespace pteron::bench
