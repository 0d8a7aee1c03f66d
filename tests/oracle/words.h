// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_TESTS_ORACLE_WORDS_H_
#define PTERON_TESTS_ORACLE_WORDS_H_

// Random arguments for page-table helpers, weighted towards words that occur. Nothing here stands on Pteron's own
// encoding: the shapes of words are spelled out, so that a mistake there cannot hide itself here.

#include <cstdint>
#include <string_view>

namespace pteron {

// What an argument of a helper is.
enum class ArgKind {
  kNone,
  kPte,     // a word of the lowest table
  kPmd,     // a word of an upper table
  kEntry,   // a swap entry in the generic form
  kProt,    // flags
  kNumber,  // a frame number, an offset, a marker, an address
  kType,    // a swap type
  kLikeA,   // the first argument, or nearly
};

struct ArgKinds {
  ArgKind a = ArgKind::kNone;
  ArgKind b = ArgKind::kNone;
  bool operator==(const ArgKinds&) const = default;
};

// Reads the kinds from the spelling of a call in helpers.h, e.g. "PV(pte_modify(P_(a), __pgprot(b)))".
ArgKinds KindsOf(std::string_view expression, int arity);

// Deterministic: the same seed gives the same words on every machine.
class WordSource {
 public:
  explicit WordSource(uint64_t seed) : state_(seed) {}

  uint64_t Next(ArgKind kind, uint64_t a = 0);

  // All 64 bits equally likely.
  uint64_t Uniform() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

 private:
  uint64_t Pte();
  uint64_t Pmd();
  uint64_t Entry();
  uint64_t Prot();
  uint64_t Number();
  uint64_t Noise();
  uint64_t Flip(uint64_t word);
  uint64_t Present(uint64_t flags);
  uint64_t SwapWord();

  uint64_t state_;
};

}  // namespace pteron

#endif  // PTERON_TESTS_ORACLE_WORDS_H_
