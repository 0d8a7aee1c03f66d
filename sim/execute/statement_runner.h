// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_EXECUTE_STATEMENT_RUNNER_H_
#define PTERON_SIM_EXECUTE_STATEMENT_RUNNER_H_

// One statement: translates names to what the machine takes, and answers to outcome lines.

#include <string>

#include "sim/execute/session.h"
#include "sim/language/statement.h"

namespace pteron::execute {

class StatementRunner {
 public:
  // All three outlive the runner; `step` is filled.
  StatementRunner(Session& session, const language::Statement& statement, Step& step)
      : session_(session), machine_(session.machine_), statement_(statement), step_(step) {}

  void Run();
  // Of an `at` statement: its access is to happen in the midst of the next statement.
  void Arm();

 private:
  // A range of a mapping: addresses in bytes, pages of the mapping.
  struct Span {
    int mapping = 0;
    uint64_t start = 0, length = 0;
    int64_t first = 0, end = 0;
    uint64_t page_size = 0;
  };

  void RunMachineStatement();
  void RunProcessStatement();
  void RunMemoryCall(MmId mm);
  void RunUffdCall();
  void RunHook();
  void RunFileHook();
  void RunMappingHook();
  void ShowInterleaved();
  // After a statement: what came of the accesses that were armed for it.
  void TakeArmed();

  // File statements.
  void CreateFile();
  void Fill();
  void Peek();
  void Punch();
  // Process statements.
  void Mmap();
  void Mremap();
  void Accesses(MmId mm);
  void ThreadAccess(MmId mm, const Span& span, bool read);
  void StartWaiting(uint32_t thread, int step, const std::string& object, int64_t page);
  void Mincore(MmId mm);
  void Userfaultfd(MmId mm);
  void CopyOrZeropage(UffdId uffd);
  void CloseDescriptor();
  void Fork(MmId mm);
  void Exit(int process);

  void ResumeWoken();

  // Answers.
  void Answer(int error);                       // the bare line
  void AnswerWords(std::string words);
  void AnswerPage(std::string_view object, int64_t page, std::string words);
  void NotSimulated(std::string what) { step_.not_simulated = std::move(what); }
  std::string AccessWords(const AccessResult& result, bool read) const;

  // The acting process, alive or not; empty where a fork that should have made it failed.
  std::optional<int> Process() const { return session_.FindProcess(statement_.process); }
  Span MappingSpan(const language::Range& range) const;
  // Pages [*first, *end) of a file; without an end the file's whole pages at this moment.
  const NamedFile& FileRange(const language::Range& range, int64_t* first, int64_t* end) const;
  // The descriptor that the statement acts through; empty where it is closed or never came.
  std::optional<UffdId> OpenDescriptor() const;
  uint64_t AddressOfNewMapping(uint64_t page_size, bool* replace) const;
  void HideBehind(int process, int newest);
  uint32_t ThreadNumber(int process, const std::string& name);

  Session& session_;
  Machine& machine_;
  const language::Statement& statement_;
  Step& step_;
};

// "-EINVAL" for a negative errno.
std::string ErrnoText(int error);

}  // namespace pteron::execute

#endif  // PTERON_SIM_EXECUTE_STATEMENT_RUNNER_H_
