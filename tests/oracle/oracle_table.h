// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_TESTS_ORACLE_ORACLE_TABLE_H_
#define PTERON_TESTS_ORACLE_ORACLE_TABLE_H_

/* What an object of compiled kernel headers shows to the test: one table under one exported symbol. C and C++ both
 * include this, the C side in the middle of kernel headers, so nothing of the standard library is named here. Every
 * word is an unsigned long long. */

typedef unsigned long long oracle_word;

/* Bumped whenever a struct below changes: an object from an older cache is refused. */
#define PTERON_ORACLE_ABI 1
#define PTERON_ORACLE_SYMBOL "pteron_oracle_table"

/* One helper. `expression` is how it is called, in the spelling of helpers.h: the test reads from it what kind of word
 * `a` and `b` are. Exactly one of call1 (arity 1) and call2 (arity 2) is set; neither is when the release has no such
 * helper, and then `note` says what became of it. `note` may also tell how a renamed helper was spelled; null when the
 * name stands as it is. */
struct oracle_helper {
  const char* name;
  const char* expression;
  int arity;
  oracle_word (*call1)(oracle_word a);
  oracle_word (*call2)(oracle_word a, oracle_word b);
  const char* note;
};

/* One constant; its value is asked for by its index, since some "constants" follow the run-time facts below. */
struct oracle_constant {
  const char* name;
  int absent; /* this release has none; `note` says what became of it */
  const char* note;
};

/* What a kernel finds out when it boots and its helpers then depend on. */
struct oracle_facts {
  int five_levels;            /* 5-level paging is on */
  oracle_word sme_mask;       /* the encryption bit of words that the kernel makes, or 0 */
  oracle_word cc_mask;        /* the encryption bit that changes of protection keep, or 0 */
  oracle_word physical_mask;  /* address bits a word may hold */
  oracle_word supported_mask; /* flags a present word may hold */
  int migration_young_dirty;  /* migration entries have room for the accessed and dirty bits (not with L1TF) */
  int shadow_stack;           /* the processor has shadow stacks; ignored where shadow_stack_known is 0 */
};

struct oracle_table {
  int abi;
  unsigned version_code;    /* LINUX_VERSION_CODE of the headers */
  int soft_dirty;           /* CONFIG_MEM_SOFT_DIRTY */
  int device_private;       /* CONFIG_DEVICE_PRIVATE */
  int uffd_wp;              /* CONFIG_HAVE_ARCH_USERFAULTFD_WP */
  int protection_keys;      /* CONFIG_X86_INTEL_MEMORY_PROTECTION_KEYS */
  int numa_balancing;       /* CONFIG_NUMA_BALANCING */
  int page_table_isolation; /* CONFIG_PAGE_TABLE_ISOLATION, CONFIG_MITIGATION_PAGE_TABLE_ISOLATION from 6.8 on */
  int shadow_stack_known;   /* the helpers ask for X86_FEATURE_SHSTK */
  const struct oracle_helper* helpers;
  int helper_count;
  const struct oracle_constant* constants;
  int constant_count;
  oracle_word (*constant_value)(int index);
  void (*set_facts)(const struct oracle_facts* facts);
};

#endif /* PTERON_TESTS_ORACLE_ORACLE_TABLE_H_ */
