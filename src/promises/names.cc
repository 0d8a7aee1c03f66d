// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/promises/act.h"
#include "pteron/promises/violation.h"

namespace pteron::promises {

const char* VerbName(Verb verb) {
  constexpr const char* kNames[kVerbs] = {"file shmem", "file hugetlb", "fill",          "peek",     "truncate",   "punch",    "swapoff",
                                          "swapon",     "mmap anon",    "mmap file",     "munmap",   "mremap",     "mprotect", "madvise",
                                          "read",       "write",        "uffd",          "register", "unregister", "wp",       "unwp",
                                          "copy",       "zeropage",     "continue",      "poison",   "close",      "fork",     "clear-refs",
                                          "exit",       "pagemap-scan", "mincore",       "wake",     "migrate",    "freeze",   "thaw",
                                          "reclaim",    "unmap-page",   "collapse-file", "fail",     "at"};
  return kNames[static_cast<int>(verb)];
}

const char* AnswerName(Answer answer) {
  constexpr const char* kNames[] = {"ok",  "an errno", "SIGBUS", "SIGSEGV",     "blocked-wp", "blocked-missing", "blocked-minor",
                                    "EOF", "livelock", "waits",  "not-reached", "oom",        "a kernel bug"};
  return kNames[static_cast<int>(answer)];
}

const char* MemoryName(Memory memory) {
  constexpr const char* kNames[] = {"anonymous", "shared shmem", "private shmem", "shared hugetlb", "private hugetlb", "none"};
  return kNames[static_cast<int>(memory)];
}

}  // namespace pteron::promises
