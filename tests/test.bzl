# Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

"""One test target for each *_test.cc."""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")

def _in(folder, files):
    return [f for f in files if f.startswith(folder + "/")]

def _helpers(name, files, deps):
    cc_library(
        name = name,
        testonly = True,
        srcs = [f for f in files if f.endswith(".cc")],
        hdrs = [f for f in files if f.endswith(".h")],
        linkstatic = True,
        deps = deps,
    )

def pteron_tests(files, narrow, wide, data):
    """Makes //tests:FOLDER/NAME_test for each FOLDER/NAME_test.cc, and a library of the other files that they share.

    A file named *_long_test.cc is tagged "long": "bazel test //..." leaves it out, tests/extended runs it.

    Args:
      files: every .cc and .h, relative to this package.
      narrow: folder -> what the tests of that folder link. So they build, and are cached, while code that they do not test is in pieces.
      wide: what all others link.
      data: files that tests read, found relative to the root of the repository.
    """
    tests = [f for f in files if f.endswith("_test.cc")]
    shared = [f for f in files if f not in tests]
    for folder, deps in narrow.items():
        _helpers("helpers_" + folder, _in(folder, shared), deps + [":catch_main"])
    helpers_narrow = [":helpers_" + folder for folder in narrow]
    _helpers(
        "helpers",
        [f for f in shared if f.split("/")[0] not in narrow],
        wide + helpers_narrow + [":catch_main"],
    )
    for test in tests:
        folder = test.split("/")[0]
        long = test.endswith("_long_test.cc")
        cc_test(
            name = test[:-len(".cc")],
            size = "large" if long else "medium",
            srcs = [test],
            data = data,
            linkstatic = True,
            tags = ["long"] if long else [],
            deps = [":helpers_" + folder if folder in narrow else ":helpers"],
        )
