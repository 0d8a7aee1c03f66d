// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// clang-format off: the order of the kernel's headers matters.

/* The page-table helpers of a kernel's own headers, compiled for user space: every name of helpers.h, constants.h and
 * helpers_more.h becomes a function behind one exported table. `compile` builds it; the headers it includes are those
 * of a Debian package and are GPL-2.0, so the resulting object stays in the cache and is given to nobody.
 *
 * The configuration is the package's, changed by at most one macro: ORACLE_SOFT_DIRTY_OFF, ORACLE_DEVICE_PRIVATE_ON,
 * ORACLE_LEAN. */

/* With paravirtualisation pte_val() would call through a table that only a running kernel fills. */
#undef CONFIG_PARAVIRT
#undef CONFIG_PARAVIRT_XXL
#undef CONFIG_PARAVIRT_SPINLOCKS
#undef CONFIG_PARAVIRT_CLOCK
#undef CONFIG_XEN
#undef CONFIG_XEN_PV
#undef CONFIG_HYPERV

#ifdef ORACLE_SOFT_DIRTY_OFF
#undef CONFIG_MEM_SOFT_DIRTY
#endif
#ifdef ORACLE_DEVICE_PRIVATE_ON
#undef CONFIG_DEVICE_PRIVATE
#define CONFIG_DEVICE_PRIVATE 1
#endif
#ifdef ORACLE_LEAN
#undef CONFIG_HAVE_ARCH_USERFAULTFD_WP
#undef CONFIG_PTE_MARKER_UFFD_WP
#undef CONFIG_X86_INTEL_MEMORY_PROTECTION_KEYS
#undef CONFIG_NUMA_BALANCING
#undef CONFIG_PAGE_TABLE_ISOLATION
#undef CONFIG_MITIGATION_PAGE_TABLE_ISOLATION
#endif

/* Hidden: the feature test of newer kernels names boot_cpu_data as an assembler constant, which position-independent
 * code allows only for symbols of the object itself. */
#pragma GCC visibility push(hidden)
#include <linux/version.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/mm_inline.h>
#include <linux/huge_mm.h>
#include <linux/hugetlb.h>
#include <linux/userfaultfd_k.h>

/* What the helpers read and a kernel sets while it boots. The declarations are the headers'. */
pteval_t __supported_pte_mask = ~0ULL;
pteval_t __default_kernel_pte_mask = ~0ULL;
u64 sme_me_mask;
u64 cc_mask;
phys_addr_t physical_mask = (1ULL << 52) - 1;
bool swap_migration_ad_supported = true;
unsigned int __pgtable_l5_enabled;
unsigned int pgdir_shift = 39;
unsigned int ptrs_per_p4d = 1;
struct cpuinfo_x86 boot_cpu_data;
#pragma GCC visibility pop

#include "oracle_table.h"

/* What later releases renamed, composed anew or dropped. `absent`: nothing stands for it. */
struct oracle_note {
  const char* name;
  int absent;
  const char* note;
};

