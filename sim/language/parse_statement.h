// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_LANGUAGE_PARSE_STATEMENT_H_
#define PTERON_SIM_LANGUAGE_PARSE_STATEMENT_H_

#include "sim/language/line.h"
#include "sim/language/names.h"
#include "sim/language/statement.h"

namespace pteron::language {

// What a statement needs to know of those above it.
struct Surroundings {
  Names names;
  bool requires_hook = false;
  int steps = 0;
  int mappings = 0;  // mmap and mremap statements
};

// Reads a statement: a line of words that starts none of header and expectation. On success the surroundings know of
// it. On failure they are as before and the line has the error.
bool ParseStatement(Line& line, Surroundings& surroundings, Statement* out);

}  // namespace pteron::language

#endif  // PTERON_SIM_LANGUAGE_PARSE_STATEMENT_H_
