// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/commands/plan_entries.h"
#include "sim/mutants/mutant.h"
#include "src/mm/fault_plan.h"
#include "src/mm/fork_plan.h"
#include "src/mm/mprotect.h"
#include "src/mm/plan_override.h"
#include "src/mm/zap_plan.h"

namespace pteron::mutants {
namespace {

using Plan = PlanOverride::Plan;

// One situation of a plan: what the plan says there, and which of its entries a kernel can meet.
struct Situation {
  Plan plan = Plan::none;
  uint32_t number = 0;
  std::string text;
};

// Adds the mutant that does `action` with `entry`. `now` answers what a kernel does, empty where it has no such entry.
template <typename Entry, typename Action>
void Add(std::vector<Mutant>& mutants, const Situation& situation, Entry entry, std::string_view entry_name, Action action,
         std::function<std::optional<Action>(const Kernel&)> now) {
  const PlanOverride wrong{.plan = situation.plan,
                           .entry = static_cast<uint8_t>(entry),
                           .action = static_cast<uint8_t>(action),
                           .situation = situation.number};
  mutants.push_back(Mutant{MutantKind::plan, fmt::format("{}, {}: {}", situation.text, entry_name, Name(action)),
                           [wrong, action, now = std::move(now)](const Kernel& kernel) {
                             const std::optional<Action> right = now(kernel);
                             if (!right || *right == action) return std::optional<Rules>();
                             std::optional<Rules> rules = kernel.rules();
                             rules->plan_override = wrong;
                             return rules;
                           }});
}

template <typename Entry>
Entry Nth(int i) {
  return static_cast<Entry>(i);
}

// Whether the kernel can have such a VMA: memory of files can be registered for write-protection, or cannot.
bool HasVma(const Kernel& kernel, const vm_area_struct& vma) {
  return vma_is_anonymous(vma) || !userfaultfd_wp(vma) || kernel.rules().uffd.wp_on_files;
}

void AddZap(std::vector<Mutant>& mutants, const commands::SampleVma& sample) {
  const vm_area_struct vma = commands::Sample(sample);
  for (const commands::SampleCaller& caller : commands::SampleCallers()) {
    if (commands::IsByFile(caller) && vma_is_anonymous(vma)) continue;
    const Situation situation{Plan::zap, ZapSituation(vma, caller.details), fmt::format("zap of {} by {}", sample.name, caller.name)};
    for (int i = 0; i < static_cast<int>(ZapEntry::kCount); ++i) {
      const ZapEntry entry = Nth<ZapEntry>(i);
      // The loop passes over none before it asks; no read from swap fails here.
      if (entry == ZapEntry::none || entry == ZapEntry::swapin_error) continue;
      for (const ZapAction action : {ZapAction::keep, ZapAction::clear, ZapAction::clear_leave_wp}) {
        // Nothing is ever left behind in anonymous memory.
        if (action == ZapAction::clear_leave_wp && vma_is_anonymous(vma)) continue;
        Add<ZapEntry, ZapAction>(mutants, situation, entry, Name(entry), action,
                                 [entry, vma, details = caller.details](const Kernel& kernel) -> std::optional<ZapAction> {
                                   if (!HasVma(kernel, vma) || !commands::Has(kernel, entry, vma)) return std::nullopt;
                                   return plan_zap(kernel.rules(), vma, details).on(entry);
                                 });
      }
    }
  }
}

void AddFork(std::vector<Mutant>& mutants, const commands::SampleVma& sample) {
  const vm_area_struct vma = commands::Sample(sample);
  const Situation situation{Plan::fork, ForkSituation(vma), fmt::format("fork to {}", sample.name)};
  for (int i = 0; i < static_cast<int>(ForkEntry::kCount); ++i) {
    const ForkEntry entry = Nth<ForkEntry>(i);
    // None and present are decided by the loop itself; no read from swap fails here.
    if (entry == ForkEntry::none || entry == ForkEntry::present || entry == ForkEntry::swapin_error) continue;
    for (const ForkAction action : {ForkAction::skip, ForkAction::copy, ForkAction::copy_word, ForkAction::repeat_for_ever}) {
      Add<ForkEntry, ForkAction>(mutants, situation, entry, Name(entry), action,
                                 [entry, vma](const Kernel& kernel) -> std::optional<ForkAction> {
                                   const bool wp_none_of_anon = entry == ForkEntry::wp_none && vma_is_anonymous(vma);
                                   if (wp_none_of_anon || !HasVma(kernel, vma) || !commands::Has(kernel, entry)) return std::nullopt;
                                   return plan_fork(kernel.rules(), vma).on(entry);
                                 });
    }
  }
}

// The actions that differ on an entry: only migration and device entries are writable or readable.
std::vector<ProtectAction> ActionsOn(EntryClass entry) {
  if (entry == EntryClass::present) {
    return {ProtectAction::keep, ProtectAction::protect, ProtectAction::protect_set_wp, ProtectAction::protect_clear_wp};
  }
  std::vector<ProtectAction> actions = {ProtectAction::keep, ProtectAction::set_wp, ProtectAction::clear_wp, ProtectAction::install_wp_none,
                                        ProtectAction::clear};
  if (entry == EntryClass::migration || entry == EntryClass::device) {
    for (const ProtectAction action :
         {ProtectAction::make_readable, ProtectAction::make_readable_set_wp, ProtectAction::make_readable_clear_wp}) {
      actions.push_back(action);
    }
  }
  return actions;
}

void AddProtect(std::vector<Mutant>& mutants, const commands::SampleVma& sample) {
  const vm_area_struct vma = commands::Sample(sample);
  const std::pair<const char*, uint32_t> calls[] = {{"mprotect", 0}, {"wp", MM_CP_UFFD_WP}, {"unwp", MM_CP_UFFD_WP_RESOLVE}};
  for (const auto& [name, cp_flags] : calls) {
    if (cp_flags != 0 && !userfaultfd_wp(vma)) continue;
    const Situation situation{Plan::protect, ProtectSituation(vma, cp_flags), fmt::format("{} of {}", name, sample.name)};
    for (int i = 0; i < kEntryClasses; ++i) {
      const EntryClass entry = Nth<EntryClass>(i);
      if (entry == EntryClass::swapin_error) continue;  // no read from swap fails here
      for (const ProtectAction action : ActionsOn(entry)) {
        Add<EntryClass, ProtectAction>(mutants, situation, entry, EntryClassName(entry), action,
                                       [entry, vma, cp_flags = cp_flags](const Kernel& kernel) -> std::optional<ProtectAction> {
                                         if (!HasVma(kernel, vma) || !commands::Has(kernel, entry, vma)) return std::nullopt;
                                         return plan_protect(kernel.rules(), vma, cp_flags).on(entry);
                                       });
      }
    }
  }
}

void AddFault(std::vector<Mutant>& mutants, const commands::SampleVma& sample) {
  const vm_area_struct vma = commands::Sample(sample);
  for (const bool write : {false, true}) {
    const Situation situation{Plan::fault, FaultSituation(vma, write), fmt::format("{} of {}", write ? "write" : "read", sample.name)};
    for (int i = 0; i < static_cast<int>(FaultEntry::kCount); ++i) {
      const FaultEntry entry = Nth<FaultEntry>(i);
      // The processor takes no fault on what it may do; no read from swap fails here.
      const bool present = entry == FaultEntry::writable || entry == FaultEntry::read_only || entry == FaultEntry::read_only_wp;
      if (entry == FaultEntry::writable || (present && !write) || entry == FaultEntry::swapin_error) continue;
      for (int j = 0; j <= static_cast<int>(FaultAction::repeat_for_ever); ++j) {
        Add<FaultEntry, FaultAction>(mutants, situation, entry, Name(entry), Nth<FaultAction>(j),
                                     [entry, vma, write](const Kernel& kernel) -> std::optional<FaultAction> {
                                       if (!HasVma(kernel, vma) || !commands::Has(kernel, entry, vma)) return std::nullopt;
                                       return plan_fault(kernel.rules(), vma, write).on(entry);
                                     });
      }
    }
  }
}

}  // namespace

std::vector<Mutant> PlanMutants() {
  std::vector<Mutant> mutants;
  for (const commands::SampleVma& sample : commands::SampleVmas()) {
    const bool hugetlb = sample.kind == VmaKind::hugetlb;
    if (!hugetlb) AddZap(mutants, sample);
    if (!hugetlb) AddFork(mutants, sample);
    if (!hugetlb) AddProtect(mutants, sample);
    AddFault(mutants, sample);
  }
  return mutants;
}

}  // namespace pteron::mutants
