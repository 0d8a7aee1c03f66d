// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Code of modelled functions asks rules; it names no release and no change. Comments may.
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "tests/catch.h"

TEST_CASE("code under src/mm and src/fs names no release and no change") {
  const std::regex name("v?(5\\.1[04]|6\\.1[28]?|7\\.2)\\b|uffd-wp-v5|vma_needs_copy\"");
  size_t files = 0;
  for (const char* folder : {"src/mm", "src/fs"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".cc" && entry.path().extension() != ".h") continue;
      ++files;
      std::ifstream file(entry.path());
      int number = 0;
      for (std::string line; std::getline(file, line);) {
        ++number;
        const std::string code = line.substr(0, line.find("//"));
        INFO(entry.path().string() << ":" << number << ": " << line);
        CHECK_FALSE(std::regex_search(code, name));
      }
    }
  }
  CHECK(files > 40);
}
