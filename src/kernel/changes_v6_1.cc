// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/kernel/changes.h"

namespace pteron {

std::span<const Change> V61Changes() {
  static const std::vector<Change> rows = {};
  return rows;
}

}  // namespace pteron
