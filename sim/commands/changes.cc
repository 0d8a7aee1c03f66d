// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/changes.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/commands/grid.h"
#include "sim/commands/inputs.h"

namespace pteron::commands {
namespace {

const char* Name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::behaviour: return "behaviour";
    case ChangeKind::refactor: return "refactor";
    case ChangeKind::gate: return "gate";
  }
  return "?";
}

const char* Name(Evidence evidence) {
  switch (evidence) {
    case Evidence::golden: return "golden";
    case Evidence::header_oracle: return "headers";
    case Evidence::source: return "source";
    case Evidence::mail: return "mail";
  }
  return "?";
}

std::string Joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

bool IsIn(const Kernel* kernel, const Change& row) {
  return !kernel || std::find(kernel->changes().begin(), kernel->changes().end(), row.id) != kernel->changes().end();
}

constexpr std::string_view kMarkdownHead =
    "# Changes\n"
    "\n"
    "Every change that a kernel's text can name (docs/kernels.md). `pteron changes --markdown` writes this file.\n"
    "\n"
    "*Place* is the first release that has it; \"6.1.y\" came to 6.1 by its stable releases; \"uffd-wp-v5\" is a patch of that series.\n"
    "*Kind*: `behaviour`, some scenario tells the change from its absence; `refactor`, none does; `gate`, it only lets user space in.\n"
    "*Evidence*: what the row was checked against: golden data of real kernels, compiled headers, source, mail.\n"
    "\n";

struct Arguments {
  std::vector<std::string> kernel;
  bool markdown = false;
};

int Run(const Arguments& arguments) {
  if (arguments.markdown) {
    fmt::print("{}", ChangesMarkdown());
    return kOk;
  }
  std::vector<std::shared_ptr<const Kernel>> kernels;
  if (!arguments.kernel.empty() && !ParseKernels(arguments.kernel, &kernels)) return kBadInput;
  fmt::print("{}", ChangesText(kernels.empty() ? nullptr : kernels.front().get()));
  return kOk;
}

}  // namespace

std::string ChangesMarkdown() {
  Grid grid({"change", "place", "commit", "kind", "evidence", "needs", "subject"});
  for (const Change& row : AllChanges()) {
    grid.Add({fmt::format("`{}`", row.id), std::string(row.place), std::string(row.commit), Name(row.kind), Name(row.evidence),
              Joined(row.needs), std::string(row.subject)});
  }
  return std::string(kMarkdownHead) + grid.Markdown();
}

std::string ChangesText(const Kernel* kernel) {
  Grid grid({"change", "place", "kind", "evidence", "subject"});
  for (const Change& row : AllChanges()) {
    if (IsIn(kernel, row)) {
      grid.Add({std::string(row.id), std::string(row.place), Name(row.kind), Name(row.evidence), std::string(row.subject)});
    }
  }
  return grid.Text();
}

std::function<int()> RegisterChanges(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("changes", "list the patches and commits that a kernel's text can name");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("--kernel", arguments->kernel, "only those that are in this kernel")->expected(1);
  command->add_flag("--markdown", arguments->markdown, "all of them, as docs/changes.md has them");
  return [arguments] { return Run(*arguments); };
}

}  // namespace pteron::commands
