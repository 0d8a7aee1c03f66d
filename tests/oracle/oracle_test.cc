// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// Compares Pteron's page-table helpers and constants with those of a kernel's own headers, compiled into a shared
// object by `compile`. `run` runs it for every release and configuration.
//
//   oracle_test --object FILE --kernel 6.1|6.12 [--variant NAME] [--calls N] [--seed S] [--per-helper]
//
// Every helper is called with random words in several worlds: what a kernel finds out when it boots. Exit code: 0 no
// difference, 1 a difference or a wrong command line, 77 nothing to compare with (a line "SKIP reason").

#include <dlfcn.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pteron/arch/x86/encoding.h"
#include "pteron/arch/x86/word_helpers.h"
#include "tests/oracle/more_helpers.h"
#include "tests/oracle/oracle_table.h"
#include "tests/oracle/words.h"

namespace pteron {
namespace {

constexpr int kFailed = 1;
constexpr int kSkipped = 77;
constexpr uint64_t kMaxRows = 20;          // differences that are printed
constexpr uint64_t kMaxRowsPerHelper = 2;  // of these
constexpr uint64_t kBatch = 512;
constexpr uint64_t kFlagSubsets = 4096;  // of the low 12 bits

struct Options {
  std::string object;
  std::string kernel;
  std::string variant = "default";
  uint64_t calls = 10'000'000;
  uint64_t seed = 1;
  bool per_helper = false;
};

bool ParseNumber(const char* text, uint64_t* number) {
  char* end = nullptr;
  *number = std::strtoull(text, &end, 0);
  return end != text && *end == '\0' && *text != '-';
}

bool ParseOptions(int argc, char** argv, Options* options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--per-helper") {
      options->per_helper = true;
      continue;
    }
    if (i + 1 == argc) return false;
    const char* value = argv[++i];
    if (flag == "--object")
      options->object = value;
    else if (flag == "--kernel")
      options->kernel = value;
    else if (flag == "--variant")
      options->variant = value;
    else if (flag == "--calls" && ParseNumber(value, &options->calls))
      continue;
    else if (flag == "--seed" && ParseNumber(value, &options->seed))
      continue;
    else
      return false;
  }
  return !options->kernel.empty();
}

// A helper on both sides.
struct Pair {
  const oracle_helper* kernel;
  uint64_t (*pteron)(const Encoding& e, uint64_t a, uint64_t b);
  ArgKinds kinds;
  uint64_t calls = 0;
  uint64_t differences = 0;
  uint64_t rows = 0;  // printed
};

struct World {
  std::string name;
  bool sweep = false;  // also all subsets of the low flags
  EncodingFacts facts;
};

// ---- Facts.

std::optional<EncodingFacts> BaseFacts(const std::string& kernel) {
  if (kernel == "6.1") return kFactsV6_1;
  if (kernel == "6.12") return kFactsV6_12;
  return std::nullopt;
}

std::string VariantOf(const oracle_table& table) {
  if (!table.uffd_wp && !table.protection_keys && !table.numa_balancing && !table.page_table_isolation) return "lean";
  if (!table.soft_dirty) return "soft-dirty-off";
  return table.device_private ? "device-private-on" : "default";
}

EncodingFacts WithConfiguration(EncodingFacts facts, const oracle_table& table) {
  facts.soft_dirty = table.soft_dirty != 0;
  facts.device_private = table.device_private != 0;
  facts.uffd_wp = table.uffd_wp != 0;
  facts.protection_keys = table.protection_keys != 0;
  facts.numa_balancing = table.numa_balancing != 0;
  facts.page_table_isolation = table.page_table_isolation != 0;
  return facts;
}

std::vector<World> Worlds(const EncodingFacts& base, bool shadow_stacks) {
  constexpr uint64_t kAllAddressBits = (uint64_t{1} << 52) - 1;
  std::vector<World> worlds;
  const auto add = [&](std::string name, bool five_levels) -> EncodingFacts& {
    World world{(five_levels ? "5 levels" : "4 levels") + name, name.empty(), base};
    world.facts.five_levels = five_levels;
    worlds.push_back(world);
    return worlds.back().facts;
  };
  for (const bool five_levels : {false, true}) {
    add("", five_levels);
    add(", L1TF", five_levels).swapfile_maximum_size = kSwapfileMaximumSizeL1tf;
    // AMD memory encryption takes an address bit away.
    EncodingFacts& sme = add(", SME", five_levels);
    sme.sme_me_mask = sme.cc_mask = uint64_t{1} << (five_levels ? 51 : 47);
    sme.physical_mask = kAllAddressBits & ~sme.sme_me_mask;
    if (shadow_stacks) add(", shadow stacks", five_levels).shadow_stacks = true;
  }
  // A TDX guest of 48 bits: the top one says "shared".
  EncodingFacts& tdx = add(", TDX", false);
  tdx.cc_mask = uint64_t{1} << 47;
  tdx.physical_mask = (uint64_t{1} << 47) - 1;
  add(", no NX", false).supported_pte_mask = ~kPageNx;
  return worlds;
}

