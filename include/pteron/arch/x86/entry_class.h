// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_ENTRY_CLASS_H_
#define PTERON_ARCH_X86_ENTRY_CLASS_H_

// What a word in a table is. Disjoint and complete: every word of every kernel is of exactly one class.

#include <cstdint>
#include <string_view>

namespace pteron {

enum class EntryClass : uint8_t {
  none,          // nothing; the accessed and dirty bits do not count
  present,       // maps a page: present, or PROT_NONE, or (PMD) a huge page made invalid for a moment
  table,         // PMD and above only: names a table of the next level
  swap,          // a page's content is in a swap slot
  migration,     // the page is being moved; the word names its frame
  hwpoison,      // the frame's memory failed
  device,        // the page is in a device's memory, or a device has it for itself
  swapin_error,  // 5.19 to 6.1: the page could not be read back from swap (later kernels: poison)
  special,       // the uffd-wp series, version 5: no page, but write-protected by userfaultfd
  marker,        // a PTE marker whose only meaning is: write-protected by userfaultfd
  poison,        // a PTE marker: accesses are refused with SIGBUS (UFFDIO_POISON, 6.2 on also a failed swap-in)
  guard,         // a PTE marker: guard region, SIGSEGV
  invalid,       // a word that the kernel never writes at this level: an empty marker, a PMD of a wrong kind
};

inline constexpr int kEntryClasses = 13;

constexpr std::string_view EntryClassName(EntryClass entry_class) {
  constexpr std::string_view kNames[kEntryClasses] = {"none",         "present", "table",  "swap",   "migration", "hwpoison", "device",
                                                      "swapin_error", "special", "marker", "poison", "guard",     "invalid"};
  return kNames[static_cast<int>(entry_class)];
}

// A set of classes, for contracts.
class EntryClassSet {
 public:
  constexpr EntryClassSet() = default;
  template <class... C>
  constexpr explicit EntryClassSet(C... classes) : bits_((0u | ... | (1u << static_cast<int>(classes)))) {}
  static constexpr EntryClassSet All() {
    EntryClassSet all;
    all.bits_ = (1u << kEntryClasses) - 1;
    return all;
  }
  constexpr bool contains(EntryClass entry_class) const { return bits_ >> static_cast<int>(entry_class) & 1; }
  constexpr EntryClassSet operator|(EntryClassSet other) const {
    other.bits_ |= bits_;
    return other;
  }
  constexpr bool operator==(const EntryClassSet&) const = default;

 private:
  uint32_t bits_ = 0;
};

}  // namespace pteron

#endif  // PTERON_ARCH_X86_ENTRY_CLASS_H_
