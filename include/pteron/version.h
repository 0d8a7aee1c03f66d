// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_VERSION_H_
#define PTERON_VERSION_H_

namespace pteron {

// The release of Pteron itself, as `pteron --version` prints it and CHANGELOG.md heads it.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace pteron

#endif  // PTERON_VERSION_H_
