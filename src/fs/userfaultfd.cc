// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "src/fs/userfaultfd.h"

#include <algorithm>
#include <cerrno>

#include "pteron/arch/x86/hugetlb.h"
#include "pteron/arch/x86/pgtable.h"
#include "pteron/check.h"
#include "src/mm/hugetlb.h"
#include "src/mm/userfaultfd.h"
#include "src/state/primitives.h"

namespace pteron {
namespace {

constexpr uint64_t kMmapMinAddr = 65536;  // vm.mmap_min_addr, its default

// fs/userfaultfd.c:userfaultfd_ioctl(): what every call asks first.
int CheckDescriptor(const MachineState& m, UffdId ctx) {
  if (!ctx || static_cast<size_t>(ctx.value) >= m.userfaultfds.size()) return -EBADF;
  const userfaultfd_ctx& context = m.userfaultfds[static_cast<size_t>(ctx.value)];
  if (!context.open) return -EBADF;
  return context.initialized ? 0 : -EINVAL;
}

// fs/userfaultfd.c:validate_range().
int validate_range(const MachineState& m, uint64_t start, uint64_t length) {
  if ((start & ~kPageMask) || (length & ~kPageMask) || length == 0) return -EINVAL;
  if (m.rules().uffd.checks_mmap_min_addr && start < kMmapMinAddr) return -EINVAL;
  return start >= kTaskSize || length > kTaskSize - start ? -EINVAL : 0;
}

// The two together: what an ioctl on a range asks before anything else.
int CheckRangeCall(const MachineState& m, UffdId ctx, uint64_t start, uint64_t length) {
  if (const int error = CheckDescriptor(m, ctx)) return error;
  return validate_range(m, start, length);
}

// mmget_not_zero(): the process that the context watches has not ended.
bool MmIsAlive(const MachineState& m, UffdId ctx) {
  return m.mm(m.userfaultfds[static_cast<size_t>(ctx.value)].mm).alive;
}

// fs/userfaultfd.c:wake_userfault(): wakes what waits in [start, start + length), everything for length 0.
void wake_userfault(MachineState& m, UffdId ctx, uint64_t start, uint64_t length) {
  userfaultfd_ctx& context = m.uffd(ctx);
  const auto stays = [&](const WaitingAccess& access) {
    return length != 0 && (access.address < start || access.address >= start + length);
  };
  const auto first_woken = std::stable_partition(context.waiting.begin(), context.waiting.end(), stays);
  context.woken.insert(context.woken.end(), first_woken, context.waiting.end());
  context.waiting.erase(first_woken, context.waiting.end());
}

// What UFFDIO_COPY and its like answer: `done` is what mm/userfaultfd.cc returned for the range.
int FinishFill(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, int64_t done) {
  if (done < 0) return static_cast<int>(done);
  wake_userfault(m, ctx, start, static_cast<uint64_t>(done));
  return static_cast<uint64_t>(done) == length ? 0 : -EAGAIN;
}

// vma_modify() for a part of a VMA, with fs/userfaultfd.c:userfaultfd_set_vm_flags(). A VMA that joins a neighbour
// takes the neighbour's vm_page_prot. Returns the index of the VMA that holds the part now.
size_t SetContext(MachineState& m, MmId mm, uint64_t start, uint64_t end, uint64_t new_flags, UffdId new_ctx) {
  const uint64_t old_flags = m.mm(mm).vmas[find_vma_index(m, mm, start)].vm_flags;
  const size_t index = vma_modify(m, mm, start, end, new_flags, new_ctx);
  vm_area_struct& vma = m.mm(mm).vmas[index];
  const bool merged = vma.vm_start < start || vma.vm_end > end;
  const bool wp_changed = (old_flags ^ new_flags) & VM_UFFD_WP;
  if (m.rules().uffd.page_prot_follows_wp && wp_changed && !merged && (vma.vm_flags & VM_SHARED)) {
    vma_set_page_prot(m, vma);
  }
  return index;
}

// userfaultfd_set_vm_flags() for a VMA that loses its context and is not in a list yet, or not merged.
void DropContext(MachineState& m, vm_area_struct& vma) {
  const bool had_wp = userfaultfd_wp(vma);
  vma.vm_userfaultfd_ctx = UffdId{};
  vma.vm_flags &= ~kVmUffdFlags;
  if (m.rules().uffd.page_prot_follows_wp && had_wp && (vma.vm_flags & VM_SHARED)) vma_set_page_prot(m, vma);
}

// What register and unregister ask of the range first: index of the first VMA in *index. 0, -ENOMEM, -EINVAL.
int FindFirstVma(const MachineState& m, MmId mm, uint64_t start, uint64_t end, size_t* index) {
  if (!m.mm(mm).alive) return -ENOMEM;
  const std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  *index = find_vma_index(m, mm, start);
  // A process's stack lies above all else: find_vma() always finds a VMA.
  if (*index == vmas.size() || vmas[*index].vm_start >= end) return -EINVAL;
  return is_vm_hugetlb_page(vmas[*index]) && (start & ~kPmdMask) ? -EINVAL : 0;
}

// Whether `ctx` may register [..., end) of this VMA with the flags. 0, -EINVAL, -EPERM, -EBUSY.
int CheckRegister(const MachineState& m, UffdId ctx, const vm_area_struct& vma, uint64_t end, uint64_t uffd_flags) {
  if (!vma_can_userfault(m, vma, uffd_flags)) return -EINVAL;
  if (!(vma.vm_flags & VM_MAYWRITE)) return -EPERM;
  if (is_vm_hugetlb_page(vma) && end <= vma.vm_end && (end & ~kPmdMask)) return -EINVAL;
  return vma.vm_userfaultfd_ctx && vma.vm_userfaultfd_ctx != ctx ? -EBUSY : 0;
}

// VM_UFFD_... of the modes; empty for modes that the kernel does not have, or none.
std::optional<uint64_t> FlagsOfModes(const MachineState& m, RegisterModes modes) {
  if (modes.wp && m.encoding().page_uffd_wp == 0) return std::nullopt;
  uint64_t flags = 0;
  if (modes.missing) flags |= VM_UFFD_MISSING;
  if (modes.wp) flags |= VM_UFFD_WP;
  if (modes.minor) flags |= VM_UFFD_MINOR;
  return flags ? std::optional(flags) : std::nullopt;
}

// fs/userfaultfd.c:userfaultfd_huge_must_wait(), v5.14.
bool userfaultfd_huge_must_wait(const MachineState& m, const userfaultfd_ctx& ctx, uint64_t address,
                                UffdReason reason) {
  const Encoding& e = m.encoding();
  const std::optional<EntryRef> ptep = huge_pte_offset(m, ctx.mm, address);
  if (!ptep) return true;
  const pte_t pte = ptep_get(m, *ptep);
  if (huge_pte_none(e, pte)) return true;
  const bool wp_none = is_pte_marker(e, pte) || pte_swp_uffd_wp_special(e, pte);
  if (wp_none && m.rules().hugetlb.wp_none_is_none) return true;
  return !huge_pte_write(e, pte) && reason == UffdReason::wp;
}

// Whether the VMA of `address` is hugetlb's.
bool IsHugetlbAddress(const MachineState& m, MmId mm, uint64_t address) {
  const size_t index = find_vma_index(m, mm, address);
  return index < m.mm(mm).vmas.size() && is_vm_hugetlb_page(m.mm(mm).vmas[index]);
}

// The part [start, end) of mm.vmas[index] is no longer registered. 0, then *next is the VMA that holds it; -EINVAL
// where `end` lies inside a huge page.
int UnregisterPart(MachineState& m, MmId mm, size_t index, uint64_t start, uint64_t end, size_t* next) {
  vm_area_struct& vma = m.mm(mm).vmas[index];
  if (userfaultfd_missing(vma)) wake_userfault(m, vma.vm_userfaultfd_ctx, start, end - start);
  if (m.rules().uffd.unregister_resets_wp && userfaultfd_wp(vma)) uffd_wp_range(m, mm, vma, start, end - start, false);
  if (end < vma.vm_end && vma_may_split(vma, end)) {
    if (start > vma.vm_start) split_vma(m, mm, index, start);
    return -EINVAL;
  }
  *next = SetContext(m, mm, start, end, vma.vm_flags & ~kVmUffdFlags, UffdId{});
  return 0;
}

}  // namespace

// fs/userfaultfd.c:vma_can_userfault(), v5.14; include/linux/userfaultfd_k.h, 5.19.
bool vma_can_userfault(const MachineState& m, const vm_area_struct& vma, uint64_t vm_flags) {
  if ((vm_flags & VM_UFFD_WP) && !vma_is_anonymous(vma) && !m.rules().uffd.wp_on_files) return false;
  return !(vm_flags & VM_UFFD_MINOR) || !vma_is_anonymous(vma);
}

// fs/userfaultfd.c:userfaultfd() and userfaultfd_api(), v5.14. Leaves out capabilities: the caller may do everything.
int userfaultfd_create(MachineState& m, MmId mm, uint64_t features, UffdId* ctx) {
  *ctx = UffdId{static_cast<int32_t>(m.userfaultfds.size())};
  userfaultfd_ctx& context = m.userfaultfds.emplace_back();
  context.mm = mm;
  context.holder = mm;
  context.open = true;
  if (features & ~m.rules().uffd.api_features) return -EINVAL;
  context.features = features;
  context.initialized = true;
  return 0;
}

// fs/userfaultfd.c, v5.14.
int userfaultfd_register(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, RegisterModes modes) {
  KernelFunction function(m.journal, "userfaultfd_register");
  if (const int error = CheckDescriptor(m, ctx)) return error;
  const std::optional<uint64_t> uffd_flags = FlagsOfModes(m, modes);
  if (!uffd_flags) return -EINVAL;
  if (const int error = validate_range(m, start, length)) return error;
  const uint64_t end = start + length;
  const MmId mm = m.uffd(ctx).mm;
  size_t index = 0;
  if (const int error = FindFirstVma(m, mm, start, end, &index)) return error;
  const std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  for (size_t i = index; i < vmas.size() && vmas[i].vm_start < end; ++i) {
    if (const int error = CheckRegister(m, ctx, vmas[i], end, *uffd_flags)) return error;
  }
  for (; index < vmas.size() && vmas[index].vm_start < end; ++index) {
    const vm_area_struct& vma = vmas[index];
    if (vma.vm_userfaultfd_ctx == ctx && (vma.vm_flags & *uffd_flags) == *uffd_flags) continue;
    const uint64_t new_flags = (vma.vm_flags & ~kVmUffdFlags) | *uffd_flags;
    index = SetContext(m, mm, std::max(start, vma.vm_start), std::min(end, vma.vm_end), new_flags, ctx);
  }
  return 0;
}

// fs/userfaultfd.c, v5.14. Memory that no context has is passed over.
int userfaultfd_unregister(MachineState& m, UffdId ctx, uint64_t start, uint64_t length) {
  KernelFunction function(m.journal, "userfaultfd_unregister");
  if (const int error = CheckRangeCall(m, ctx, start, length)) return error;
  const uint64_t end = start + length;
  const MmId mm = m.uffd(ctx).mm;
  size_t index = 0;
  if (const int error = FindFirstVma(m, mm, start, end, &index)) return error;
  const std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  for (size_t i = index; i < vmas.size() && vmas[i].vm_start < end; ++i) {
    if (!vma_can_userfault(m, vmas[i], vmas[i].vm_flags)) return -EINVAL;
  }
  for (; index < vmas.size() && vmas[index].vm_start < end; ++index) {
    const vm_area_struct& vma = vmas[index];
    if (!vma.vm_userfaultfd_ctx) continue;
    if (const int error =
            UnregisterPart(m, mm, index, std::max(start, vma.vm_start), std::min(end, vma.vm_end), &index))
      return error;
  }
  return 0;
}

// fs/userfaultfd.c, v5.14. Leaves out mmap_changing, here and below: events are read at once.
int userfaultfd_writeprotect(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, bool protect) {
  KernelFunction function(m.journal, "userfaultfd_writeprotect");
  if (const int error = CheckRangeCall(m, ctx, start, length)) return error;
  if (!MmIsAlive(m, ctx) && m.rules().uffd.wp_needs_live_process) return -ESRCH;
  if (const int error = mwriteprotect_range(m, ctx, start, length, protect)) return error;
  if (!protect) wake_userfault(m, ctx, start, length);
  return 0;
}

// fs/userfaultfd.c, v5.14.
int userfaultfd_copy(MachineState& m, UffdId ctx, uint64_t dst, uint64_t length, uint64_t value, bool wp) {
  KernelFunction function(m.journal, "userfaultfd_copy");
  if (const int error = CheckRangeCall(m, ctx, dst, length)) return error;
  if (!MmIsAlive(m, ctx)) return -ESRCH;
  return FinishFill(m, ctx, dst, length, mcopy_atomic(m, ctx, dst, length, value, wp));
}

// fs/userfaultfd.c, v5.14.
int userfaultfd_zeropage(MachineState& m, UffdId ctx, uint64_t start, uint64_t length) {
  KernelFunction function(m.journal, "userfaultfd_zeropage");
  if (const int error = CheckRangeCall(m, ctx, start, length)) return error;
  if (!MmIsAlive(m, ctx)) return -ESRCH;
  return FinishFill(m, ctx, start, length, mfill_zeropage(m, ctx, start, length));
}

// fs/userfaultfd.c, v5.14. These kernels know no UFFDIO_CONTINUE_MODE_WP.
int userfaultfd_continue(MachineState& m, UffdId ctx, uint64_t start, uint64_t length, bool wp) {
  KernelFunction function(m.journal, "userfaultfd_continue");
  if (const int error = CheckRangeCall(m, ctx, start, length)) return error;
  if (wp) return -EINVAL;
  if (!MmIsAlive(m, ctx)) return -ESRCH;
  return FinishFill(m, ctx, start, length, mcontinue_atomic(m, ctx, start, length));
}

// These kernels do not know the ioctl.
int userfaultfd_poison(MachineState& m, UffdId ctx, uint64_t, uint64_t) {
  if (const int error = CheckDescriptor(m, ctx)) return error;
  return -EINVAL;
}

// fs/userfaultfd.c, v5.14.
int userfaultfd_wake(MachineState& m, UffdId ctx, uint64_t start, uint64_t length) {
  if (const int error = CheckRangeCall(m, ctx, start, length)) return error;
  wake_userfault(m, ctx, start, length);
  return 0;
}

// fs/userfaultfd.c, v5.14.
void userfaultfd_release(MachineState& m, UffdId ctx) {
  KernelFunction function(m.journal, "userfaultfd_release");
  m.uffd(ctx).released = true;
  const MmId mm = m.uffd(ctx).mm;
  std::vector<vm_area_struct>& vmas = m.mm(mm).vmas;
  for (size_t i = 0; m.mm(mm).alive && i < vmas.size(); ++i) {
    vm_area_struct& vma = vmas[i];
    if (vma.vm_userfaultfd_ctx != ctx) continue;
    if (m.rules().uffd.close_resets_wp && userfaultfd_wp(vma)) {
      uffd_wp_range(m, mm, vma, vma.vm_start, vma.vm_end - vma.vm_start, false);
    }
    i = SetContext(m, mm, vma.vm_start, vma.vm_end, vma.vm_flags & ~kVmUffdFlags, UffdId{});
  }
  wake_userfault(m, ctx, 0, 0);
  m.uffd(ctx).open = false;
  m.uffd(ctx).initialized = false;
}

// fs/userfaultfd.c, v5.14. Leaves out UFFD_USER_MODE_ONLY, exiting and core-dumping processes.
vm_fault_t handle_userfault(MachineState& m, vm_fault& vmf, UffdReason reason) {
  m.pending_userfault = PendingUserfault{};
  const UffdId ctx = vmf.vma->vm_userfaultfd_ctx;
  if (!ctx) return VM_FAULT_SIGBUS;
  const userfaultfd_ctx& context = m.uffd(ctx);
  PTERON_CHECK(context.mm == vmf.mm, "a context watches the address space of its VMAs");
  if (context.features & kUffdFeatureSigbus) return VM_FAULT_SIGBUS;
  if (context.released) return VM_FAULT_NOPAGE;
  if (!(vmf.flags & FAULT_FLAG_ALLOW_RETRY)) return VM_FAULT_SIGBUS;
  if (userfaultfd_must_wait(m, context, vmf.address, reason)) {
    m.pending_userfault = PendingUserfault{ctx, reason, vmf.address};
  }
  return VM_FAULT_RETRY;
}

// fs/userfaultfd.c, v5.14. Words that are not present are not asked whether they may be written, as in 6.1.y: nothing
// that waits for write protection meets one.
bool userfaultfd_must_wait(const MachineState& m, const userfaultfd_ctx& ctx, uint64_t address, UffdReason reason) {
  const Encoding& e = m.encoding();
  if (IsHugetlbAddress(m, ctx.mm, address)) return userfaultfd_huge_must_wait(m, ctx, address, reason);
  const std::optional<EntryRef> pmd = find_pmd(m, ctx.mm, address);
  if (!pmd || pmd_none(e, pmdp_get(m, *pmd))) return true;
  const pmd_t huge = pmdp_get(m, *pmd);
  if (!pmd_present(e, huge)) return false;
  if (pmd_trans_huge(e, huge)) return !pmd_write(e, huge) && reason == UffdReason::wp;
  const pte_t pte = ptep_get(m, pte_offset_map(m, *pmd, address));
  if (pte_none(e, pte)) return true;
  const bool wp_none = is_pte_marker(e, pte) || pte_swp_uffd_wp_special(e, pte);
  if (wp_none && m.rules().uffd.wp_none_is_none) return true;
  return pte_present(e, pte) && !pte_write(e, pte) && reason == UffdReason::wp;
}

void userfaultfd_add_waiting(MachineState& m, UffdId ctx, const WaitingAccess& access) {
  PTERON_CHECK(m.uffd(ctx).open, "an access waits in an open userfaultfd");
  m.uffd(ctx).waiting.push_back(access);
}

std::vector<WokenAccess> userfaultfd_take_woken(MachineState& m) {
  std::vector<WokenAccess> taken;
  for (size_t i = 0; i < m.userfaultfds.size(); ++i) {
    userfaultfd_ctx& context = m.userfaultfds[i];
    for (const WaitingAccess& access : context.woken) {
      taken.push_back(WokenAccess{UffdId{static_cast<int32_t>(i)}, context.mm, access});
    }
    context.woken.clear();
  }
  return taken;
}

// fs/userfaultfd.c, v5.14, with the event that hands the child's descriptor to the holder of the parent's.
void dup_userfaultfd(MachineState& m, vm_area_struct& child_vma, MmId child, std::vector<ForkedUffd>* forked) {
  const UffdId parent = child_vma.vm_userfaultfd_ctx;
  if (!parent || !(m.uffd(parent).features & kUffdFeatureEventFork)) {
    DropContext(m, child_vma);
    return;
  }
  PTERON_CHECK(forked != nullptr, "somebody takes the descriptors of the child");
  const auto found =
      std::find_if(forked->begin(), forked->end(), [&](const ForkedUffd& pair) { return pair.parent == parent; });
  if (found != forked->end()) {
    child_vma.vm_userfaultfd_ctx = found->child;
    return;
  }
  userfaultfd_ctx context;
  context.mm = child;
  context.holder = m.uffd(parent).holder;
  context.features = m.uffd(parent).features;
  context.open = true;
  context.initialized = true;
  child_vma.vm_userfaultfd_ctx = UffdId{static_cast<int32_t>(m.userfaultfds.size())};
  m.userfaultfds.push_back(std::move(context));
  forked->push_back(ForkedUffd{parent, child_vma.vm_userfaultfd_ctx});
}

// fs/userfaultfd.c, v5.14.
void mremap_userfaultfd_prep(MachineState& m, vm_area_struct& new_vma) {
  if (vma_has_uffd_without_event_remap(m, new_vma)) DropContext(m, new_vma);
}

bool vma_has_uffd_without_event_remap(const MachineState& m, const vm_area_struct& vma) {
  const UffdId ctx = vma.vm_userfaultfd_ctx;
  return ctx && !(m.userfaultfds[static_cast<size_t>(ctx.value)].features & kUffdFeatureEventRemap);
}

}  // namespace pteron