// Tells the object what the facts say. mm/swapfile.c lets migration entries keep accessed and dirty where swap files
// may be as large as the frame number's bits and two more can say.
void Enter(const oracle_table& table, const EncodingFacts& facts) {
  oracle_facts told{};
  told.five_levels = facts.five_levels;
  told.sme_mask = facts.sme_me_mask;
  told.cc_mask = facts.cc_mask;
  told.physical_mask = facts.physical_mask;
  told.supported_mask = facts.supported_pte_mask;
  told.migration_young_dirty = facts.swapfile_maximum_size >= uint64_t{1} << ((facts.five_levels ? 52 : 46) - 12 + 2);
  told.shadow_stack = facts.shadow_stacks;
  table.set_facts(&told);
}

// ---- The comparison.

class Comparison {
 public:
  Comparison(const Options& options, const oracle_table& table)
      : options_(options), table_(table), words_(options.seed) {}

  // False if a helper of Pteron's table is not in the object.
  bool MatchHelpers();
  void Run(const std::vector<World>& worlds);
  // The closing lines. True if nothing differs.
  bool Report(double seconds) const;

 private:
  void CompareConstants(const World& world, const Encoding& encoding);
  // Calls each of a group, helpers of the same kinds of arguments, with `calls` random words. All of a group get the
  // same words: making one costs more than calling a helper on both sides.
  void CompareGroup(const World& world, const Encoding& encoding, const std::vector<Pair*>& group, uint64_t calls);
  // Compares on the words a_[0..n), b_[0..n).
  void CompareBatch(const World& world, const Encoding& encoding, Pair& pair, uint64_t n);
  void PrintDifferences(const World& world, const Encoding& encoding, Pair& pair, uint64_t n);

  const Options& options_;
  const oracle_table& table_;
  WordSource words_;
  std::vector<Pair> pairs_;
  std::vector<std::string> absent_;
  std::vector<std::string> beyond_pteron_;
  uint64_t a_[kBatch] = {};
  uint64_t b_[kBatch] = {};
  uint64_t constants_ = 0;
  uint64_t constant_differences_ = 0;
  uint64_t printed_ = 0;
  size_t worlds_ = 0;
};

bool Comparison::MatchHelpers() {
  bool complete = true;
  const auto find = [this](std::string_view name) -> const oracle_helper* {
    for (int i = 0; i < table_.helper_count; ++i) {
      if (table_.helpers[i].name == name) return &table_.helpers[i];
    }
    return nullptr;
  };
  const auto match = [&](std::string_view name, int arity, uint64_t (*call)(const Encoding&, uint64_t, uint64_t),
                         bool required) {
    const oracle_helper* kernel = find(name);
    if (kernel == nullptr || kernel->arity != arity) {
      if (required)
        std::printf("ERROR the object has no helper %.*s of %d arguments\n", static_cast<int>(name.size()), name.data(),
                    arity);
      complete &= !required;
      return;
    }
    if (kernel->call1 == nullptr && kernel->call2 == nullptr) {
      absent_.push_back(std::string(name) + " (" + kernel->note + ")");
      return;
    }
    pairs_.push_back({kernel, call, KindsOf(kernel->expression, arity)});
  };
  for (const WordHelper& helper : WordHelpers()) match(helper.name, helper.arity, helper.call, true);
  for (const MoreHelper& helper : MoreHelpers()) match(helper.name, helper.arity, helper.call, false);
  for (int i = 0; i < table_.helper_count; ++i) {
    const oracle_helper& kernel = table_.helpers[i];
    if (kernel.call1 == nullptr && kernel.call2 == nullptr) continue;
    if (std::none_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) { return pair.kernel == &kernel; })) {
      beyond_pteron_.push_back(kernel.name);
    }
  }
  return complete;
}

