// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

// Every kind of error: where it is said to stand, what is wrong, and what would have been right.

#include <string>
#include <string_view>

#include "sim/language/scenario.h"
#include "tests/catch.h"
#include "tests/language/parse_helpers.h"

namespace pteron::language {
namespace {

using ::pteron::testing::Contains;
using ::pteron::testing::MustFail;

struct Wrong {
  std::string_view line;      // the last line of a scenario
  int column;                 // where it is wrong
  std::string_view message;   // all of it
  std::string_view expected;  // a part of it
};

constexpr std::string_view kSetting =
    "require hook\nfile F shmem 8\nP: mmap A anon 4\nP: mmap Buffer F\nP: uffd U event-fork\nP: fork C\nP: mincore A\n";

// Checks the error of `wrong`, behind a setting that has file F, mappings A and Buffer, descriptor U, processes P and
// C.
void Check(const Wrong& wrong, std::string_view setting = kSetting) {
  INFO(wrong.line);
  const Error error = MustFail(std::string(setting) + std::string(wrong.line) + "\nP: nonsense\n");
  int line = 1;
  for (const char c : setting) line += c == '\n';
  CHECK(error.file == "test.scn");
  CHECK(error.at == Position{line, wrong.column});
  CHECK(error.source_line == wrong.line);
  CHECK(error.message == wrong.message);
  INFO("expected: " << error.expected);
  CHECK(Contains(error.expected, wrong.expected));
}

TEST_CASE("no statement") {
  Check({"fil F", 1, "unknown statement \"fil\"", "file, perhaps?"});
  Check({"  frobnicate", 3, "unknown statement \"frobnicate\"", "about, require, expect, file, fill"});
  Check({"P: raed A", 4, "unknown statement \"raed\"", "read, perhaps?"});
  Check({"P: ", 3, "the line ends where what the process does is missing", "P: and a statement"});
  Check({"read A", 1, "read is always a statement of a process", "P: read M[a:b]"});
  Check({"P: fill F", 4, "fill is not a statement of a process", "fill F[a:b]"});
  Check({"P read A", 2, "a colon is missing behind the process P", "P: and a statement"});
  Check({"P:read A", 3, "a blank is missing behind the colon", "P: and a statement"});
  Check({"P : read A", 2, "a colon is missing behind the process P", "P: and a statement"});
  Check({": read A", 1, "\"\" is not a name", "a letter, then letters, digits and _"});
}

TEST_CASE("bytes that are no text") {
  Check({std::string_view("P: read\0 A", 10), 8, "a control byte, 0x00", "plain text"});
  Check({"P: \x1b[31mread A", 4, "a control byte, 0x1b", "plain text"});
  Check(
      {"P: r\xc3\xa9"
       "ad A",
       4, "unknown statement \"r??ad\"", "read, perhaps?"});
}

TEST_CASE("words too few or too many") {
  Check({"P: read", 8, "the line ends where a mapping is missing", "P: read M[a:b]"});
  Check({"P: read A B # more", 11, "\"B\" is one word too many", "P: read M[a:b]"});
  Check({"file G shmem", 13, "the line ends where the number of pages is missing", "file F shmem/hugetlb N"});
  Check({"P: mprotect A", 14, "the line ends where a protection is missing", "P: mprotect M[a:b] rw/r/none"});
  Check({"P: pagemap-scan A", 18, "the line ends where a category of pages is missing",
         "P: pagemap-scan M[a:b] CATEGORY..."});
  Check({"swapoff now", 9, "\"now\" is one word too many", "swapoff"});
  Check({"P: fork D wp", 11, "\"wp\" is one word too many", "P: fork C"});
  Check({"about", 6, "the line ends where what the scenario shows is missing", "about TEXT"});
  Check({"P: mmap B", 10, "the line ends where anon or a file is missing", "P: mmap M anon N"});
  Check({"P: mmap B anon 1 after", 23, "the line ends where a mapping is missing", "P: mmap M anon N"});
}

TEST_CASE("names that nothing introduces, or something else") {
  Check({"P: read Bufer[1]", 9, "no earlier statement introduces \"Bufer\"", "a mapping, perhaps Buffer"});
  Check({"P: read a", 9, "no earlier statement introduces \"a\"", "a mapping, perhaps A"});
  Check({"P: read X", 9, "no earlier statement introduces \"X\"", "a mapping: A or Buffer"});
  Check({"P: read X", 9, "no earlier statement introduces \"X\"",
         "a mapping that an earlier statement introduces; there is none yet"},
        "");
  Check({"D: exit", 1, "no earlier statement introduces \"D\"", "a process: P or C"});
  Check({"P: read F", 9, "F is a file, not a mapping", "a mapping: A or Buffer"});
  Check({"fill A", 6, "A is a mapping, not a file", "a file: F"});
  Check({"U: exit", 1, "U is a descriptor, not a process", "a process: P or C"});
  Check({"P: mmap B C", 11, "C is a process, not a file", "a file: F"});
  Check({"P: wp A A", 7, "A is a mapping, not a descriptor", "a descriptor: U"});
  Check({"P: wp C.V A", 7, "no earlier statement introduces \"C.V\"",
         "C.U, where `fork C` stands above and `uffd U` above that"});
  Check({"P: wp P.U A", 7, "no earlier statement introduces \"P.U\"", "C.U, where"});
  Check({"P: wp C..U A", 7, "no earlier statement introduces \"C..U\"", "C.U, where"});
  Check({"P: wp D.U A", 7, "no earlier statement introduces \"D.U\"", "C.U, where"},
        "P: mmap A anon 1\nP: fork D\nP: uffd U\n");
  Check({"P: mmap B anon 2 after B", 24, "no earlier statement introduces \"B\"", "a mapping: A or Buffer"});
  Check({"truncate F[1] 3", 10, "\"F[1]\" is not a name", "the name of a file"});
}

TEST_CASE("new names") {
  Check({"P: mmap A anon 1", 9, "\"A\" is already the name of a mapping (line 3)", "a name not used before"});
  Check({"file P shmem 1", 6, "\"P\" is already the name of a process (exists from the start)", "one name space"});
  Check({"P: fork U", 9, "\"U\" is already the name of a descriptor (line 5)", "a name not used before"});
  Check({"P: mremap A F", 13, "\"F\" is already the name of a file (line 2)", "a name not used before"});
  Check({"P: mmap 1B anon 1", 9, "\"1B\" is not a name", "a new name for a mapping"});
  Check({"P: uffd C.V", 9, "\"C.V\" is not a name", "a new name for a descriptor"});
  Check({"P: fork C-1", 9, "\"C-1\" is not a name", "a letter, then letters, digits and _"});
  Check({"file anon shmem 1", 6, "\"anon\" is a word of the language", "another name for a file"});
}

TEST_CASE("numbers") {
  Check({"file G shmem many", 14, "\"many\" is not a number", "the number of pages, a number from 0 to 999999999"});
  Check({"file G shmem -1", 14, "\"-1\" is not a number", "the number of pages"});
  Check({"truncate F 1000000000", 12, "\"1000000000\" is too large", "0 to 999999999"});
  Check({"P: mmap B anon 99999999999999999999999999999999999999999999", 16,
         "\"9999999999999999999999999999999999999999...\" is too large", "999999999"});
  Check({"fail table 0", 12, "\"0\" is too small", "which allocation, a number from 1 to 999999999"});
  Check({"P: mmap B anon 1 at=+", 22, "the number of pages is missing", "a number from 0"});
}

TEST_CASE("ranges") {
  Check({"P: read A[1", 12, "the bracket is not closed", "A, A[2] or A[1:3]"});
  Check({"P: read A[1 :3]", 12, "the bracket is not closed", "without blanks"});
  Check({"P: read A[1]x", 13, "\"x\" behind the range", "A, A[2] or A[1:3]"});
  Check({"P: read A[]", 11, "the number of a page is missing", "a number from 0 to 999999999"});
  Check({"P: read A[-1]", 11, "\"-1\" is not a number", "the number of a page"});
  Check({"P: read A[1:b]", 13, "\"b\" is not a number", "the number of a page"});
  Check({"P: read A[1:2:3]", 13, "\"2:3\" is not a number", "the number of a page"});
  Check({"P: read A[3:1]", 13, "the range runs backwards, from 3 to 1", "an end of 3 or more: ranges are half-open"});
  Check({"P: read A[18446744073709551617]", 11, "\"18446744073709551617\" is too large", "999999999"});
  Check({"P.t1: read A", 12, "a thread accesses one page, since it may have to wait there", "one page, as A[0]"});
  Check({"at truncate.after-unmap P: read A[1:3]", 33, "the access inside a statement is to one page",
         "one page, as A[1]"});
}

TEST_CASE("words out of a closed set") {
  Check({"file G tmpfs 1", 8, "\"tmpfs\" is not a kind of file", "shmem or hugetlb"});
  Check({"P: madvise A dont-need", 14, "\"dont-need\" is not an advice", "dontneed, perhaps?"});
  Check({"P: mprotect A w", 15, "\"w\" is not a protection", "rw, r or none"});
  Check({"P: mmap B anon 1 privat", 18, "\"privat\" is not an option of mmap", "private, perhaps?"});
  Check({"P: uffd V event-exit", 11, "\"event-exit\" is not a feature of userfaultfd",
         "sigbus, event-fork, event-remap, wp-unpopulated or wp-async"});
  Check({"P: register U A write", 17, "\"write\" is not a mode of register", "missing, wp or minor"});
  Check({"P: copy U A minor", 13, "\"minor\" is one word too many", "P: copy U M[a:b] [wp]"});
  Check({"P: clear-refs all", 15, "\"all\" is not a kind of clear-refs", "soft-dirty or referenced"});
  Check({"P: pagemap-scan A wp", 19, "\"wp\" is not a category of pages", "wpallowed, written"});
  Check({"fail frame 1", 6, "\"frame\" is not a kind of allocation", "table, page or slot"});
  Check({"at truncate.after-unmap P: fork A[1]", 28, "\"fork\" is not an access", "read or write"});
  Check({"P.t1: munmap A", 7, "a thread does not munmap", "read or write"});
  Check({"P.: read A[0]", 3, "\"\" is not the name of a thread", "as in P.t1:"});
}

TEST_CASE("what is said twice") {
  Check(
      {"P: mmap B anon 1 shared private", 25, "\"private\" says shared or private a second time", "P: mmap M anon N"});
  Check({"P: mmap B anon 1 r rw", 20, "\"rw\" says the protection a second time", "P: mmap M anon N"});
  Check({"P: mmap B anon 1 after A at=+1", 26, "\"at=+1\" says the place a second time", "P: mmap M anon N"});
  Check({"P: register U A wp wp", 20, "\"wp\" says it a second time", "P: register U M[a:b] [missing] [wp] [minor]"});
}

TEST_CASE("places of mappings") {
  Check({"P: mmap B anon 1 at=3", 21, "\"3\" is not an offset", "at=+K"});
  Check({"P: mmap B anon 1 at=+x", 22, "\"x\" is not a number", "the number of pages"});
  Check({"P: mmap B anon 1 over F[1]", 23, "F is a file, not a mapping", "a mapping"});
  Check({"P: mmap B anon 3 over A[1:3]", 23, "3 pages do not lie over 2", "over A[1:4], or over A[1]"});
}

TEST_CASE("more mappings than addresses") {
  std::string text = "P: mmap A anon 1\n";
  for (int i = 1; i < 114'688; ++i) text += "P: mmap A" + std::to_string(i) + " anon 1\n";
  Check({" P: mremap A B", 2, "no address is left for another mapping", "at most 114688"}, text);
}

TEST_CASE("hooks and points") {
  Check({"migrate P A[1]", 1, "\"migrate\" needs more than system calls", "`require hook` in the header"},
        "P: mmap A anon 2\n");
  Check({"at truncate P: read A[1]", 4, "\"truncate\" is not the name of a point", "truncate.after-unmap"});
  Check({"at truncate.after-unmap P read A[1]", 25, "\"P\" is not a process with a colon",
         "at POINT P: read/write A[i]"});
  Check({"  at truncate.after-unmap P: read A[1]", 3, "no statement stands above for the access to happen in",
         "a statement"},
        "require hook\n");
}

TEST_CASE("the header") {
  Check({"require swap thp", 1, "require belongs to the header", "it above the first statement"});
  Check({"require swop", 9, "\"swop\" is nothing that a kernel can lack", "swap, perhaps?"}, "");
  Check({"require", 8, "the line ends where what the scenario requires is missing", "require WORD..."}, "");
}

TEST_CASE("expectations") {
  Check({"expect = ok", 1, "no statement stands above this expectation", "a statement"}, "about nothing yet\n");
  Check({"expect", 7, "the line ends where what to expect is missing", "P A[1] CLASS BIT..."});
  Check({"expect [v6.1]", 14, "the line ends where what to expect is missing", "P A[1] CLASS BIT..."});
  Check({"expect Q A[1] none", 8, "no earlier statement introduces \"Q\"", "a process, a mapping or a file"});
  Check({"expect counter P swap=1", 8, "no earlier statement introduces \"counter\"", "perhaps counters"});
  Check({"expect ~ 3 A[1] ok", 8, "\"~\" is nothing to expect", "P A[1] CLASS BIT..."});
  Check({"expect U ok", 8, "\"U\" is a descriptor", "a process, a mapping or a file"});
  Check({"expect P A[1]", 14, "the line ends where a class or bit is missing", "expect P A[1] and what its entry is"});
  Check({"expect P F[1] none", 10, "F is a file, not a mapping", "a mapping"});
  Check({"expect P A[1] presnt", 15, "\"presnt\" is neither a class nor a bit of an entry", "present, perhaps?"});
  Check({"expect P A[1] dirty=1", 15, "\"dirty=1\" is neither a class nor a bit of an entry", "dirty, perhaps?"});
  Check({"expect P A[1] present none", 23, "\"none\" is a second class", "one class"});
  Check({"expect P A[1] rw !rw", 18, "rw stands here a second time", "it once"});
  Check({"expect P A[1] raw", 15, "raw has no value", "raw=N, without blanks"});
  Check({"expect P A[1] raw=xyz", 19, "\"xyz\" is not a hexadecimal number", "the value of raw"});
  Check({"expect P A[1] raw=10000000000000000", 19, "\"10000000000000000\" is too large", "at most 64 bits"});
  Check({"expect P A[1] value=", 21, "the value of value is missing", "at most 64 bits"});
  Check({"expect P A[1] value=5a", 21, "\"5a\" is not a number", "at most 64 bits"});
  Check({"expect P A[1] !value=5", 15, "value cannot be negated", "value=N"});
  Check({"expect P A[1] raw=4 raw=5", 21, "raw stands here a second time", "it once"});
  Check({"expect A[1] sigbus", 13, "\"sigbus\" is not an outcome", "SIGBUS"});
  Check({"expect A[1]", 12, "the line ends where an outcome is missing", "SIGBUS"});
  Check({"expect A[1] ok five", 16, "\"five\" is not a number", "the word read"});
  Check({"expect A[1] SIGBUS now", 20, "\"now\" is one word too many", "expect A[1] and one of"});
  Check({"expect A[1] 2", 13, "\"2\" is not an outcome", "ok [N]"});
  Check({"expect = EINVAL", 10, "\"EINVAL\" is not an outcome", "-EINVAL or another errno"});
  Check({"expect = EOF", 10, "\"EOF\" is not an outcome", "expect = and one of"});
  Check({"expect = ok 5", 13, "\"5\" is one word too many", "expect = and one of"});
  Check({"expect same P A[1] C", 21, "the line ends where a mapping is missing", "expect same P A[1] C A[1]"});
  Check({"expect same P A[1] C A[1:3]", 20, "2 pages cannot be the same as 1", "two ranges of one length"});
  Check({"expect page P A[1]", 19, "the line ends where mapcount=N or a flag is missing", "expect page P A[1]"});
  Check({"expect page P A[1] rw", 20, "\"rw\" is not a flag of a page", "mapcount=N, anon"});
  Check({"expect page P A[1] mapcount=-1", 29, "\"-1\" is not a number", "the value of mapcount"});
  Check({"expect counters P", 18, "the line ends where a counter is missing", "expect counters P NAME=N..."});
  Check({"expect counters P shmen=1", 19, "\"shmen=1\" is not a counter", "shmem, perhaps?"});
  Check({"expect counters P swap=1 swap=1", 26, "swap stands here a second time", "it once"});
}

TEST_CASE("kernels of an expectation") {
  Check({"expect [v6.1 A[1] ok", 8, "the bracket around the kernels is not closed", "[k1; k2] or [!k1; k2]"});
  Check({"expect [v6.1]A[1] ok", 14, "a blank is missing behind the kernels", "and a blank"});
  Check({"expect [] A[1] ok", 9, "a kernel is missing", "[k1; k2]"});
  Check({"expect [v6.1; ] A[1] ok", 14, "a kernel is missing", "[k1; k2]"});
  Check({"expect [!] A[1] ok", 10, "a kernel is missing", "[k1; k2]"});
  Check({"expect [v6.1; !v7.2] A[1] ok", 15, "\"!\" stands before the first kernel and holds for all", "[!k1; k2]"});
}

TEST_CASE("the form of an error") {
  const Error error = MustFail("file F shmem 2\n\tP: read Buffer  # it is none\n");
  CHECK(error.Format() ==
        "test.scn:2:10: error: no earlier statement introduces \"Buffer\"\n"
        " P: read Buffer  # it is none\n"
        "         ^\n"
        "expected: a mapping that an earlier statement introduces; there is none yet\n");
}

TEST_CASE("an error in a very long line shows the part around it") {
  const std::string text = "about x\nP: read " + std::string(5000, 'x') + " " + std::string(100'000, 'y');
  const Error error = MustFail(text);
  CHECK(error.at == Position{2, 9});
  CHECK(error.source_line.size() == 8 + 5000 + 1 + 100'000);
  CHECK(error.Format().size() < 600);
  const std::string far = MustFail("P: mmap A anon 1\nP: read A" + std::string(100'000, ' ') + "B").Format();
  CHECK(far.starts_with("test.scn:2:100010: error: \"B\" is one word too many\n..."));
  CHECK(Contains(far, "   B\n" + std::string(103, ' ') + "^\n"));
}

TEST_CASE("the caret stands below its character, and nothing reaches a terminal that it would obey") {
  // The comment holds é, a lone byte, and the C1 control CSI.
  const Error error = MustFail("P: oops # \xc3\xa9 \xff \xc2\x9b \x1b[31m\r\n");
  CHECK(Contains(error.Format(), "\nP: oops # \xc3\xa9 ? ?? ?[31m \n   ^\n"));
  const Error behind{"f", {1, 5}, "\xc3\xa9 \xc3\xa9x", "m", ""};
  CHECK(behind.Format() == "f:1:5: error: m\n\xc3\xa9 \xc3\xa9x\n  ^\n");
}

}  // namespace
}  // namespace pteron::language
