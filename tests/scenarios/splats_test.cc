// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Where the modelled kernels warn or end at a BUG, which no `expect` line can say.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "pteron/kernel.h"
#include "sim/execute/run_scenario.h"
#include "sim/language/scenario.h"
#include "tests/catch.h"
#include "tests/execute/play.h"

namespace pteron {
namespace {

const std::set<std::string> kSplats = {
    "v5.14-rc scenarios/changes/fill-huge-swap.scn BUG __mcopy_atomic",
    "v5.14-rc+uffd-wp-v5 scenarios/changes/fill-huge-swap.scn BUG __mcopy_atomic",
    "v5.14-rc+uffd-wp-v5 scenarios/changes/hugetlb-marker-alone.scn BUG hugetlb_change_protection",
    "v5.14-rc+uffd-wp-v5 scenarios/changes/hugetlb-wp-fork.scn BUG copy_hugetlb_page_range",
    "v5.14-rc+uffd-wp-v5 scenarios/findings/special-pte-forked.scn BUG copy_hugetlb_page_range",
    "v5.14-rc+uffd-wp-v5 scenarios/findings/special-pte-mprotect.scn BUG hugetlb_change_protection",
    "v5.14-rc+uffd-wp-v5 scenarios/findings/special-pte-protected-twice.scn BUG hugetlb_change_protection",
    "v5.14-rc+uffd-wp-v5 scenarios/findings/special-pte-released.scn BUG hugetlb_change_protection",
    "v6.1 scenarios/findings/failed-table-warns.scn WARN change_p4d_range",
    "v6.1 scenarios/hooks/failed-table-loses-protection.scn WARN change_pud_range",
};

TEST_CASE("scenarios meet the warnings and BUGs that are known, and no others") {
  std::set<std::string> met;
  for (const char* name : {"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1"}) {
    const auto kernel = std::make_shared<const Kernel>(*Kernel::Parse(name));
    for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios")) {
      if (entry.path().extension() != ".scn") continue;
      const auto note = [&](const execute::Step& step, const execute::Session&) {
        for (const Splat& splat : step.splats) {
          met.insert(std::string(name) + " " + entry.path().string() + (splat.bug ? " BUG " : " WARN ") + splat.function);
        }
      };
      execute::RunScenario(ReadOrFail(entry.path()), kernel, {}, {.step = note, .expectation = {}});
    }
  }
  CHECK(met == kSplats);
}

}  // namespace
}  // namespace pteron