void Comparison::CompareConstants(const World& world, const Encoding& encoding) {
  const std::span<const WordConstant> constants = WordConstants();
  for (int i = 0; i < table_.constant_count; ++i) {
    const oracle_constant& kernel = table_.constants[i];
    const auto row =
        std::find_if(constants.begin(), constants.end(), [&](const WordConstant& c) { return c.name == kernel.name; });
    if (row == constants.end()) continue;
    const std::optional<uint64_t> pteron = row->value(encoding);
    const std::optional<uint64_t> real =
        kernel.absent ? std::nullopt : std::optional<uint64_t>(table_.constant_value(i));
    ++constants_;
    if (pteron == real) continue;
    ++constant_differences_;
    if (printed_++ >= kMaxRows) continue;
    const auto text = [](const std::optional<uint64_t>& value) {
      char hex[24];
      std::snprintf(hex, sizeof hex, "0x%" PRIx64, value.value_or(0));
      return value ? std::string(hex) : std::string("none");
    };
    std::printf("DIFFERENCE %s %s [%s] %s: kernel %s, pteron %s\n", options_.kernel.c_str(), options_.variant.c_str(),
                world.name.c_str(), kernel.name, text(real).c_str(), text(pteron).c_str());
  }
}

void Comparison::PrintDifferences(const World& world, const Encoding& encoding, Pair& pair, uint64_t n) {
  const bool binary = pair.kernel->arity == 2;
  for (uint64_t i = 0; i < n && printed_ < kMaxRows && pair.rows < kMaxRowsPerHelper; ++i) {
    const uint64_t pteron = pair.pteron(encoding, a_[i], b_[i]);
    const uint64_t kernel = binary ? pair.kernel->call2(a_[i], b_[i]) : pair.kernel->call1(a_[i]);
    if (kernel == pteron) continue;
    ++printed_;
    ++pair.rows;
    std::printf("DIFFERENCE %s %s [%s] %s a=%016" PRIx64, options_.kernel.c_str(), options_.variant.c_str(),
                world.name.c_str(), pair.kernel->name, a_[i]);
    if (binary) std::printf(" b=%016" PRIx64, b_[i]);
    std::printf(": kernel %016" PRIx64 ", pteron %016" PRIx64 "\n", kernel, pteron);
  }
}

void Comparison::CompareBatch(const World& world, const Encoding& encoding, Pair& pair, uint64_t n) {
  uint64_t unequal = 0;
  if (pair.kernel->arity == 2) {
    for (uint64_t i = 0; i < n; ++i) unequal += pair.kernel->call2(a_[i], b_[i]) != pair.pteron(encoding, a_[i], b_[i]);
  } else {
    for (uint64_t i = 0; i < n; ++i) unequal += pair.kernel->call1(a_[i]) != pair.pteron(encoding, a_[i], 0);
  }
  pair.calls += n;
  pair.differences += unequal;
  if (unequal != 0) PrintDifferences(world, encoding, pair, n);
}

void Comparison::CompareGroup(const World& world, const Encoding& encoding, const std::vector<Pair*>& group,
                              uint64_t calls) {
  const ArgKinds kinds = group.front()->kinds;
  for (uint64_t done = 0; done < calls; done += kBatch) {
    const uint64_t n = std::min(kBatch, calls - done);
    for (uint64_t i = 0; i < n; ++i) {
      a_[i] = words_.Next(kinds.a);
      b_[i] = words_.Next(kinds.b, a_[i]);
    }
    for (Pair* pair : group) CompareBatch(world, encoding, *pair, n);
  }
  if (!world.sweep) return;
  // Each subset of the low flags, under random upper bits.
  for (uint64_t low = 0; low < kFlagSubsets; low += kBatch) {
    for (uint64_t i = 0; i < kBatch; ++i) {
      a_[i] = (words_.Uniform() & ~(kFlagSubsets - 1)) | (low + i);
      b_[i] = words_.Next(kinds.b, a_[i]);
    }
    for (Pair* pair : group) CompareBatch(world, encoding, *pair, kBatch);
  }
}

void Comparison::Run(const std::vector<World>& worlds) {
  std::vector<std::vector<Pair*>> groups;
  for (Pair& pair : pairs_) {
    const auto same = [&](const std::vector<Pair*>& group) { return group.front()->kinds == pair.kinds; };
    const auto group = std::find_if(groups.begin(), groups.end(), same);
    if (group == groups.end())
      groups.push_back({&pair});
    else
      group->push_back(&pair);
  }
  worlds_ = worlds.size();
  const uint64_t cells = worlds.size() * pairs_.size();
  const uint64_t calls = (options_.calls + cells - 1) / cells;
  for (const World& world : worlds) {
    const Encoding encoding = MakeEncoding(world.facts);
    Enter(table_, world.facts);
    CompareConstants(world, encoding);
    for (const std::vector<Pair*>& group : groups) CompareGroup(world, encoding, group, calls);
  }
}

