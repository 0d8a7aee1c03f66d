// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Statements that need more than system calls, each checked against what kernels are known to do: the scenarios under scenarios/hooks with
// their expectations, and the lines that golden data has no counterpart for.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "sim/execute/points.h"
#include "sim/execute/run_scenario.h"
#include "sim/render/raw.h"
#include "src/mm/hooks.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"

namespace pteron {
namespace {

std::shared_ptr<const Kernel> KernelOf(const std::string& name) {
  std::string error;
  std::optional<Kernel> kernel = Kernel::Parse(name, &error);
  INFO(error);
  REQUIRE(kernel);
  return std::make_shared<const Kernel>(std::move(*kernel));
}

language::Scenario ScenarioOf(const std::string& text) {
  auto parsed = language::Parse("test.scn", text);
  if (const auto* error = std::get_if<language::Error>(&parsed)) FAIL(error->Format());
  language::Scenario scenario = std::get<language::Scenario>(std::move(parsed));
  if (const auto error = execute::CheckPoints(scenario)) FAIL(error->Format());
  return scenario;
}

struct Answer {
  std::vector<std::string> lines;  // of the last step, raw
  std::string all;
  std::shared_ptr<const language::Scenario> scenario;  // result points into it
  execute::ScenarioResult result;

  bool Has(const std::string& line) const { return std::find(lines.begin(), lines.end(), line) != lines.end(); }
};

// Plays the text; every invariant is checked after every step.
Answer Play(const std::string& kernel, const std::string& text) {
  Answer answer;
  answer.scenario = std::make_shared<const language::Scenario>(ScenarioOf(text));
  answer.result = execute::RunScenario(*answer.scenario, KernelOf(kernel), {.record = true, .check_invariants = true},
                                       {.step = [&](const execute::Step& step, const execute::Session&) {
                                          const std::string raw = render::Raw(step);
                                          answer.all += raw;
                                          answer.lines.clear();
                                          std::istringstream stream(raw);
                                          for (std::string line; std::getline(stream, line);) answer.lines.push_back(line);
                                        },
                                        .expectation = {}});
  return answer;
}

// The raw word of an entry in the last step.
std::string Word(const Answer& answer, const std::string& entry) {
  for (const std::string& line : answer.lines) {
    if (!line.starts_with(entry + " ")) continue;
    std::istringstream words(line.substr(entry.size()));
    std::string level, raw;
    words >> level >> raw;
    return raw;
  }
  return "no entry " + entry;
}

const std::vector<std::string> kKernels = {"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1"};

}  // namespace

TEST_CASE("scenarios of hooks hold on every kernel") {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("scenarios/hooks")) {
    if (entry.path().extension() != ".scn") continue;
    ++files;
    const std::string text = testing::ReadFile(entry.path());
    for (const std::string& kernel : kKernels) {
      const Answer answer = Play(kernel, text);
      CHECK(answer.result.not_simulated.empty());
      for (const execute::ExpectationResult& one : answer.result.expectations) {
        INFO(entry.path().string() << " on " << kernel << ": " << one.expectation->text << ": " << one.reason);
        CHECK(one.verdict != execute::Verdict::failed);
      }
    }
  }
  CHECK(files >= 25);
}

TEST_CASE("migration entries of 6.1 carry young and dirty in the offset") {
  const std::string setup = "require hook\nP: mmap A anon 1\nP: write A\n";
  CHECK(Word(Play("v6.1", setup + "freeze P A[0]\n"), "P A[0]") == "efffe00000000002");
  CHECK(Word(Play("v6.1", setup + "P: clear-refs referenced\nfreeze P A[0]\n"), "P A[0]") == "efffe80000000002");
  // Read-only, exclusive, after swap-in by a read: young and clean.
  const std::string swapped = "require hook swap\nP: mmap A anon 1\nP: write A\nP: madvise A pageout\nP: read A\nfreeze P A[0]\n";
  CHECK(Word(Play("v6.1", swapped), "P A[0]") == "e7fff00000000002");
  CHECK(Word(Play("v5.14-rc", setup + "freeze P A[0]\n"), "P A[0]") == "f800000000000002");
}

