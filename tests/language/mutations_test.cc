// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// Damaged scenarios and plain noise never crash the parser: each is a scenario that prints and reads back, or an error
// that points into the text.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/language/scenario.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"
#include "tests/language/mutate.h"

namespace pteron::language {
namespace {

using ::pteron::testing::Dice;
using ::pteron::testing::FilesIn;
using ::pteron::testing::GoldenFolder;
using ::pteron::testing::Holds;
using ::pteron::testing::Mutate;
using ::pteron::testing::ReadFile;

constexpr std::string_view kUnusual =
    "about what golden data does not use\nrequire hook swap\nfile F shmem 8\nP: mmap A anon 4\nP: mmap B anon 2 shared "
    "after A\n"
    "P: mmap D F[0:2] private r at=+3\nP: mmap E anon 2 over A[1:3]\nP: uffd U event-fork\nP: fork C\nP.t1: write "
    "A[1]\n"
    "expect A[1] blocked-wp\nP: wake U A\nP: pagemap-scan A written present\nexpect A[0:2] written\nP: mincore "
    "A\nexpect A[1] 0\n"
    "migrate P A[1]\nfreeze C A[0]\nthaw C A[0]\nreclaim F[1]\nunmap-page F[1]\ncollapse-file F[0:8]\nfail table "
    "2\ntruncate F 1\n"
    "at truncate.after-unmap P: read D[1]\nexpect [v5.14-rc+uffd-wp-v5[1-14,25]; v6.1] P A[1] present wp !rw value=5 "
    "raw=0xff\n"
    "expect [!v7.2] same P A[1] C A[1]\nexpect page P A[1] mapcount=2 !dirty\nexpect counters P shmem=2 swap=0\nexpect "
    "= -EINVAL\n";

TEST_CASE("mutated scenarios parse or fail, and never crash") {
  std::vector<std::string> originals = {std::string(kUnusual)};
  for (const std::filesystem::path& file : FilesIn(GoldenFolder() / "scenarios", ".scn"))
    originals.push_back(ReadFile(file));
  REQUIRE(originals.size() == 352);
  REQUIRE(Holds(originals[0]));
  Dice dice(2026);
  int good = 0;
  int bad = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string& original = i % 4 == 0 ? originals[0] : originals[dice.Below(originals.size())];
    (Holds(Mutate(original, dice)) ? good : bad) += 1;
  }
  // Both kinds of answer are tried in earnest.
  CHECK(good > 1000);
  CHECK(bad > 1000);
}

TEST_CASE("every byte in every place of a scenario") {
  int bad = 0;
  for (size_t at = 0; at < kUnusual.size(); at += 3) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(kUnusual);
      text[at] = static_cast<char>(byte);
      bad += Holds(text) ? 0 : 1;
    }
  }
  CHECK(bad > 0);
}

TEST_CASE("every beginning of a scenario") {
  int good = 0;
  for (size_t length = 0; length <= kUnusual.size(); ++length)
    good += Holds(std::string(kUnusual.substr(0, length))) ? 1 : 0;
  CHECK(good >= 30);
}

TEST_CASE("noise") {
  Dice dice(7);
  for (int i = 0; i < 3000; ++i) {
    std::string text(dice.Below(200), ' ');
    for (char& byte : text) byte = static_cast<char>(dice.Below(256));
    Holds(text);
    Holds("P: mmap A anon 1\nexpect " + text);
  }
}

TEST_CASE("very long lines and words") {
  const std::string word(1'000'000, 'x');
  for (const std::string& text :
       {word, "P: " + word, "P: read " + word, "about " + word, "file " + word + " shmem 1\nfill " + word + "y\n",
        word + ": exit", "P: mmap A anon 1\nexpect [" + word + "; " + word,
        "P: mmap A anon 1\nexpect [" + word + "] A ok", "P: read A[" + word,
        "P: mmap A anon " + std::string(1'000'000, '9'),
        "P: mmap A anon 1\nP: read A[" + std::string(1'000'000, '0') + "]",
        "P: mmap A anon 1\nexpect P A raw=" + std::string(1'000'000, 'f'),
        "P: mmap A anon 1\nexpect " + std::string(1'000'000, '['), std::string(1'000'000, ' ') + "x",
        "P: close " + std::string(1'000'000, '.'), "P: fork C\nP: close " + word + "." + word}) {
    Holds(text);
  }
}

}  // namespace
}  // namespace pteron::language
