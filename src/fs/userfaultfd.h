// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_SRC_FS_USERFAULTFD_H_
#define PTERON_SRC_FS_USERFAULTFD_H_

// fs/userfaultfd.c: contexts, registration, and the fault that is handed to user space.

#include "src/mm/mmap.h"

namespace pteron {

// userfaultfd() and UFFDIO_API. Features the kernel lacks: -EINVAL, and *ctx is a dead descriptor.
int userfaultfd_create(MachineState& m, MmId mm, uint64_t features, UffdId* ctx);
int userfaultfd_register(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, RegisterModes modes);
int userfaultfd_unregister(MachineState& m, UffdId ctx, uint64_t start, uint64_t length);
// UFFDIO_WRITEPROTECT, UFFDIO_COPY, ... with their argument checks; they call mm/userfaultfd.cc. 0 or a negative errno.
int userfaultfd_writeprotect(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, bool protect);
int userfaultfd_copy(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length, uint64_t value, bool wp);
int userfaultfd_zeropage(MachineState& m, UffdId ctx, uint64_t start, uint64_t length);
int userfaultfd_continue(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, bool wp);
int userfaultfd_poison(MachineState& m, UffdId ctx, uint64_t start, uint64_t length);
int userfaultfd_wake(MachineState& m, UffdId ctx, uint64_t start, uint64_t length);
// close() of the last descriptor: userfaultfd_release().
void userfaultfd_release(MachineState& m, UffdId ctx);
// handle_userfault(): VM_FAULT_SIGBUS, or VM_FAULT_RETRY with MachineState::pending_userfault set; NOPAGE where there is nobody to ask any more.
vm_fault_t handle_userfault(MachineState& m, vm_fault& vmf, UffdReason reason);
// dup_userfaultfd(): what a forked VMA keeps. Returns the child's context (created once per parent's context and fork), or none.
void dup_userfaultfd(MachineState& m, vm_area_struct& child_vma, MmId child, std::vector<ForkedUffd>* forked);
// mremap_userfaultfd_prep(): what a moved VMA keeps.
void mremap_userfaultfd_prep(MachineState& m, vm_area_struct& new_vma);
// userfaultfd_must_wait(): whether a woken access still has to wait.
bool userfaultfd_must_wait(const MachineState& m, const userfaultfd_ctx& ctx, uint64_t address, UffdReason reason);

}  // namespace pteron

#endif  // PTERON_SRC_FS_USERFAULTFD_H_