TEST_CASE("a moved page has a new frame, and its content, value and count with it") {
  for (const std::string& kernel : kKernels) {
    const Answer answer = Play(kernel, "require hook\nP: mmap A anon 1\nP: write A\nP: fork C\nmigrate C A[0]\n");
    INFO(kernel << "\n" << answer.all);
    CHECK(answer.Has("= A[0] ok"));
    CHECK(answer.Has("page 2 mapcount=2 flags=anon,dirty,swapbacked"));
    CHECK(Play(kernel, "require hook\nP: mmap A anon 1\nP: write A\nmigrate P A[0]\nP: read A\n").Has("= A[0] ok 2"));
    CHECK(Play(kernel, "require hook\nP: mmap A anon 1\nmigrate P A[0]\n").Has("= A[0] -ENOENT"));
    CHECK(Play(kernel, "require hook\nP: mmap A anon 1\nP: write A\nfail page 1\nmigrate P A[0]\n").Has("= A[0] -ENOMEM"));
  }
}

TEST_CASE("a page of the swap cache and one of a file move with their place there") {
  for (const std::string& kernel : kKernels) {
    const Answer cached = Play(kernel,
                               "require hook swap\nP: mmap A anon 1\nP: write A\nP: fork C\nP: madvise A pageout\nC: madvise A pageout\n"
                               "P: read A\nmigrate P A[0]\nC: read A\n");
    INFO(cached.all);
    CHECK(cached.Has("= A[0] ok 2"));
    const Answer file = Play(kernel, "require hook\nfile F shmem 1\nP: mmap A F\nP: write A\nmigrate P A[0]\npeek F\n");
    CHECK(file.Has("= F[0] ok 3"));
  }
}

TEST_CASE("a frozen page comes back wherever its entries went") {
  for (const std::string& kernel : kKernels) {
    const Answer moved = Play(kernel,
                              "require hook\nP: mmap A anon 2\nP: write A\nfreeze P A[0]\nP: mremap A B\nP: fork C\nthaw C B[0]\nP: read B\n");
    INFO(moved.all);
    CHECK(moved.Has("= B[0] ok 2"));
    const Answer gone = Play(kernel, "require hook\nP: mmap A anon 1\nP: write A\nfreeze P A[0]\nP: munmap A\nthaw P A[0]\n");
    CHECK(gone.Has("= A[0] ok"));
  }
}

TEST_CASE("failures of 1, 2, ... allocations leave every invariant intact") {
  const std::string setup = "require hook swap\nfile F shmem 1024\nP: mmap A anon 1024\nP: mmap B F\nP: write A[0:2]\nP: write A[600]\nP: write B[0:2]\n";
  const char* const calls[] = {"P: fork C", "P: write A[513]", "P: write B[513]", "P: madvise A pageout", "P: madvise B pageout",
                               "P: mremap A D", "migrate P A[0]", "collapse-file F", "P: mmap E F private", "reclaim F[0]"};
  for (const std::string& kernel : kKernels) {
    for (const char* const call : calls) {
      for (const char* const kind : {"table", "page", "slot"}) {
        for (int n = 1; n <= 4; ++n) {
          const Answer answer = Play(kernel, fmt::format("{}fail {} {}\n{}\nP: read A[0:2]\n", setup, kind, n, call));
          CHECK(answer.result.not_simulated.empty());
        }
      }
    }
  }
}

TEST_CASE("threads that wait are woken, and the line says which access") {
  const std::string setup = "require uffd-wp\nP: mmap A anon 2\nP: uffd U\nP: register U A wp\nP: write A\nP: wp U A\nP.t1: write A[0]\nP.t2: write A[0]\n";
  for (const std::string& kernel : kKernels) {
    const Answer resolved = Play(kernel, setup + "P: unwp U A[0]\n");
    INFO(resolved.all);
    CHECK(resolved.Has("~ 6 A[0] ok"));
    CHECK(resolved.Has("~ 7 A[0] ok"));
    CHECK(Play(kernel, setup + "P: wake U A[0]\n").Has("~ 6 A[0] blocked-wp"));
    CHECK_FALSE(Play(kernel, setup + "P: unwp U A[1]\n").Has("~ 6 A[0] ok"));
    CHECK(Play(kernel, setup + "P: close U\n").all.find("~ 6 A[0] ok") != std::string::npos);
  }
}

TEST_CASE("an access at a point shows what it brought, or that the point was not reached") {
  const Answer missed = Play("v6.1", "require hook\nP: mmap A anon 1\nP: write A\nat punch.after-unmap P: read A[0]\n");
  CHECK(missed.Has("= A[0] not-reached"));
  const Answer blocked = Play("v6.1",
                              "require hook uffd-wp\nP: mmap A anon 1024\nP: uffd U\nP: register U A wp\nP: write A\nP: wp U A[513]\n"
                              "P: write A[1]\nP: fork C\nat fork.between-tables P.t1: write A[513]\nP: unwp U A[513]\n");
  INFO(blocked.all.substr(blocked.all.rfind("@ 9 ")));
  CHECK(blocked.all.find("= A[513] blocked-wp") != std::string::npos);
  CHECK(blocked.Has("~ 8 A[513] ok"));
}

