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
  // Tables and nothing in them.
  void Empty() {
    Populate();
    madvise(at_, bytes_, MADV_DONTNEED);
  }
  void Unmap() {
    munmap(at_, bytes_);
    at_ = MAP_FAILED;
  }

 private:
  size_t bytes_;
  void* at_;
};

template <class F>
double Nanoseconds(F f) {
  const double start = ThreadNanoseconds();
  f();
  return ThreadNanoseconds() - start;
}

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

std::optional<double> WriteProtect(const Memory& memory, size_t bytes, std::string* why) {
  const int fd = static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY));
  if (fd < 0) return Refused(why, "userfaultfd");
  uffdio_api api{.api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP, .ioctls = 0};
  uffdio_register range{.range = {reinterpret_cast<uint64_t>(memory.at()), bytes}, .mode = UFFDIO_REGISTER_MODE_WP, .ioctls = 0};
  std::optional<double> time;
  if (ioctl(fd, UFFDIO_API, &api) != 0 || ioctl(fd, UFFDIO_REGISTER, &range) != 0) {
    time = Refused(why, "userfaultfd-wp");
  } else {
    uffdio_writeprotect protect{.range = range.range, .mode = UFFDIO_WRITEPROTECT_MODE_WP};
    int result = 0;
    time = Nanoseconds([&] { result = ioctl(fd, UFFDIO_WRITEPROTECT, &protect); });
    if (result != 0) time = Refused(why, "UFFDIO_WRITEPROTECT");
  }
  close(fd);
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

std::optional<double> Total(LiveOperation operation, size_t bytes, std::string* why) {
  Memory memory(bytes);
  if (!memory.ok()) return Refused(why, "mmap");
  switch (operation) {
    case LiveOperation::munmap_present: memory.Populate(); return Nanoseconds([&] { memory.Unmap(); });
    case LiveOperation::fork_present: memory.Populate(); return Fork(why);
    case LiveOperation::dontneed_none: memory.Empty(); return Nanoseconds([&] { madvise(memory.at(), bytes, MADV_DONTNEED); });
    case LiveOperation::writeprotect_present: memory.Populate(); return WriteProtect(memory, bytes, why);
    case LiveOperation::writeprotect_none: memory.Empty(); return WriteProtect(memory, bytes, why);
    case LiveOperation::pagemap_scan_none: memory.Empty(); return PagemapScan(memory, bytes, why);
    case LiveOperation::pagemap_scan_present: memory.Populate(); return PagemapScan(memory, bytes, why);
  }
  return std::nullopt;
}

}  // namespace

const char* Name(LiveOperation operation) {
  switch (operation) {
    case LiveOperation::munmap_present: return "munmap";
    case LiveOperation::fork_present: return "fork";
    case LiveOperation::dontneed_none: return "MADV_DONTNEED of nothing";
    case LiveOperation::writeprotect_present: return "UFFDIO_WRITEPROTECT";
    case LiveOperation::writeprotect_none: return "UFFDIO_WRITEPROTECT of nothing";
    case LiveOperation::pagemap_scan_none: return "PAGEMAP_SCAN of nothing";
    case LiveOperation::pagemap_scan_present: return "PAGEMAP_SCAN";
  }
  return "?";
}

std::optional<double> MeasureLive(LiveOperation operation, size_t bytes, std::string* why) {
  const std::optional<double> total = Total(operation, bytes, why);
  if (!total) return std::nullopt;
  return *total / static_cast<double>(bytes / kSmallPage);
}

}  // namespace pteron::bench
