// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
// kernel/fork.c: the copy of an address space.

#include <cerrno>

#include "src/fs/userfaultfd.h"
#include "src/mm/hugetlb.h"
#include "src/mm/memory.h"
#include "src/mm/mmap.h"
#include "src/mm/rmap.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

// One VMA of the parent: the child's copy of it, and what it maps. 0 or -ENOMEM; the child has the VMA then too.
int CopyVma(MachineState& m, MmId child, MmId parent, size_t index, std::vector<ForkedUffd>* event_fork_uffds) {
  vm_area_struct& old = m.mm(parent).vmas[index];
  vm_area_struct copy = old;  // vm_area_dup()
  copy.anon_vma = AnonVmaId{};
  copy.anon_vma_chain.clear();
  dup_userfaultfd(m, copy, child, event_fork_uffds);
  if (!(copy.vm_flags & VM_WIPEONFORK)) {
    if (const int error = anon_vma_fork(m, copy, old)) return error;
  }
  copy.vm_flags &= ~uint64_t{VM_LOCKED};
  vma_get_file(m, copy);
  if (is_vm_hugetlb_page(copy)) hugetlb_vm_op_open(m, copy, true);
  std::vector<vm_area_struct>& vmas = m.mm(child).vmas;
  vmas.push_back(std::move(copy));
  if (vmas.back().vm_flags & VM_WIPEONFORK) return 0;
  return copy_page_range(m, child, parent, vmas.back(), old);
}

}  // namespace

// kernel/fork.c, v5.14. Children inherit VM_SOFTDIRTY or its absence. Leaves out accounting, limits, and MADV_DONTFORK's effect on them.
int dup_mmap(MachineState& m, MmId child, MmId parent, std::vector<ForkedUffd>* event_fork_uffds) {
  KernelFunction function(m.journal, "dup_mmap");
  for (size_t i = 0; i < m.mm(parent).vmas.size(); ++i) {
    if (m.mm(parent).vmas[i].vm_flags & VM_DONTCOPY) continue;
    if (CopyVma(m, child, parent, i, event_fork_uffds)) {
      exit_mmap(m, child);
      return -ENOMEM;
    }
  }
  return 0;
}

}  // namespace pteron
