// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// The books of a machine: a counter that is off is found, and nothing is left when all are gone. And what a digest sees of them.
#include <memory>
#include <vector>

#include "pteron/machine.h"
#include "tests/catch.h"

namespace pteron {
namespace {

constexpr uint64_t kA = 0x100000000000;
constexpr uint64_t kB = 0x100040000000;
constexpr MmId kP{0};

// Two anonymous pages at kA.
Machine TwoPages() {
  Machine machine(std::make_shared<const Kernel>(*Kernel::Parse("v6.1")), {.swap = true});
  REQUIRE(machine.Mmap(kP, {.address = kA, .length = 4 * kPageSize}) == 0);
  machine.Store(kP, kA, 7);
  machine.Store(kP, kA + kPageSize, 8);
  machine.LruAddDrain();
  return machine;
}

TEST_CASE("invariants: a counter that is off is found") {
  const Machine good = TwoPages();
  CHECK(good.CheckInvariants() == std::nullopt);
  const auto broken = [&](const auto& change) {
    Machine other = good;
    change(other.state());
    return other.CheckInvariants().has_value();
  };
  const Pfn frame{static_cast<uint32_t>((good.Walk(kP, kA).word & 0x000ffffffffff000) >> kPageShift)};
  CHECK(broken([&](MachineState& m) { m.frames.hot(frame).mapcount += 1; }));
  CHECK(broken([&](MachineState& m) { m.frames.hot(frame).refcount += 1; }));
  CHECK(broken([&](MachineState& m) { m.frames.mutable_cold(frame).mapping = 99; }));
  CHECK(broken([](MachineState& m) { m.mm(kP).rss[MM_ANONPAGES] -= 1; }));
  CHECK(broken([](MachineState& m) { m.mm(kP).tables += 1; }));
  CHECK(broken([](MachineState& m) { m.hugetlb.free_huge_pages -= 1; }));
  CHECK(broken([](MachineState& m) { m.mm(kP).vmas.clear(); }));
  CHECK(broken([](MachineState& m) { m.anon_vmas.front().num_active_vmas += 1; }));
}

TEST_CASE("invariants: nothing is left when all are gone") {
  Machine machine = TwoPages();
  machine.Madvise(kP, kA, kPageSize, Advice::pageout);
  int error = 0;
  std::vector<ForkedUffd> forked;
  const std::optional<MmId> child = machine.Fork(kP, &error, &forked);
  REQUIRE(child.has_value());
  machine.Exit(kP);
  CHECK(machine.CheckInvariants() == std::nullopt);
  machine.Exit(*child);
  CHECK(machine.CheckInvariants() == std::nullopt);
  CHECK(machine.state().frames.used() == 0);
  CHECK(machine.state().tables.used() == 0);
}

TEST_CASE("digest: slots do not count") {
  const auto out = [](Machine& machine, uint64_t page) { machine.Madvise(kP, kA + page * kPageSize, kPageSize, Advice::pageout); };
  Machine forwards = TwoPages();
  Machine backwards = forwards;
  out(forwards, 0);
  out(forwards, 1);
  out(backwards, 1);
  out(backwards, 0);
  CHECK(forwards.Walk(kP, kA).word != backwards.Walk(kP, kA).word);
  CHECK(forwards.Digest() == backwards.Digest());
}

TEST_CASE("digest: everything else counts") {
  const Machine plain = TwoPages();
  const auto differs = [&](const auto& change) {
    Machine other = plain;
    change(other);
    return other.Digest() != plain.Digest();
  };
  CHECK(differs([](Machine& machine) { machine.Store(kP, kA, 9); }));
  CHECK(differs([](Machine& machine) { machine.Mprotect(kP, kA, kPageSize, Protection::read); }));
  CHECK(differs([](Machine& machine) { machine.Mmap(kP, {.address = kB, .length = kPageSize}); }));
  CHECK(differs([](Machine& machine) { machine.ClearRefs(kP, ClearRefsType::referenced); }));
  CHECK(differs([](Machine& machine) { machine.ClearRefs(kP, ClearRefsType::soft_dirty); }));
  CHECK(differs([](Machine& machine) { machine.MemfdCreate(FileKind::shmem, 1); }));
  CHECK(differs([](Machine& machine) { machine.Swapoff(); }));
  CHECK(differs([](Machine& machine) {
    int error = 0;
    std::vector<ForkedUffd> forked;
    machine.Fork(kP, &error, &forked);
  }));
  CHECK_FALSE(differs([](Machine& machine) { machine.Load(kP, kA); }));
}

}  // namespace
}  // namespace pteron
