// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/docs/uffd_wp_table.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"

TEST_CASE("docs/uffd-wp.md is what pteron uffd-wp prints") {
  CHECK(pteron::testing::ReadFile("docs/uffd-wp.md") == pteron::docs::UffdWpPage());
}
