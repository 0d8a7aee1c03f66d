// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/check.h"
#include "tests/catch.h"
#include "tests/language/golden_files.h"

TEST_CASE("docs/promises.md is what pteron promises --markdown prints") {
  CHECK(pteron::testing::ReadFile("docs/promises.md") == pteron::commands::PromisesMarkdown());
}
