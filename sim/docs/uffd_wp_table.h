// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_DOCS_UFFD_WP_TABLE_H_
#define PTERON_SIM_DOCS_UFFD_WP_TABLE_H_

// docs/uffd-wp.md: what happens to a write-protected page when something is done to it, made by running one scenario a cell.

#include <string>

namespace pteron::docs {

// The whole page, Markdown.
std::string UffdWpPage();

}  // namespace pteron::docs

#endif  // PTERON_SIM_DOCS_UFFD_WP_TABLE_H_
