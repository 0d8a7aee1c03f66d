// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Every form of `expect`, holding and failing.
#include <string>

#include "tests/execute/play.h"

namespace pteron {
namespace {

constexpr const char* kStart =
    "require swap\n"
    "file F shmem 4\n"           // 1
    "P: mmap A F\n"              // 2
    "P: mmap B anon 4\n"         // 3
    "P: write A[0:2]\n"          // 4
    "P: write B[0:3]\n"          // 5
    "P: madvise B[2] pageout\n"  // 6
    "P: fork C\n"                // 7
    "C: read A[0]\n";            // 8

// The verdict on one line behind kStart.
execute::ExpectationResult JudgeLine(const std::string& line, const std::string& kernel = "v6.1") {
  const Played played = Play(kernel, kStart + line + "\n");
  REQUIRE(played.result.expectations.size() == 1);
  execute::ExpectationResult result = played.result.expectations.front();
  result.expectation = nullptr;  // ends with the scenario
  return result;
}

void Holds(const std::string& line) {
  const execute::ExpectationResult result = JudgeLine(line);
  INFO(line << ": " << result.reason);
  CHECK(result.verdict == execute::Verdict::passed);
}

void Fails(const std::string& line) {
  const execute::ExpectationResult result = JudgeLine(line);
  INFO(line);
  CHECK(result.verdict == execute::Verdict::failed);
  CHECK_FALSE(result.reason.empty());
}

TEST_CASE("expect: an entry's class, bits, word and value") {
  Holds("expect P A[0] present rw user dirty young soft-dirty nx !wp !huge !special-bit !protnone value=4");
  Holds("expect P A[0:2] present value=4");
  Holds("expect P A[2] none");
  Holds("expect P A[2:4] none !present raw=0");
  Holds("expect P B[0] present !rw !exclusive");
  Holds("expect P B[2] swap !present value=5");
  Holds("expect P B[0] raw=8000000000000865");
  Holds("expect P B[0] raw=0x8000000000000865");
  Fails("expect P A[0] none");
  Fails("expect P A[0:3] present");
  Fails("expect P A[0] !rw");
  Fails("expect P A[0] value=5");
  Fails("expect P A[2] value=0");
  Fails("expect P B[0] raw=8000000000000867");
}

TEST_CASE("expect: what became of the statement above") {
  Holds("expect A[0] ok");
  Holds("expect A[0] ok 4");
  Holds("expect = ok");
  Fails("expect A[0] ok 5");
  Fails("expect A[1] ok");
  Fails("expect A[0] SIGBUS");
  Fails("expect = -EINVAL");
  CHECK(Play("v6.1", "P: mmap A anon 1\nP: munmap A\nP: read A\nexpect A[0] SIGSEGV\n").result.CountOf(execute::Verdict::passed) == 1);
  CHECK(Play("v6.1", "P: mmap A anon 1\nP: fork C\nC: exit\nC: read A\nexpect = -ESRCH\nexpect C A none\n")
            .result.CountOf(execute::Verdict::passed) == 1);
}

TEST_CASE("expect: same page, page flags, counters") {
  Holds("expect same P A[0] C A[0]");
  Holds("expect same P B[0:3] C B[0:3]");
  Fails("expect same P A[0] C A[1]");
  Fails("expect same P A[2] C A[2]");  // both none: they name nothing
  Holds("expect !same P A[0] P A[1]");
  Fails("expect !same P B[1] C B[1]");
  Holds("expect page P B[0] mapcount=2 anon swapbacked !dirty !huge");
  Fails("expect page P B[0] mapcount=1");
  Fails("expect page P A[2] mapcount=0");
  Holds("expect counters P anon=2 shmem=2 swap=1 rss=4 file=0 hugetlb=0");
  Fails("expect counters P anon=3");
  // Fork copies no table of A; reading maps both cached pages around.
  Holds("expect counters C anon=2 shmem=2");
}

TEST_CASE("expect: only on some kernels") {
  CHECK(JudgeLine("expect [v6.1] P A[0] present").verdict == execute::Verdict::passed);
  CHECK(JudgeLine("expect [v5.14-rc; v6.1] P A[0] none").verdict == execute::Verdict::failed);
  CHECK(JudgeLine("expect [v5.14-rc] P A[0] none").verdict == execute::Verdict::not_for_this_kernel);
  CHECK(JudgeLine("expect [!v6.1] P A[0] none").verdict == execute::Verdict::not_for_this_kernel);
  // Compared in their canonical form.
  CHECK(JudgeLine("expect [v5.14-rc+uffd-wp-v5[1-25]] P A[0] none", "v5.14-rc+uffd-wp-v5").verdict == execute::Verdict::failed);
  const language::Scenario bad = ParseOrFail("P: mmap A anon 1\nexpect [v6.1; nonsense] P A none\n");
  const std::optional<language::Error> error = execute::CheckKernelFilters(bad);
  REQUIRE(error.has_value());
  CHECK(error->at.line == 2);
  CHECK(error->at.column == 15);
}

}  // namespace
}  // namespace pteron
