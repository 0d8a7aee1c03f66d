// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_KERNEL_H_
#define PTERON_KERNEL_H_

// Which kernel: a base release, with changes added and left out, and its configuration. A Kernel is an immutable pair of an
// Encoding (what words look like) and Rules (what the code decides).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pteron/arch/x86/encoding.h"
#include "pteron/kernel/change.h"
#include "pteron/kernel/rules.h"

namespace pteron {

class Kernel {
 public:
  // Parses the text form of docs/kernels.md, for example "v5.14-rc+uffd-wp-v5[1-14,25],soft-dirty=off". Empty where the text
  // is wrong; then *error (may be null) says what is wrong and what would have been right.
  static std::optional<Kernel> Parse(std::string_view text, std::string* error = nullptr);

  // This kernel with one more change: a row of the table, or the user's own, which is folded behind all rows. Precondition: what
  // the change needs is present, and its id is neither taken nor holds a character of the grammar; else empty and *error says why.
  std::optional<Kernel> With(const Change& change, std::string* error = nullptr) const;

  // This kernel by the same name with other rules: a wrong model of it, which comparisons with the kernel should notice.
  Kernel WithRules(const Rules& rules) const;

  // The canonical text: kernels that are made of the same have the same name. Parse() reads it back, unless it names changes of
  // the user's own.
  const std::string& name() const { return name_; }
  const Encoding& encoding() const { return encoding_; }
  const EncodingFacts& facts() const { return facts_; }
  const Rules& rules() const { return rules_; }
  // The ids of the changes that were folded over the base, in order.
  std::span<const std::string> changes() const { return changes_; }
  // The release that the base stands for, e.g. "5.14.2".
  std::string_view release() const { return release_; }
  // True where the encoding is known and the rules are not: such a kernel explains words, and runs nothing.
  bool words_only() const { return words_only_; }

 private:
  Kernel() = default;
  friend class KernelBuilder;

  std::string name_;
  std::string name_without_own_;
  std::vector<Change> own_;
  std::string release_;
  bool words_only_ = false;
  EncodingFacts facts_{};
  Encoding encoding_{};
  Rules rules_{};
  std::vector<std::string> changes_;
};

}  // namespace pteron

#endif  // PTERON_KERNEL_H_
