// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/arch/x86/explain.h"

#include <string>

#include "pteron/arch/x86/classify.h"
#include "pteron/arch/x86/word_helpers.h"
#include "tests/arch/x86/kernels.h"
#include "tests/catch.h"

namespace pteron {
namespace {

using test::AllKernels;

bool Contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_CASE("every word at every level has an explanation that names its class") {
  for (const test::NamedEncoding& kernel : AllKernels()) {
    const Encoding& e = kernel.encoding;
    INFO(kernel.name);
    test::Words words;
    for (int i = 0; i < 3000; ++i) {
      const uint64_t word = words.Next();
      const std::string text = Explain(e, word, Level::pte);
      const std::string head = text.substr(0, text.find('\n'));
      if (!Contains(head, std::string(EntryClassName(classify(e, pte_t{word}))) + ":")) FAIL_CHECK(head);
      for (Level level : {Level::pte, Level::pmd, Level::pud, Level::p4d, Level::pgd}) {
        const std::string at_level = Explain(e, word, level);
        if (at_level.empty() || at_level.back() != '\n' || Contains(at_level, "\n\n")) FAIL_CHECK(at_level);
      }
    }
  }
}

TEST_CASE("the special PTE is named, and what it would be as a swap word") {
  const Encoding series = MakeEncoding(test::kFactsSeries);
  for (Level level : {Level::pte, Level::pmd, Level::pud}) {
    const std::string text = Explain(series, 4, level);
    CHECK(Contains(text, "special"));
    CHECK(Contains(text, "uffd-wp series, version 5"));
    CHECK(Contains(text, "Read as a swap word it would be type 0, offset 0x3ffffffffffff."));
  }
  const std::string without = Explain(MakeEncoding(kFactsV5_14), 4, Level::pte);
  CHECK_FALSE(Contains(without, "special"));
  CHECK(Contains(without, "offset 0x3ffffffffffff"));
}

TEST_CASE("a word bit by bit") {
  CHECK(Explain(MakeEncoding(kFactsV6_12), 0x8400000000867c25, Level::pte) ==
        "0x8400000000867c25 PTE present: maps a page of 4 KiB, read-only, dirty, young, write-protected by userfaultfd\n"
        "  bit 0       present: the processor uses the word\n"
        "  bit 2       USER: user mode may use it\n"
        "  bit 5       ACCESSED: used since the bit was last cleared\n"
        "  bit 10      UFFD_WP: write-protected by userfaultfd, a write is reported\n"
        "  bit 11      SOFT_DIRTY: written since clear_refs was last written 4\n"
        "  bits 12-51  frame 0x867, at address 0x867000\n"
        "  bit 58      SAVED_DIRTY: dirty, kept here while the word is write-protected\n"
        "  bit 63      NX: no instruction fetch\n");
  CHECK(Explain(MakeEncoding(kFactsV6_1), 0xf7fffffffffffc02, Level::pte) ==
        "0xf7fffffffffffc02 PTE marker: no page, write-protected by userfaultfd\n"
        "  bit 1       SOFT_DIRTY: written since clear_refs was last written 4\n"
        "  bits 9-58   offset 0x1, stored inverted: marker bits, 1 = write-protected by userfaultfd\n"
        "  bits 59-63  type 30: PTE_MARKER\n");
  const std::string protnone = Explain(MakeEncoding(kFactsV6_1), 0x000fffffff798120, Level::pte);
  CHECK(Contains(protnone, "frame 0x867, at address 0x867000; stored inverted, because the word is not present"));
  const std::string moved = Explain(MakeEncoding(kFactsV6_1), 0xefffe7ffffefde00, Level::pte);
  CHECK(Contains(moved, "frame 0x810"));
  CHECK(Contains(moved, "young"));
  CHECK(Contains(moved, "MIGRATION_WRITE"));
}

TEST_CASE("a helper on a word of the wrong class is a misuse") {
  const Encoding series = MakeEncoding(test::kFactsSeries);
  const auto misuse = [&](std::string_view name, uint64_t a) {
    const WordHelper* helper = FindWordHelper(name);
    REQUIRE(helper != nullptr);
    return CheckMisuse(series, *helper, a).value_or("");
  };
  const uint64_t present = 0x8000000000867c65, swap = 0x07fffffffffffa00;
  CHECK(misuse("pte_clear_uffd_wp", present).empty());
  CHECK(misuse("pte_clear_uffd_wp", swap) ==
        "pte_clear_uffd_wp: 0x07fffffffffffa00 is of class swap; meant for: present");
  CHECK(Contains(misuse("pte_swp_clear_uffd_wp", present), "is of class present"));
  CHECK(Contains(misuse("pte_swp_mkexclusive", present), "is of class present"));
  CHECK(misuse("pte_swp_mkexclusive", swap).empty());
  CHECK(Contains(misuse("pte_to_swp_entry", 4), "is of class special"));
  CHECK(misuse("pte_swp_uffd_wp", 4).empty());
  CHECK(misuse("pte_none", swap).empty());
  CHECK(FindWordHelper("pte_unknown") == nullptr);
  for (const WordHelper& helper : WordHelpers()) CHECK(FindWordHelper(helper.name) == &helper);
}

}  // namespace
}  // namespace pteron
