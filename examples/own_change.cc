// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// A change of one's own, without touching the library: a 6.1 whose fork never copies page tables for userfaultfd-wp, played beside 6.1 itself.
// bazel run //examples:own_change
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pteron/machine.h"

namespace {

using namespace pteron;

constexpr uint64_t kAddress = 0x100000000000;

const Change kForgetful = {
    .id = "forgetful-fork",
    .subject = "fork: do not copy page tables for userfaultfd-wp",
    .place = "of our own",
    .kind = ChangeKind::behaviour,
    .evidence = Evidence::source,
    .apply = [](Rules& rules, EncodingFacts&) { rules.fork.copies_uffd_wp_vmas = false; },
};

// Protects a page of shared memory, forks with the fork event, and shows the child's word.
void Play(const Kernel& kernel) {
  Machine machine(std::make_shared<const Kernel>(kernel));
  const MmId parent{0};
  const FileId file = machine.MemfdCreate(FileKind::shmem, 1);
  machine.Mmap(parent, {.address = kAddress, .length = kPageSize, .shared = true, .file = file});
  machine.Store(parent, kAddress, 42);
  UffdId uffd;
  machine.Userfaultfd(parent, kUffdFeatureEventFork, &uffd);
  machine.UffdRegister(uffd, kAddress, kPageSize, {.wp = true});
  machine.UffdWriteprotect(uffd, kAddress, kPageSize, true);
  int error = 0;
  std::vector<ForkedUffd> forked;
  const std::optional<MmId> child = machine.Fork(parent, &error, &forked);
  if (!child) return;
  std::printf("%s: the child's word is %016llx\n", kernel.name().c_str(), static_cast<unsigned long long>(machine.Walk(*child, kAddress).word));
}

}  // namespace

int main() {
  std::string error;
  const Kernel kernel = *Kernel::Parse("v6.1");
  const std::optional<Kernel> changed = kernel.With(kForgetful, &error);
  if (!changed) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  Play(kernel);
  Play(*changed);
  return 0;
}
