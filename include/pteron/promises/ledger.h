// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#ifndef PTERON_PROMISES_LEDGER_H_
#define PTERON_PROMISES_LEDGER_H_

// What statements and their outcomes say about the world, page by page: what is mapped, registered and armed, and what every page should
// read as. Where the specification leaves a choice to the kernel, the ledger says "any" or "not known", and nothing is judged from it.

#include <cstdint>
#include <span>
#include <vector>

#include "pteron/promises/act.h"
#include "pteron/promises/entry.h"
#include "pteron/promises/violation.h"

namespace pteron::promises {

// Whether a write to a page is to be reported to userfaultfd.
enum class Armed : uint8_t { off, on, any };
// Whether a private mapping has a page of its own in a place. `maybe`: a store that was not done may have made one, with what the file had.
enum class OwnCopy : uint8_t { no, yes, maybe };

// What an entry line says of one page.
struct Seen {
  uint64_t word = 0;
  Label label;
  uint32_t first_page = 0;  // of the entry's line
  Level level = Level::pte;
  uint8_t pagemap = 0;
  uint8_t page_flags = 0;  // of the page that it names
  bool shown = false;      // there is such a line
  Entry entry;
};

// One page of a mapping in one process.
struct Page {
  bool mapped = false;
  bool fresh = false;     // mapped there by the last step: `before` says nothing
  bool unjudged = false;  // poisoned or guarded: neither accesses nor arming are judged until it is mapped anew
  bool wrote = false;     // by this process since clear-refs
  bool freed = false;     // MADV_FREE may take it back at any time, until the next store
  bool dont_fork = false, wipe_on_fork = false;
  bool protection_known = true;
  bool value_known = true;  // of a page of one's own
  Armed armed = Armed::off;
  OwnCopy own = OwnCopy::no;  // private mappings; anonymous ones: yes
  Protection protection = Protection::rw;
  uint8_t modes = 0;    // registered for: kMissing, kWp, kMinor
  int16_t uffd = -1;    // with which descriptor
  uint64_t value = 0;   // with own != no and value_known: what it holds
  uint64_t probed = 0;  // what the last probe of it depended on; 0: not probed
  // Around the last step.
  Armed armed_before = Armed::off;
  uint8_t modes_before = 0;
  int16_t uffd_before = -1;
  bool changed = false;  // its line is not what it was
  Seen before, now;
};

// One mapping in one process.
struct Space {
  int16_t process = 0, mapping = 0;
  int16_t file = -1;  // in Ledger::files(); shared anonymous memory has one of its own
  bool shared = false;
  Memory memory = Memory::none;
  uint64_t start = 0;  // bytes
  uint64_t page_size = 4096;
  int64_t file_first = 0;   // the file's page at `start`
  uint32_t first_page = 0;  // its pages are [first_page, first_page + pages) of Ledger::pages()
  uint32_t pages = 0;
  uint64_t end() const { return start + pages * page_size; }
};

struct LedgerFile {
  struct Content {
    bool known = true;
    uint64_t value = 0;
  };
  bool hugetlb = false;
  bool anonymous = false;    // made by mmap of shared anonymous memory
  bool poisoned = false;     // a page of it was: later mappings are not judged
  bool may_be_huge = false;  // shmem: somebody asked for huge pages of it
  uint64_t page_size = 4096;
  uint64_t size = 0;  // bytes
  std::vector<Content> pages;
};

struct Descriptor {
  int16_t holder = 0, watched = 0;  // processes
  int16_t parent = -1;              // the descriptor that the fork event came from
  uint8_t features = 0;
  bool open = false;
};

struct WaitingThread {
  int16_t process = 0, thread = 0;
  uint64_t address = 0;
  Answer reason = Answer::blocked_wp;
};

class Ledger {
 public:
  explicit Ledger(const KernelFacts& facts);

  // ---- What a translator of statements asks.
  // Whether the process exists and has not ended.
  bool IsAlive(int process) const {
    return process >= 0 && static_cast<size_t>(process) < alive_.size() && alive_[static_cast<size_t>(process)];
  }
  int processes() const { return static_cast<int>(alive_.size()); }
  // The descriptor that fork made of `parent` for the process; -1: none.
  int ForkedDescriptor(int process, int parent) const;
  const std::vector<LedgerFile>& files() const { return files_; }
  const std::vector<Descriptor>& descriptors() const { return descriptors_; }

