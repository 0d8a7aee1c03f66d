// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// docs/functions.md is made from the code, and every modelled kernel function has its contract comment.
#include <cstdlib>

#include "tests/catch.h"

TEST_CASE("docs/functions.md is fresh and every modelled function has a contract comment") {
  // The script says on standard output what is missing.
  CHECK(std::system("python3 tools/functions.py --check") == 0);
}
