// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "pteron/promises/kernel_facts.h"

#include <cstdlib>

namespace pteron::promises {

KernelFacts FactsOf(const Kernel& kernel) {
  KernelFacts facts;
  // "5.14.2" is 514.
  const std::string release(kernel.release());
  const size_t dot = release.find('.');
  facts.release = std::atoi(release.c_str()) * 100 + (dot == std::string::npos ? 0 : std::atoi(release.c_str() + dot + 1));
  facts.series = kernel.name().find("+uffd-wp-v5") != std::string::npos;

  // The configuration, and words that a selection of changes may have or not: from the kernel's description, not from its code.
  const EncodingFacts& words = kernel.facts();
  facts.soft_dirty = words.soft_dirty;
  facts.device_private = words.device_private;
  facts.memory_failure = words.hwpoison;
  facts.migration = words.migration;
  facts.migration_types = words.migration_types;
  facts.device_types = words.device_private ? words.device_types : 0;
  facts.marker_type = words.pte_markers;
  facts.swapin_error_type = words.swapin_error_type;
  facts.swp_exclusive = words.swp_exclusive;
  facts.saved_dirty = words.saved_dirty;
  facts.migration_young_dirty = words.migration_young_dirty;
  facts.devmap_bit = words.devmap_bit == kNoBit ? -1 : words.devmap_bit;
  facts.special_pte = words.special_pte;
  facts.marker_mask = words.marker_mask;
  return facts;
}

}  // namespace pteron::promises
