// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_FS_USERFAULTFD_H_
#define PTERON_SRC_FS_USERFAULTFD_H_

// fs/userfaultfd.c: contexts, registration, and the fault that is handed to user space.

#include <vector>

#include "src/mm/mmap.h"

namespace pteron {

// ---- The descriptor. Calls on one that is not open answer -EBADF, on one whose UFFDIO_API failed -EINVAL.

// userfaultfd() and UFFDIO_API. Features the kernel lacks: -EINVAL, and *ctx is a dead descriptor, which can only be
// closed.
int userfaultfd_create(MachineState& m, MmId mm, uint64_t features, UffdId* ctx);
// UFFDIO_REGISTER. 0, -EINVAL (range, modes, alignment, kind of memory), -ENOMEM (nothing mapped there or above,
// process ended), -EPERM, -EBUSY (another context has it).
int userfaultfd_register(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, RegisterModes modes);
// UFFDIO_UNREGISTER, of whatever context has the memory. 0, -EINVAL, -ENOMEM.
int userfaultfd_unregister(MachineState& m, UffdId ctx, uint64_t start, uint64_t length);
// UFFDIO_WRITEPROTECT, UFFDIO_COPY, UFFDIO_ZEROPAGE, UFFDIO_CONTINUE, UFFDIO_POISON with their argument checks;
// mm/userfaultfd.cc does the work. 0 or a negative errno; -EAGAIN where only a part of the range was done. They wake
// accesses in what was done, but for write-protecting.
int userfaultfd_writeprotect(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, bool protect);
int userfaultfd_copy(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length, uint64_t value, bool wp);
int userfaultfd_zeropage(MachineState& m, UffdId ctx, uint64_t start, uint64_t length);
int userfaultfd_continue(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, bool wp);
int userfaultfd_poison(MachineState& m, UffdId ctx, uint64_t start, uint64_t length);
// UFFDIO_WAKE. 0 or -EINVAL.
int userfaultfd_wake(MachineState& m, UffdId ctx, uint64_t start, uint64_t length);
// close() of the last descriptor: userfaultfd_release(). Memory that the context has is unregistered, everything that
// waits is woken.
void userfaultfd_release(MachineState& m, UffdId ctx);

// ---- Faults.

// handle_userfault(): VM_FAULT_SIGBUS; VM_FAULT_NOPAGE where the descriptor is gone; else VM_FAULT_RETRY, and then the
// access waits if MachineState::pending_userfault.reason is not none. If it is none, the entry looks as if somebody had
// answered already and the access is simply repeated: meeting the same entry again, it repeats for ever.
vm_fault_t handle_userfault(MachineState& m, vm_fault& vmf, UffdReason reason);
// userfaultfd_must_wait(), userfaultfd_huge_must_wait(): whether an access of `address` (bytes, page aligned) in ctx.mm
// that was stopped for `reason` has to wait.
bool userfaultfd_must_wait(const MachineState& m, const userfaultfd_ctx& ctx, uint64_t address, UffdReason reason);

// ---- Waiting accesses. Executing them again is the caller's: a woken access starts from the beginning and may wait
// again.

struct WokenAccess {
  UffdId uffd;  // where it waited
  MmId mm;      // whose access it is
  WaitingAccess access;
};
// The access, which pending_userfault describes, waits in that context. Precondition: the context is open.
void userfaultfd_add_waiting(MachineState& m, UffdId ctx, const WaitingAccess& access);
// Takes all woken accesses out of the contexts: by context, then in the order in which they began to wait. (The kernel
// wakes all of a range at once and leaves their order to the scheduler.)
std::vector<WokenAccess> userfaultfd_take_woken(MachineState& m);

// ---- What VMAs keep.

// dup_userfaultfd(): what a forked VMA keeps. The child's context, one for each of the parent's contexts and fork, is
// appended to *forked (may be null where no context can have UFFD_FEATURE_EVENT_FORK).
void dup_userfaultfd(MachineState& m, vm_area_struct& child_vma, MmId child, std::vector<ForkedUffd>* forked);
// mremap_userfaultfd_prep(): what a moved VMA keeps.
void mremap_userfaultfd_prep(MachineState& m, vm_area_struct& new_vma);
// vma_has_uffd_without_event_remap() (6.1.y).
bool vma_has_uffd_without_event_remap(const MachineState& m, const vm_area_struct& vma);
// vma_can_userfault(): whether memory of this kind can be registered for these modes (VM_UFFD_...).
bool vma_can_userfault(const MachineState& m, const vm_area_struct& vma, uint64_t vm_flags);

}  // namespace pteron

#endif  // PTERON_SRC_FS_USERFAULTFD_H_
