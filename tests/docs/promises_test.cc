// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include "sim/commands/check.h"
#include "tests/catch.h"

TEST_CASE("docs/promises.md is what pteron promises --markdown prints") {
  std::ifstream file("docs/promises.md");
  std::ostringstream content;
  content << file.rdbuf();
  CHECK(content.str() == pteron::commands::PromisesMarkdown());
}
