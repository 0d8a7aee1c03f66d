// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// docs/matrix.md shows what `pteron matrix` prints.
#include <fstream>
#include <sstream>

#include "sim/commands/matrix.h"
#include "tests/catch.h"

namespace pteron::commands {
namespace {

TEST_CASE("docs/matrix.md has the tables of pteron matrix --markdown") {
  std::ifstream file("docs/matrix.md");
  std::ostringstream page;
  page << file.rdbuf();
  for (const std::optional<std::string>& table :
       {MatrixMarkdown({"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1"}, ""), MatrixMarkdown({}, "uffd-wp-v5")}) {
    REQUIRE(table);
    CHECK(page.str().find("\n" + *table) != std::string::npos);
  }
}

}  // namespace
}  // namespace pteron::commands
