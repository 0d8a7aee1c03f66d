// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "tests/oracle/words.h"

namespace pteron {
namespace {

constexpr uint64_t kLow12 = 0xfff;
constexpr uint64_t kHigh12 = 0xfff0000000000000;
constexpr uint64_t kFrameBits = 0x000ffffffffff000;
constexpr uint64_t kNx = uint64_t{1} << 63;

// Words a kernel makes all day: user memory read-only, writable, clean and dirty; kernel memory; tables; PROT_NONE;
// huge pages.
constexpr uint64_t kCommonFlags[] = {
    0x025,       0x027,       0x065,       0x067,       0x005,       0x007,       0x125,       0x865,
    0x867,       0x425,       0x465,       0x225,       0x267,       0x063,       0x163,       0x120,
    0x920,       0x140,       0x8a5,       0x8e7,       0x0e7,       0x0a5,       0x0e5,       0x08c7,
    kNx | 0x025, kNx | 0x867, kNx | 0x865, kNx | 0x120, kNx | 0x163, kNx | 0x8e7, kNx | 0x425, kNx | 0x225};

constexpr uint64_t kProtectionMap[] = {0x120,       0x025,       0x027, kNx | 0x025, kNx | 0x027,
                                       kNx | 0x163, kNx | 0x121, 0x163, 0x161,       kNx | 0x120};

}  // namespace

ArgKinds KindsOf(std::string_view expression, int arity) {
  const auto has = [expression](std::string_view text) { return expression.find(text) != std::string_view::npos; };
  ArgKinds kinds;
  kinds.a = has("P_(a)")                                                   ? ArgKind::kPte
            : has("M_(a)") || has("U_(a)") || has("D_(a)") || has("G_(a)") ? ArgKind::kPmd
            : has("S_(a)")                                                 ? ArgKind::kEntry
            : has("flip_")                                                 ? ArgKind::kPte
            : has("__pgprot(a)") || has("protnone") || has("flags_pkey")   ? ArgKind::kProt
                                                                           : ArgKind::kNumber;
  if (arity == 2) {
    kinds.b = has("__pgprot(b)")             ? ArgKind::kProt
              : has("b & 31")                ? ArgKind::kType
              : has("P_(b)") || has("M_(b)") ? ArgKind::kLikeA
                                             : ArgKind::kPte;
  }
  return kinds;
}

uint64_t WordSource::Next(ArgKind kind, uint64_t a) {
  if (kind == ArgKind::kNone) return 0;
  const uint64_t r = Uniform();
  // One in eight is not what the helper is meant for: helpers take any word.
  if ((r & 7) == 0) {
    switch ((r >> 3) & 7) {
      case 0:
        return Pte();
      case 1:
        return Pmd();
      case 2:
        return Entry();
      case 3:
        return Number();
      default:
        return Noise();
    }
  }
  switch (kind) {
    case ArgKind::kNone:
      break;
    case ArgKind::kPte:
      return (r & 0x38) == 0 ? Flip(Pte()) : Pte();
    case ArgKind::kPmd:
      return (r & 0x38) == 0 ? Flip(Pmd()) : Pmd();
    case ArgKind::kEntry:
      return (r & 0x38) == 0 ? Flip(Entry()) : Entry();
    case ArgKind::kProt:
      return (r & 0x38) == 0 ? Flip(Prot()) : Prot();
    case ArgKind::kNumber:
      return Number();
    case ArgKind::kType:
      return r >> 32 & 31;
    case ArgKind::kLikeA:
      return (r & 8) != 0 ? a : Flip(a);
  }
  return r;
}

// Bits of every density.
uint64_t WordSource::Noise() {
  const uint64_t r = Uniform();
  const uint64_t q = Uniform();
  switch (r & 7) {
    case 0:
      return r & q;
    case 1:
      return r & q & Uniform() & Uniform();
    case 2:
      return r | q;
    case 3:
      return uint64_t{1} << (q & 63);
    case 4:
      return ~(uint64_t{1} << (q & 63));
    case 5:
      return q & kLow12;
    case 6:
      return (q & 15) == 0 ? 0 : (q & 15) == 1 ? ~uint64_t{0} : q >> (r >> 58);
    default:
      return q;
  }
}

// One or two bits of a word changed, more often flags than bits of the frame number.
uint64_t WordSource::Flip(uint64_t word) {
  const uint64_t r = Uniform();
  const auto bit = [](uint64_t x) { return (x & 0x80) != 0 ? x & 63 : (x & 0x40) != 0 ? x & 15 : 52 + (x & 63) % 12; };
  word ^= uint64_t{1} << bit(r);
  if ((r & 0x100) != 0) word ^= uint64_t{1} << bit(r >> 9);
  return word;
}

// Frame numbers, offsets of swap, markers: every magnitude is equally likely, up to 58 bits.
uint64_t WordSource::Number() {
  const uint64_t r = Uniform();
  const uint64_t bits = 1 + (r & 63) % 58;
  const uint64_t value = Uniform() >> (64 - bits);
  return (r & 0x40) != 0 ? value : (r & 0x780) == 0 ? Uniform() : value & 0xffffffffff;
}

// Frame bits under the given flags; inverted, as PROT_NONE words have them, in half of the words that are not present.
uint64_t WordSource::Present(uint64_t flags) {
  const uint64_t r = Uniform();
  uint64_t frame = (r << 12 & kFrameBits) >> (r >> 58) % 36;
  if ((flags & 1) == 0 && (r >> 57 & 1) != 0) frame = ~frame;
  return (flags & ~kFrameBits) | (frame & kFrameBits);
}

// A swap entry as it stands in a table: type in bits 59..63, the inverted offset in bits 9..58, flags in bits 1..3
// and 11.
uint64_t WordSource::SwapWord() {
  const uint64_t r = Uniform();
  const uint64_t entry = Entry();
  uint64_t word = entry >> 58 << 59 | ~entry << 14 >> 5;
  word |= r & 0xe;
  if ((r >> 8 & 7) == 0) word |= r >> 16 & 0x1fe;  // bits that belong to nobody there, bit 8 among them
  return word;
}

uint64_t WordSource::Pte() {
  const uint64_t r = Uniform();
  const uint64_t q = r >> 8;
  switch (r & 15) {
    case 0:
    case 1:
    case 2:
      return Present(kCommonFlags[q & 31]);
    case 3:
    case 4:
      return Present((q & kLow12) | 1 | (r & kNx));  // present, any flags
    case 5:
      return Present((q & kLow12) | 1 | (r & kHigh12));  // with keys and software bits too
    case 6:
      return Present((q & kLow12 & ~uint64_t{1}) | 0x100 | (r & kHigh12));  // PROT_NONE
    case 7:
      return Present((q & kLow12) | (r & kHigh12));
    case 8:
    case 9:
    case 10:
    case 11:
      return SwapWord();
    case 12:
      return Present((kCommonFlags[q & 31] | 0x80) ^ (q >> 5 & 0x1000)) ^ (q & 0x1000);  // PSE or PAT
    case 13:
      return Present((kCommonFlags[q & 31] & ~uint64_t{1}) | (r & kHigh12));
    case 14:
      return q & 0xe & -(q >> 8 & 1);  // nothing, or only swap flags
    default:
      return Flip(Present(kCommonFlags[q & 31]));
  }
}

uint64_t WordSource::Pmd() {
  const uint64_t r = Uniform();
  const uint64_t q = r >> 8;
  const uint64_t align = (q >> 20 & 1) != 0   ? ~uint64_t{0x1ff000}
                         : (q >> 21 & 1) != 0 ? ~uint64_t{0x1fe000}
                                              : ~uint64_t{0};
  switch (r & 7) {
    case 0:
      return Present(0x67 ^ (q & 0x64) ^ (r & kNx));  // a table
    case 1:
    case 2:
      return Present(kCommonFlags[q & 31] | 0x80) & align;  // a huge page
    case 3:
      return Present((q & kLow12) | 0x81 | (r & kHigh12)) & align;
    case 4:
      return Present((q & kLow12 & ~uint64_t{1}) | (r & kHigh12)) & align;  // huge, PROT_NONE or being changed
    case 5:
      return SwapWord();  // a migration entry
    case 6:
      return Present((q & kLow12) | (r & kHigh12));
    default:
      return Pte();
  }
}

// Type in bits 58..62, offset below; rarely a bit where none should be.
uint64_t WordSource::Entry() {
  const uint64_t r = Uniform();
  // Devices, and half of the time the types at the top that mean something else.
  const uint64_t type = (r & 1) != 0 ? 22 + (r >> 1 & 15) % 10 : r >> 1 & 31;
  uint64_t offset = Number() & ((uint64_t{1} << 58) - 1);
  switch (r >> 8 & 15) {
    case 0:
    case 1:
      offset &= 7;
      break;  // markers
    case 2:
    case 3:
    case 4: {  // a frame with accessed and dirty above it, 4 or 5 levels
      const unsigned frame_bits = (r >> 12 & 1) != 0 ? 40 : 34;
      offset &= (uint64_t{1} << frame_bits) - 1;
      offset |= (r >> 13 & 3) << frame_bits;
      break;
    }
    case 5:
      offset = ~offset & ((uint64_t{1} << 58) - 1);
      break;
    case 6:
      offset |= r & 0x03ff000000000000;
      break;  // more bits than a word has room for
    case 7:
      return (type << 58 | offset) ^ (r & uint64_t{1} << 63);
    default:
      offset &= (uint64_t{1} << 50) - 1;
  }
  return type << 58 | offset;
}

uint64_t WordSource::Prot() {
  const uint64_t r = Uniform();
  const uint64_t q = r >> 8;
  switch (r & 7) {
    case 0:
    case 1:
      return kProtectionMap[q % 10] | (q >> 5 & 15) << 59;  // with a protection key
    case 2:
      return kProtectionMap[q % 10];
    case 3:
      return kCommonFlags[q & 31];
    case 4:
      return q & kLow12;
    case 5:
      return (q & kLow12) | (r & kHigh12);
    case 6:
      return Pte();
    default:
      return Noise();
  }
}

}  // namespace pteron
