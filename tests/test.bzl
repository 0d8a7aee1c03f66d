# Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0

"""One test target for each *_test.cc."""

load("@rules_cc//cc:defs.bzl", "cc_test")

def pteron_tests(srcs, deps, data):
    """Makes //tests:FOLDER/NAME_test for each FOLDER/NAME_test.cc.

    A file named *_long_test.cc is tagged "long": "bazel test //..." leaves it out, tests/extended runs it.

    Args:
      srcs: the *_test.cc files, relative to this package.
      deps: what every test links.
      data: files that tests read, found relative to the root of the repository.
    """
    for src in srcs:
        long = src.endswith("_long_test.cc")
        cc_test(
            name = src[:-len(".cc")],
            size = "large" if long else "medium",
            srcs = [src],
            data = data,
            linkstatic = True,
            tags = ["long"] if long else [],
            deps = deps,
        )
