// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include "sim/docs/uffd_wp_table.h"
#include "tests/catch.h"

TEST_CASE("docs/uffd-wp.md is what pteron uffd-wp prints") {
  std::ifstream file("docs/uffd-wp.md");
  std::ostringstream content;
  content << file.rdbuf();
  CHECK(content.str() == pteron::docs::UffdWpPage());
}
