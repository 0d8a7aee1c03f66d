// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_TESTS_ARCH_X86_KERNELS_H_
#define PTERON_TESTS_ARCH_X86_KERNELS_H_

// Encodings to test with, and words to test on.

#include <cstdint>
#include <string_view>
#include <vector>

#include "pteron/arch/x86/encoding.h"

namespace pteron::test {

struct NamedEncoding {
  std::string_view name;
  EncodingFacts facts;
  Encoding encoding;
};

constexpr EncodingFacts Changed(EncodingFacts facts, auto change) {
  change(facts);
  return facts;
}

// The uffd-wp series, version 5.
inline constexpr EncodingFacts kFactsSeries = Changed(kFactsV5_14, [](EncodingFacts& f) { f.special_pte = true; });

// Every base, and every run-time fact and configuration switch at least once.
inline std::vector<NamedEncoding> AllKernels() {
  std::vector<NamedEncoding> kernels;
  const auto add = [&](std::string_view name, const EncodingFacts& facts) {
    kernels.push_back({name, facts, MakeEncoding(facts)});
  };
  add("v5.10", kFactsV5_10);
  add("v5.14", kFactsV5_14);
  add("v5.14 + series", kFactsSeries);
  add("v5.14 + series, devices", Changed(kFactsSeries, [](EncodingFacts& f) { f.device_private = true; }));
  add("v6.1", kFactsV6_1);
  add("v6.1, devices", Changed(kFactsV6_1, [](EncodingFacts& f) { f.device_private = true; }));
  add("v6.1, 5 levels", Changed(kFactsV6_1, [](EncodingFacts& f) { f.five_levels = true; }));
  add("v6.1, L1TF", Changed(kFactsV6_1, [](EncodingFacts& f) { f.swapfile_maximum_size = kSwapfileMaximumSizeL1tf; }));
  add("v6.1, no soft-dirty", Changed(kFactsV6_1, [](EncodingFacts& f) { f.soft_dirty = false; }));
  add("v6.1, no markers", Changed(kFactsV6_1, [](EncodingFacts& f) { f.pte_marker_configured = false; }));
  add("v6.1, no uffd-wp", Changed(kFactsV6_1, [](EncodingFacts& f) { f.uffd_wp = false; }));
  add("v6.1, bare", Changed(kFactsV6_1, [](EncodingFacts& f) {
        f.soft_dirty = f.uffd_wp = f.protection_keys = f.hwpoison = f.migration = f.pte_marker_configured = false;
      }));
  add("v6.1, memory encryption", Changed(kFactsV6_1, [](EncodingFacts& f) {
        f.sme_me_mask = f.cc_mask = uint64_t{1} << 47;
        f.physical_mask &= ~f.sme_me_mask;
      }));
  add("v6.12", kFactsV6_12);
  add("v6.12, shadow stacks", Changed(kFactsV6_12, [](EncodingFacts& f) { f.shadow_stacks = true; }));
  add("v6.12, 5 levels", Changed(kFactsV6_12, [](EncodingFacts& f) { f.five_levels = true; }));
  add("v6.18", kFactsV6_18);
  add("v6.18, no soft-dirty", Changed(kFactsV6_18, [](EncodingFacts& f) { f.soft_dirty = false; }));
  add("v7.2", kFactsV7_2);
  return kernels;
}

// Words of every look: uniform, sparse, dense, single bits, like a PTE, like a swap entry, like PROT_NONE, few low bits. The same
// sequence each time.
class Words {
 public:
  uint64_t Next() {
    const uint64_t r = Random(), q = Random();
    switch (count_++ % 9) {
      case 0: return r;
      case 1: return r & q;
      case 2: return r & q & Random() & Random();
      case 3: return r | q;
      case 4: return (r & 0x3fffffff) << 12 | (q & 0xfff) | (q >> 63) << 63;
      case 5: return (~(r & 0xffffff) << 14 >> 5) | q << 59 | (r >> 40 & 0xe);
      case 6: return uint64_t{1} << (r & 63);
      case 7: return (~(r & 0xf) << 14 >> 5) | q << 59;  // small offsets: markers
      default: return q & 1 ? r & 0xfff : 0x120 | (~(r & 0xfffff) << 12 & 0xffffffffff000);
    }
  }

 private:
  uint64_t Random() {  // splitmix64
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint64_t state_ = 20211115;
  int count_ = 0;
};

// Calls `f` with a word for every subset of the flags (bits 0..11, 57, 58, 59, 63), on a few frame numbers.
void ForEveryFlagSubset(auto f) {
  constexpr uint64_t kFrames[] = {0, 0x867000, 0x000ffffffff798000, 0x000ffffffffff000};
  for (uint64_t frame : kFrames) {
    for (uint64_t subset = 0; subset < 1 << 16; ++subset) {
      const uint64_t high = (subset >> 12 & 7) << 57 | (subset >> 15) << 63;
      f(frame | high | (subset & 0xfff));
    }
  }
}

}  // namespace pteron::test

#endif  // PTERON_TESTS_ARCH_X86_KERNELS_H_
