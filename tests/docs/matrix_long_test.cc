// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// docs/matrix.md shows what `pteron matrix` prints.
#include "sim/commands/matrix.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"

namespace pteron::commands {
namespace {

TEST_CASE("docs/matrix.md has the tables of pteron matrix --markdown") {
  const std::string page = testing::ReadFile("docs/matrix.md");
  for (const std::optional<std::string>& table :
       {MatrixMarkdown({"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1"}, ""), MatrixMarkdown({}, "uffd-wp-v5")}) {
    REQUIRE(table);
    CHECK(page.find("\n" + *table) != std::string::npos);
  }
}

}  // namespace
}  // namespace pteron::commands
