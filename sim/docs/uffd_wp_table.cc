// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/docs/uffd_wp_table.h"

#include <memory>
#include <variant>

#include <fmt/format.h>

#include "pteron/check.h"
#include "pteron/kernel.h"
#include "sim/execute/run_scenario.h"
#include "sim/language/scenario.h"
#include "sim/render/entry_text.h"

namespace pteron::docs {
namespace {

// Memory of one page (hugetlb: of 2 MiB; THP: of 512 pages) that is registered, written and protected: what stands before every operation.
struct Memory {
  const char* name;
  const char* require;  // behind "require uffd-wp"
  const char* map;      // makes mapping A (and, but for anonymous memory, file F)
  bool file;
};

constexpr Memory kMemory[] = {
    {"anonymous", "", "P: mmap A anon 1\n", false},
    {"anonymous THP", "thp", "P: mmap A anon 512\nP: madvise A hugepage\n", false},
    {"shmem, shared", "uffd-wp-file", "file F shmem 1\nP: mmap A F\n", true},
    {"shmem, private copy", "uffd-wp-file", "file F shmem 1\nP: mmap A F private\n", true},
    {"hugetlb, shared", "uffd-wp-file hugetlb", "file F hugetlb 1\nP: mmap A F\n", true},
};

struct Operation {
  const char* name;
  const char* features;    // of the descriptor
  const char* statements;  // the last one is the operation that must succeed
  const char* process;     // whose entry is shown
  const char* mapping;
  bool needs_file;
};

constexpr Operation kOperations[] = {
    {"nothing yet: the page is protected", "", "", "P", "A", false},
    {"a read", "", "P: read A[0]\n", "P", "A", false},
    {"UFFDIO_WRITEPROTECT, clear", "", "P: unwp U A\n", "P", "A", false},
    {"MADV_DONTNEED", "", "P: madvise A dontneed\n", "P", "A", false},
    {"MADV_DONTNEED, then a read", "", "P: madvise A dontneed\nP: read A[0]\n", "P", "A", false},
    {"MADV_DONTNEED, then UFFDIO_COPY", "", "P: madvise A dontneed\npunch F\nP: copy U A[0]\n", "P", "A", true},
    {"MADV_FREE", "", "P: madvise A free\n", "P", "A", false},
    {"MADV_PAGEOUT", "", "P: madvise A pageout\n", "P", "A", false},
    {"MADV_PAGEOUT, then a read", "", "P: madvise A pageout\nP: read A[0]\n", "P", "A", false},
    {"MADV_PAGEOUT, then swapoff", "", "P: madvise A pageout\nswapoff\n", "P", "A", false},
    {"hole punching", "", "punch F\n", "P", "A", true},
    {"truncation to nothing and back", "", "truncate F 0\ntruncate F 1\n", "P", "A", true},
    {"mprotect to PROT_READ", "", "P: mprotect A r\n", "P", "A", false},
    {"mprotect to PROT_READ and back", "", "P: mprotect A r\nP: mprotect A rw\n", "P", "A", false},
    {"fork, child without the event", "", "P: fork C\n", "C", "A", false},
    {"fork, child with the event", "event-fork", "P: fork C\n", "C", "A", false},
    {"fork with the event of a page zapped before", "event-fork", "P: madvise A dontneed\nP: fork C\n", "C", "A", false},
    {"mremap without the event", "", "P: mremap A B\n", "P", "B", false},
    {"mremap with the event", "event-remap", "P: mremap A B\n", "P", "B", false},
    {"UFFDIO_UNREGISTER", "", "P: unregister U A\n", "P", "A", false},
    {"close of the descriptor", "", "P: close U\n", "P", "A", false},
    {"clear_refs 4", "", "P: clear-refs soft-dirty\n", "P", "A", false},
};

constexpr const char* kKernels[] = {"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1"};

// The entry of page 0 as the cell shows it.
std::string EntryCell(const Kernel& kernel, const execute::Observation& state, const Operation& operation) {
  for (const execute::MappingState& mapping : state.mappings) {
    if (mapping.process_name != operation.process || mapping.mapping_name != operation.mapping || mapping.entries.empty()) continue;
    const execute::EntryState& entry = mapping.entries.front();
    return render::WordText(kernel.encoding(), entry.level, entry.word);
  }
  return "not mapped";
}

std::string Cell(const std::shared_ptr<const Kernel>& kernel, const Memory& memory, const Operation& operation) {
  if (operation.needs_file && !memory.file) return "";
  const std::string text = fmt::format("require swap soft-dirty uffd-wp {}\n{}P: uffd U sigbus {}\nP: register U A wp\nP: write A[0]\nP: wp U A\n{}",
                                       memory.require, memory.map, operation.features, operation.statements);
  const auto parsed = language::Parse("uffd-wp", text);
  const auto* scenario = std::get_if<language::Scenario>(&parsed);
  PTERON_CHECK(scenario != nullptr, "the scenarios of the page parse");
  execute::Step last;
  const execute::ScenarioResult result =
      execute::RunScenario(*scenario, kernel, {}, {.step = [&](const execute::Step& step, const execute::Session&) { last = step; },
                                                   .expectation = {}});
  if (!result.missing.empty()) return fmt::format("(no {})", result.missing);
  if (!result.not_simulated.empty()) return "(not simulated)";
  if (result.kernel_bug) return "BUG";
  for (const execute::Outcome& outcome : last.outcomes) {
    if (!outcome.words.starts_with("ok")) return outcome.words;
  }
  return EntryCell(*kernel, last.state, operation);
}

// A row for each memory; where all kernels agree, one cell says it.
std::string Row(const std::vector<std::shared_ptr<const Kernel>>& kernels, const Memory& memory, const Operation& operation) {
  std::string row = fmt::format("| {} | {} |", operation.name, memory.name);
  bool any = false;
  for (const auto& kernel : kernels) {
    const std::string cell = Cell(kernel, memory, operation);
    any = any || !cell.empty();
    row += " " + cell + " |";
  }
  return any ? row + "\n" : "";
}

}  // namespace

std::string UffdWpPage() {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  std::string head = "| when | memory |", line = "|---|---|";
  for (const char* name : kKernels) {
    kernels.push_back(std::make_shared<const Kernel>(*Kernel::Parse(name)));
    head += fmt::format(" {} |", name);
    line += "---|";
  }
  std::string page =
      "# What happens to uffd-wp when...\n\n"
      "A page is registered for write-protection, written and protected; then something happens. The table shows the entry of the page\n"
      "afterwards, in the words of `expect` lines: `wp` is the protection, `wp-none` an entry that names no page and remembers it. An errno\n"
      "says that the last call was refused, `(no ...)` that the kernel has no such thing. Every cell is a scenario that Pteron has played;\n"
      "`pteron uffd-wp` prints this page, and a test compares. Real kernels answered many of these in tests/golden.\n\n";
  page += head + "\n" + line + "\n";
  for (const Operation& operation : kOperations) {
    for (const Memory& memory : kMemory) page += Row(kernels, memory, operation);
  }
  return page;
}

}  // namespace pteron::docs
