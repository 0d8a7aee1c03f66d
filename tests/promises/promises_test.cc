// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
//
// Each promise is put to the test by some scenario, is kept there, and can be broken: by answers with a bit changed, by a kernel with a
// known fault, by books that do not balance.
#include <map>

#include "tests/promises/judged.h"

namespace pteron::promises {
namespace {

struct Row {
  const char* promise;
  const char* kernel;
  const char* scenario;
  int step;  // whose answers are changed
  std::vector<Replacement> changes;
  std::set<std::string> breaks;  // what then is broken: the promise, and what cannot but break with it
};

const std::string kArmed = "P: mmap A anon 2\nP: uffd U event-fork event-remap\nP: register U A wp\nP: write A\nP: wp U A[0]\n";  // 5 steps
const std::string kPlain = "P: mmap A anon 2\nP: write A\n";

std::vector<Row> Rows() {
  static const std::string write = kArmed + "P: write A[0]\n", unwp = kArmed + "P: unwp U A[0]\nP: write A[0]\n",
                           other = kArmed + "P: write A[1]\n", protect = kArmed + "P: mprotect A r\nP: mprotect A rw\n",
                           read = kArmed + "P: read A[0]\n", fork = kArmed + "P: fork C\n", child = kArmed + "P: fork C\nC: write A[1]\n",
                           unregister = kArmed + "P: unregister U A\n", remap = kArmed + "P: mremap A B\n",
                           copy = kArmed + "P: copy U A[0]\n",
                           file = "file F shmem 2\nP: mmap A F\nP: uffd U\nP: register U A wp\nP: write A\nP: wp U A[0]\n",
                           pageout = "require swap\n" + file + "P: madvise A pageout\n",
                           no_event = "P: mmap A anon 1\nP: uffd U\nP: register U A wp\nP: write A\nP: wp U A\nP: fork C\n",
                           missing =
                               "file F shmem 1\nP: mmap A anon 2\nP: mmap B F\nP: uffd U sigbus\nP: register U A missing\nP: register U B "
                               "wp\nP: wp U B\nP: read A[1]\n",
                           swap = "require swap\n" + kPlain + "P: madvise A[0] pageout\nswapon\n",
                           fork_plain = kPlain + "P: fork C\nP: read A[0]\n",
                           fork_file = "file F shmem 1\nP: mmap B F\nP: write B\n" + kPlain + "P: fork C\n",
                           zap = kPlain + "P: madvise A[0] dontneed\n",
                           punch = "file F shmem 1\nP: mmap A F private\nP: write A\npunch F\n",
                           shrink = "file F shmem 1\nP: mmap A F\nP: write A\ntruncate F 0\nP: read A\n",
                           shared = "file F shmem 1\nP: mmap A F\nP: write A\npeek F\n", local = kPlain + "P: mprotect A[0] r\n",
                           swap_in = "require swap\n" + kPlain + "P: clear-refs soft-dirty\nP: madvise A[0] pageout\nP: read A[0]\n",
                           dirty = kPlain + "P: clear-refs soft-dirty\nP: write A[0]\n";
  return {
      {"U1", "v6.1", write.c_str(), 6, {{"= A[0] blocked-wp", "= A[0] ok"}}, {"U1"}},
      {"U2", "v6.1", unwp.c_str(), 7, {{"= A[0] ok", "= A[0] blocked-wp"}}, {"U2"}},
      {"U3", "v6.1", kArmed.c_str(), 5, {{"8000000000000c65 page=1 pm=pxwd", "8000000000000865 page=1 pm=pxd"}}, {"U3"}},
      {"U4", "v6.1", other.c_str(), 6, {{"8000000000000c65 page=1 pm=pxwd", "8000000000000865 page=1 pm=pxd"}}, {"U4"}},
      {"U5", "v6.1", pageout.c_str(), 7, {{"f7fffffffffffc00 - pm=swd", "0000000000000000 - pm=d"}}, {"U5"}},
      {"U6", "v6.1", protect.c_str(), 7, {{"8000000000000c65", "8000000000000c67"}}, {"U6"}},
      {"U7", "v6.1", read.c_str(), 6, {{"= A[0] ok 4", "= A[0] ok 9"}}, {"U7"}},
      {"U8",
       "v6.1",
       no_event.c_str(),
       6,
       {{"C A[0] PTE 8000000000000845 page=1 pm=pd", "C A[0] PTE 8000000000000c45 page=1 pm=pwd"}},
       {"U8"}},
      {"U9", "v6.1", fork.c_str(), 6, {{"C A[0] PTE 8000000000000c45 page=1 pm=pwd", "C A[0] PTE 8000000000000845 page=1 pm=pd"}}, {"U9"}},
      {"U10",
       "v6.1",
       child.c_str(),
       7,
       {{"P A[0] PTE 8000000000000c65 page=1 pm=pwd", "P A[0] PTE 8000000000000865 page=1 pm=pd"}},
       {"U10"}},
      {"U11", "v6.1", unregister.c_str(), 6, {{"8000000000000865 page=1 pm=pxd", "8000000000000c65 page=1 pm=pxwd"}}, {"U11"}},
      {"U12", "v6.1", remap.c_str(), 6, {{"8000000000000c65 page=1 pm=pxwd", "8000000000000865 page=1 pm=pxd"}}, {"U12"}},
      {"U13",
       "v6.1",
       copy.c_str(),
       6,
       {{"= A[0] -EEXIST", "= A[0] ok"}, {"8000000000000c65 page=1 pm=pxwd", "8000000000000865 page=1 pm=pxd"}},
       {"U13"}},
      {"U14", "v6.1", kArmed.c_str(), 5, {{"pm=pxwd", "pm=pxd"}}, {"U14"}},
      {"U15", "v6.1", read.c_str(), 6, {{"= A[0] ok 4", "= A[0] livelock"}}, {"U15"}},
      {"W1", "v6.1", kPlain.c_str(), 2, {{"8000000000000867", "800000000000086f"}}, {"W1"}},
      {"W3", "v6.1", missing.c_str(), 8, {{"P A[0] PTE 0000000000000000 - pm=d", "P A[0] PTE f7fffffffffffc00 - pm=swd"}}, {"W3"}},
      {"W4", "v6.1", swap.c_str(), 4, {{"swap=1", "swap=2"}}, {"W4"}},
      {"W6", "v6.1", fork_plain.c_str(), 4, {{"P A[0] PTE 8000000000000865", "P A[0] PTE 8000000000000867"}}, {"W6"}},
      {"Z2", "v6.1", zap.c_str(), 3, {{"0000000000000000 - pm=d", "f7fffffffffffc00 - pm=swd"}}, {"Z2"}},
      {"Z3",
       "v6.1",
       punch.c_str(),
       4,
       {{"8000000000000867 page=1 pm=pxd", "0000000000000000 - pm=d"},
        {"rss=1", "rss=0"},
        {"page 1 mapcount=1 flags=anon,swapbacked\n", ""}},
       {"Z3"}},
      {"Z4", "v6.1", shrink.c_str(), 5, {{"= A[0] SIGBUS", "= A[0] ok 0"}}, {"Z4"}},
      {"Z5", "v6.1", shared.c_str(), 4, {{"= F[0] ok 3", "= F[0] ok 0"}}, {"Z5"}},
      {"Z6", "v6.1", local.c_str(), 3, {{"P A[1] PTE 8000000000000867", "P A[1] PTE 8000000000000847"}}, {"Z6"}},
      {"F1", "v6.1", fork_plain.c_str(), 4, {{"= A[0] ok 2", "= A[0] ok 1"}}, {"F1"}},
      {"F2", "v6.1", fork_plain.c_str(), 3, {{"P A[0] PTE 8000000000000865", "P A[0] PTE 8000000000000845"}}, {"F2"}},
      {"F3",
       "v6.1",
       fork_file.c_str(),
       6,
       {{"C A[0] PTE 8000000000000845 page=2 pm=pd", "C A[0] PTE 0000000000000000 - pm=d"},
        {"C A smaps rss=2", "C A smaps rss=1"},
        {"page 2 mapcount=2", "page 2 mapcount=1"}},
       {"F3"}},
      {"S2",
       "v6.1",
       swap_in.c_str(),
       5,
       {{"P A[0] PTE 8000000000000025 page=3 pm=px", "P A[0] PTE 8000000000000825 page=3 pm=pxd"}},
       {"S2"}},
      {"D1", "v6.1", dirty.c_str(), 4, {{"P A[0] PTE 8000000000000867 page=1 pm=pxd", "P A[0] PTE 8000000000000867 page=1 pm=px"}}, {"D1"}},
      {"C1", "v6.1", kPlain.c_str(), 2, {{"mapcount=1", "mapcount=2"}}, {"C1"}},
      {"C2", "v6.1", kPlain.c_str(), 2, {{"rss=2", "rss=3"}}, {"C2"}},
  };
}

std::string RawOf(const Row& row) { return Render("raw", row.kernel, row.scenario); }

PromiseId IdOf(const std::string& name) { return *FindPromise(name); }

uint64_t Count(const Judgement& judgement, const std::string& name) { return judgement.judged[static_cast<size_t>(IdOf(name))]; }

}  // namespace

TEST_CASE("what is observed: each promise is put to the test, is kept, and breaks when an answer is changed") {
  for (const Row& row : Rows()) {
    INFO(row.promise);
    const std::string raw = RawOf(row);
    const Kernel kernel = *Kernel::Parse(row.kernel);
    const Judgement kept = JudgeGolden("kept", row.scenario, raw, kernel);
    CHECK(kept.not_simulated == "");
    CHECK(Broken(kept) == std::set<std::string>{});
    CHECK(Count(kept, row.promise) > 0);
    const Judgement broken = JudgeGolden("broken", row.scenario, Changed(raw, row.step, row.changes), kernel);
    CHECK(Broken(broken) == row.breaks);
    // The simulated kernel, probed, keeps it too.
    CHECK(Broken(JudgeText(row.kernel, row.scenario)) == std::set<std::string>{});
  }
}

// Kernels that Pteron does not simulate: what tests/golden has of them.
TEST_CASE("later kernels' promises break when an answer of theirs is changed") {
  struct GoldenRow {
    const char* promise;
    const char* kernel;
    const char* scenario;
    int step;
    Replacement change;
    std::set<std::string> breaks;
  };
  const GoldenRow rows[] = {
      {"U16", "v7.2", "wp-anon-async", 7, {"= A[0] ok", "= A[0] blocked-wp"}, {"U16", "F1"}},
      {"U16", "v6.12", "wp-anon-async", 7, {"= A[0] ok", "= A[0] blocked-wp"}, {"U16", "F1"}},
      {"W2", "v7.2", "wp-anon-mprotect", 6, {"8400000000000825", "8400000000000865"}, {"W2"}},
      {"W2", "v6.12", "wp-anon-mprotect", 6, {"8400000000000825", "8400000000000865"}, {"W2"}},
  };
  for (const GoldenRow& row : rows) {
    INFO(row.promise << " on " << row.kernel);
    const std::string scenario = testing::ReadFile(std::string("tests/golden/scenarios/") + row.scenario + ".scn");
    const std::string raw = testing::ReadFile(std::string("tests/golden/") + row.kernel + "/" + row.scenario + ".raw");
    const Kernel kernel = *Kernel::Parse(row.kernel);
    const Judgement kept = JudgeGolden("kept", scenario, raw, kernel);
    CHECK(Broken(kept) == std::set<std::string>{});
    CHECK(Count(kept, row.promise) > 0);
    CHECK(Broken(JudgeGolden("broken", scenario, Changed(raw, row.step, {row.change}), kernel)) == row.breaks);
  }
}

// A kernel without C5's promise shows what breaking it is: judged by a later one's claims.
TEST_CASE("C5: write-protection that fails for lack of a table, and says ok") {
  const std::string head = "require hook\nfile F shmem 1\nP: mmap A F\nP: uffd U\nP: register U A wp\nfail table ";
  const std::string kept = head + "9\nP: wp U A\n", broken = head + "1\nP: wp U A\n";
  const Kernel later = *Kernel::Parse("v6.12");
  const auto for_later = [](std::string raw) {
    for (size_t at = 0; (at = raw.find("f7fffffffffffc00")) != std::string::npos;) raw.replace(at, 2, "ff");
    return raw;
  };
  const Judgement good = JudgeGolden("kept", kept, for_later(Render("raw", "v6.1", kept)), later);
  CHECK(Broken(good) == std::set<std::string>{});
  CHECK(Count(good, "C5") > 0);
  CHECK(Broken(JudgeGolden("broken", broken, for_later(Render("raw", "v6.1", broken)), later)) == std::set<std::string>{"C5"});
}

TEST_CASE("what the simulator alone shows: each promise is asked, kept, and broken by facts that do not fit") {
  struct FactRow {
    const char* promise;
    void (*change)(SimulatorFacts& facts);
  };
  const FactRow rows[] = {
      {"W5", [](SimulatorFacts& facts) { facts.misuses = 1; }},
      {"Z1", [](SimulatorFacts& facts) { facts.words_outside = 1; }},
      {"S1", [](SimulatorFacts& facts) { facts.slots = "x"; }},
      {"C1", [](SimulatorFacts& facts) { facts.mapcounts = "x"; }},
      {"C2", [](SimulatorFacts& facts) { facts.counters = "x"; }},
      {"C3", [](SimulatorFacts& facts) { facts.names = "x"; }},
      {"C4", [](SimulatorFacts& facts) { facts.pool = "x"; }},
      {"C4", [](SimulatorFacts& facts) { facts.all_gone = true, facts.left_over = 1; }},
      {"K1", [](SimulatorFacts& facts) { facts.splat = "x"; }},
  };
  const Judgement kept = JudgeText("v6.1", kPlain);
  for (const FactRow& row : rows) {
    INFO(row.promise);
    CHECK(Count(kept, row.promise) > 0);
    Judge judge(FactsOf(*Kernel::Parse("v6.1")));
    SimulatorFacts facts;
    facts.books_checked = true;
    row.change(facts);
    std::vector<Violation> violations;
    const StateView state;
    judge.Step({.act = Act{.verb = Verb::swapon}, .outcomes = {}, .woken = {}, .state = &state, .facts = &facts}, &violations);
    REQUIRE(violations.size() == 1);
    CHECK(PromiseOf(violations[0].promise).name == row.promise);
  }
}

TEST_CASE("every promise is in one of the tables above") {
  std::set<std::string> seen = {"U16", "W2", "C5", "W5", "Z1", "S1", "C3", "C4", "K1"};
  for (const Row& row : Rows()) seen.insert(row.promise);
  for (const Promise& promise : AllPromises()) {
    INFO(promise.name);
    CHECK(seen.contains(std::string(promise.name)));
  }
}

// What the words hide and an access shows.
TEST_CASE("probes find what words do not show") {
  // The series' private hugetlb mapping over a special PTE: the word says protected, and the store is done all the same.
  const std::string scenario =
      "require hugetlb uffd-wp-file\nfile F hugetlb 1\nP: mmap A F private\nP: uffd U sigbus\nP: register U A wp\nP: write A\nP: madvise A "
      "populate-read\n"
      "punch F\nP: wp U A\n";
  const auto kernel = KernelOf("v5.14-rc+uffd-wp-v5");
  const auto finds_u3 = [&](bool probes) {
    const Judgement judgement = JudgeScenario(ParseOrFail(scenario), kernel, {.probes = probes});
    return Broken(judgement).contains("U3");
  };
  CHECK(finds_u3(true));
  CHECK(!finds_u3(false));
}

namespace {

// Lies about one kind of access.
class LyingProber : public Prober {
 public:
  LyingProber(Outcome read, Outcome write) : read_(read), write_(write) {}
  void Try(std::span<const ProbeAccess> accesses, std::span<Outcome> answers) override {
    for (size_t i = 0; i < accesses.size(); ++i) answers[i] = accesses[i].write ? write_ : read_;
  }