static const struct oracle_note kNotes[] = {
    {"vm_get_page_prot", 0, "chosen from PAGE_NONE and its like"},
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
    /* Since 6.6 these two take the VMA and are ordinary functions; outside a shadow stack they are this composition. */
    {"pte_mkwrite", 0, "pte_clear_saveddirty(pte_mkwrite_novma())"},
    {"pmd_mkwrite", 0, "pmd_clear_saveddirty(pmd_mkwrite_novma())"},
    {"pmd_large", 0, "pmd_leaf"},
    {"pud_large", 0, "pud_leaf"},
    {"is_swapin_error_entry", 1, "a marker with PTE_MARKER_POISONED took its place: is_poisoned_swp_entry"},
    {"SWP_SWAPIN_ERROR_NUM", 1, "no swap type of its own any more"},
    {"SWP_SWAPIN_ERROR", 1, "no swap type of its own any more"},
#endif
    {0, 0, 0},
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#undef pte_mkwrite
#undef pmd_mkwrite
#define pte_mkwrite(pte) pte_clear_saveddirty(pte_mkwrite_novma(pte))
#define pmd_mkwrite(pmd) pmd_clear_saveddirty(pmd_mkwrite_novma(pmd))
#define pmd_large pmd_leaf
#define pud_large pud_leaf
#define is_swapin_error_entry(entry) 0
#define SWP_SWAPIN_ERROR_NUM 0
#define SWP_SWAPIN_ERROR 0
#endif

/* vm_get_page_prot() is an ordinary function, so no header has it; what it picks from are the headers' PAGE_* words. Of
 * Pteron's function this checks those words, which access bits lead to which, and where key and encryption bits go. */
static u64 page_prot_of(u64 vm_flags) {
  const int exec = (vm_flags & VM_EXEC) != 0;
  pgprot_t prot;

  if (!(vm_flags & (VM_READ | VM_WRITE | VM_EXEC)))
    prot = PAGE_NONE;
  else if (!(vm_flags & VM_WRITE))
    prot = exec ? PAGE_READONLY_EXEC : PAGE_READONLY;
  else if (vm_flags & VM_SHARED)
    prot = exec ? PAGE_SHARED_EXEC : PAGE_SHARED;
  else
    prot = exec ? PAGE_COPY_EXEC : PAGE_COPY;
  prot.pgprot |= _PAGE_ENC;
  if (vm_flags & VM_PKEY_BIT0) prot.pgprot |= _PAGE_PKEY_BIT0;
  if (vm_flags & VM_PKEY_BIT1) prot.pgprot |= _PAGE_PKEY_BIT1;
  if (vm_flags & VM_PKEY_BIT2) prot.pgprot |= _PAGE_PKEY_BIT2;
  if (vm_flags & VM_PKEY_BIT3) prot.pgprot |= _PAGE_PKEY_BIT3;
  return massage_pgprot(prot);
}

#include "helpers.h"
#include "constants.h"
#include "helpers_more.h"

#define FUNCS1(F) PT_FUNCS1(F) ORACLE_FUNCS1_MORE(F) ORACLE_FUNCS1_SINCE_6_2(F)
#define FUNCS2(F) PT_FUNCS2(F) ORACLE_FUNCS2_MORE(F) ORACLE_FUNCS2_SINCE_6_2(F)
#define CONSTS(K) PT_CONSTS(K) ORACLE_CONSTS_MORE(K) ORACLE_CONSTS_SINCE_6_2(K)

#define DEFINE1(name, expression) static u64 call_##name(u64 a) { return expression; }
FUNCS1(DEFINE1)
#define DEFINE2(name, expression) static u64 call_##name(u64 a, u64 b) { return expression; }
FUNCS2(DEFINE2)

/* A constant's name may be an expression, so it is known by its place in the list. */
static u64 constant_value(int index) {
#define PICK(expression) \
  if (index-- == 0) return (u64)(expression);
  CONSTS(PICK)
  return 0;
}

#define ROW1(name, expression) {#name, #expression, 1, call_##name, 0, 0},
#define ROW2(name, expression) {#name, #expression, 2, 0, call_##name, 0},
static struct oracle_helper helpers[] = {FUNCS1(ROW1) FUNCS2(ROW2)};

#define ROW_CONSTANT(expression) {#expression, 0, 0},
static struct oracle_constant constants[] = {CONSTS(ROW_CONSTANT)};

__attribute__((constructor)) static void attach_notes(void) {
  const struct oracle_note* row;
  int i;

  for (row = kNotes; row->name; row++) {
    for (i = 0; i < (int)ARRAY_SIZE(helpers); i++) {
      if (__builtin_strcmp(helpers[i].name, row->name) != 0) continue;
      helpers[i].note = row->note;
      if (row->absent) helpers[i].call1 = 0, helpers[i].call2 = 0;
    }
    for (i = 0; i < (int)ARRAY_SIZE(constants); i++) {
      if (__builtin_strcmp(constants[i].name, row->name) != 0) continue;
      constants[i].note = row->note;
      constants[i].absent = row->absent;
    }
  }
}

static void set_facts(const struct oracle_facts* facts) {
  __pgtable_l5_enabled = facts->five_levels != 0;
  pgdir_shift = facts->five_levels ? 48 : 39;
  ptrs_per_p4d = facts->five_levels ? 512 : 1;
  sme_me_mask = facts->sme_mask;
  cc_mask = facts->cc_mask;
  physical_mask = facts->physical_mask;
  __supported_pte_mask = facts->supported_mask;
  swap_migration_ad_supported = facts->migration_young_dirty != 0;
#ifdef X86_FEATURE_SHSTK
  boot_cpu_data.x86_capability[X86_FEATURE_SHSTK / 32] &= ~(1u << (X86_FEATURE_SHSTK % 32));
  if (facts->shadow_stack) boot_cpu_data.x86_capability[X86_FEATURE_SHSTK / 32] |= 1u << (X86_FEATURE_SHSTK % 32);
#endif
}

extern const struct oracle_table pteron_oracle_table;
const struct oracle_table pteron_oracle_table = {
    .abi = PTERON_ORACLE_ABI,
    .version_code = LINUX_VERSION_CODE,
    .soft_dirty = IS_ENABLED(CONFIG_MEM_SOFT_DIRTY),
    .device_private = IS_ENABLED(CONFIG_DEVICE_PRIVATE),
    .uffd_wp = IS_ENABLED(CONFIG_HAVE_ARCH_USERFAULTFD_WP),
    .protection_keys = IS_ENABLED(CONFIG_X86_INTEL_MEMORY_PROTECTION_KEYS),
    .numa_balancing = IS_ENABLED(CONFIG_NUMA_BALANCING),
    .page_table_isolation =
        IS_ENABLED(CONFIG_PAGE_TABLE_ISOLATION) || IS_ENABLED(CONFIG_MITIGATION_PAGE_TABLE_ISOLATION),
#ifdef X86_FEATURE_SHSTK
    .shadow_stack_known = 1,
#endif
    .helpers = helpers,
    .helper_count = ARRAY_SIZE(helpers),
    .constants = constants,
    .constant_count = ARRAY_SIZE(constants),
    .constant_value = constant_value,
    .set_facts = set_facts,
};
