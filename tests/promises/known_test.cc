// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// What modelled kernels are known to break is found when its scenario is played, and a kernel that has the fix keeps it.
#include "tests/promises/judged.h"

namespace pteron::promises {
namespace {

using Names = std::set<std::string>;

constexpr const char* kSeries = "v5.14-rc+uffd-wp-v5";

}  // namespace

TEST_CASE("fork loses write-protection of shared memory: the thread that began it, and its fix") {
  const std::string file = "scenarios/fork-loses-uffd-wp.scn";
  const Judgement lost = JudgeFile(kSeries, file);
  CHECK(Broken(lost) == Names{"U9"});
  REQUIRE(lost.findings.size() == 1);
  CHECK(lost.findings[0].statement == "P: fork C");
  CHECK(Broken(JudgeFile("v5.14-rc+uffd-wp-v5+vma_needs_copy", file)) == Names{});
  CHECK(Broken(JudgeFile("v6.1", file)) == Names{});
}

TEST_CASE("what the series breaks, and the later kernel that keeps it") {
  struct Row {
    const char* file;
    Names series;
    Names v6_1;
  };
  const Row rows[] = {
      {"scenarios/mprotect-keeps-protection.scn", {"U6"}, {}},
      {"scenarios/protect-what-is-not-there.scn", {"U3"}, {}},
      {"scenarios/changes/swapoff-keeps-bits.scn", {"S2", "U4"}, {}},
      {"scenarios/changes/zap-swap-rework.scn", {"Z4"}, {}},
      {"scenarios/changes/hugetlb-marker-alone.scn", {"K1", "W5"}, {}},
      {"scenarios/changes/hugetlb-wp-fork.scn", {"K1", "W5"}, {}},
      {"scenarios/changes/huge-zero-split-wp.scn", {"U4"}, {}},
      {"scenarios/changes/fill-huge-swap.scn", {"K1"}, {}},
      {"scenarios/changes/follow-protnone.scn", {}, {"C2"}},
      {"scenarios/hooks/migrate-hugetlb.scn", {"U4"}, {}},
      {"scenarios/hooks/migration-forgets-write-protection-of-shmem.scn", {"U4"}, {}},
      {"scenarios/hooks/collapse-file-forgets-protection.scn", {"U4"}, {}},
      {"scenarios/hooks/failed-table-loses-protection.scn", {}, {"K1"}},
      {"tests/golden/scenarios/wp-hugetlb-fork.scn", {"U8", "Z5", "C4"}, {}},
      {"tests/golden/scenarios/wp-hugetlb-private.scn", {"U8"}, {"U8", "U15"}},
      {"tests/golden/scenarios/random-130.scn", {"Z3"}, {"Z3"}},
  };
  for (const Row& row : rows) {
    INFO(row.file);
    CHECK(Broken(JudgeFile(kSeries, row.file)) == row.series);
    CHECK(Broken(JudgeFile("v6.1", row.file)) == row.v6_1);
  }
}

// clear-refs write-protects a shared page of hugetlb, mprotect() does not give write permission back since soft-dirty wants to be told, and
// the next store is copied on write as if the mapping were private (f96f7a40874d, 6.0).
TEST_CASE("a store to shared hugetlb memory is lost before 6.0") {
  const std::string scenario =
      "file F hugetlb 1\nP: mmap A F\nP: write A\nP: clear-refs soft-dirty\nP: mprotect A r\nP: mprotect A rw\nP: write A\npeek F\n";
  const Names broken = Broken(JudgeText("v5.14-rc", scenario));
  CHECK(broken.contains("Z5"));
  CHECK(broken.contains("C4"));
  CHECK(Broken(JudgeText("v6.1", scenario)) == Names{});
}

// Each was run on Debian's 6.1.192, which answered as the simulated kernel does.
TEST_CASE("what a real 6.1 breaks beyond its golden data") {
  struct Row {
    const char* what;
    const char* scenario;
    Names broken;
  };
  const Row rows[] = {
      {"registered anew without wp, the word keeps its protection, and a store to hugetlb faults for ever",
       "file F hugetlb 1\nP: mmap A F\nP: uffd U\nP: register U A wp\nP: wp U A\nP: register U A minor\nP: write A\n",
       {"U15"}},
      {"registered anew without wp, the word keeps its protection when it is unregistered",
       "P: mmap A anon 1\nP: uffd U\nP: register U A wp\nP: copy U A wp\nP: register U A missing\nP: unregister U A\n",
       {"U11"}},
      {"UFFDIO_COPY into a private mapping of hugetlb beyond the file's end",
       "file F hugetlb 1\nP: mmap A F private\nP: uffd U\nP: register U A wp\ntruncate F 0\nP: copy U A\nP: fork C\n",
       {"Z4"}},
      {"a hole takes the zero page that UFFDIO_ZEROPAGE put into a private mapping",
       "file F shmem 1\nP: mmap A F private\nP: uffd U\nP: register U A wp\nP: zeropage U A\npunch F\n",
       {"Z3"}},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(Broken(JudgeText("v6.1", row.scenario)) == row.broken);
  }
}

TEST_CASE("a change that is left out is found: promises tell a kernel from its own release") {
  struct Row {
    const char* kernel;
    const char* file;
    Names broken;
  };
  const Row rows[] = {
      {"v6.1~unregister-resets-wp", "scenarios/changes/unregister-resets-wp.scn", {"U11"}},
      {"v6.1~close-resets-wp", "scenarios/changes/close-resets-wp.scn", {"U11"}},
      {"v6.1~mremap-clears-wp", "scenarios/changes/mremap-clears-wp.scn", {"U11"}},
      {"v6.1~wp-writenotify", "scenarios/mprotect-keeps-protection.scn", {"U6"}},
      {"v6.1~swapoff-keeps-bits", "scenarios/changes/swapoff-keeps-bits.scn", {"S2", "U4"}},
  };
  for (const Row& row : rows) {
    INFO(row.kernel);
    CHECK(Broken(JudgeFile(row.kernel, row.file)) == row.broken);
  }
}

// A change of one's own, with a mistake in it.
TEST_CASE("a deliberately wrong kernel is found") {
  const Change wrong{.id = "wrong/zap",
                     .subject = "zap forgets",
                     .place = "nowhere",
                     .commit = "",
                     .needs = {},
                     .apply = [](Rules& rules, EncodingFacts&) { rules.zap = ZapRules{}; }};
  std::string error;
  const std::optional<Kernel> kernel = Kernel::Parse("v6.1")->With(wrong, &error);
  REQUIRE(kernel);
  const std::string scenario = "file F shmem 1\nP: mmap A F\nP: uffd U\nP: register U A wp\nP: write A\nP: wp U A\nP: madvise A dontneed\n";
  const Judgement judgement = JudgeScenario(ParseOrFail(scenario), std::make_shared<const Kernel>(*kernel));
  CHECK(Broken(judgement) == Names{"U5", "Z2"});
}

}  // namespace pteron::promises
