// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_ARCH_X86_DECODED_ENTRIES_H_
#define PTERON_ARCH_X86_DECODED_ENTRIES_H_

// The classes of words that know what they hold; only decode() (decode.h) makes them.

#include <cstdint>

#include "pteron/arch/x86/classify.h"

namespace pteron {

class EntryDecoder;

// What all have in common: the word, and that only decode() makes them.
class DecodedEntry {
 public:
  constexpr uint64_t word() const { return word_; }
  constexpr bool operator==(const DecodedEntry&) const = default;

 protected:
  constexpr explicit DecodedEntry(uint64_t word) : word_(word) {}

 private:
  uint64_t word_;
};

// Nothing there.
class NonePte : public DecodedEntry {
  friend class EntryDecoder;
  using DecodedEntry::DecodedEntry;
};

// Maps a page (of 4 KiB; at higher levels of 2 MiB or 1 GiB).
class PresentPte : public DecodedEntry {
 public:
  constexpr uint64_t pfn() const { return pfn_; }           // number of the first frame of 4 KiB
  constexpr bool protnone() const { return !(word() & kPagePresent); }  // hidden from the processor
  constexpr bool writable() const { return writable_; }
  constexpr bool dirty() const { return dirty_; }           // in whichever bit
  constexpr bool young() const { return word() & kPageAccessed; }
  constexpr bool user() const { return word() & kPageUser; }
  constexpr bool executable() const { return !(word() & kPageNx); }
  constexpr bool special() const { return word() & kPageSpecial; }
  constexpr bool uffd_wp() const { return uffd_wp_; }
  constexpr bool soft_dirty() const { return soft_dirty_; }
  constexpr unsigned pkey() const { return pkey_; }

 private:
  friend class EntryDecoder;
  constexpr PresentPte(const Encoding& e, uint64_t word, uint64_t pfn)
      : DecodedEntry(word),
        pfn_(pfn),
        writable_(pte_write(e, pte_t{word})),
        dirty_(pte_dirty(e, pte_t{word})),
        uffd_wp_(pte_uffd_wp(e, pte_t{word})),
        soft_dirty_(pte_soft_dirty(e, pte_t{word})),
        pkey_(static_cast<uint8_t>(pte_flags_pkey(e, word))) {}
  uint64_t pfn_;
  bool writable_, dirty_, uffd_wp_, soft_dirty_;
  uint8_t pkey_;
};

// Names a table of the next level.
class TableEntry : public DecodedEntry {
 public:
  constexpr uint64_t pfn() const { return pfn_; }  // of the table

 private:
  friend class EntryDecoder;
  constexpr TableEntry(uint64_t word, uint64_t pfn) : DecodedEntry(word), pfn_(pfn) {}
  uint64_t pfn_;
};

// A word with a swap type: what the classes below share.
class SwapTypeEntry : public DecodedEntry {
 public:
  constexpr uint32_t type() const { return static_cast<uint32_t>(arch_swp_type(swp_entry_t{word()})); }
  constexpr bool soft_dirty() const { return soft_dirty_; }
  constexpr bool uffd_wp() const { return uffd_wp_; }

 protected:
  constexpr SwapTypeEntry(const Encoding& e, uint64_t word)
      : DecodedEntry(word), soft_dirty_(pte_swp_soft_dirty(e, pte_t{word})), uffd_wp_(pte_swp_uffd_wp(e, pte_t{word})) {}
  constexpr uint64_t raw_offset() const { return arch_swp_offset(swp_entry_t{word()}); }

 private:
  bool soft_dirty_, uffd_wp_;
};

// The content is in a swap slot: slot offset() of swap device type().
class SwapPte : public SwapTypeEntry {
 public:
  constexpr uint64_t offset() const { return raw_offset(); }
  constexpr bool exclusive() const { return exclusive_; }

 private:
  friend class EntryDecoder;
  constexpr SwapPte(const Encoding& e, uint64_t word) : SwapTypeEntry(e, word), exclusive_(pte_swp_exclusive(e, pte_t{word})) {}
  bool exclusive_;
};

// A swap type whose offset is a frame number.
class FramePte : public SwapTypeEntry {
 public:
  constexpr uint64_t pfn() const { return pfn_; }

 protected:
  constexpr FramePte(const Encoding& e, uint64_t word) : SwapTypeEntry(e, word), pfn_(raw_offset() & e.swp_pfn_mask) {}

 private:
  uint64_t pfn_;
};

enum class MigrationKind : uint8_t { read, read_exclusive, write };

class MigrationPte : public FramePte {
 public:
  constexpr MigrationKind kind() const { return kind_; }
  constexpr bool young() const { return young_; }  // false where the kernel does not keep it
  constexpr bool dirty() const { return dirty_; }

 private:
  friend class EntryDecoder;
  constexpr MigrationPte(const Encoding& e, uint64_t word)
      : FramePte(e, word),
        kind_(type() == e.swp_migration_write  ? MigrationKind::write
              : type() == e.swp_migration_read ? MigrationKind::read
                                               : MigrationKind::read_exclusive),
        young_(is_migration_entry_young(e, swp_entry(type(), raw_offset()))),
        dirty_(is_migration_entry_dirty(e, swp_entry(type(), raw_offset()))) {}
  MigrationKind kind_;
  bool young_, dirty_;
};

// The frame's memory failed.
class HwpoisonPte : public FramePte {
  friend class EntryDecoder;
  using FramePte::FramePte;
};

class DevicePte : public FramePte {
 public:
  constexpr bool exclusive() const { return exclusive_; }  // the page is in memory, a device has it for itself
  constexpr bool writable() const { return writable_; }

 private:
  friend class EntryDecoder;
  constexpr DevicePte(const Encoding& e, uint64_t word)
      : FramePte(e, word),
        exclusive_(is_device_exclusive_entry(e, swp_entry(type(), 0))),
        writable_(type() == e.swp_device_write || type() == e.swp_device_exclusive_write) {}
  bool exclusive_, writable_;
};

// 5.19 to 6.1: the page could not be read back; pfn() is the frame that it was to be read into.
class SwapinErrorPte : public FramePte {
  friend class EntryDecoder;
  using FramePte::FramePte;
};

// The uffd-wp series, version 5: no page, write-protected by userfaultfd.
class SpecialPte : public DecodedEntry {
  friend class EntryDecoder;
  using DecodedEntry::DecodedEntry;
};

// A PTE marker: no page, but bits that say something. Also of class poison and guard; at least one bit is set.
class MarkerPte : public DecodedEntry {
 public:
  constexpr uint64_t bits() const { return bits_; }  // kPteMarker..., those that the kernel knows
  constexpr bool uffd_wp() const { return bits_ & kPteMarkerUffdWp; }
  constexpr bool poisoned() const { return bits_ & kPteMarkerPoisoned; }
  constexpr bool guard() const { return bits_ & kPteMarkerGuard; }

 private:
  friend class EntryDecoder;
  constexpr MarkerPte(const Encoding& e, uint64_t word)
      : DecodedEntry(word), bits_(arch_swp_offset(swp_entry_t{word}) & e.pte_marker_mask) {}
  uint64_t bits_;
};

// A word that this kernel never writes at that level.
class InvalidPte : public DecodedEntry {
  friend class EntryDecoder;
  using DecodedEntry::DecodedEntry;
};

}  // namespace pteron

#endif  // PTERON_ARCH_X86_DECODED_ENTRIES_H_
