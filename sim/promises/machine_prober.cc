// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/promises/machine_prober.h"

#include "pteron/check.h"

namespace pteron::promises {
namespace {

Answer AnswerOf(const AccessResult& result) {
  switch (result.outcome) {
    case AccessOutcome::ok:
      return Answer::ok;
    case AccessOutcome::sigbus:
      return Answer::sigbus;
    case AccessOutcome::sigsegv:
      return Answer::sigsegv;
    case AccessOutcome::livelock:
      return Answer::livelock;
    case AccessOutcome::oom:
      return Answer::oom;
    case AccessOutcome::blocked:
      break;
  }
  switch (result.blocked) {
    case UffdReason::wp:
      return Answer::blocked_wp;
    case UffdReason::minor:
      return Answer::blocked_minor;
    default:
      return Answer::blocked_missing;
  }
}

}  // namespace

void MachineProber::Try(std::span<const ProbeAccess> accesses, std::span<Outcome> answers) {
  PTERON_CHECK(session_ != nullptr, "a prober watches a session");
  if (copy_) {
    *copy_ = session_->machine();
  } else {
    copy_.emplace(session_->machine());
  }
  copy_->state().journal.recording = false;
  for (size_t i = 0; i < accesses.size(); ++i) {
    const ProbeAccess& access = accesses[i];
    answers[i] = Outcome{};
    if (copy_->state().dead) {
      answers[i].answer = Answer::kernel_bug;
      continue;
    }
    const MmId mm = session_->processes()[static_cast<size_t>(access.process)].mm;
    const AccessResult result = access.write ? copy_->Store(mm, access.address, access.value) : copy_->Load(mm, access.address);
    answers[i].answer = copy_->state().dead ? Answer::kernel_bug : AnswerOf(result);
    answers[i].has_value = !access.write && result.outcome == AccessOutcome::ok;
    answers[i].value = result.value;
  }
}

}  // namespace pteron::promises
