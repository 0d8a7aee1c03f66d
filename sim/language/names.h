// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_LANGUAGE_NAMES_H_
#define PTERON_SIM_LANGUAGE_NAMES_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pteron::language {

enum class NameKind { process, mapping, file, descriptor };

// "a process" and so on.
std::string_view Describe(NameKind kind);

// [A-Za-z][A-Za-z0-9_]*
bool IsName(std::string_view text);

// The one name space of a scenario. `P` is a process in it from the start.
class Names {
 public:
  struct Entry {
    NameKind kind;
    size_t order;  // how many names were introduced before it
    int line;      // 0: there from the start
  };

  Names();

  // Precondition: IsName(name), and Lookup(name) is null.
  void Introduce(std::string_view name, NameKind kind, int line);

  // Null where no name is introduced so.
  const Entry* Lookup(std::string_view name) const;

  // Whether `name` is a descriptor: introduced by a `uffd` statement, or handed over by fork events, as C.U for a
  // descriptor U introduced before the fork of C.
  bool IsDescriptor(std::string_view name) const;

  // All names of a kind, in the order of their introduction; without those of fork events.
  std::vector<std::string_view> All(NameKind kind) const;

 private:
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace pteron::language

#endif  // PTERON_SIM_LANGUAGE_NAMES_H_
