// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Machines with the fast loops and with the reference are equal after each call, over ranges that cover tables and parts of them.
#include <memory>
#include <random>
#include <vector>

#include "pteron/machine.h"
#include "tests/catch.h"

namespace pteron {
namespace {

constexpr uint64_t kStart = 0x100000000000;
constexpr uint64_t kPages = 1300;  // three tables, the last one in part

// Plays the same random calls for the same seed.
class Player {
 public:
  Player(const std::shared_ptr<const Kernel>& kernel, Engine engine, unsigned seed) : random_(seed), machine_(kernel, {.swap = true}) {
    machine_.state().engine = engine;
    const bool shared = random_() % 2 == 0;
    const FileId file = shared || random_() % 2 == 0 ? machine_.MemfdCreate(FileKind::shmem, kPages) : FileId{};
    machine_.Mmap(MmId{0}, {.address = kStart, .length = kPages * kPageSize, .shared = shared, .file = file});
    if (machine_.Userfaultfd(MmId{0}, 0, &uffd_) == 0) machine_.UffdRegister(uffd_, kStart, kPages * kPageSize, {.wp = true});
    for (int i = 0; i < 300; ++i) Touch();
  }

  void Call() {
    const uint64_t first = random_() % kPages, length = (1 + random_() % (kPages - first)) * kPageSize;
    const uint64_t start = kStart + first * kPageSize;
    const MmId mm{static_cast<uint32_t>(random_() % processes_)};
    switch (random_() % 9) {
      case 0: machine_.UffdWriteprotect(uffd_, start, length, true); break;
      case 1: machine_.UffdWriteprotect(uffd_, start, length, false); break;
      case 2: machine_.Madvise(mm, start, length, Advice::dontneed); break;
      case 3: machine_.Mprotect(mm, start, length, random_() % 2 ? Protection::read : Protection::read_write); break;
      case 4: machine_.Madvise(mm, start, length, Advice::pageout); break;
      case 5: machine_.Munmap(mm, start, length / 16 & kPageMask); break;
      case 6:
        if (processes_ < 3) {
          int error = 0;
          std::vector<ForkedUffd> forked;
          if (machine_.Fork(mm, &error, &forked)) ++processes_;
        }
        break;
      case 7:  // pages under migration, which the other calls meet
        for (int i = 0; i < 40; ++i) {
          const uint64_t address = kStart + random_() % kPages * kPageSize;
          if (machine_.FreezePage(mm, address) == 0) frozen_.push_back({mm, address});
        }
        break;
      default:
        for (const Frozen& one : frozen_) machine_.ThawPage(one.mm, one.address);
        frozen_.clear();
        for (int i = 0; i < 50; ++i) Touch();
    }
    machine_.LruAddDrain();
  }

  const Machine& machine() const { return machine_; }

 private:
  struct Frozen {
    MmId mm;
    uint64_t address;
  };

  void Touch() {
    const MmId mm{static_cast<uint32_t>(random_() % processes_)};
    const uint64_t address = kStart + random_() % kPages * kPageSize;
    if (random_() % 3 == 0) {
      machine_.Load(mm, address);
    } else {
      machine_.Store(mm, address, random_() % 100);
    }
  }

  std::mt19937 random_;
  uint32_t processes_ = 1;
  Machine machine_;
  UffdId uffd_;
  std::vector<Frozen> frozen_;
};

TEST_CASE("machines do not depend on the engine") {
  for (const char* name : {"v5.14-rc", "v5.14-rc+uffd-wp-v5", "v6.1"}) {
    const auto kernel = std::make_shared<const Kernel>(*Kernel::Parse(name));
    for (unsigned seed = 0; seed < 40; ++seed) {
      INFO(name << ", seed " << seed);
      Player fast(kernel, Engine::fast, seed), reference(kernel, Engine::reference, seed);
      for (int call = 0; call < 25; ++call) {
        fast.Call();
        reference.Call();
        REQUIRE(fast.machine() == reference.machine());
      }
      const std::optional<std::string> broken = fast.machine().CheckInvariants();
      INFO(broken.value_or(""));
      CHECK(!broken);
    }
  }
}

}  // namespace
}  // namespace pteron
