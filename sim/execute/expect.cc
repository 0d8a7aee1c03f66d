// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/execute/expect.h"

namespace pteron::execute {

ExpectationResult Judge(const language::Expectation& expectation, const Session& session, const Step* step) {
  ExpectationResult result;
  result.expectation = &expectation;
  return result;
}

}  // namespace pteron::execute