bool Comparison::Report(double seconds) const {
  uint64_t calls = 0, differences = 0, differing = 0, fewest = UINT64_MAX, most = 0;
  for (const Pair& pair : pairs_) {
    calls += pair.calls;
    differences += pair.differences;
    differing += pair.differences != 0;
    fewest = std::min(fewest, pair.calls);
    most = std::max(most, pair.calls);
    if (options_.per_helper || pair.differences != 0) {
      std::printf("HELPER %s: %" PRIu64 " calls, %" PRIu64 " differences%s%s\n", pair.kernel->name, pair.calls,
                  pair.differences, pair.kernel->note ? ", here " : "", pair.kernel->note ? pair.kernel->note : "");
    }
  }
  const auto list = [](const char* title, const std::vector<std::string>& names) {
    if (names.empty()) return;
    std::printf("%s:", title);
    for (const std::string& name : names) std::printf(" %s%s", name.c_str(), &name == &names.back() ? "\n" : ",");
  };
  list("not in this release", absent_);
  if (options_.per_helper) list("not in Pteron", beyond_pteron_);
  std::printf("%.1f million calls/s\n", static_cast<double>(calls) / seconds / 1e6);
  std::printf("%s %s %s (headers %u.%u.%u): %" PRIu64 " calls in %zu worlds, %zu helpers x %" PRIu64,
              differences || constant_differences_ ? "FAILED" : "ok", options_.kernel.c_str(), options_.variant.c_str(),
              table_.version_code >> 16, table_.version_code >> 8 & 255, table_.version_code & 255, calls, worlds_,
              pairs_.size(), fewest);
  if (most != fewest) std::printf("..%" PRIu64, most);
  std::printf(", %" PRIu64 " constants; %" PRIu64 " differences in %" PRIu64 " helpers, %" PRIu64 " in constants\n",
              constants_ / worlds_, differences, differing, constant_differences_);
  return differences == 0 && constant_differences_ == 0;
}

// ---- The object.

// The table, or null with *exit_code set and the reason printed.
const oracle_table* Load(const Options& options, int* exit_code) {
  const auto fail = [&](int code, const std::string& reason) {
    std::printf("%s %s\n", code == kSkipped ? "SKIP" : "ERROR", reason.c_str());
    *exit_code = code;
    return nullptr;
  };
  struct stat status;
  if (options.object.empty()) return fail(kSkipped, "no object of compiled kernel headers was given");
  if (stat(options.object.c_str(), &status) != 0) return fail(kSkipped, "there is no object " + options.object);
  // A path without a slash would be looked up among the system's libraries.
  const std::string path = options.object.find('/') == std::string::npos ? "./" + options.object : options.object;
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return fail(kFailed, dlerror());
  const oracle_table* table = static_cast<const oracle_table*>(dlsym(handle, PTERON_ORACLE_SYMBOL));
  if (table == nullptr || table->abi != PTERON_ORACLE_ABI)
    return fail(kFailed, options.object + " is not an object of this version of the test");
  const std::string release =
      std::to_string(table->version_code >> 16) + "." + std::to_string(table->version_code >> 8 & 255);
  if (release != options.kernel) return fail(kFailed, "the object is of " + release + ", not " + options.kernel);
  if (VariantOf(*table) != options.variant)
    return fail(kFailed, "the object is of variant " + VariantOf(*table) + ", not " + options.variant);
  return table;
}

int Main(int argc, char** argv) {
  Options options;
  if (!ParseOptions(argc, argv, &options)) {
    std::fprintf(
        stderr,
        "usage: oracle_test --object FILE --kernel 6.1|6.12 [--variant NAME] [--calls N] [--seed S] [--per-helper]\n");
    return kFailed;
  }
  const std::optional<EncodingFacts> facts = BaseFacts(options.kernel);
  if (!facts) {
    std::printf("ERROR Pteron's words of kernel %s have no header oracle: 6.1 or 6.12\n", options.kernel.c_str());
    return kFailed;
  }
  int exit_code = 0;
  const oracle_table* table = Load(options, &exit_code);
  if (table == nullptr) return exit_code;

  const auto start = std::chrono::steady_clock::now();
  Comparison comparison(options, *table);
  const bool complete = comparison.MatchHelpers();
  comparison.Run(Worlds(WithConfiguration(*facts, *table), table->shadow_stack_known != 0));
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return comparison.Report(elapsed.count()) && complete ? 0 : kFailed;
}

}  // namespace
}  // namespace pteron

int main(int argc, char** argv) { return pteron::Main(argc, argv); }
