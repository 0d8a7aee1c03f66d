// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Kernels that are broken on purpose: the fuzzer and the explorer each find out, and say it the same way every time.
#include <algorithm>
#include <memory>

#include "sim/promises/verdicts.h"
#include "sim/search/explorer.h"
#include "sim/search/fuzzer.h"
#include "sim/search/shrink.h"
#include "tests/catch.h"

namespace pteron::search {
namespace {

using promises::PromiseId;

std::shared_ptr<const Kernel> Broken(const char* base, const Change& change) {
  std::string error;
  const std::optional<Kernel> kernel = Kernel::Parse(base)->With(change, &error);
  INFO(error);
  REQUIRE(kernel);
  return std::make_shared<const Kernel>(*kernel);
}

// A zap leaves nothing behind where a file's word was write-protected.
std::shared_ptr<const Kernel> ZapForgets() {
  return Broken("v6.1",
                {.id = "zap-forgets",
                 .subject = "s",
                 .place = "local",
                 .commit = "",
                 .needs = {},
                 .apply = [](Rules& rules, EncodingFacts&) { rules.zap.leaves_uffd_wp = LeavesUffdWp::never; }});
}

// The loss of the thread, in a kernel that has had it mended.
std::shared_ptr<const Kernel> ForkForgets() {
  return Broken("v6.1", {.id = "fork-forgets",
                         .subject = "s",
                         .place = "local",
                         .commit = "",
                         .needs = {},
                         .apply = [](Rules& rules, EncodingFacts&) { rules.fork.copies_uffd_wp_vmas = false; }});
}

const Finding* Find(const std::vector<Finding>& findings, PromiseId promise) {
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& one) {
    return one.target.promise == promise || std::find(one.also.begin(), one.also.end(), promise) != one.also.end();
  });
  return found == findings.end() ? nullptr : &*found;
}

bool Breaks(const Finding& finding, const std::shared_ptr<const Kernel>& kernel) {
  return Breaks(finding.target, kernel)(finding.world).has_value();
}

FuzzResult FuzzFor(const std::shared_ptr<const Kernel>& kernel, std::optional<PromiseId> promise = {}) {
  FuzzOptions options{.end_seed = 1500, .promise = promise};
  options.generator = {.steps = 40, .hooks = false};
  return Fuzz(kernel, options);
}

std::string AllText(const Findings& findings, const Kernel& kernel) {
  std::string text;
  for (const Finding& finding : findings.List())
    text += FileText(finding, kernel, "seed " + std::to_string(finding.seed)) + "\n";
  return text;
}

TEST_CASE("the fuzzer finds a zap and a fork that forget, and not in the kernel that they were made of") {
  const auto whole = std::make_shared<const Kernel>(*Kernel::Parse("v6.1"));
  for (const auto& [kernel, promise] :
       {std::pair(ZapForgets(), PromiseId::U5), std::pair(ForkForgets(), PromiseId::U9)}) {
    INFO(kernel->name());
    const std::vector<Finding> findings = FuzzFor(kernel, promise).findings.List();
    const Finding* const finding = Find(findings, promise);
    REQUIRE(finding != nullptr);
    INFO(TextOf(finding->world));
    CHECK(finding->world.statements.size() <= 8);
    CHECK(Breaks(*finding, kernel));
    CHECK_FALSE(Breaks(*finding, whole));
  }
}

TEST_CASE("the explorer finds them too") {
  const auto whole = std::make_shared<const Kernel>(*Kernel::Parse("v6.1"));
  ExploreOptions options{.memory = promises::Memory::shmem_shared, .pages = 1, .depth = 4};
  CHECK(Explore(whole, options).findings.empty());
  for (const auto& [kernel, promise] :
       {std::pair(ZapForgets(), PromiseId::U5), std::pair(ForkForgets(), PromiseId::U9)}) {
    INFO(kernel->name());
    const std::vector<Finding> findings = Explore(kernel, options).findings.List();
    const Finding* const finding = Find(findings, promise);
    REQUIRE(finding != nullptr);
    CHECK(finding->world.statements.size() <= 7);
    CHECK(Breaks(*finding, kernel));
    CHECK_FALSE(Breaks(*finding, whole));
  }
}

TEST_CASE("the same seeds find the same, whatever the number of jobs") {
  const auto kernel = std::make_shared<const Kernel>(*Kernel::Parse("v5.14-rc+uffd-wp-v5"));
  FuzzOptions options{.end_seed = 700};
  options.generator = {.steps = 30, .hooks = true};
  const FuzzResult one = Fuzz(kernel, options);
  options.jobs = 2;
  const FuzzResult two = Fuzz(kernel, options);
  CHECK(AllText(one.findings, *kernel) == AllText(two.findings, *kernel));
  CHECK(one.counts.statements == two.counts.statements);
  CHECK(one.counts.judged == two.counts.judged);
  CHECK_FALSE(one.findings.empty());

  ExploreOptions small{.memory = promises::Memory::shmem_shared, .pages = 1, .depth = 4};
  const ExploreResult a = Explore(kernel, small);
  small.jobs = 2;
  const ExploreResult b = Explore(kernel, small);
  CHECK(AllText(a.findings, *kernel) == AllText(b.findings, *kernel));
  CHECK(a.layers.back().states == b.layers.back().states);
  CHECK(a.probes == b.probes);
}

TEST_CASE("shards divide the seeds and lose none") {
  const auto kernel = std::make_shared<const Kernel>(*Kernel::Parse("v6.1"));
  FuzzOptions options{.end_seed = 90};
  const uint64_t all = Fuzz(kernel, options).counts.statements;
  uint64_t parts = 0;
  options.shards = 3;
  for (options.shard = 0; options.shard < 3; ++options.shard) {
    const FuzzCounts counts = Fuzz(kernel, options).counts;
    CHECK(counts.worlds == 30);
    parts += counts.statements;
  }
  CHECK(parts == all);
}

TEST_CASE("findings are files: they parse, are read back as they are, and break their promise again") {
  const auto kernel = std::make_shared<const Kernel>(*Kernel::Parse("v5.14-rc+uffd-wp-v5"));
  const std::vector<Finding> findings = FuzzFor(kernel).findings.List();
  REQUIRE(Find(findings, PromiseId::U9) != nullptr);
  for (const Finding& finding : findings) {
    const std::string text = FileText(finding, *kernel, "a test");
    INFO(text);
    const auto parsed = language::Parse("finding.scn", text);
    const auto* scenario = std::get_if<language::Scenario>(&parsed);
    REQUIRE(scenario != nullptr);
    CHECK(language::Print(*scenario) == text);
    const promises::Judgement judgement = promises::JudgeScenario(*scenario, kernel);
    const bool broken =
        std::any_of(judgement.findings.begin(), judgement.findings.end(),
                    [&](const promises::Finding& one) { return one.violation.promise == finding.target.promise; });
    CHECK(broken);
  }
}

}  // namespace
}  // namespace pteron::search
