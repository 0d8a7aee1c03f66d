// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// The text form of kernels, and the table of changes.
#include <algorithm>
#include <set>
#include <string>

#include "pteron/kernel.h"
#include "tests/catch.h"

namespace pteron {
namespace {

std::string NameOf(const char* text) {
  std::string error;
  const std::optional<Kernel> kernel = Kernel::Parse(text, &error);
  return kernel ? kernel->name() : "error: " + error;
}

bool Refused(const char* text, const char* part) {
  const std::string name = NameOf(text);
  INFO(text << " gave " << name);
  return name.starts_with("error: ") && name.find(part) != std::string::npos;
}

TEST_CASE("kernels are printed canonically") {
  CHECK(NameOf("v5.14-rc") == "v5.14-rc");
  CHECK(NameOf("v5.14-rc+uffd-wp-v5") == "v5.14-rc+uffd-wp-v5");
  CHECK(NameOf("v5.14-rc+uffd-wp-v5[1-25]") == "v5.14-rc+uffd-wp-v5");
  CHECK(NameOf("v5.14-rc+uffd-wp-v5[25,1-3,4-14]") == "v5.14-rc+uffd-wp-v5[1-14,25]");
  CHECK(NameOf("v5.14-rc+uffd-wp-v5/01+uffd-wp-v5/25") == "v5.14-rc+uffd-wp-v5[1,25]");
  CHECK(NameOf("v5.14-rc+uffd-wp-v5~uffd-wp-v5/14") == "v5.14-rc+uffd-wp-v5[1-13,15-25]");
  CHECK(NameOf("v5.14-rc+vma_needs_copy+uffd-wp-v5") == "v5.14-rc+uffd-wp-v5+vma_needs_copy");
  CHECK(NameOf("v6.1,soft-dirty=off") == "v6.1,soft-dirty=off");
  CHECK(NameOf("v6.1,soft-dirty=on") == "v6.1");
}

TEST_CASE("leaving a patch out takes along what needs it") {
  const std::optional<Kernel> kernel = Kernel::Parse("v5.14-rc+uffd-wp-v5~uffd-wp-v5/05");
  REQUIRE(kernel);
  const auto has = [&](const char* id) { return std::count(kernel->changes().begin(), kernel->changes().end(), id) > 0; };
  CHECK_FALSE(has("uffd-wp-v5/05"));
  CHECK_FALSE(has("uffd-wp-v5/10"));
  CHECK_FALSE(has("uffd-wp-v5/12"));
  CHECK(has("uffd-wp-v5/04"));
  CHECK(has("uffd-wp-v5/25"));
}

TEST_CASE("mistakes are refused with the reason") {
  CHECK(Refused("v5.15", "no kernel 'v5.15'"));
  CHECK(Refused("", "no kernel"));
  CHECK(Refused("v5.14-rc+nothing", "nothing"));
  CHECK(Refused("v5.14-rc+uffd-wp-v5[2]", "uffd-wp-v5/01"));
  CHECK(Refused("v5.14-rc+uffd-wp-v5[0]", "1"));
  CHECK(Refused("v5.14-rc+uffd-wp-v5[3-2]", "3-2"));
  CHECK(Refused("v5.14-rc+uffd-wp-v5[", "["));
  CHECK(Refused("v6.1+uffd-wp-v5", "applies to"));
  CHECK(Refused("v6.1,soft-dirty=maybe", "soft-dirty"));
  CHECK(Refused("v6.1,colour=red", "colour"));
  CHECK(Refused("v5.14-rc~vma_needs_copy", "vma_needs_copy"));
}

TEST_CASE("the table of changes: ids are unique, needs come earlier, refactors set nothing, behaviour sets something") {
  std::set<std::string_view> seen;
  for (const Change& change : AllChanges()) {
    INFO(change.id);
    CHECK(seen.count(change.id) == 0);
    for (const std::string_view need : change.needs) CHECK(seen.count(need) == 1);
    seen.insert(change.id);
    CHECK_FALSE(change.subject.empty());
    CHECK_FALSE(change.place.empty());
    if (change.kind == ChangeKind::behaviour) CHECK(change.apply != nullptr);
  }
}

TEST_CASE("v6.1 is a fold over v5.14-rc: its facts are those that the headers were compared with, and no row is idle") {
  const std::optional<Kernel> kernel = Kernel::Parse("v6.1");
  REQUIRE(kernel);
  CHECK(kernel->facts() == kFactsV6_1);
  Rules rules;
  EncodingFacts facts = kFactsV5_14;
  for (const std::string& id : kernel->changes()) {
    const Change* change = FindChange(id);
    REQUIRE(change != nullptr);
    const Rules rules_before = rules;
    const EncodingFacts facts_before = facts;
    if (change->apply) change->apply(rules, facts);
    INFO(id);
    if (change->kind == ChangeKind::behaviour) CHECK((rules != rules_before || facts != facts_before));
  }
  CHECK(rules == kernel->rules());
  CHECK(facts == kernel->facts());
}

TEST_CASE("the series sets the special PTE and nothing else of the words") {
  EncodingFacts facts = kFactsV5_14;
  facts.special_pte = true;
  CHECK(Kernel::Parse("v5.14-rc+uffd-wp-v5")->facts() == facts);
}

TEST_CASE("a change of one's own") {
  const Change mine{.id = "mine", .subject = "s", .place = "local", .commit = "", .needs = {"uffd-wp-v5/05"}, .apply = [](Rules& rules, EncodingFacts&) {
                      rules.fork.copies_uffd_wp_vmas = true;
                    }};
  std::string error;
  CHECK_FALSE(Kernel::Parse("v5.14-rc")->With(mine, &error));
  CHECK(error.find("uffd-wp-v5/05") != std::string::npos);
  const std::optional<Kernel> kernel = Kernel::Parse("v5.14-rc+uffd-wp-v5,soft-dirty=off")->With(mine);
  REQUIRE(kernel);
  CHECK(kernel->name() == "v5.14-rc+uffd-wp-v5+mine,soft-dirty=off");
  CHECK(kernel->rules().fork.copies_uffd_wp_vmas);
}

TEST_CASE("kernels whose words alone are known") {
  for (const char* name : {"v5.10", "v6.12", "v6.18", "v7.2"}) CHECK(Kernel::Parse(name)->words_only());
  for (const char* name : {"v5.14-rc", "v6.1"}) CHECK_FALSE(Kernel::Parse(name)->words_only());
}

}  // namespace
}  // namespace pteron
