// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// The output formats for people and programs. The raw format is tested against golden data.
#include <string>

#include <nlohmann/json.hpp>

#include "tests/execute/play.h"

namespace pteron {
namespace {

constexpr const char* kScenario =
    "about one page\n"
    "P: mmap A anon 3\n"
    "P: write A[0]\n"
    "expect P A[0] present\n"
    "expect P A[0] none\n"
    "expect [v5.14-rc] P A[0] present\n";

TEST_CASE("text: every changed word with what it means and who changed it") {
  const std::string text = Render("text", "v6.1", kScenario);
  CHECK(text.find("test.scn on v6.1\n  one page\n") == 0);
  CHECK(text.find("\n2  P: write A[0]\n  = A[0] ok\n") != std::string::npos);
  CHECK(text.find("  P A[0] PTE 0000000000000000 -> 8000000000000867\n      none -> page 1 rw dirty soft-dirty young\n      by handle_mm_fault > ") !=
        std::string::npos);
  CHECK(text.find("  page 1: mapcount 1, flags anon,swapbacked\n  P A: rss 0 -> 1, anonymous 0 -> 1, dirty 0 -> 1\n") != std::string::npos);
  CHECK(text.find("expect P A[0] present: holds\n") != std::string::npos);
  CHECK(text.find("expect P A[0] none: FAILED, A[0] is PTE ") != std::string::npos);
  CHECK(text.find(": not for this kernel\n") != std::string::npos);
}

TEST_CASE("text: neighbours that change alike share a line") {
  const std::string text = Render("text", "v6.1", "P: mmap A anon 3\nP: write A\nP: munmap A\n");
  CHECK(text.find("P A[0:3] PTE 0000000000000000 -> 8000000000000867\n      none -> pages 1 to 3 rw") != std::string::npos);
  CHECK(text.find("P A[0] PMD table -> none\n") != std::string::npos);
}

TEST_CASE("ktap: a test for the run, subtests for expectations") {
  CHECK(Render("ktap", "v5.14-rc", "require uffd-wp-file\n") == "KTAP version 1\n1..1\nok 1 test.scn on v5.14-rc # SKIP no uffd-wp-file\n");
  CHECK(Render("ktap", "v6.1", "P: mmap A anon 1\n") == "KTAP version 1\n1..1\nok 1 test.scn on v6.1\n");
  const std::string text = Render("ktap", "v6.1", kScenario);
  CHECK(text.find("KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: test.scn on v6.1\n    1..3\n"
                  "    ok 1 step 2: expect P A[0] present\n    not ok 2 step 2: expect P A[0] none\n    # A[0] is ") == 0);
  CHECK(text.find("    ok 3 step 2: expect [v5.14-rc] P A[0] present # SKIP not for this kernel\nnot ok 1 test.scn on v6.1\n") != std::string::npos);
}

TEST_CASE("json: one document with all that the raw format has, and the journal") {
  const nlohmann::json document = nlohmann::json::parse(Render("json", "v6.1", kScenario));
  const nlohmann::json& run = document.at("runs").at(0);
  CHECK(run.at("kernel") == "v6.1");
  CHECK(run.at("about").at(0) == "one page");
  const nlohmann::json& step = run.at("steps").at(1);
  CHECK(step.at("outcomes").at(0) == nlohmann::json{{"object", "A"}, {"first", 0}, {"end", 1}, {"outcome", "ok"}});
  const nlohmann::json& entry = step.at("mappings").at(0).at("entries").at(0);
  CHECK(entry.at("raw") == "8000000000000867");
  CHECK(entry.at("class") == "present");
  CHECK(entry.at("names") == nlohmann::json{{"page", 1}});
  CHECK(entry.at("pagemap") == "pxd");
  CHECK(step.at("mappings").at(0).at("smaps").at("rss") == 1);
  CHECK(step.at("pages").at(0).at("flags") == "anon,swapbacked");
  CHECK(step.at("writes").back().at("level") == "PTE");
  CHECK(step.at("writes").back().at("functions").at(0) == "handle_mm_fault");
  CHECK(run.at("expectations").at(0).at("verdict") == "passed");
  CHECK(run.at("expectations").at(1).at("verdict") == "failed");
  CHECK(run.at("expectations").at(1).at("line") == 5);
}

TEST_CASE("an unknown format has no renderer") {
  CHECK(render::MakeRenderer("xml", {}, [](std::string_view) {}) == nullptr);
}

TEST_CASE("a page fault is shown with the processor's error code") {
  const std::string text = Render("text", "v6.1", "P: mmap A anon 3\nP: read A[1]\nP: write A\nP: mprotect A none\nP: read A[0]\n");
  CHECK(text.find("  page fault at P A[1], error code 0x4 (no entry present, read, user)\n") != std::string::npos);
  CHECK(text.find("  page fault at P A[0], error code 0x6 (no entry present, write, user)\n") != std::string::npos);
  CHECK(text.find("  page fault at P A[1], error code 0x7 (entry present, write, user)\n") != std::string::npos);
  CHECK(text.find("  page fault at P A[2], error code 0x6 (no entry present, write, user)\n") != std::string::npos);
  // PROT_NONE entries are not present to the processor.
  CHECK(text.rfind("error code 0x4") > text.find("mprotect A none"));
}

}  // namespace
}  // namespace pteron
