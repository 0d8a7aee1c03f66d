// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef TESTS_LANGUAGE_GOLDEN_FILES_H_
#define TESTS_LANGUAGE_GOLDEN_FILES_H_

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace pteron::testing {

// The folder tests/golden: of the current folder (the repository, or the runfiles where Bazel starts a test), else of
// the runfiles.
inline std::filesystem::path GoldenFolder() {
  const std::filesystem::path here = "tests/golden";
  if (std::filesystem::is_directory(here)) return here;
  const char* const runfiles = std::getenv("TEST_SRCDIR");
  const char* const workspace = std::getenv("TEST_WORKSPACE");
  if (runfiles != nullptr && workspace != nullptr) return std::filesystem::path(runfiles) / workspace / here;
  return here;
}

// The files of a folder with this extension, by name; none where there is no such folder.
inline std::vector<std::filesystem::path> FilesIn(const std::filesystem::path& folder, const std::string& extension) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

}  // namespace pteron::testing

#endif  // TESTS_LANGUAGE_GOLDEN_FILES_H_
