// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_LANGUAGE_STATEMENT_H_
#define PTERON_SIM_LANGUAGE_STATEMENT_H_

#include <string>

#include "sim/language/error.h"

namespace pteron::language {

enum class Verb {
  // Files and the machine.
  file_shmem,
  file_hugetlb,
  fill,
  peek,
  truncate,
  punch,
  swapoff,
  swapon,
  // A process.
  mmap_anon,
  mmap_file,
  munmap,
  mremap,
  mprotect,
  madvise,
  read,
  write,
  uffd,
  register_,
  unregister,
  wp,
  unwp,
  copy,
  zeropage,
  continue_,
  poison,
  close,
  fork,
  clear_refs,
  exit,
  pagemap_scan,
  mincore,
  wake,
  // Hooks: a scenario that uses one of these says `require hook`.
  migrate,
  freeze,
  thaw,
  reclaim,
  unmap_page,
  collapse_file,
  fail,
  at,
};

// Half-open range of pages of a mapping or a file, counted in pages of that object.
struct Range {
  // As `last`: to the end of the object, as in `A[1:]`.
  static constexpr long kToEnd = -1;

  std::string object;  // empty where a statement has no range
  bool whole = true;   // no brackets: first is 0, last is kToEnd
  long first = 0;
  long last = kToEnd;  // >= first, or kToEnd; `A[2]` is 2, 3; `A[:2]` is 0, 2; `A[1:]` is 1, kToEnd

  bool operator==(const Range&) const = default;
};

enum class Protection { none, r, rw };

// The advice of madvise(), and `hwpoison` (MADV_HWPOISON). keeponfork is what undoes wipeonfork.
enum class Advice {
  dontneed,
  free,
  cold,
  pageout,
  willneed,
  remove,
  hugepage,
  nohugepage,
  collapse,
  populate_read,
  populate_write,
  dontfork,
  dofork,
  wipeonfork,
  keeponfork,
  guard_install,
  guard_remove,
  hwpoison,
};

// The features that a `uffd` statement names. WP and WP_HUGETLBFS_SHMEM are asked for wherever the kernel has them.
struct UffdFeatures {
  bool sigbus = false;
  bool event_fork = false;
  bool event_remap = false;
  bool wp_unpopulated = false;
  bool wp_async = false;
  bool operator==(const UffdFeatures&) const = default;
};

// `register`: the modes named (there may be none). `copy`, `continue`: wp alone.
struct UffdModes {
  bool missing = false;
  bool wp = false;
  bool minor = false;
  bool operator==(const UffdModes&) const = default;
};

enum class ClearRefs { soft_dirty, referenced };

// The categories that `pagemap-scan` names: PAGE_IS_* of include/uapi/linux/fs.h (6.7 on; guard 6.15 on). At least one.
struct PagemapCategories {
  bool wpallowed = false;
  bool written = false;
  bool file = false;
  bool present = false;
  bool swapped = false;
  bool pfnzero = false;
  bool huge = false;
  bool soft_dirty = false;
  bool guard = false;
  bool operator==(const PagemapCategories&) const = default;
};

// Where a new mapping lies. Its own address is 0x100000000000 + mapping_number * 0x40000000.
struct Placement {
  enum class Kind { own_address, after, offset, over };
  Kind kind = Kind::own_address;
  std::string after;  // Kind::after: right behind this mapping
  long pages = 0;     // Kind::offset: so many pages of 4 KiB (hugetlb: 2 MiB) behind its own address
  // Kind::over: MAP_FIXED from page over.first of this mapping on. The new mapping's own length decides how far; where
  // both lengths are written down they are equal, unless over is a single page or whole.
  Range over;
  bool operator==(const Placement&) const = default;
};

// Of what kind the N-th allocation in the next statement fails: a page table, a page of data, a swap slot.
enum class FailKind { table, page, slot };

// One step of a scenario. Fields that a verb does not use keep their defaults.
struct Statement {
  Verb verb = Verb::swapoff;
  Position at;       // its first word
  std::string text;  // with single blanks, without comment: as printed behind "@ STEP "
  int step = 0;      // from 1
  // Who acts; of `at` who does the access; of migrate, freeze and thaw whose mapping it is. Empty for files and the
  // machine.
  std::string process;
  std::string thread;  // read, write, at: "t1" of `P.t1:`, else empty
  // What it acts on, a mapping or a file: of mmap_file the part of the file, of mremap what moves, of `at` one page.
  Range range;
  std::string name;  // what it introduces: file, mapping, descriptor, child
  // The descriptor that register to poison, wake and close act through: "U", or "C.U" from a fork event.
  std::string uffd;

  long pages = 0;           // file_*, truncate: the size; mmap_anon: the length
  int mapping_number = -1;  // mmap_*, mremap: k, from 0, over all mmap and mremap statements of the scenario
  bool shared = false;      // mmap_*: as written or the default (anon private, file shared)
  Protection protection = Protection::rw;  // mmap_*, mprotect
  Placement placement;                     // mmap_*
  Advice advice = Advice::dontneed;        // madvise
  UffdFeatures features;                   // uffd
  UffdModes modes;                         // register_, copy, continue_
  ClearRefs clear_refs = ClearRefs::soft_dirty;
  PagemapCategories categories;          // pagemap_scan
  FailKind fail_kind = FailKind::table;  // fail
  long fail_index = 0;                   // fail: N, from 1
  std::string point;         // at: "truncate.after-unmap"; whether there is such a point is not the parser's to say
  Position point_at;         // at: where the point's name stands
  Verb access = Verb::read;  // at: read or write
};

// Equal but for where they stand.
bool operator==(const Statement& a, const Statement& b);

// The statement in the language, made from the typed fields alone (text is not looked at): defaults left out, options
// in the order of the language's description.
std::string Compose(const Statement& statement);

}  // namespace pteron::language

#endif  // PTERON_SIM_LANGUAGE_STATEMENT_H_
