// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SIM_EXECUTE_SESSION_H_
#define PTERON_SIM_EXECUTE_SESSION_H_

// A machine with the names of a scenario: takes statements one at a time and shows what each did. A Session is a value, as a Machine
// is: copy it to try a statement out.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pteron/machine.h"
#include "sim/execute/labels.h"
#include "sim/execute/observation.h"
#include "sim/language/statement.h"

namespace pteron::execute {

inline constexpr uint64_t kMappingBase = 0x100000000000;   // where mapping 0 of a scenario lies
inline constexpr uint64_t kMappingDistance = 0x40000000;   // from one mapping to the next

struct SessionOptions {
  bool swap = false;    // on at the start: `require swap`
  bool record = false;  // fill Step::writes and Step::faults
  Engine engine = Engine::fast;  // while nothing is recorded
};

struct NamedFile {
  std::string name;
  FileId id;
  uint64_t page_size = 0;  // bytes
};

struct NamedMapping {
  std::string name;
  uint64_t start = 0;      // bytes
  uint64_t page_size = 0;  // bytes
  int64_t pages = 0;
  uint64_t end() const { return start + static_cast<uint64_t>(pages) * page_size; }
};

struct NamedProcess {
  // A part of an older mapping that a newer one of this process has taken.
  struct Hidden {
    int mapping = 0;
    uint64_t start = 0, end = 0;
  };
  std::string name;
  MmId mm;
  bool alive = false;
  std::vector<Hidden> hidden;
};

struct NamedDescriptor {
  std::string name;
  UffdId id;
  int holder = 0;     // index of the process that has it open
  bool open = false;
};

// A thread that has accessed something, with the access that it waits in, if any.
struct NamedThread {
  int process = 0;
  std::string name;
  bool waiting = false;
  int step = 0;           // the statement of that access
  std::string object;     // its mapping and page
  int64_t page = 0;
};

// What came of the access of an `at` statement that has not been shown yet.
struct Interleaved {
  int step = 0;         // of the `at` statement
  bool armed = false;   // it is among the machine's armed accesses still
  std::string object;   // its mapping, empty where the process is gone, and page
  int64_t page = 0;
  std::string words;    // what came of it, with !armed
};

class Session {
 public:
  explicit Session(std::shared_ptr<const Kernel> kernel, const SessionOptions& options = {});

  // Tells that an `at` statement follows the one that Execute() gets next: its access happens in the midst of that. To be called for each of
  // them, in order, before; Execute() of the `at` statement itself then shows what came of it.
  void Arm(const language::Statement& at);
  // Executes a statement that language::Parse() accepted and shows the state behind it. Precondition: the statements before it were
  // executed here, so that its names exist.
  Step Execute(const language::Statement& statement);
  // The same without the state: for searches that look at outcomes or digests alone.
  Step ExecuteOnly(const language::Statement& statement);
  // Mapcount and flags of a page as a `page` line has them, without a number.
  static PageState StateOfPage(const MachineState& m, Pfn frame);
  // The state as it is now; numbers pages and slots that appear for the first time.
  Observation Observe();

  const Machine& machine() const { return machine_; }
  Machine& machine() { return machine_; }
  const std::vector<NamedProcess>& processes() const { return processes_; }
  const std::vector<NamedMapping>& mappings() const { return mappings_; }
  const std::vector<NamedFile>& files() const { return files_; }
  const std::vector<NamedDescriptor>& descriptors() const { return descriptors_; }
  // Indices; empty where there is none of that name.
  std::optional<int> FindProcess(std::string_view name) const;
  std::optional<int> FindMapping(std::string_view name) const;
  std::optional<int> FindFile(std::string_view name) const;
  std::optional<int> FindDescriptor(std::string_view name) const;
  // Whether the mapping's page is this process's and not taken by a newer mapping.
  bool IsVisible(int process, int mapping, uint64_t address) const;

 private:
  friend class StatementRunner;
  MappingState ObserveMapping(int process, int mapping);

  Machine machine_;
  Labels labels_;
  std::vector<NamedFile> files_;
  std::vector<NamedMapping> mappings_;
  std::vector<NamedProcess> processes_;
  std::vector<NamedDescriptor> descriptors_;
  std::vector<NamedThread> threads_;
  std::vector<Interleaved> interleaved_;
  size_t splats_shown_ = 0;
};

}  // namespace pteron::execute

#endif  // PTERON_SIM_EXECUTE_SESSION_H_
