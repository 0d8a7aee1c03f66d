// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_COMMANDS_CHECK_H_
#define PTERON_SIM_COMMANDS_CHECK_H_

// `pteron check` and `pteron promises`.

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace pteron::commands {

std::function<int()> RegisterCheck(CLI::App& app);
std::function<int()> RegisterPromises(CLI::App& app);

// docs/promises.md: what `pteron promises --markdown` prints.
std::string PromisesMarkdown();

}  // namespace pteron::commands

#endif  // PTERON_SIM_COMMANDS_CHECK_H_