 private:
  Outcome read_, write_;
};

// The promises that one page breaks when stores and loads to it have these outcomes; the page is armed or not, and holds 5.
std::set<std::string> Lie(bool armed, Outcome read, Outcome write) {
  Judge judge(FactsOf(*Kernel::Parse("v6.1")));
  std::vector<Violation> violations;
  std::set<std::string> broken;
  LyingProber prober(read, write);
  StateView state;
  state.pages = {{1, 1, kPageAnon}};
  state.mappings = {{.process = 0, .mapping = 0, .first_entry = 0, .entries = 1, .rss = 1, .anonymous = 1, .swap = 0, .dirty = 1}};
  const auto show = [&](uint64_t word, uint8_t pagemap) { state.entries = {{word, {Label::Kind::page, 1}, 0, Level::pte, pagemap}}; };
  const auto step = [&](const Act& act, Outcome outcome, Prober* with) {
    judge.Step({.act = act, .outcomes = std::span(&outcome, 1), .woken = {}, .state = &state, .facts = nullptr, .prober = with},
               &violations);
  };
  constexpr uint64_t kStart = 0x100000000000;
  const Act on_page{
      .verb = Verb::write, .process = 0, .mapping = 0, .uffd = 0, .start = kStart, .end = kStart + 4096, .last = 1, .value = 5};
  show(0x8000000000000867, kPmPresent | kPmSoftDirty);
  Act act = on_page;
  act.verb = Verb::mmap_anon;
  act.created = 0;
  step(act, {}, nullptr);
  act = on_page;
  act.verb = Verb::uffd;
  step(act, {}, nullptr);
  act.verb = Verb::register_;
  act.modes = kWp;
  step(act, {}, nullptr);
  step(on_page, {.answer = Answer::ok, .page = 0}, nullptr);
  act.verb = armed ? Verb::wp : Verb::unwp;
  if (armed) show(0x8000000000000c65, kPmPresent | kPmSoftDirty | kPmWp);
  REQUIRE(violations.empty());
  step(act, {}, &prober);
  for (const Violation& violation : violations) broken.emplace(PromiseOf(violation.promise).name);
  return broken;
}

}  // namespace

TEST_CASE("answers of probes are judged") {
  const Outcome five{.answer = Answer::ok, .has_value = true, .value = 5}, six{.answer = Answer::ok, .has_value = true, .value = 6};
  const Outcome done{}, trapped{.answer = Answer::blocked_wp}, fault{.answer = Answer::sigsegv}, repeats{.answer = Answer::livelock},
      bug{.answer = Answer::kernel_bug};
  using Names = std::set<std::string>;
  CHECK(Lie(true, five, trapped) == Names{});
  CHECK(Lie(true, five, done) == Names{"U3"});
  CHECK(Lie(true, six, trapped) == Names{"U7"});
  CHECK(Lie(true, five, fault) == Names{"U1"});
  CHECK(Lie(true, five, repeats) == Names{"U15"});
  CHECK(Lie(true, five, bug) == Names{"K1"});
  CHECK(Lie(false, five, done) == Names{});
  CHECK(Lie(false, five, trapped) == Names{"U2"});
  CHECK(Lie(false, six, done) == Names{"F1"});
}

}  // namespace pteron::promises
