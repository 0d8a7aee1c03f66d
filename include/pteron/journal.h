// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_JOURNAL_H_
#define PTERON_JOURNAL_H_

// What happened to page-table words, who did it and why: filled while a machine records, empty otherwise.

#include <cstdint>
#include <string>
#include <vector>

#include "pteron/arch/x86/level.h"
#include "pteron/mm/types.h"

namespace pteron {

// One write of a page-table word.
struct WordWrite {
  MmId mm;
  uint64_t address = 0;  // first byte that the word covers
  Level level = Level::pte;
  uint64_t old_word = 0;
  uint64_t new_word = 0;
  std::vector<const char*> functions;  // kernel functions, outermost first; the last one wrote
  const char* why = nullptr;           // the row of the plan or the decision that led here; nullptr: no choice was involved
};

// A WARN or BUG of the modelled kernel.
struct Splat {
  const char* function = nullptr;
  std::string reason;
  bool bug = false;  // BUG: the simulated machine ends here
  bool operator==(const Splat&) const = default;
};

// A modelled kernel function that gives a kernel helper a word of a class which that is not meant for.
struct Misuse {
  const char* helper = nullptr;
  const char* function = nullptr;
  uint64_t word = 0;
};

// The error code that the processor gives with a page fault: arch/x86/include/asm/trap_pf.h:x86_pf_error_code. No fetches, no protection keys,
// no shadow stacks here, and no reserved bit is ever set.
enum PageFaultError : uint32_t {
  X86_PF_PROT = 1 << 0,   // the walk ended at an entry that is present and forbids the access
  X86_PF_WRITE = 1 << 1,
  X86_PF_USER = 1 << 2,
};

// A page fault that an access of a process took.
struct PageFault {
  MmId mm;
  uint64_t address = 0;     // bytes
  uint32_t error_code = 0;  // PageFaultError
};

struct Journal {
  bool recording = false;
  std::vector<const char*> functions;  // the kernel functions that run now, outermost first
  const char* why = nullptr;
  std::vector<WordWrite> writes;
  std::vector<PageFault> faults;
  std::vector<Misuse> misuses;  // not only while recording: each helper and function once, until they are taken out
};

// Names the kernel function that runs for as long as this object lives.
class KernelFunction {
 public:
  KernelFunction(Journal& journal, const char* name) : journal_(journal.recording ? &journal : nullptr) {
    if (journal_) journal_->functions.push_back(name);
  }
  ~KernelFunction() {
    if (journal_) journal_->functions.pop_back();
  }
  KernelFunction(const KernelFunction&) = delete;
  KernelFunction& operator=(const KernelFunction&) = delete;

 private:
  Journal* journal_;
};

}  // namespace pteron

#endif  // PTERON_JOURNAL_H_
