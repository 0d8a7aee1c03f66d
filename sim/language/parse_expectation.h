// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_LANGUAGE_PARSE_EXPECTATION_H_
#define PTERON_SIM_LANGUAGE_PARSE_EXPECTATION_H_

#include "sim/language/expectation.h"
#include "sim/language/line.h"
#include "sim/language/names.h"
#include "sim/language/statement.h"

namespace pteron::language {

// Reads an expectation: a line whose first word is `expect`. `above` is the statement that it is about, null where
// there is none, which is an error. On failure the line has the error.
bool ParseExpectation(Line& line, const Names& names, const Statement* above, Expectation* out);

}  // namespace pteron::language

#endif  // PTERON_SIM_LANGUAGE_PARSE_EXPECTATION_H_
