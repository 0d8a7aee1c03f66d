// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/search/shrink.h"

#include <memory>

#include "sim/search/finding.h"
#include "tests/catch.h"

namespace pteron::search {
namespace {

constexpr const char* kSeries = "v5.14-rc+uffd-wp-v5";

World Read(const std::string& text) {
  const auto parsed = language::Parse("test.scn", text);
  if (const auto* error = std::get_if<language::Error>(&parsed)) FAIL(error->Format());
  return WorldOf(std::get<language::Scenario>(parsed));
}

// The loss of write-protection at fork, among much that has nothing to do with it.
constexpr const char* kLong = R"(require swap
file G hugetlb 2
P: mmap X G
file S shmem 4
P: mmap Y S[1:4] at=+509
P: uffd V sigbus
P: uffd W sigbus event-fork event-remap
P: register V X wp
P: register W Y missing wp
P: write X
fill S
P: copy W Y[0]
P: write Y
P: clear-refs soft-dirty
P: mprotect X r
P: madvise Y[2] pageout
P: wp W Y
P: read X[1]
P: fork Child
Child: read Y
P: exit
)";

Target ForkLoss() {
  return {.promise = promises::PromiseId::U9,
          .memory = promises::Memory::shmem_shared,
          .verb = language::Verb::fork,
          .what = "an armed page has a word without write-protection"};
}

TEST_CASE("shrinking leaves what is needed and nothing else") {
  const auto kernel = std::make_shared<const Kernel>(*Kernel::Parse(kSeries));
  const World world = Shrink(Read(kLong), Breaks(ForkLoss(), kernel));
  CHECK(TextOf(world) ==
        "file F shmem 1\n"
        "P: mmap A F\n"
        "P: uffd U event-fork\n"
        "P: register U A wp\n"
        "P: copy U A wp\n"
        "P: fork C\n");
  const Shows breaks = Breaks(ForkLoss(), kernel);
  REQUIRE(breaks(world));
  CHECK(*breaks(world) == world.statements.size() - 1);
  for (size_t i = 0; i < world.statements.size(); ++i) CHECK_FALSE(breaks(Without(world, i, i + 1)));
  // With the fix there is nothing to see.
  CHECK_FALSE(
      Breaks(ForkLoss(), std::make_shared<const Kernel>(*Kernel::Parse("v5.14-rc+uffd-wp-v5+vma_needs_copy")))(world));
}

TEST_CASE("what shows nothing is not touched") {
  const World world = Read("P: mmap A anon 2\nP: write A\n");
  const World same = Shrink(world, [](const World&) { return std::optional<size_t>(); });
  CHECK(TextOf(same) == TextOf(world));
}

TEST_CASE("a statement goes with all that need its name") {
  const World world = Read(
      "file F shmem 2\nP: mmap A F\nP: mmap B anon 1 after A\nP: uffd U event-fork\nP: fork C\nP: register C.U A "
      "wp\nC: write B\nP: write A\n");
  CHECK(TextOf(Without(world, 0, 1)) == "P: uffd U event-fork\nP: fork C\n");
  CHECK(TextOf(Without(world, 4, 5)) ==
        "file F shmem 2\nP: mmap A F\nP: mmap B anon 1 after A\nP: uffd U event-fork\nP: write A\n");
  CHECK(TextOf(Without(world, 3, 4)) ==
        "file F shmem 2\nP: mmap A F\nP: mmap B anon 1 after A\nP: fork C\nC: write B\nP: write A\n");
}

TEST_CASE("names come in order, those of fork events too") {
  const World world =
      Read("file S shmem 2\nP: mmap Y S\nP: uffd W event-fork\nP: register W Y wp\nP: fork K\nP: wp K.W Y\n");
  CHECK(TextOf(Renamed(world)) ==
        "file F shmem 2\nP: mmap A F\nP: uffd U event-fork\nP: register U A wp\nP: fork C\nP: wp C.U A\n");
}

}  // namespace
}  // namespace pteron::search
