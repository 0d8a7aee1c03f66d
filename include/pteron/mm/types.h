// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_MM_TYPES_H_
#define PTERON_MM_TYPES_H_

// The identifiers that tie the parts of a simulated machine together. Everything refers to everything else by index, never by
// pointer, so that a machine can be copied like a number.

#include <compare>
#include <cstdint>

namespace pteron {

// A page frame number: a physical address divided by 4096. Frames of data and frames of page tables lie in separate ranges.
struct Pfn {
  uint32_t value = 0;
  constexpr auto operator<=>(const Pfn&) const = default;
  constexpr Pfn operator+(uint32_t frames) const { return Pfn{value + frames}; }
};

inline constexpr Pfn kNoPfn{0};               // frame 0 is never handed out
inline constexpr Pfn kZeroPagePfn{1};         // the shared zero page, ZERO_PAGE(0)
inline constexpr Pfn kHugeZeroPagePfn{512};   // the huge zero page, 512 frames
inline constexpr Pfn kFirstDataPfn{1024};     // data frames from here on
inline constexpr Pfn kFirstTablePfn{1u << 30};  // page tables from here on: table i is frame kFirstTablePfn + i

// Index of an address space in MachineState::mms. Process k of a scenario owns mm k.
struct MmId {
  uint32_t value = 0;
  constexpr auto operator<=>(const MmId&) const = default;
};

// Index of a file (an inode with its page cache) in MachineState::files.
struct FileId {
  int32_t value = -1;
  constexpr auto operator<=>(const FileId&) const = default;
  constexpr explicit operator bool() const { return value >= 0; }
};

// Index of a userfaultfd context in MachineState::userfaultfds.
struct UffdId {
  int32_t value = -1;
  constexpr auto operator<=>(const UffdId&) const = default;
  constexpr explicit operator bool() const { return value >= 0; }
};

// Index of an anon_vma in MachineState::anon_vmas.
struct AnonVmaId {
  int32_t value = -1;
  constexpr auto operator<=>(const AnonVmaId&) const = default;
  constexpr explicit operator bool() const { return value >= 0; }
};

// Where a page-table word lies: the kernel's pte_t * (or pmd_t *, ...). Stays good while tables are allocated.
struct EntryRef {
  uint32_t table = 0xffffffff;
  uint32_t index = 0;  // 0 to 511
  constexpr bool operator==(const EntryRef&) const = default;
  constexpr explicit operator bool() const { return table != 0xffffffff; }
  constexpr EntryRef operator+(uint32_t entries) const { return EntryRef{table, index + entries}; }
};

}  // namespace pteron

#endif  // PTERON_MM_TYPES_H_
