// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "pteron/arch/x86/hugetlb.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/swapops.h"
#include "sim/commands/inputs.h"
#include "sim/commands/words.h"

namespace pteron::commands {
namespace {

constexpr const char* kHelp =
    "make a page-table word\n"
    "  pteron encode present frame=N [r|rw|none] [exec] [shared] [FLAG...]\n"
    "  pteron encode swap type=N offset=N [FLAG...]\n"
    "  pteron encode migration frame=N read|read-exclusive|write [young] [dirty] [FLAG...]\n"
    "  pteron encode hwpoison frame=N | swapin-error frame=N | marker bits=N | special | none\n"
    "numbers are decimal, or hexadecimal with 0x; FLAG of a present word: young dirty soft-dirty wp special huge old clean;\n"
    "of the others: soft-dirty wp exclusive";

struct EncodeArguments {
  std::vector<std::string> words;
  std::vector<std::string> kernels;
};

// The words behind the kind, taken one by one.
class Words {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {}

  bool Take(std::string_view word) {
    for (size_t i = 0; i < words_.size(); ++i) {
      if (words_[i] != word) continue;
      words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(i));
      return true;
    }
    return false;
  }

  // NAME=NUMBER. Sets the error where it is missing or no number.
  uint64_t Number(std::string_view name) {
    for (size_t i = 0; i < words_.size(); ++i) {
      const std::string word = words_[i];
      if (!word.starts_with(std::string(name) + "=")) continue;
      words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(i));
      std::string_view digits = std::string_view(word).substr(name.size() + 1);
      const bool hexadecimal = digits.starts_with("0x");
      if (hexadecimal) digits.remove_prefix(2);
      uint64_t value = 0;
      const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
      if (digits.empty() || code != std::errc() || end != digits.data() + digits.size()) {
        error_ = fmt::format("'{}' has no number behind the equals sign", word);
      }
      return value;
    }
    error_ = fmt::format("{}=NUMBER is missing", name);
    return 0;
  }

  // What is wrong: a number, or a word that nobody took.
  std::string Error() const {
    if (!error_.empty() || words_.empty()) return error_;
    return fmt::format("'{}' does not belong here", words_.front());
  }

 private:
  std::vector<std::string> words_;
  std::string error_;
};

pte_t EncodePresent(const Encoding& e, Words& words) {
  const uint64_t frame = words.Number("frame");
  const bool none = words.Take("none"), read_write = words.Take("rw");
  words.Take("r");
  const size_t index = (none ? 0 : read_write ? 3 : 1) | (words.Take("exec") ? 4 : 0) | (words.Take("shared") ? 8 : 0);
  pte_t pte = pfn_pte(e, frame, e.protection_map[index]);
  if (read_write) pte = pte_mkwrite(e, pte);
  if (words.Take("young")) pte = pte_mkyoung(e, pte);
  if (words.Take("old")) pte = pte_mkold(e, pte);
  if (words.Take("dirty")) pte = pte_mkdirty(e, pte);
  if (words.Take("clean")) pte = pte_mkclean(e, pte);
  if (words.Take("soft-dirty")) pte = pte_mksoft_dirty(e, pte);
  if (words.Take("special")) pte = pte_mkspecial(e, pte);
  if (words.Take("huge")) pte = pte_mkhuge(e, pte);
  if (words.Take("wp")) pte = pte_mkuffd_wp(e, pte);
  return pte;
}

pte_t WithSwapFlags(const Encoding& e, pte_t pte, Words& words) {
  if (words.Take("soft-dirty")) pte = pte_swp_mksoft_dirty(e, pte);
  if (words.Take("wp")) pte = pte_swp_mkuffd_wp(e, pte);
  if (words.Take("exclusive")) pte = pte_swp_mkexclusive(e, pte);
  return pte;
}

pte_t EncodeMigration(const Encoding& e, Words& words) {
  const uint64_t frame = words.Number("frame");
  swp_entry_t entry = make_readable_migration_entry(e, frame);
  if (words.Take("write")) entry = make_writable_migration_entry(e, frame);
  if (words.Take("read-exclusive")) entry = make_readable_exclusive_migration_entry(e, frame);
  words.Take("read");
  if (words.Take("young")) entry = make_migration_entry_young(e, entry);
  if (words.Take("dirty")) entry = make_migration_entry_dirty(e, entry);
  return swp_entry_to_pte(e, entry);
}

// Empty where this kernel has no such word, or there is no such kind: then *why says so.
std::optional<pte_t> EncodeWord(const Encoding& e, std::string_view kind, Words& words, std::string* why) {
  const auto if_exists = [&](bool exists, pte_t pte) -> std::optional<pte_t> {
    if (exists) return WithSwapFlags(e, pte, words);
    *why = fmt::format("this kernel has no {} entries", kind);
    return std::nullopt;
  };
  if (kind == "none") return pte_t{0};
  if (kind == "present") return EncodePresent(e, words);
  if (kind == "swap") {
    const uint64_t type = words.Number("type");
    const uint64_t offset = words.Number("offset");
    if (type < e.max_swapfiles) return WithSwapFlags(e, swp_entry_to_pte(e, swp_entry(type, offset)), words);
    *why = fmt::format("swap devices have types 0 to {}", e.max_swapfiles - 1);
    return std::nullopt;
  }
  if (kind == "migration") {
    const pte_t pte = EncodeMigration(e, words);
    return if_exists(e.swp_migration_read != kNoSwapType, pte);
  }
  if (kind == "hwpoison") {
    return if_exists(e.swp_hwpoison != kNoSwapType, swp_entry_to_pte(e, make_hwpoison_entry(e, words.Number("frame"))));
  }
  if (kind == "swapin-error") {
    return if_exists(e.swp_swapin_error != kNoSwapType, swp_entry_to_pte(e, make_swapin_error_entry(e, words.Number("frame"))));
  }
  if (kind == "marker") return if_exists(e.swp_pte_marker != kNoSwapType, make_pte_marker(e, words.Number("bits")));
  if (kind == "special") return if_exists(e.uffd_wp_special != 0, pte_swp_mkuffd_wp_special(e));
  *why = fmt::format("no kind '{}'; expected present, swap, migration, hwpoison, swapin-error, marker, special or none", kind);
  return std::nullopt;
}

int Encode(const EncodeArguments& arguments) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  if (!ParseKernels(arguments.kernels, &kernels)) return kBadInput;
  for (const auto& kernel : kernels) {
    Words words(std::vector<std::string>(arguments.words.begin() + 1, arguments.words.end()));
    std::string why;
    const std::optional<pte_t> pte = EncodeWord(kernel->encoding(), arguments.words.front(), words, &why);
    if (why.empty()) why = words.Error();
    if (!pte || !why.empty()) {
      fmt::print(stderr, "pteron encode: {}: {}\nusage: {}\n", kernel->name(), why, kHelp);
      return kBadInput;
    }
    fmt::print("{:016x}\n", pte->pte);
  }
  return kOk;
}

}  // namespace

std::function<int()> RegisterEncode(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("encode", kHelp);
  const auto arguments = std::make_shared<EncodeArguments>();
  command->add_option("KIND", arguments->words, "the kind of word, then its numbers and flags")->required();
  command->add_option("--kernel", arguments->kernels, "which kernel; may be repeated (default v5.14-rc+uffd-wp-v5)")->take_all()->allow_extra_args(false);
  return [arguments] { return Encode(*arguments); };
}

}  // namespace pteron::commands
