// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/changes.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"

TEST_CASE("docs/changes.md is what pteron changes --markdown prints") {
  CHECK(pteron::testing::ReadFile("docs/changes.md") == pteron::commands::ChangesMarkdown());
}