TEST_CASE("a point that does not exist is an error of the scenario and names the nearest") {
  auto parsed = language::Parse("test.scn", "require hook\nfile F shmem 1\nP: mmap A F\npunch F\nat punch.after-unmpa P: read A[0]\n");
  const auto error = execute::CheckPoints(std::get<language::Scenario>(parsed));
  REQUIRE(error);
  CHECK(error->at == language::Position{5, 4});
  CHECK(error->expected.starts_with("punch.after-unmap, perhaps?"));
  auto alone = language::Parse("test.scn", "require hook\nat punch.after-unmap P: read A[0]\nP: mmap A anon 1\n");
  if (const auto* scenario = std::get_if<language::Scenario>(&alone)) CHECK(execute::CheckPoints(*scenario));
}

TEST_CASE("points are listed by name, each once") {
  std::string before;
  for (const InterleavingPoint& point : InterleavingPoints()) {
    CHECK(before < point.name);
    CHECK(FindInterleavingPoint(point.name) == &point);
    before = point.name;
  }
}

TEST_CASE("mappings behind, at an offset of, and over another") {
  const Answer answer = Play("v6.1",
                             "P: mmap A anon 4\nP: mmap B anon 2 after A\nP: mmap D anon 1 at=+2\nP: mmap E anon 1 over A[1]\n"
                             "P: write A[0]\nP: write B\nP: write E\nP: read A[1]\n");
  INFO(answer.all);
  CHECK(answer.Has("= A[1] ok 7"));
  CHECK(Word(answer, "P E[0]") == "8000000000000867");
  CHECK(Word(answer, "P B[0]") == "8000000000000867");
}

TEST_CASE("kernels without PAGEMAP_SCAN know no such ioctl") {
  for (const std::string& kernel : kKernels) {
    CHECK(Play(kernel, "P: mmap A anon 1\nP: pagemap-scan A written\n").Has("= -ENOTTY"));
  }
}

TEST_CASE("a BUG ends the machine: nothing after it is answered") {
  const std::string text =
      "require hugetlb\nfile F hugetlb 1\nP: mmap A F\nP: uffd U sigbus\nP: register U A wp\nP: read A\nP: wp U A\nP: madvise A dontneed\n"
      "punch F\nP: wp U A\nP: wp U A\nP: write A\n";
  const Answer answer = Play("v5.14-rc+uffd-wp-v5", text);
  INFO(answer.all);
  CHECK(answer.result.kernel_bug);
  CHECK(answer.lines.empty());
  CHECK(answer.all.find("@ 11 ") == std::string::npos);
}

TEST_CASE("MADV_COLLAPSE answers as 6.1 does") {
  const auto last = [](const std::string& text) { return Play("v6.1", text).lines.at(1); };
  const std::string shmem = "require swap\nfile F shmem 512\nP: mmap A F\n";
  CHECK(last(shmem + "P: madvise A collapse\n") == "= -EINVAL");
  CHECK(last(shmem + "fill F[3]\nP: madvise A collapse\n") == "= -EINVAL");  // collapsed, but there is no page table yet
  CHECK(last(shmem + "P: write A[3]\nP: madvise A collapse\n") == "= ok");
  // A page that comes from swap is not on the LRU list yet.
  CHECK(last(shmem + "P: write A[0:8]\nP: madvise A[2] pageout\nP: madvise A collapse\n") == "= -EAGAIN");
  CHECK(last("P: mmap A anon 512\nP: read A[0]\nP: madvise A collapse\n") == "= -EINVAL");
  CHECK(last("P: mmap A anon 512\nP: write A[0]\nP: madvise A[0:511] collapse\n") == "= ok");
  CHECK(last("P: mmap A anon 512\nP: write A[0]\nP: madvise A[1:511] collapse\n") == "= -EINVAL");
  CHECK(last("require hook\nP: mmap A anon 512\nP: write A[0]\nfail page 1\nP: madvise A collapse\n") == "= -ENOMEM");
  CHECK(Play("v5.14-rc", "P: mmap A anon 512\nP: write A[0]\nP: madvise A collapse\n").lines.at(1) == "= -EINVAL");
}

}  // namespace pteron
