// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// v6.1.txt holds what a running 6.1.192 kernel printed of its own headers: constants, the protection map, and helpers on sampled
// words. Every row must come out the same here.

#include <cstdint>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "pteron/arch/x86/encoding.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/word_helpers.h"
#include "tests/catch.h"

namespace pteron {
namespace {

using Row = std::vector<std::string>;

// Rows of the file that lies beside this one, split at '|'.
std::vector<Row> ReadRows() {
  const std::string source = __FILE__;
  std::ifstream file(source.substr(0, source.rfind('/') + 1) + "v6.1.txt");
  if (!file) file.open("tests/arch/x86/v6.1.txt");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    Row row;
    for (size_t start = 0; start <= line.size();) {
      const size_t end = std::min(line.find('|', start), line.size());
      row.push_back(line.substr(start, end - start));
      start = end + 1;
    }
    rows.push_back(row);
  }
  return rows;
}

uint64_t Hex(const std::string& text) { return std::stoull(text, nullptr, 16); }

const Encoding kEncoding = MakeEncoding(kFactsV6_1);

TEST_CASE("constants of 6.1 are the kernel's") {
  std::map<std::string, WordConstant> constants;
  for (const WordConstant& constant : WordConstants()) constants.emplace(std::string(constant.name), constant);
  REQUIRE(constants.size() == 131);
  int rows = 0;
  for (const Row& row : ReadRows()) {
    if (row[0] != "C") continue;
    ++rows;
    INFO(row[1]);
    const auto found = constants.find(row[1]);
    REQUIRE(found != constants.end());
    const std::optional<uint64_t> value = found->second.value(kEncoding);
    REQUIRE(value.has_value());
    CHECK(*value == Hex(row[2]));
  }
  CHECK(rows == 131);
}

TEST_CASE("the protection map of 6.1 is the kernel's, with and without a protection key") {
  int rows = 0;
  for (const Row& row : ReadRows()) {
    if (row[0] != "P" && row[0] != "PK5") continue;
    ++rows;
    const uint64_t key = row[0] == "PK5" ? 5 : 0;
    const uint64_t access = std::stoull(row[1]);
    INFO(row[0] << " " << access);
    CHECK(vm_get_page_prot(kEncoding, access | key << 32).pgprot == Hex(row[2]));
  }
  CHECK(rows == 32);
}

TEST_CASE("helpers of 6.1 give the kernel's answers") {
  std::set<std::string> seen;
  int rows = 0;
  for (const Row& row : ReadRows()) {
    if (row[0] != "R1" && row[0] != "R2") continue;
    ++rows;
    seen.insert(row[1]);
    INFO(row[0] << " " << row[1] << " " << row[2] << " " << row[3]);
    const WordHelper* helper = FindWordHelper(row[1]);
    REQUIRE(helper != nullptr);
    REQUIRE(helper->arity == (row[0] == "R1" ? 1 : 2));
    const uint64_t result = helper->call(kEncoding, Hex(row[2]), helper->arity == 2 ? Hex(row[3]) : 0);
    if (result != Hex(row.back())) CHECK(result == Hex(row.back()));
  }
  CHECK(rows == 5520);
  CHECK(seen.size() == 138);
  CHECK(WordHelpers().size() == 138);
}

}  // namespace
}  // namespace pteron
