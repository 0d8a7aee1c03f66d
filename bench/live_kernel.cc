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
#include <cstdint>
#include <cstring>

#include "bench/clock.h"

namespace pteron::bench {
namespace {

constexpr size_t kSmallPage = 4096;

// include/uapi/linux/fs.h, 6.7; older headers lack it.
struct PmScanArg {
  uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, category_inverted, category_mask, category_anyof_mask, return_mask;
};
struct PageRegion {
  uint64_t start, end, categories;
};
constexpr unsigned long kPagemapScan = _IOWR('f', 16, PmScanArg);
constexpr uint64_t kPageIsPresent = 1 << 3;
// include/uapi/linux/userfaultfd.h, 6.4; older headers lack it.
constexpr uint64_t kFeatureWpUnpopulated = 1 << 13;

class Memory {
 public:
  explicit Memory(size_t bytes) : bytes_(bytes), at_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (at_ != MAP_FAILED) madvise(at_, bytes_, MADV_NOHUGEPAGE);
  }
  ~Memory() {
    if (at_ != MAP_FAILED) munmap(at_, bytes_);
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  bool ok() const { return at_ != MAP_FAILED; }
  void* at() const { return at_; }
  void Populate() {
    for (size_t i = 0; i < bytes_; i += kSmallPage) static_cast<volatile char*>(at_)[i] = 1;
  }
  void Unmap() {
    munmap(at_, bytes_);
    at_ = MAP_FAILED;
  }

 private:
  size_t bytes_;
  void* at_;
};

std::optional<double> Refused(std::string* why, const char* what) {
  *why = std::string(what) + ": " + std::strerror(errno);
  return std::nullopt;
}

std::optional<double> Fork(std::string* why) {
  pid_t child = 0;
  const double time = Nanoseconds([&] {
    child = fork();
    if (child == 0) _exit(0);
  });
  if (child < 0) return Refused(why, "fork");
  waitpid(child, nullptr, 0);
  return time;
}

// A userfaultfd that has memory registered for write-protection, where missing pages can be protected too.
class WriteProtection {
 public:
  WriteProtection(const Memory& memory, size_t bytes) : range_{reinterpret_cast<uint64_t>(memory.at()), bytes} {
    fd_ = static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY));
    uffdio_api api{.api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP | kFeatureWpUnpopulated, .ioctls = 0};
    uffdio_register request{.range = range_, .mode = UFFDIO_REGISTER_MODE_WP, .ioctls = 0};
    ok_ = fd_ >= 0 && ioctl(fd_, UFFDIO_API, &api) == 0 && ioctl(fd_, UFFDIO_REGISTER, &request) == 0;
  }
  ~WriteProtection() {
    if (fd_ >= 0) close(fd_);
  }
  WriteProtection(const WriteProtection&) = delete;
  WriteProtection& operator=(const WriteProtection&) = delete;

  bool Set(bool on) {
    uffdio_writeprotect protect{.range = range_, .mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : uint64_t{0}};
    return ok_ && ioctl(fd_, UFFDIO_WRITEPROTECT, &protect) == 0;
  }

 private:
  uffdio_range range_;
  int fd_ = -1;
  bool ok_ = false;
};

std::optional<double> SetProtection(WriteProtection& protection, bool on, std::string* why) {
  bool done = false;
  const double time = Nanoseconds([&] { done = protection.Set(on); });
  if (!done) return Refused(why, "UFFDIO_WRITEPROTECT");
  return time;
}

std::optional<double> PagemapScan(const Memory& memory, size_t bytes, std::string* why) {
  const int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Refused(why, "/proc/self/pagemap");
  PageRegion regions[64];
  PmScanArg scan{};
  scan.size = sizeof(scan);
  scan.start = reinterpret_cast<uint64_t>(memory.at());
  scan.end = scan.start + bytes;
  scan.vec = reinterpret_cast<uint64_t>(regions);
  scan.vec_len = 64;
  scan.category_mask = scan.return_mask = kPageIsPresent;
  long result = 0;
  std::optional<double> time = Nanoseconds([&] { result = ioctl(fd, kPagemapScan, &scan); });
  if (result < 0) time = Refused(why, "PAGEMAP_SCAN");
  close(fd);
  return time;
}

std::optional<double> OfMarkers(LiveOperation operation, Memory& memory, size_t bytes, std::string* why) {
  WriteProtection protection(memory, bytes);
  if (operation == LiveOperation::writeprotect_none) return SetProtection(protection, true, why);
  if (!protection.Set(true)) return Refused(why, "UFFDIO_WRITEPROTECT of missing pages");
  switch (operation) {
    case LiveOperation::unprotect_markers: return SetProtection(protection, false, why);
    case LiveOperation::pagemap_scan_markers: return PagemapScan(memory, bytes, why);
    default: return Nanoseconds([&] { memory.Unmap(); });
  }
}

std::optional<double> Total(LiveOperation operation, size_t bytes, std::string* why) {
  Memory memory(bytes);
  if (!memory.ok()) return Refused(why, "mmap");
  switch (operation) {
    case LiveOperation::munmap_present: memory.Populate(); return Nanoseconds([&] { memory.Unmap(); });
    case LiveOperation::fork_present: memory.Populate(); return Fork(why);
    case LiveOperation::pagemap_scan_present: memory.Populate(); return PagemapScan(memory, bytes, why);
    case LiveOperation::writeprotect_present: {
      memory.Populate();
      WriteProtection protection(memory, bytes);
      return SetProtection(protection, true, why);
    }
    case LiveOperation::munmap_markers:
    case LiveOperation::writeprotect_none:
    case LiveOperation::unprotect_markers:
    case LiveOperation::pagemap_scan_markers: return OfMarkers(operation, memory, bytes, why);
  }
  return std::nullopt;
}

}  // namespace

const char* Name(LiveOperation operation) {
  switch (operation) {
    case LiveOperation::munmap_present: return "munmap";
    case LiveOperation::munmap_markers: return "munmap of markers";
    case LiveOperation::fork_present: return "fork";
    case LiveOperation::writeprotect_present: return "UFFDIO_WRITEPROTECT";
    case LiveOperation::writeprotect_none: return "UFFDIO_WRITEPROTECT of missing pages: makes markers, and tables for them";
    case LiveOperation::unprotect_markers: return "UFFDIO_WRITEPROTECT taken off markers";
    case LiveOperation::pagemap_scan_present: return "PAGEMAP_SCAN";
    case LiveOperation::pagemap_scan_markers: return "PAGEMAP_SCAN of markers";
  }
  return "?";
}

std::optional<double> MeasureLive(LiveOperation operation, size_t bytes, std::string* why) {
  const std::optional<double> total = Total(operation, bytes, why);
  if (!total) return std::nullopt;
  return *total / static_cast<double>(bytes / kSmallPage);
}

}  // namespace pteron::bench
