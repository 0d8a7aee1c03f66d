// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// Every form of every statement, and what its typed fields hold.

#include <string>
#include <string_view>
#include <vector>

#include "sim/language/scenario.h"
#include "tests/catch.h"
#include "tests/language/parse_helpers.h"

namespace pteron::language {
namespace {

using ::pteron::testing::LastStatement;
using ::pteron::testing::MustParse;

constexpr std::string_view kSetting =
    "require hook\n"
    "file F shmem 8\n"
    "file H hugetlb 2\n"
    "P: mmap A anon 4\n"
    "P: mmap S F\n"
    "P: uffd U event-fork\n"
    "P: fork C\n";
constexpr int kStepsOfSetting = 6;

// What the last line is, behind a setting of files F and H, mappings A and S, descriptor U and processes P and C.
Statement Read(std::string_view line) {
  INFO(line);
  const Statement statement = LastStatement(MustParse(std::string(kSetting) + std::string(line)));
  CHECK(statement.step == kStepsOfSetting + 1);
  CHECK(statement.text == line);
  CHECK(Compose(statement) == line);
  return statement;
}

Range Pages(std::string object, long first, long last) { return Range{std::move(object), false, first, last}; }

Range Whole(std::string object) { return Range{std::move(object)}; }

TEST_CASE("files and the machine") {
  Statement s = Read("file G shmem 12");
  CHECK((s.verb == Verb::file_shmem && s.name == "G" && s.pages == 12));
  s = Read("file G hugetlb 0");
  CHECK((s.verb == Verb::file_hugetlb && s.name == "G" && s.pages == 0));
  s = Read("fill F[1:3]");
  CHECK((s.verb == Verb::fill && s.range == Pages("F", 1, 3) && s.process.empty()));
  s = Read("peek F");
  CHECK((s.verb == Verb::peek && s.range == Whole("F")));
  s = Read("punch H[1]");
  CHECK((s.verb == Verb::punch && s.range == Pages("H", 1, 2)));
  s = Read("truncate F 999999999");
  CHECK((s.verb == Verb::truncate && s.range == Whole("F") && s.pages == 999999999));
  CHECK(Read("swapoff").verb == Verb::swapoff);
  CHECK(Read("swapon").verb == Verb::swapon);
}

TEST_CASE("ranges are Python's slices, without negative numbers") {
  CHECK(Read("P: read A[2]").range == Pages("A", 2, 3));
  CHECK(Read("P: read A[2:]").range == Pages("A", 2, Range::kToEnd));
  CHECK(Read("P: read A[2:2]").range == Pages("A", 2, 2));
  CHECK(Read("P: read A[5:999999999]").range == Pages("A", 5, 999999999));
  CHECK(LastStatement(MustParse("P: mmap A anon 4\nP: read A[:2]")).range == Pages("A", 0, 2));
  CHECK(LastStatement(MustParse("P: mmap A anon 4\nP: read A[:]")).range == Pages("A", 0, Range::kToEnd));
  CHECK(LastStatement(MustParse("P: mmap A anon 4\nP: read A[0000000000001]")).range == Pages("A", 1, 2));
}

TEST_CASE("mmap: kinds, defaults and options in any order") {
  Statement s = Read("P: mmap B anon 3");
  CHECK((s.verb == Verb::mmap_anon && s.name == "B" && s.pages == 3 && !s.shared && s.protection == Protection::rw));
  CHECK((s.process == "P" && s.thread.empty() && s.mapping_number == 2 && s.placement == Placement{}));
  s = Read("C: mmap B anon 3 shared none");
  CHECK((s.process == "C" && s.shared && s.protection == Protection::none));
  s = Read("P: mmap B F[2:4]");
  CHECK((s.verb == Verb::mmap_file && s.range == Pages("F", 2, 4) && s.shared && s.protection == Protection::rw));
  s = Read("P: mmap B H private r");
  CHECK((s.range == Whole("H") && !s.shared && s.protection == Protection::r));
  s = LastStatement(MustParse("P: mmap A anon 3 at=+7 r shared"));
  CHECK((s.shared && s.protection == Protection::r && s.placement.pages == 7));
  s = LastStatement(MustParse("P: mmap A anon 3 private rw"));
  CHECK((s.text == "P: mmap A anon 3 private rw" && Compose(s) == "P: mmap A anon 3"));
}

TEST_CASE("mmap: where the mapping lies") {
  Placement place = Read("P: mmap B anon 3 after A").placement;
  CHECK((place.kind == Placement::Kind::after && place.after == "A"));
  place = Read("P: mmap B anon 3 shared r at=+512").placement;
  CHECK((place.kind == Placement::Kind::offset && place.pages == 512));
  place = Read("P: mmap B F over A[1]").placement;
  CHECK((place.kind == Placement::Kind::over && place.over == Pages("A", 1, 2)));
  CHECK(Read("P: mmap B anon 2 over A[1:3]").placement.over == Pages("A", 1, 3));
  CHECK(Read("P: mmap B F[0:2] private over A[1:3]").placement.over == Pages("A", 1, 3));
  CHECK(Read("P: mmap B anon 2 over A").placement.over == Whole("A"));
}

TEST_CASE("what a process does to its mappings") {
  CHECK(Read("P: munmap A").verb == Verb::munmap);
  Statement s = Read("C: mremap A[1:3] N");
  CHECK((s.verb == Verb::mremap && s.range == Pages("A", 1, 3) && s.name == "N" && s.mapping_number == 2));
  s = Read("P: mprotect A[1] none");
  CHECK((s.verb == Verb::mprotect && s.protection == Protection::none));
  CHECK(Read("P: read S[1:3]").verb == Verb::read);
  CHECK(Read("C: write S").verb == Verb::write);
  s = Read("P.t1: write A[2]");
  CHECK((s.verb == Verb::write && s.process == "P" && s.thread == "t1" && s.range == Pages("A", 2, 3)));
  CHECK(Read("P: mincore A[0:2]").verb == Verb::mincore);
  s = Read("P: pagemap-scan A[0:2] written present soft-dirty");
  CHECK((s.verb == Verb::pagemap_scan && s.categories.written && s.categories.present && s.categories.soft_dirty &&
         !s.categories.huge));
  CHECK(Read("P: clear-refs soft-dirty").clear_refs == ClearRefs::soft_dirty);
  s = Read("P: clear-refs referenced");
  CHECK((s.verb == Verb::clear_refs && s.clear_refs == ClearRefs::referenced));
  CHECK(Read("C: exit").verb == Verb::exit);
  s = Read("C: fork D");
  CHECK((s.verb == Verb::fork && s.name == "D"));
}

TEST_CASE("every advice") {
  const std::vector<std::string> words = {"dontneed",       "free",         "cold",       "pageout",    "willneed",
                                          "remove",         "hugepage",     "nohugepage", "collapse",   "populate-read",
                                          "populate-write", "dontfork",     "dofork",     "wipeonfork", "keeponfork",
                                          "guard-install",  "guard-remove", "hwpoison"};
  for (size_t i = 0; i < words.size(); ++i) {
    const Statement s = Read("P: madvise A[1:3] " + words[i]);
    CHECK((s.verb == Verb::madvise && static_cast<size_t>(s.advice) == i && Name(s.advice) == words[i]));
  }
}

TEST_CASE("userfaultfd") {
  Statement s = Read("P: uffd V");
  CHECK((s.verb == Verb::uffd && s.name == "V" && s.features == UffdFeatures{}));
  CHECK(Read("P: uffd V sigbus event-fork event-remap wp-unpopulated wp-async").features ==
        UffdFeatures{true, true, true, true, true});
  s = Read("P: register U A[1:3] missing wp minor");
  CHECK((s.verb == Verb::register_ && s.uffd == "U" && s.range == Pages("A", 1, 3) &&
         s.modes == UffdModes{true, true, true}));
  CHECK(Read("P: register U A").modes == UffdModes{});
  CHECK(LastStatement(MustParse("P: mmap A anon 1\nP: uffd U\nP: register U A minor missing")).modes ==
        UffdModes{true, false, true});
  CHECK(Read("P: unregister U A").verb == Verb::unregister);
  CHECK(Read("P: wp U A[0]").verb == Verb::wp);
  CHECK(Read("P: unwp U A").verb == Verb::unwp);
  CHECK_FALSE(Read("P: copy U A").modes.wp);
  s = Read("P: copy C.U A[1] wp");
  CHECK((s.verb == Verb::copy && s.uffd == "C.U" && s.modes.wp));
  CHECK(Read("P: zeropage U A").verb == Verb::zeropage);
  s = Read("P: continue U S wp");
  CHECK((s.verb == Verb::continue_ && s.modes.wp));
  CHECK(Read("P: poison U A").verb == Verb::poison);
  CHECK(Read("P: wake U A").verb == Verb::wake);
  s = Read("P: close C.U");
  CHECK((s.verb == Verb::close && s.uffd == "C.U"));
}

TEST_CASE("descriptors of fork events: of every descriptor above the fork, and of those of earlier forks") {
  constexpr std::string_view kForks = "P: mmap A anon 1\nP: uffd U\nP: fork C\nP: uffd V\nC: fork D\n";
  for (const char* const name : {"C.U", "D.U", "D.V", "D.C.U"}) {
    CHECK(LastStatement(MustParse(std::string(kForks) + "P: close " + name)).uffd == name);
  }
}

TEST_CASE("a chain of forks, whose event names double with every link, is no trouble") {
  std::string text = "P: mmap A anon 1\nP: uffd U event-fork\n";
  std::string name = "U";
  for (int i = 0; i < 2000; ++i) {
    text += "P: fork C" + std::to_string(i) + "\n";
    name = "C" + std::to_string(i) + "." + name;
  }
  CHECK(LastStatement(MustParse(text + "P: wp " + name + " A")).uffd == name);
}

TEST_CASE("hooks") {
  Statement s = Read("migrate P A[1]");
  CHECK((s.verb == Verb::migrate && s.process == "P" && s.range == Pages("A", 1, 2)));
  CHECK(Read("freeze C A[1]").verb == Verb::freeze);
  CHECK(Read("thaw C A").verb == Verb::thaw);
  CHECK(Read("reclaim F[1]").verb == Verb::reclaim);
  CHECK(Read("unmap-page F[1]").verb == Verb::unmap_page);
  s = Read("collapse-file F[0:512]");
  CHECK((s.verb == Verb::collapse_file && s.range == Pages("F", 0, 512)));
  s = Read("fail table 1");
  CHECK((s.verb == Verb::fail && s.fail_kind == FailKind::table && s.fail_index == 1));
  CHECK(Read("fail page 2").fail_kind == FailKind::page);
  CHECK(Read("fail slot 3").fail_kind == FailKind::slot);
  s = Read("at truncate.after-unmap P: write S[3]");
  CHECK((s.verb == Verb::at && s.point == "truncate.after-unmap" && s.process == "P" && s.access == Verb::write &&
         s.range == Pages("S", 3, 4)));
  CHECK((s.point_at == Position{8, 4} && s.thread.empty()));
  s = Read("at fork.between-tables C.t2: read A[0]");
  CHECK((s.thread == "t2" && s.access == Verb::read));
}

TEST_CASE("blanks, comments, line ends and empty lines") {
  const Scenario scenario = MustParse(
      "\xef\xbb\xbf# first \x01\xff a comment may hold anything\r\n"
      "about  two   words # and not this\r\n"
      "\n"
      "require swap\tthp\n"
      "require hook   # more\n"
      "  P:   mmap\tA  anon 3#4\r\n"
      "about later is fine\n"
      "P: read A");
  CHECK(scenario.about == std::vector<std::string>{"two words", "later is fine"});
  REQUIRE(scenario.require.size() == 3);
  CHECK((scenario.require[1].word == "thp" && scenario.require[1].at == Position{4, 14}));
  CHECK((scenario.Requires("hook") && !scenario.Requires("hugetlb")));
  REQUIRE(scenario.items.size() == 2);
  const Statement& first = std::get<Statement>(scenario.items[0]);
  CHECK((first.text == "P: mmap A anon 3" && first.pages == 3 && first.at == Position{6, 3} && first.step == 1));
  CHECK(LastStatement(scenario).step == 2);
}

TEST_CASE("no scenario is a scenario without items") {
  for (const char* const text : {"", "\n", "# nothing", "   \t\r\n\n", "about nothing\n"})
    CHECK(MustParse(text).items.empty());
}

TEST_CASE("every word that a scenario can require") {
  std::string text = "require";
  for (const std::string& word : RequirementWords()) text += " " + word;
  CHECK(text ==
        "require swap soft-dirty thp hugetlb uffd-wp uffd-wp-file wp-unpopulated wp-async poison guard collapse "
        "hwpoison hook");
  CHECK(MustParse(text).require.size() == 13);
}

TEST_CASE("names: one space for all, and words of the language can be names") {
  const Scenario scenario = MustParse(
      "file read shmem 1\nP: mmap shared read\nP: uffd wp wp-async\nP: register wp shared wp\nP: fork fork\nfork: "
      "exit\n");
  CHECK((LastStatement(scenario).process == "fork" && scenario.items.size() == 6));
  CHECK(LastStatement(MustParse("P: fork A_1z\nA_1z: fork F\nfile F0 shmem 1")).name == "F0");
}

}  // namespace
}  // namespace pteron::language
