// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/table.h"

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/commands/grid.h"
#include "sim/commands/inputs.h"
#include "sim/commands/plan_entries.h"
#include "src/mm/mprotect.h"

namespace pteron::commands {
namespace {

Grid ZapGrid(const Kernel& kernel, const SampleVma& kind) {
  const vm_area_struct vma = Sample(kind);
  std::vector<std::string> head = {"entry"};
  std::vector<ZapPlan> plans;
  for (const SampleCaller& caller : SampleCallers()) {
    if (IsByFile(caller) && vma_is_anonymous(vma)) continue;
    head.emplace_back(caller.name);
    plans.push_back(plan_zap(kernel.rules(), vma, caller.details));
  }
  Grid grid(head);
  for (int i = 0; i < static_cast<int>(ZapEntry::kCount); ++i) {
    const ZapEntry entry = static_cast<ZapEntry>(i);
    if (!Has(kernel, entry, vma)) continue;
    std::vector<std::string> row = {Name(entry)};
    for (const ZapPlan& plan : plans) row.emplace_back(Name(plan.on(entry)));
    grid.Add(row);
  }
  return grid;
}

Grid ForkGrid(const Kernel& kernel, const SampleVma& kind) {
  const vm_area_struct vma = Sample(kind);
  Grid grid({"entry", "child gets"});
  const ForkRules& rules = kernel.rules().fork;
  grid.Add({"all, without anon_vma", rules.copies_uffd_wp_vmas && userfaultfd_wp(vma) ? "as below" : "nothing is copied"});
  const ForkPlan plan = plan_fork(kernel.rules(), vma);
  for (int i = 0; i < static_cast<int>(ForkEntry::kCount); ++i) {
    const ForkEntry entry = static_cast<ForkEntry>(i);
    if (Has(kernel, entry)) grid.Add({Name(entry), Name(plan.on(entry))});
  }
  return grid;
}

const char* Name(ProtectTables tables) {
  switch (tables) {
    case ProtectTables::none: return "none";
    case ProtectTables::pte_tables: return "PTE tables";
    case ProtectTables::all_levels: return "at all levels";
  }
  return "?";
}

Grid ProtectGrid(const Kernel& kernel, const SampleVma& kind) {
  const vm_area_struct vma = Sample(kind);
  Grid grid({"entry", "mprotect", "wp", "unwp"});
  const ProtectPlan plans[] = {plan_protect(kernel.rules(), vma, 0), plan_protect(kernel.rules(), vma, MM_CP_UFFD_WP),
                               plan_protect(kernel.rules(), vma, MM_CP_UFFD_WP_RESOLVE)};
  for (int i = 0; i < kEntryClasses; ++i) {
    const EntryClass entry = static_cast<EntryClass>(i);
    if (!Has(kernel, entry, vma)) continue;
    std::vector<std::string> row = {std::string(EntryClassName(entry))};
    for (const ProtectPlan& plan : plans) row.emplace_back(pteron::Name(plan.on(entry)));
    grid.Add(row);
  }
  std::vector<std::string> tables = {"tables made"};
  std::vector<std::string> huge = {"huge entry, whole"};
  for (const ProtectPlan& plan : plans) {
    tables.emplace_back(Name(plan.tables));
    huge.emplace_back(plan.split_huge_entries ? "split" : "stays huge");
  }
  grid.Add(tables);
  grid.Add(huge);
  return grid;
}

Grid FaultGrid(const Kernel& kernel, const SampleVma& kind) {
  const vm_area_struct vma = Sample(kind);
  Grid grid({"entry", "read", "write"});
  const FaultPlan read = plan_fault(kernel.rules(), vma, false);
  const FaultPlan write = plan_fault(kernel.rules(), vma, true);
  for (int i = 0; i < static_cast<int>(FaultEntry::kCount); ++i) {
    const FaultEntry entry = static_cast<FaultEntry>(i);
    if (Has(kernel, entry, vma)) grid.Add({Name(entry), Name(read.on(entry)), Name(write.on(entry))});
  }
  return grid;
}

struct Plan {
  const char* name;
  const char* title;
  Grid (*grid)(const Kernel& kernel, const SampleVma& vma);
  std::vector<const char*> vmas;  // those that it tells apart
};

std::span<const Plan> Plans() {
  static const std::vector<Plan> plans = {
      {"zap", "What a zap does", ZapGrid, {"file-wp", "file", "anon"}},
      {"fork", "What fork copies, by the child's VMA", ForkGrid, {"file-wp", "file"}},
      {"protect", "What changing the protection does", ProtectGrid, {"file-wp", "anon-wp"}},
      {"fault", "What a page fault does", FaultGrid, {"file-wp", "file", "anon-wp", "anon", "hugetlb-wp", "hugetlb"}},
  };
  return plans;
}

std::string Names(const std::vector<const char*>& names) {
  std::string text;
  for (const char* const name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::string Draw(Grid grid, bool markdown) {
  grid.MergeEqualColumns();
  return markdown ? grid.Markdown() : grid.Text();
}

const SampleVma& VmaNamed(std::string_view name) {
  const SampleVma* found = SampleVmas().data();
  for (const SampleVma& vma : SampleVmas()) {
    if (vma.name == name) found = &vma;
  }
  return *found;
}

// One table a kind of VMA; kinds with the same table share it.
std::string Draw(const Kernel& kernel, const Plan& plan, const std::string& only, bool markdown) {
  std::vector<std::pair<std::string, std::string>> sections;  // title, table
  for (const char* const name : plan.vmas) {
    if (!only.empty() && only != name) continue;
    const SampleVma& vma = VmaNamed(name);
    const std::string table = Draw(plan.grid(kernel, vma), markdown);
    bool found = false;
    for (auto& [title, other] : sections) {
      if (other != table) continue;
      title += "; " + std::string(vma.title);
      found = true;
    }
    if (!found) sections.emplace_back(vma.title, table);
  }
  std::string text;
  for (const auto& [title, table] : sections) {
    text += fmt::format("{}{}{}\n\n{}", text.empty() ? "" : "\n", markdown ? "### " : "", title, table);
  }
  return text;
}

struct Arguments {
  std::string plan;
  std::vector<std::string> kernel;
  std::string vma;
  bool markdown = false;
};

int Run(const Arguments& arguments) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  if (!ParseKernels(arguments.kernel, &kernels)) return kBadInput;
  const std::string text = PlanTable(*kernels.front(), arguments.plan, arguments.vma, arguments.markdown);
  if (!text.empty()) {
    fmt::print("{}", text);
    return kOk;
  }
  std::vector<const char*> known;
  for (const Plan& plan : Plans()) {
    known.push_back(plan.name);
    if (plan.name != arguments.plan) continue;
    fmt::print(stderr, "pteron: the table of {} tells no VMA '{}' apart; expected {}\n", plan.name, arguments.vma, Names(plan.vmas));
    return kBadInput;
  }
  fmt::print(stderr, "pteron: no table '{}'; there are {}\n", arguments.plan, Names(known));
  return kBadInput;
}

}  // namespace

std::string PlanTable(const Kernel& kernel, const std::string& plan, const std::string& vma, bool markdown) {
  for (const Plan& known : Plans()) {
    if (known.name != plan) continue;
    const std::string tables = Draw(kernel, known, vma, markdown);
    if (!tables.empty()) return fmt::format("{}{} ({})\n\n{}", markdown ? "## " : "", known.title, kernel.name(), tables);
  }
  return "";
}

std::function<int()> RegisterTable(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("table", "print what a kernel does to each kind of page-table entry");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("PLAN", arguments->plan, "zap, fork, protect or fault")->required();
  command->add_option("--kernel", arguments->kernel, "which kernel (default v5.14-rc+uffd-wp-v5)")->expected(1);
  command->add_option("--vma", arguments->vma, "only this kind of VMA: file-wp, file, anon-wp, anon, hugetlb-wp, hugetlb");
  command->add_flag("--markdown", arguments->markdown, "as Markdown");
  return [arguments] { return Run(*arguments); };
}

}  // namespace pteron::commands