  // ---- The world.
  const std::vector<Space>& spaces() const { return spaces_; }
  std::vector<Page>& pages() { return pages_; }
  const std::vector<Page>& pages() const { return pages_; }
  // The place of the mapped page at an address of a process; null where the ledger knows of none. *page: its index in pages().
  const Space* Find(int process, uint64_t address, uint32_t* page) const;
  const std::vector<WaitingThread>& waiting() const { return waiting_; }
  bool frozen() const { return frozen_ > 0; }  // a hook keeps pages locked
  // A call moved or unmapped a part of a huge page of hugetlb, rounded as it saw fit: pages may be mapped that nobody here knows of.
  bool lost_sight() const { return lost_sight_; }
  // A call did not end: what it has done so far is in nobody's books.
  bool half_done() const { return half_done_; }
  bool failing() const { return failing_; }  // an allocation of the step in hand fails
  // What the page should read as; false where that is not known.
  bool Value(const Space& space, const Page& page, uint32_t index, uint64_t* value) const;
  // Whether the place lies beyond the end of the mapped file.
  bool BeyondEnd(const Space& space, uint32_t index) const;
  // Whether the file may have huge pages, which reach beyond its end.
  bool MayBeHuge(const Space& space) const { return space.file >= 0 && files_[static_cast<size_t>(space.file)].may_be_huge; }
  uint8_t FeaturesOf(const Page& page) const { return page.uffd < 0 ? uint8_t{0} : descriptors_[static_cast<size_t>(page.uffd)].features; }

  // Takes in a step: Page::before must hold the state before it. Pages that the step maps are `fresh`.
  void Apply(const Act& act, std::span<const Outcome> outcomes, std::span<const Woken> woken);

  // A page of one's own was seen to hold this, and is expected to from now on; of a shared one nothing is expected until the next store.
  void Believe(const Space& space, uint32_t index, uint64_t value);

  // Nothing is expected of a file's page until the next store.
  void Forget(int file, size_t page) { files_[static_cast<size_t>(file)].pages[page] = {false, 0}; }

  // Equal for ledgers that differ in the numbers of pages, slots and stored values alone, and in which pages have been probed.
  uint64_t Digest() const;

 private:
  template <class Do>
  void ForRange(int process, uint64_t start, uint64_t end, const Do& run);
  void ApplyToFiles(const Act& act, std::span<const Outcome> outcomes, bool ok);
  void ApplyToMemory(const Act& act, std::span<const Outcome> outcomes, bool ok);
  void ApplyAccesses(const Act& act, std::span<const Outcome> outcomes);
  void ApplyHooks(const Act& act, std::span<const Outcome> outcomes);
  void ForgetStores(int process);
  void Map(const Act& act);
  void Unmap(int process, uint64_t start, uint64_t end);
  void Remap(const Act& act);
  void Fork(const Act& act);
  void Exit(int process);
  void Close(int uffd);
  void Truncate(int file, int64_t pages);
  void Punch(int file, int64_t first, int64_t last, bool sure);
  void UnmapPage(const Act& act, std::span<const Outcome> outcomes);
  void Advise(const Act& act, const Outcome& outcome);
  void PoisonMemory(const Act& act);
  void AdviseZap(const Act& act, bool sure);
  void Access(const Act& act, int64_t page, const Outcome& outcome);
  void Arm(const Act& act, bool ok, bool refused, const Space& space, uint32_t index, Page& page) const;
  void BringIn(const Act& act, int process, std::span<const Outcome> outcomes);
  void ActOfUffd(const Act& act, std::span<const Outcome> outcomes);
  void Protect(const Act& act, bool ok);
  void FillIn(const Act& act, std::span<const Outcome> outcomes);
  void SetContent(Space& space, uint32_t index, Page& page, bool known, uint64_t value);
  void MayCopy(Space& space, uint32_t index, Page& page);
  void Doubt(int process, uint64_t start, uint64_t end);
  void GiveUpAll();
  void GiveUpFile(const Act& act);
  void GiveUpParts(const Act& act, bool ok);
  void Wake(const Act& act, std::span<const Woken> woken);

  KernelFacts facts_;
  std::vector<uint8_t> alive_;
  std::vector<Space> spaces_;
  std::vector<Page> pages_;
  std::vector<LedgerFile> files_;
  std::vector<Descriptor> descriptors_;
  std::vector<WaitingThread> waiting_;
  int frozen_ = 0;
  bool fail_next_ = false, failing_ = false, lost_sight_ = false, half_done_ = false;
};

}  // namespace pteron::promises

#endif  // PTERON_PROMISES_LEDGER_H_
