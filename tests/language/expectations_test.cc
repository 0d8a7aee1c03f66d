// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// Every form of `expect`, and what its fields hold.

#include <string>
#include <string_view>
#include <vector>

#include "sim/language/scenario.h"
#include "tests/catch.h"
#include "tests/language/parse_helpers.h"

namespace pteron::language {
namespace {

using ::pteron::testing::LastExpectation;
using ::pteron::testing::MustParse;
using Kind = Expectation::Kind;

std::string Scene(std::string_view line, std::string_view statement) {
  return "file F shmem 4\nP: mmap A anon 4\nP: fork C\n" + std::string(statement) + "\n" + std::string(line);
}

// What an `expect` line is, below `statement`; printing it and reading it again makes no difference.
Expectation Read(std::string_view line, std::string_view statement = "P: read A") {
  INFO(line);
  const Scenario scenario = MustParse(Scene(line, statement));
  CHECK(MustParse(Print(scenario)) == scenario);
  const Expectation expectation = LastExpectation(scenario);
  CHECK(expectation.at == Position{5, 1});
  return expectation;
}

TEST_CASE("an entry's class, bits, word and value") {
  Expectation e = Read("expect P A[1] present wp !rw dirty value=5");
  CHECK((e.kind == Kind::entry && e.process == "P" && e.range == Range{"A", false, 1, 2} && e.value == 5 &&
         !e.raw.has_value()));
  CHECK(e.classes == std::vector<Term<ExpectedClass>>{{ExpectedClass::present, false}});
  CHECK(e.bits ==
        std::vector<Term<ExpectedBit>>{{ExpectedBit::wp, false}, {ExpectedBit::rw, true}, {ExpectedBit::dirty, false}});
  CHECK(e.text == "expect P A[1] present wp !rw dirty value=5");
  e = Read("expect P A[1:3] wp-none");
  CHECK((e.range == Range{"A", false, 1, 3} && e.classes[0].what == ExpectedClass::wp_none));
  e = Read("expect C A[1] special raw=4");
  CHECK((e.process == "C" && e.raw == 4));
  CHECK(Read("expect P A raw=0xFFfffffffffffc00").raw == 0xfffffffffffffc00);
  CHECK(Read("expect P A raw=8000000000000867").raw == 0x8000000000000867);
  CHECK(Read("expect P A value=18446744073709551615").value == UINT64_MAX);
  CHECK(Read("expect P A value=0x10").value == 16);
  e = Read("expect P A !none !swap young");
  CHECK(e.classes == std::vector<Term<ExpectedClass>>{{ExpectedClass::none, true}, {ExpectedClass::swap, true}});
}

TEST_CASE("every class and every bit") {
  const std::vector<std::string> classes = {"none",    "present", "swap",   "migration", "hwpoison", "device",
                                            "special", "marker",  "poison", "guard",     "wp-none"};
  for (size_t i = 0; i < classes.size(); ++i) {
    const Expectation e = Read("expect P A " + classes[i]);
    CHECK((static_cast<size_t>(e.classes.at(0).what) == i && Name(e.classes[0].what) == classes[i]));
  }
  const std::vector<std::string> bits = {"rw", "user",        "young", "dirty", "saved-dirty", "soft-dirty",
                                         "wp", "special-bit", "huge",  "nx",    "exclusive",   "protnone"};
  for (size_t i = 0; i < bits.size(); ++i) {
    const Expectation e = Read("expect P A !" + bits[i]);
    CHECK((static_cast<size_t>(e.bits.at(0).what) == i && e.bits[0].negated && Name(e.bits[0].what) == bits[i]));
  }
}

TEST_CASE("the outcome of the statement above") {
  Expectation e = Read("expect A[1] SIGBUS");
  CHECK((e.kind == Kind::outcome && e.range == Range{"A", false, 1, 2} &&
         e.outcome == std::vector<std::string>{"SIGBUS"} && e.process.empty()));
  e = Read("expect = -EINVAL");
  CHECK((e.kind == Kind::outcome && e.range.object.empty() && e.outcome == std::vector<std::string>{"-EINVAL"}));
  CHECK(Read("expect = A[1] -EEXIST").range == Range{"A", false, 1, 2});
  CHECK(Read("expect A ok").range == Range{"A"});
  CHECK(Read("expect A[0:2] ok 7").outcome == std::vector<std::string>{"ok", "7"});
  CHECK(Read("expect F[1] EOF", "peek F").range.object == "F");
  CHECK(Read("expect A[1] 1", "P: mincore A").outcome == std::vector<std::string>{"1"});
  CHECK(Read("expect A[0:3] written present", "P: pagemap-scan A written").outcome ==
        std::vector<std::string>{"written", "present"});
  for (const char* const outcome :
       {"ok", "SIGBUS", "SIGSEGV", "livelock", "blocked-wp", "blocked-missing", "blocked-minor", "oom", "-E2BIG"}) {
    CHECK(Read(std::string("expect = ") + outcome).outcome[0] == outcome);
    CHECK(Read(std::string("expect A[1] ") + outcome).outcome[0] == outcome);
  }
}

TEST_CASE("one page or slot") {
  Expectation e = Read("expect same P A[1] C A[2]");
  CHECK((e.kind == Kind::same && e.process == "P" && e.range.first == 1 && e.other_process == "C" &&
         e.other_range.first == 2 && !e.negated));
  CHECK(Read("expect !same P A C A").negated);
}

TEST_CASE("a page's mapcount and flags") {
  const Expectation e = Read("expect page P A[1] mapcount=2 dirty !swapcache");
  CHECK((e.kind == Kind::page && e.mapcount == 2));
  CHECK(e.flags == std::vector<Term<PageFlag>>{{PageFlag::dirty, false}, {PageFlag::swapcache, true}});
  for (const char* const flag : {"anon", "dirty", "swapcache", "swapbacked", "thp", "huge", "hwpoison"}) {
    CHECK(Name(Read(std::string("expect page P A ") + flag).flags.at(0).what) == flag);
  }
}

TEST_CASE("counters") {
  const Expectation e = Read("expect counters P shmem=2 swap=0");
  CHECK((e.kind == Kind::counters && e.process == "P"));
  CHECK(e.counters == std::vector<ExpectedCounter>{{CounterName::shmem, 2}, {CounterName::swap, 0}});
  CHECK(Read("expect counters P file=1 anon=2 rss=3 hugetlb=4 tables=5").counters.size() == 5);
}

TEST_CASE("only on some kernels") {
  Expectation e = Read("expect [v5.14-rc+uffd-wp-v5] C A[1] none");
  CHECK((!e.filter.negated && e.filter.kernels == std::vector<std::string>{"v5.14-rc+uffd-wp-v5"} &&
         e.kind == Kind::entry));
  e = Read("expect [!v5.14-rc+uffd-wp-v5[1-14,25];  v6.1 ] = ok");
  CHECK((e.filter.negated && e.filter.kernels == std::vector<std::string>{"v5.14-rc+uffd-wp-v5[1-14,25]", "v6.1"}));
  CHECK(e.filter.positions == std::vector<Position>{{5, 10}, {5, 41}});
  e = Read("expect [ ! v6.1  ,\tsoft-dirty=off;v7.2 ] A[1] ok  # and a comment ]");
  CHECK((e.filter.negated && e.filter.kernels == std::vector<std::string>{"v6.1 , soft-dirty=off", "v7.2"}));
  CHECK(e.text == "expect [ ! v6.1 , soft-dirty=off;v7.2 ] A[1] ok");
  CHECK(e.filter.positions == std::vector<Position>{{5, 12}, {5, 35}});
  CHECK(Read("expect [v6.1] same P A[1] C A[1]").kind == Kind::same);
  CHECK(Read("expect = ok").filter.kernels.empty());
}

TEST_CASE("expectations are no steps") {
  const Scenario scenario = MustParse("P: mmap A anon 1\nexpect = ok\nexpect P A none\nP: write A\nexpect A ok\n");
  REQUIRE(scenario.items.size() == 5);
  CHECK(std::get<Statement>(scenario.items[3]).step == 2);
}

}  // namespace
}  // namespace pteron::language
