// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Names, outcomes, waiting threads and labels of the executor, where golden data has no example.
#include <string>

#include "tests/execute/play.h"

namespace pteron {
namespace {

TEST_CASE("a thread's access waits, is woken, and may wait again") {
  const Played played = Play("v6.1",
                             "require uffd-wp-file\n"
                             "file F shmem 2\n"
                             "P: mmap A F\n"
                             "P: write A\n"
                             "P: uffd U\n"
                             "P: register U A wp\n"
                             "P: wp U A\n"
                             "P.t1: write A[1]\n"  // 7
                             "P.t1: read A[0]\n"   // 8: it waits
                             "P: write A[0]\n"     // 9: broken off
                             "P: wake U A[1]\n"    // 10
                             "P: unwp U A[1]\n"    // 11
                             "P: read A[1]\n");
  CHECK(played.Outcomes(7) == "A[1] blocked-wp");
  CHECK(played.Outcomes(8) == "A[0] waits");
  CHECK(played.Outcomes(9) == "A[0] blocked-wp");
  CHECK(played.Outcomes(10) == "ok; ~ 7 A[1] blocked-wp");
  CHECK(played.Outcomes(11) == "ok; ~ 7 A[1] ok");
  CHECK(played.Outcomes(12) == "A[1] ok 7");
}

TEST_CASE("closing the descriptor wakes; the end of the process does not") {
  const std::string start =
      "P: mmap A anon 1\n"
      "P: write A\n"
      "P: uffd U\n"
      "P: register U A wp\n"
      "P: wp U A\n"
      "P.t1: write A[0]\n";
  CHECK(Play("v6.1", start + "P: close U\n").Outcomes(7) == "ok; ~ 6 A[0] ok");
  CHECK(Play("v6.1", start + "P: exit\n").Outcomes(7) == "ok");
}

TEST_CASE("processes and descriptors that are gone") {
  const Played played = Play("v6.1",
                             "P: mmap A anon 1\n"
                             "P: fork C\n"
                             "C: uffd U\n"
                             "C: exit\n"
                             "C: read A\n"
                             "C: mmap B anon 1\n"     // 6: its number counts
                             "P: mmap D anon 1\n"     // 7
                             "P: register U D wp\n"   // 8: exit has closed it
                             "P: close U\n");
  CHECK(played.Outcomes(5) == "-ESRCH");
  CHECK(played.Outcomes(6) == "-ESRCH");
  CHECK(played.Outcomes(8) == "-EBADF");
  CHECK(played.Outcomes(9) == "-EBADF");
  CHECK(played.session->mappings().back().start == execute::kMappingBase + 2 * execute::kMappingDistance);
}

TEST_CASE("mappings behind and over others") {
  const Played played = Play("v6.1",
                             "file F shmem 1\n"
                             "P: mmap A anon 4\n"
                             "P: write A\n"                // 3
                             "P: mmap B anon 2 after A\n"
                             "P: write B\n"
                             "P: mmap D F over A[1]\n"     // 6
                             "P: write D\n"                // 7
                             "P: munmap D\n");
  CHECK(played.State(7).find("P A[0] PTE 8000000000000867 page=1 pm=pxd\nP A[2] PTE 8000000000000867 page=3 pm=pxd\n") == 0);
  CHECK(played.State(7).find("P D[0] PTE 8000000000000867 page=7 pm=pfxd\n") != std::string::npos);
  CHECK(played.State(8).find("P D") == std::string::npos);
}

TEST_CASE("a frame used again gets a new number, a page that stays in the cache keeps its own") {
  const Played played = Play("v6.1",
                             "file F shmem 1\n"
                             "P: mmap A F\n"
                             "P: mmap B anon 1\n"
                             "P: write A\n"               // page 1
                             "P: write B\n"               // page 2
                             "P: madvise B dontneed\n"
                             "P: write B\n"               // 7: page 3 in the same frame
                             "P: madvise A dontneed\n"
                             "P: read A\n");              // 9: page 1 again
  CHECK(played.State(7).find("P B[0] PTE 8000000000000867 page=3") != std::string::npos);
  CHECK(played.State(9).find("P A[0] PTE 8000000000000027 page=1") == 0);
}

TEST_CASE("a statement that the kernel refuses half-way has shown the pages before") {
  const Played played = Play("v6.1", "P: mmap A anon 4\nP: munmap A[2]\nP: write A\n");
  CHECK(played.Outcomes(3) == "A[0] ok; A[1] ok; A[2] SIGSEGV");
}

TEST_CASE("a kernel that lacks what a scenario requires runs nothing") {
  const Played played = Play("v5.14-rc", "require uffd-wp-file\nP: mmap A anon 1\nexpect P A none\n");
  CHECK(played.result.missing == "uffd-wp-file");
  CHECK(played.steps.empty());
  CHECK(played.result.expectations.empty());
}

TEST_CASE("a modelled function that misuses a helper is reported with the word that it gave") {
  const std::string protect_twice =
      "require uffd-wp-file hugetlb\nfile F hugetlb 1\nP: mmap A F\nP: write A\nP: uffd U\nP: register U A wp\nP: wp U A\npunch F\nP: wp U A\nP: wp U A\n";
  const Played series = Play("v5.14-rc+uffd-wp-v5", protect_twice);
  CHECK(series.steps.at(7).misuses.empty());
  const std::vector<Misuse>& misuses = series.steps.at(8).misuses;
  REQUIRE(misuses.size() == 1);
  CHECK(std::string(misuses[0].function) == "hugetlb_change_protection");
  CHECK(std::string(misuses[0].helper) == "pte_modify");
  CHECK(misuses[0].word == 4);
  CHECK(series.steps.at(8).splats.size() == 1);
  for (const execute::Step& step : Play("v6.1", protect_twice).steps) CHECK(step.misuses.empty());
}

TEST_CASE("copies of a session go their own ways") {
  Played played = Play("v6.1", "P: mmap A anon 2\nP: write A[0]\n");
  execute::Session copy = *played.session;
  CHECK(copy.machine() == played.session->machine());
  language::Statement write = std::get<language::Statement>(played.scenario->items.back());
  write.range.first = 1;
  write.range.last = 2;
  copy.Execute(write);
  CHECK_FALSE(copy.machine() == played.session->machine());
  CHECK(copy.machine().Digest() != played.session->machine().Digest());
}

}  // namespace
}  // namespace pteron
