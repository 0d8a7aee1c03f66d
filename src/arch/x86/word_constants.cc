// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "pteron/arch/x86/pgtable.h"
#include "pteron/arch/x86/word_helpers.h"

namespace pteron {
namespace {

using E = const Encoding&;
using Value = std::optional<uint64_t>;

// A constant that the kernel has only where the value is not 0.
constexpr Value UnlessZero(uint64_t value) { return value ? Value(value) : std::nullopt; }
constexpr Value SwapType(uint32_t type) { return type == kNoSwapType ? std::nullopt : Value(type); }
constexpr uint64_t One(bool value) { return value ? 1 : 0; }
constexpr uint64_t Bit(unsigned number) { return uint64_t{1} << number; }

constexpr uint64_t kReadonlyExec = kPagePresent | kPageUser | kPageAccessed;
constexpr uint64_t kKernelData = kPagePresent | kPageRw | kPageAccessed | kPageNx | kPageDirty | kPageGlobal;

#define PTERON_CONSTANT(name, expression) \
  WordConstant{name, []([[maybe_unused]] E e) -> Value { return expression; }}
#define PTERON_FIXED(name, value) PTERON_CONSTANT(name, Value(value))

constexpr WordConstant kConstants[] = {
    PTERON_FIXED("_PAGE_PRESENT", kPagePresent),
    PTERON_FIXED("_PAGE_RW", kPageRw),
    PTERON_FIXED("_PAGE_USER", kPageUser),
    PTERON_FIXED("_PAGE_PWT", kPagePwt),
    PTERON_FIXED("_PAGE_PCD", kPagePcd),
    PTERON_FIXED("_PAGE_ACCESSED", kPageAccessed),
    PTERON_FIXED("_PAGE_DIRTY", kPageDirty),
    PTERON_FIXED("_PAGE_PSE", kPagePse),
    PTERON_FIXED("_PAGE_PAT", kPagePat),
    PTERON_FIXED("_PAGE_GLOBAL", kPageGlobal),
    PTERON_FIXED("_PAGE_SOFTW1", Bit(kPageBitSoftw1)),
    PTERON_FIXED("_PAGE_SOFTW2", Bit(kPageBitSoftw2)),
    PTERON_FIXED("_PAGE_SOFTW3", Bit(kPageBitSoftw3)),
    PTERON_CONSTANT("_PAGE_SOFTW4", Bit(e.page_saved_dirty ? 57 : 58)),  // it made way for SOFTW5, saved-dirty
    PTERON_FIXED("_PAGE_PAT_LARGE", kPagePatLarge),
    PTERON_FIXED("_PAGE_SPECIAL", kPageSpecial),
    PTERON_CONSTANT("_PAGE_UFFD_WP", e.page_uffd_wp),
    PTERON_CONSTANT("_PAGE_SOFT_DIRTY", e.page_soft_dirty),
    PTERON_CONSTANT("_PAGE_DEVMAP", UnlessZero(e.page_devmap)),
    PTERON_FIXED("_PAGE_NX", kPageNx),
    PTERON_FIXED("_PAGE_PROTNONE", kPageProtnone),
    PTERON_CONSTANT("_PAGE_PKEY_BIT0", e.page_pkey_mask & Bit(59)),
    PTERON_CONSTANT("_PAGE_PKEY_BIT1", e.page_pkey_mask & Bit(60)),
    PTERON_CONSTANT("_PAGE_PKEY_BIT2", e.page_pkey_mask & Bit(61)),
    PTERON_CONSTANT("_PAGE_PKEY_BIT3", e.page_pkey_mask & Bit(62)),
    PTERON_CONSTANT("_PAGE_PKEY_MASK", e.page_pkey_mask),
    PTERON_FIXED("_PAGE_KNL_ERRATUM_MASK", kPageKnlErratumMask),
    PTERON_CONSTANT("_PAGE_SWP_SOFT_DIRTY", e.swp_soft_dirty),
    PTERON_CONSTANT("_PAGE_SWP_UFFD_WP", e.swp_uffd_wp),
    PTERON_CONSTANT("_PAGE_SWP_EXCLUSIVE", UnlessZero(e.swp_exclusive)),
    PTERON_CONSTANT("_PAGE_CC", e.page_cc),
    PTERON_CONSTANT("_PAGE_ENC", e.page_enc),
    PTERON_CONSTANT("_PAGE_CHG_MASK", e.page_chg_mask),
    PTERON_CONSTANT("_HPAGE_CHG_MASK", e.hpage_chg_mask),
    PTERON_CONSTANT("_PAGE_TABLE", e.page_table),
    PTERON_CONSTANT("_KERNPG_TABLE", e.kernpg_table),
    PTERON_FIXED("_PAGE_CACHE_MASK", kPagePwt | kPagePcd | kPagePat),
    PTERON_FIXED("_PAGE_LARGE_CACHE_MASK", kPagePwt | kPagePcd | kPagePatLarge),
    PTERON_CONSTANT("PTE_PFN_MASK", e.pte_pfn_mask),
    PTERON_CONSTANT("PTE_FLAGS_MASK", ~e.pte_pfn_mask),
    PTERON_CONSTANT("__PHYSICAL_MASK", e.physical_mask),
    PTERON_FIXED("__PHYSICAL_MASK_SHIFT", 52),
    PTERON_CONSTANT("PHYSICAL_PAGE_MASK", e.pte_pfn_mask),
    PTERON_CONSTANT("PHYSICAL_PMD_PAGE_MASK", e.physical_pmd_page_mask),
    PTERON_CONSTANT("PHYSICAL_PUD_PAGE_MASK", e.physical_pud_page_mask),
    PTERON_CONSTANT("__VIRTUAL_MASK_SHIFT", e.five_levels ? 56 : 47),
    PTERON_CONSTANT("MAX_PHYSMEM_BITS", e.max_physmem_bits),
    PTERON_FIXED("PAGE_SHIFT", kPageShift),
    PTERON_FIXED("PMD_SHIFT", kPmdShift),
    PTERON_FIXED("PUD_SHIFT", kPudShift),
    PTERON_FIXED("P4D_SHIFT", kP4dShift),
    PTERON_CONSTANT("PGDIR_SHIFT", pgdir_shift(e)),
    PTERON_FIXED("PTRS_PER_PTE", kPtrsPerTable),
    PTERON_FIXED("PTRS_PER_PMD", kPtrsPerTable),
    PTERON_FIXED("PTRS_PER_PUD", kPtrsPerTable),
    PTERON_CONSTANT("PTRS_PER_P4D", e.five_levels ? kPtrsPerTable : 1),
    PTERON_FIXED("PTRS_PER_PGD", kPtrsPerTable),
    PTERON_FIXED("SWP_TYPE_BITS", kSwpTypeBits),
    PTERON_FIXED("SWP_OFFSET_FIRST_BIT", kSwpOffsetFirstBit),
    PTERON_FIXED("SWP_OFFSET_SHIFT", kSwpOffsetShift),
    PTERON_FIXED("SWP_TYPE_SHIFT", kSwpTypeShift),
    PTERON_FIXED("SWP_OFFSET_MASK", kSwpOffsetMask),
    PTERON_FIXED("MAX_SWAPFILES_SHIFT", kMaxSwapfilesShift),
    PTERON_CONSTANT("MAX_SWAPFILES", e.max_swapfiles),
    PTERON_CONSTANT("SWP_HWPOISON_NUM", One(e.swp_hwpoison != kNoSwapType)),
    PTERON_CONSTANT("SWP_HWPOISON", SwapType(e.swp_hwpoison)),
    PTERON_CONSTANT("SWP_MIGRATION_NUM", e.swp_migration_num),
    PTERON_CONSTANT("SWP_MIGRATION_READ", SwapType(e.swp_migration_read)),
    PTERON_CONSTANT("SWP_MIGRATION_READ_EXCLUSIVE", SwapType(e.swp_migration_read_exclusive)),
    PTERON_CONSTANT("SWP_MIGRATION_WRITE", SwapType(e.swp_migration_write)),
    PTERON_CONSTANT("SWP_DEVICE_NUM", e.swp_device_num),
    PTERON_CONSTANT("SWP_PTE_MARKER_NUM", UnlessZero(One(e.swp_pte_marker != kNoSwapType))),
    PTERON_CONSTANT("SWP_PTE_MARKER", SwapType(e.swp_pte_marker)),
    PTERON_CONSTANT("SWP_SWAPIN_ERROR_NUM", UnlessZero(One(e.swp_swapin_error != kNoSwapType))),
    PTERON_CONSTANT("SWP_SWAPIN_ERROR", SwapType(e.swp_swapin_error)),
    PTERON_CONSTANT("SWP_PFN_BITS", e.swp_pfn_bits < kSwpTypeShift ? Value(e.swp_pfn_bits) : std::nullopt),
    PTERON_CONSTANT("SWP_PFN_MASK", e.swp_pfn_bits < kSwpTypeShift ? Value(e.swp_pfn_mask) : std::nullopt),
    PTERON_CONSTANT("SWP_MIG_YOUNG_BIT", e.swp_mig_young ? Value(e.swp_pfn_bits) : std::nullopt),
    PTERON_CONSTANT("SWP_MIG_DIRTY_BIT", e.swp_mig_young ? Value(e.swp_pfn_bits + 1) : std::nullopt),
    PTERON_CONSTANT("SWP_MIG_TOTAL_BITS", e.swp_mig_young ? Value(e.swp_pfn_bits + 2) : std::nullopt),
    PTERON_CONSTANT("PTE_MARKER_UFFD_WP", UnlessZero(e.pte_marker_mask & kPteMarkerUffdWp)),
    PTERON_CONSTANT("PTE_MARKER_MASK", UnlessZero(e.pte_marker_mask)),
    PTERON_FIXED("BITS_PER_XA_VALUE", 63),
    PTERON_FIXED("pgprot_val(PAGE_NONE)", kPageAccessed | kPageProtnone),
    PTERON_FIXED("pgprot_val(PAGE_SHARED)", kReadonlyExec | kPageRw | kPageNx),
    PTERON_FIXED("pgprot_val(PAGE_SHARED_EXEC)", kReadonlyExec | kPageRw),
    PTERON_FIXED("pgprot_val(PAGE_COPY)", kReadonlyExec | kPageNx),
    PTERON_FIXED("pgprot_val(PAGE_COPY_NOEXEC)", kReadonlyExec | kPageNx),
    PTERON_FIXED("pgprot_val(PAGE_COPY_EXEC)", kReadonlyExec),
    PTERON_FIXED("pgprot_val(PAGE_READONLY)", kReadonlyExec | kPageNx),
    PTERON_FIXED("pgprot_val(PAGE_READONLY_EXEC)", kReadonlyExec),
    PTERON_FIXED("__PAGE_KERNEL", kKernelData),
    PTERON_CONSTANT("__PAGE_KERNEL_RO", e.page_kernel_ro),
    PTERON_FIXED("__PAGE_KERNEL_LARGE", kKernelData | kPagePse),
    PTERON_FIXED("VM_READ", 0x1),
    PTERON_FIXED("VM_WRITE", 0x2),
    PTERON_FIXED("VM_EXEC", 0x4),
    PTERON_FIXED("VM_SHARED", 0x8),
    PTERON_FIXED("VM_MAYREAD", 0x10),
    PTERON_FIXED("VM_MAYWRITE", 0x20),
    PTERON_FIXED("VM_MAYEXEC", 0x40),
    PTERON_FIXED("VM_MAYSHARE", 0x80),
    PTERON_FIXED("VM_GROWSDOWN", 0x100),
    PTERON_FIXED("VM_PFNMAP", 0x400),
    PTERON_FIXED("VM_LOCKED", 0x2000),
    PTERON_FIXED("VM_LOCKONFAULT", 0x80000),
    PTERON_FIXED("VM_IO", 0x4000),
    PTERON_FIXED("VM_SEQ_READ", 0x8000),
    PTERON_FIXED("VM_RAND_READ", 0x10000),
    PTERON_FIXED("VM_DONTCOPY", 0x20000),
    PTERON_FIXED("VM_DONTEXPAND", 0x40000),
    PTERON_FIXED("VM_ACCOUNT", 0x100000),
    PTERON_FIXED("VM_NORESERVE", 0x200000),
    PTERON_FIXED("VM_HUGETLB", 0x400000),
    PTERON_FIXED("VM_SYNC", 0x800000),
    PTERON_FIXED("VM_WIPEONFORK", 0x2000000),
    PTERON_FIXED("VM_DONTDUMP", 0x4000000),
    PTERON_CONSTANT("VM_SOFTDIRTY", e.page_soft_dirty ? 0x8000000 : 0),
    PTERON_FIXED("VM_MIXEDMAP", 0x10000000),
    PTERON_FIXED("VM_HUGEPAGE", 0x20000000),
    PTERON_FIXED("VM_NOHUGEPAGE", 0x40000000),
    PTERON_FIXED("VM_MERGEABLE", 0x80000000),
    PTERON_FIXED("VM_UFFD_MISSING", 0x200),
    PTERON_FIXED("VM_UFFD_WP", 0x1000),
    PTERON_CONSTANT("VM_UFFD_MINOR", Bit(e.vm_uffd_minor_bit)),
    PTERON_FIXED("VM_PKEY_SHIFT", 32),
    PTERON_FIXED("VM_PKEY_BIT0", Bit(32)),
    PTERON_FIXED("VM_PKEY_BIT1", Bit(33)),
    PTERON_FIXED("VM_PKEY_BIT2", Bit(34)),
    PTERON_FIXED("VM_PKEY_BIT3", Bit(35)),
    PTERON_FIXED("HPAGE_PMD_ORDER", kHpagePmdOrder),
};

static_assert(std::size(kConstants) == 131);

#undef PTERON_CONSTANT
#undef PTERON_FIXED

}  // namespace

std::span<const WordConstant> WordConstants() { return kConstants; }

}  // namespace pteron
