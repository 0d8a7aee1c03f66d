// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_CHECK_H_
#define PTERON_CHECK_H_

// For Pteron's own invariants only. What a user got wrong is an error value, what the simulated kernel refuses is data; neither
// comes here.

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace pteron::internal {

[[noreturn]] inline void CheckFailed(const char* file, int line, const char* condition, std::string_view message) {
  std::fprintf(stderr, "%s:%d: invariant broken: %s: %.*s\n", file, line, condition, static_cast<int>(message.size()), message.data());
  std::abort();
}

}  // namespace pteron::internal

// Where `condition` is false: prints place, condition and `message` (anything a std::string_view can be made of, evaluated only
// then) to standard error and aborts. Active in every build.
#define PTERON_CHECK(condition, message)                                                  \
  do {                                                                                    \
    if (!(condition)) [[unlikely]]                                                        \
      ::pteron::internal::CheckFailed(__FILE__, __LINE__, #condition, (message));         \
  } while (false)

#endif  // PTERON_CHECK_H_
