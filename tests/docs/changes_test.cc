// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include "sim/commands/changes.h"
#include "tests/catch.h"

TEST_CASE("docs/changes.md is what pteron changes --markdown prints") {
  std::ifstream file("docs/changes.md");
  std::ostringstream content;
  content << file.rdbuf();
  CHECK(content.str() == pteron::commands::ChangesMarkdown());
}
