// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/mutants/trial.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <optional>

#include "pteron/check.h"

namespace pteron::mutants {
namespace {

constexpr unsigned kSeconds = 10;  // of processor time that a mutant may take; all evidence takes less than one

// What a child tells its parent while it lives, in memory that both have.
struct Note {
  uint32_t kernel;  // index in the evidence, and of the piece that is being played
  uint32_t piece;
  char how[64];     // what was noticed; empty: nothing yet
  bool differs;     // by that piece, though nothing is noticed
};

// The mutants of all kernels; null where there is none.
std::vector<std::shared_ptr<const Kernel>> KernelsOf(const Mutant& mutant, const std::vector<Evidence>& evidence) {
  std::vector<std::shared_ptr<const Kernel>> kernels;
  for (const Evidence& one : evidence) {
    const std::optional<Rules> rules = mutant.rules_of(one.kernel());
    kernels.push_back(rules ? std::make_shared<const Kernel>(one.kernel().WithRules(*rules)) : nullptr);
  }
  return kernels;
}

void Play(const std::vector<std::shared_ptr<const Kernel>>& kernels, const std::vector<Evidence>& evidence, Note& note) {
  for (note.kernel = 0; note.kernel < evidence.size(); ++note.kernel) {
    if (!kernels[note.kernel]) continue;
    const Evidence& one = evidence[note.kernel];
    for (note.piece = 0; note.piece < one.size(); ++note.piece) {
      const std::string how = one.Notice(note.piece, kernels[note.kernel]);
      if (how.empty()) continue;
      std::strncpy(note.how, how.c_str(), sizeof note.how - 1);
      return;
    }
  }
  for (note.kernel = 0; note.kernel < evidence.size(); ++note.kernel) {
    if (!kernels[note.kernel]) continue;
    const Evidence& one = evidence[note.kernel];
    for (note.piece = 0; note.piece < one.size(); ++note.piece) {
      note.differs = one.Differs(note.piece, kernels[note.kernel]);
      if (note.differs) return;
    }
  }
}

// In the child: a crash leaves neither words nor a core file behind, and a loop ends.
void BeQuiet() {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  const rlimit time{kSeconds, kSeconds};
  setrlimit(RLIMIT_CPU, &time);
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGXCPU}) std::signal(signal, SIG_DFL);
}

Outcome OutcomeOf(const Note& note, int status, const std::vector<Evidence>& evidence) {
  Outcome outcome{.possible = true};
  const bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  const bool too_long = WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
  outcome.how = clean ? note.how : too_long ? "no end" : "a crash";
  outcome.noticed = !outcome.how.empty();
  if (!outcome.noticed && !note.differs) return outcome;
  (outcome.noticed ? outcome.scenario : outcome.differs) = evidence[note.kernel].Name(note.piece);
  outcome.kernel = evidence[note.kernel].kernel().name();
  return outcome;
}

}  // namespace

std::vector<Outcome> Try(const std::vector<Mutant>& mutants, const std::vector<Evidence>& evidence, int jobs,
                         const std::function<void(size_t done)>& progress) {
  std::vector<Outcome> outcomes(mutants.size());
  const size_t bytes = std::max<size_t>(mutants.size(), 1) * sizeof(Note);
  void* const shared = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  PTERON_CHECK(shared != MAP_FAILED, "memory for the children's notes");
  Note* const notes = static_cast<Note*>(shared);
  std::map<pid_t, size_t> running;  // child to mutant
  size_t done = 0;
  const auto wait_for_one = [&] {
    int status = 0;
    pid_t child = 0;
    do {
      child = waitpid(-1, &status, 0);
    } while (child < 0 && errno == EINTR);
    const auto found = running.find(child);
    PTERON_CHECK(found != running.end(), "children are the mutants' alone");
    outcomes[found->second] = OutcomeOf(notes[found->second], status, evidence);
    running.erase(found);
    if (progress) progress(++done);
  };
  for (size_t i = 0; i < mutants.size(); ++i) {
    const std::vector<std::shared_ptr<const Kernel>> kernels = KernelsOf(mutants[i], evidence);
    if (std::none_of(kernels.begin(), kernels.end(), [](const auto& kernel) { return kernel != nullptr; })) {
      if (progress) progress(++done);
      continue;
    }
    while (running.size() >= static_cast<size_t>(std::max(jobs, 1))) wait_for_one();
    const pid_t child = fork();
    PTERON_CHECK(child >= 0, "a process a mutant");
    if (child == 0) {
      BeQuiet();
      Play(kernels, evidence, notes[i]);
      _exit(0);
    }
    running.emplace(child, i);
  }
  while (!running.empty()) wait_for_one();
  munmap(shared, bytes);
  return outcomes;
}

}  // namespace pteron::mutants
